//! Personal accounts: one a person, across clinics.
//!
//! An account is found by a phone or an e-mail that a code has proven, or by ESIA's number of the person; never by a name.

pub mod contacts;
pub mod documents;
pub mod naming;
pub mod sessions;

use crate::at_rest::Keys;
use crate::db::{Db, DbError, Row, Tx};
use crate::http::Result;
use crate::random;
use podpis_shared::wire::account::{Level, Notices};
use podpis_shared::{Person, Timestamp};
use serde_json::{Value, json};

/// A row of `accounts`.
#[derive(Clone, Debug)]
pub struct Account {
    /// Our id.
    pub id: String,
    /// How well we know whose it is.
    pub level: Level,
    /// Whose it is, where clinics or ESIA have said so.
    pub person: Option<Person>,
    /// Whether ESIA said so.
    pub person_by_esia: bool,
    /// Keyed hash of ESIA's number of the person.
    pub esia_subject: Option<String>,
    /// When ESIA last confirmed it.
    pub confirmed_at: Option<Timestamp>,
    /// Chosen channels.
    pub notices: Notices,
}

const COLUMNS: &str = "id, level, person, person_source, esia_subject, confirmed_at, notices";

impl Account {
    fn of(row: &Row, keys: &Keys) -> Result<Self> {
        let id = row.text(0)?;
        let person = match row.opt_text(2)? {
            Some(stored) => {
                let json = keys.open_text(&purpose(&id), stored)?;
                Some(serde_json::from_str(&json).map_err(|_| DbError::corrupt("person"))?)
            }
            None => None,
        };
        let level = match row.text(1)?.as_str() {
            "confirmed" => Level::Confirmed,
            _ => Level::Contact,
        };
        let notices = serde_json::from_str(&row.text(6)?);
        Ok(Self {
            level,
            person,
            person_by_esia: row.opt_text(3)?.as_deref() == Some("esia"),
            esia_subject: row.opt_text(4)?,
            confirmed_at: row.opt_int(5)?.map(Timestamp::from_unix),
            notices: notices.map_err(|_| DbError::corrupt("notices"))?,
            id,
        })
    }
}

/// The living account with this id.
///
/// # Errors
/// As the database says; where the person can't be decrypted.
pub async fn find(db: &Db, id: &str) -> Result<Option<Account>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM accounts WHERE id = ?1 AND closed_at IS NULL AND merged_into IS NULL"
    );
    one(db, &sql, id).await
}

/// The living account of a person at ESIA.
///
/// # Errors
/// As [`find`].
pub async fn by_esia(db: &Db, subject: &str) -> Result<Option<Account>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM accounts WHERE esia_subject = ?1 AND closed_at IS NULL AND merged_into IS NULL"
    );
    one(db, &sql, subject).await
}

async fn one(db: &Db, sql: &str, value: &str) -> Result<Option<Account>> {
    match db.first(sql, [value.into()]).await? {
        Some(row) => Ok(Some(Account::of(&row, &Keys::load(db).await?)?)),
        None => Ok(None),
    }
}

/// A new account of nobody yet; its id.
///
/// # Errors
/// As the database says.
pub async fn create(tx: &Tx, now: Timestamp) -> Result<String, DbError> {
    let id = random::id("acc").map_err(|e| DbError::host("random", e))?;
    let notices =
        serde_json::to_string(&Notices::default()).map_err(|_| DbError::corrupt("notices"))?;
    let sql =
        "INSERT INTO accounts (id, created_at, level, notices) VALUES (?1, ?2, 'contact', ?3)";
    let params = [id.as_str().into(), now.unix().into(), notices.into()];
    tx.execute(sql, params).await?;
    Ok(id)
}

/// Says whose account it is, by a clinic's word, where nobody has said it before.
///
/// # Errors
/// As the database says; `unavailable` where there is no storage key.
pub async fn name_by_clinic(tx: &Tx, keys: &Keys, id: &str, person: &Person) -> Result<()> {
    let sql = "UPDATE accounts SET person = ?2, person_source = 'clinic' WHERE id = ?1 AND person IS NULL";
    tx.execute(sql, [id.into(), sealed(keys, id, person)?.into()])
        .await?;
    Ok(documents::forget(tx, id).await?)
}

/// Says whose account it is, by ESIA: it is a confirmed one from now on.
///
/// # Errors
/// As [`name_by_clinic`]; a conflict where another account has this number at ESIA.
pub async fn confirm(
    tx: &Tx,
    keys: &Keys,
    id: &str,
    subject: &str,
    person: &Person,
    now: Timestamp,
) -> Result<()> {
    let sql = "UPDATE accounts SET person = ?2, person_source = 'esia', level = 'confirmed', esia_subject = ?3, \
               confirmed_at = ?4 WHERE id = ?1";
    let params = [
        id.into(),
        sealed(keys, id, person)?.into(),
        subject.into(),
        now.unix().into(),
    ];
    tx.execute(sql, params).await?;
    Ok(documents::forget(tx, id).await?)
}

