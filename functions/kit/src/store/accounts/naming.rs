//! Whose account it is, by what clinics write.

use super::contacts::{Contact, Held};
use super::{Account, contacts, find, log, name_by_clinic, sessions};
use crate::at_rest::Keys;
use crate::db::{Db, DbError, Row, Tx};
use crate::http::Result;
use crate::policy;
use podpis_shared::account::{Whose, distinct, same_person, whose};
use podpis_shared::policy::{Table, decides_from};
use podpis_shared::wire::account::{Gate, Level};
use podpis_shared::{Person, Timestamp};
use serde_json::json;

/// Whom documents name that were sent to a contact (`?1`, `?2`) between two times (`?3`, `?4`): the signer at the signer's own
/// contact, and the patient at one that is only theirs. What a clinic took back may have gone to a wrong number.
const NAMED: &str = "SELECT DISTINCT CASE WHEN a.role = 'patient' THEN d.patient ELSE d.representative END, \
    a.role = 'patient' AND d.representative IS NOT NULL FROM addressees a JOIN documents d ON d.id = a.document_id \
    WHERE a.kind = ?1 AND a.value = ?2 AND d.status NOT IN ('cancelled', 'superseded') \
    AND d.created_at >= ?3 AND d.created_at < ?4 AND NOT (a.role = 'patient' AND EXISTS (SELECT 1 FROM addressees r \
    WHERE r.kind = a.kind AND r.value = a.value AND r.document_id = a.document_id AND r.role = 'representative'))";

/// Whom clinics name at a contact in documents that were created from a time on, each once.
///
/// # Errors
/// As the database says.
pub async fn named_since(db: &Db, contact: &Contact, from: Timestamp) -> Result<Vec<Person>> {
    named(db, contact, from, Timestamp::MAX).await
}

/// Whom clinics name at the contacts of an account within what these reach, each once. At a contact that was somebody else's
/// before, whoever was named there then does not count.
///
/// # Errors
/// As the database says.
pub async fn candidates(db: &Db, held: &[Held]) -> Result<Vec<Person>> {
    let mut people = Vec::new();
    for held in held {
        let mut found = named_since(db, &held.contact, held.reach.documents_from).await?;
        if held.reach.estranged {
            let (long_ago, then) = (Timestamp::from_unix(0), held.since.plus(1));
            let strangers = named(db, &held.contact, long_ago, then).await?;
            found.retain(|person| !strangers.iter().any(|other| same_person(other, person)));
        }
        people.extend(found);
    }
    Ok(distinct(people))
}

/// Names an account that nobody has named yet, where clinics have agreed on one person since; where they name several, every
/// session of it asks who it is. The living account as it is now, with what its sessions must ask.
///
/// # Errors
/// As the database says; where the person can't be decrypted.
pub async fn settle(db: Db, account_id: &str) -> Result<(Db, Option<Account>, Option<Gate>)> {
    let Some(account) = find(&db, account_id).await? else {
        return Ok((db, None, None));
    };
    if account.person.is_some() || account.level == Level::Confirmed {
        return Ok((db, Some(account), None));
    }
    let held = contacts::of_account(&db, account_id).await?;
    match whose(&candidates(&db, &held).await?) {
        Whose::Nobody => Ok((db, Some(account), None)),
        Whose::Several => {
            sessions::ask_who(&db, account_id).await?;
            Ok((db, Some(account), Some(Gate::Who)))
        }
        Whose::One(person) => {
            let tx = db.begin().await?;
            write(&tx, account_id, Some(&person), crate::now()).await?;
            tx.commit().await?;
            let db = Db::open().await?;
            let account = find(&db, account_id).await?;
            Ok((db, account, None))
        }
    }
}

/// Writes down whose account it is, where a decision has found it out.
///
/// # Errors
/// As [`name_by_clinic`].
pub async fn write(
    tx: &Tx,
    account_id: &str,
    person: Option<&Person>,
    now: Timestamp,
) -> Result<()> {
    let Some(person) = person else {
        return Ok(());
    };
    name_by_clinic(tx, &Keys::load(tx).await?, account_id, person).await?;
    Ok(log(tx, account_id, "named_by_clinic", &json!({}), now).await?)
}

async fn named(
    db: &Db,
    contact: &Contact,
    from: Timestamp,
    until: Timestamp,
) -> Result<Vec<Person>> {
    let params = [
        contact.kind().into(),
        contact.expose().into(),
        from.unix().into(),
        until.unix().into(),
    ];
    // A representative is a person with more to it.
    let of = |row: &Row| {
        let person = serde_json::from_str::<Person>(&row.text(0)?);
        let person = person.map_err(|_| DbError::corrupt("person"))?;
        Ok::<_, DbError>((person, row.int(1)? != 0))
    };
    let rows = db.query(NAMED, params).await?;
    let found: Vec<_> = rows.iter().map(of).collect::<Result<_, _>>()?;
    let (table, today) = (policy::table().await?, crate::now().moscow_date());
    let counts = |(person, is_represented): (Person, bool)| {
        (!is_represented || decides(&table, &person, today)).then_some(person)
    };
    Ok(distinct(found.into_iter().filter_map(counts)))
}

/// Somebody else signs for this patient, who is old enough to see it all the same.
fn decides(table: &Table, patient: &Person, today: (i32, u8, u8)) -> bool {
    let from = patient
        .birth_date
        .and_then(|born| decides_from(table, born));
    from.is_some_and(|day| day.triple() <= today)
}