/// One account goes up in another: its phones and e-mails, what it has read and accepted. Its sessions end, but for `keep`,
/// which the caller ends, and whose push messages go on.
///
/// The other account gets a clinic's word on whose it is, where nobody has said it; ESIA's word is never carried over.
///
/// # Errors
/// As [`name_by_clinic`].
pub async fn merge(
    tx: &Tx,
    keys: &Keys,
    from: &Account,
    into: &Account,
    keep: Option<&str>,
    now: Timestamp,
) -> Result<()> {
    let ids = || [from.id.as_str().into(), into.id.as_str().into()];
    let sql = "UPDATE account_contacts SET account_id = ?2 WHERE account_id = ?1 \
               AND (ended_at IS NULL OR ended_why = 'replaced')";
    tx.execute(sql, ids()).await?;
    if let Some(session) = keep {
        let sql = "UPDATE push_subscriptions SET account_id = ?2 WHERE account_id = ?1 AND session_id = ?3";
        let [from, into] = ids();
        tx.execute(sql, [from, into, session.into()]).await?;
    }
    sessions::end_all(tx, &from.id, keep, sessions::Why::Merged, now).await?;
    documents::inherit(tx, &from.id, &into.id).await?;
    let person = from.person.as_ref().filter(|_| !from.person_by_esia);
    if let (Some(person), None) = (person, &into.person) {
        name_by_clinic(tx, keys, &into.id, person).await?;
    }
    let sql = "UPDATE accounts SET merged_into = ?2, person = NULL WHERE id = ?1";
    tx.execute(sql, ids()).await?;
    log(tx, &from.id, "merged_away", &json!({}), now).await?;
    Ok(log(tx, &into.id, "merged", &json!({}), now).await?)
}

/// Which notices the person wants.
///
/// # Errors
/// As the database says.
pub async fn set_notices(tx: &Tx, id: &str, notices: Notices) -> Result<(), DbError> {
    let notices = serde_json::to_string(&notices).map_err(|_| DbError::corrupt("notices"))?;
    let sql = "UPDATE accounts SET notices = ?2 WHERE id = ?1";
    tx.execute(sql, [id.into(), notices.into()])
        .await
        .map(|_| ())
}

/// Minutes by which the person's clock is ahead of UTC, as their browser last said.
///
/// # Errors
/// As the database says.
pub async fn utc_offset(db: &Db, id: &str) -> Result<Option<i32>, DbError> {
    let sql = "SELECT utc_offset FROM accounts WHERE id = ?1";
    let row = db.first(sql, [id.into()]).await?;
    let minutes = row.map_or(Ok(None), |row| row.opt_int(0))?;
    Ok(minutes.and_then(|minutes| i32::try_from(minutes).ok()))
}

/// Keeps what the person's browser says of its clock.
///
/// # Errors
/// As the database says.
pub async fn set_utc_offset(db: &Db, id: &str, minutes: i32) -> Result<(), DbError> {
    let sql = "UPDATE accounts SET utc_offset = ?2 WHERE id = ?1";
    db.execute(sql, [id.into(), i64::from(minutes).into()])
        .await
        .map(|_| ())
}

/// Adds to the account's own log; no numbers of anybody in `data`.
///
/// # Errors
/// As the database says.
pub async fn log(
    tx: &Tx,
    id: &str,
    what: &str,
    data: &Value,
    now: Timestamp,
) -> Result<(), DbError> {
    let sql = "INSERT INTO account_log (account_id, position, at, what, data) \
               SELECT ?1, 1 + coalesce(max(position), 0), ?2, ?3, ?4 FROM account_log WHERE account_id = ?1";
    let params = [
        id.into(),
        now.unix().into(),
        what.into(),
        data.to_string().into(),
    ];
    tx.execute(sql, params).await.map(|_| ())
}

/// How many wrong answers at a gate count: since a time, and since somebody got through.
///
/// # Errors
/// As the database says.
pub async fn wrong_tries(tx: &Tx, id: &str, since: Timestamp) -> Result<u32, DbError> {
    let sql = "SELECT count(*) FROM account_log WHERE account_id = ?1 AND what = 'gate_wrong' AND at > ?2 \
               AND position > coalesce((SELECT max(position) FROM account_log WHERE account_id = ?1 \
               AND what IN ('gate_opened', 'confirmed')), 0)";
    let row = tx.first(sql, [id.into(), since.unix().into()]).await?;
    let count = row.map_or(Ok(0), |row| row.int(0))?;
    Ok(u32::try_from(count).unwrap_or(u32::MAX))
}

fn sealed(keys: &Keys, id: &str, person: &Person) -> Result<String> {
    let json = serde_json::to_string(person).map_err(|_| DbError::corrupt("person"))?;
    Ok(keys.seal_text(&purpose(id), &json)?)
}

/// Binds a person to the account's row.
fn purpose(id: &str) -> String {
    format!("accounts.person:{id}")
}
