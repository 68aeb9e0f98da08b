//! Bringing an account's rows up to date with what clinics have sent.

use super::standing::{Found, Holder, Standing};
use super::{Accepted, Role, fold};
use crate::db::{Db, DbError, Row, Tx, Value};
use crate::http::{Failure, Result};
use crate::policy;
use crate::store::accounts::contacts::{self, Finder, Held};
use crate::store::accounts::{self, Account, naming};
use podpis_shared::problem::Code;
use podpis_shared::{Kind, Timestamp};
use std::collections::BTreeMap;

/// Rows of one statement.
const ROWS: usize = 100;

/// An account whose rows are up to date.
pub struct Synced {
    /// A handle of the database, outside any transaction.
    pub db: Db,
    /// The account as it is now.
    pub account: Account,
    /// Its phones and e-mails.
    pub contacts: Vec<Held>,
    /// Clinics name several people at its phones and e-mails, and nobody has said yet which one it is: the gate `who` stands
    /// before its documents now.
    pub several: bool,
}

/// Brings the rows of a living account up to date; first whose account it is, where that has not been said yet.
///
/// Writes only where there is something new.
///
/// # Errors
/// `signed_out` where there is no such account; as the database says.
pub async fn sync(db: Db, account_id: &str, now: Timestamp) -> Result<Synced> {
    let (db, account, gate) = naming::settle(db, account_id).await?;
    let contacts = contacts::of_account(&db, account_id).await?;
    let synced = Synced {
        db,
        account: account.ok_or_else(signed_out)?,
        contacts,
        several: gate.is_some(),
    };
    if !is_due(&synced.db, &synced.account, now).await? {
        return Ok(synced);
    }
    let table = policy::table().await?;
    let tx = synced.db.begin().await?;
    // Read once more: ESIA may have said meanwhile whose account it is.
    let account = accounts::find(&tx, account_id).await?;
    let account = account.ok_or_else(signed_out)?;
    let found = find(&tx, &account, now).await?;
    if let Some(person) = &account.person {
        let confirmed = account.person_by_esia;
        let holder = Holder { person, confirmed };
        let stands = |found| (found, Found::standing(found, holder, &table, now));
        let rows: Vec<_> = found.iter().map(stands).collect();
        write(&tx, account_id, &rows).await?;
    }
    own_acceptances(&tx, account_id, now).await?;
    tx.commit().await?;
    Ok(Synced {
        db: Db::open().await?,
        account,
        ..synced
    })
}

fn signed_out() -> Failure {
    Failure::new(Code::SignedOut, "Войдите в личный кабинет.")
}

/// By what an account's documents are found; by nothing, until somebody has said whose account it is.
async fn finders(db: &Db, account: &Account) -> Result<Vec<Finder>, DbError> {
    let Some(person) = &account.person else {
        return Ok(Vec::new());
    };
    let confirmed = account.person_by_esia;
    let mut finders = contacts::finders(db, &account.id, confirmed).await?;
    // SNILS counts only from ESIA.
    if let Some(snils) = person.snils.as_ref().filter(|_| confirmed) {
        finders.push(Finder {
            kind: "snils".into(),
            value: snils.expose().into(),
            from: Timestamp::from_unix(0),
            until: None,
        });
    }
    Ok(finders)
}

/// A document that a finder leads to, without a row of its own or with one that has to be looked at anew. An accepted
/// agreement belongs to whoever accepted it, never to the next holder of the phone.
const NEW: &str = "FROM addressees a LEFT JOIN account_documents o ON o.account_id = ?1 AND o.document_id = a.document_id \
    WHERE a.kind = ?2 AND a.value = ?3 AND (o.role IS NULL OR o.role = 'stale' OR (o.role = 'none' AND o.until <= ?4)) \
    AND a.created_at >= ?5 AND a.created_at < ?6 \
    AND NOT EXISTS (SELECT 1 FROM acceptances c WHERE c.document_id = a.document_id)";

fn new_ones(account: &Account, finder: &Finder, now: Timestamp) -> [Value; 6] {
    [
        account.id.as_str().into(),
        finder.kind.as_str().into(),
        finder.value.as_str().into(),
        now.unix().into(),
        finder.from.unix().into(),
        finder.until.unwrap_or(Timestamp::MAX).unix().into(),
    ]
}

/// Whether there is anything that [`sync`] has to look at.
async fn is_due(db: &Db, account: &Account, now: Timestamp) -> Result<bool, DbError> {
    for finder in finders(db, account).await? {
        let sql = format!("SELECT 1 {NEW} LIMIT 1");
        if db
            .first(&sql, new_ones(account, &finder, now))
            .await?
            .is_some()
        {
            return Ok(true);
        }
    }
    let sql = format!("{ACCEPTED} LIMIT 1");
    Ok(db
        .first(&sql, [account.id.as_str().into()])
        .await?
        .is_some())
}

/// Documents that have to be looked at.
async fn find(db: &Db, account: &Account, now: Timestamp) -> Result<Vec<Found>, DbError> {
    let sql = format!(
        "SELECT d.id, d.clinic_id, d.title, d.kind, d.patient, d.representative, d.created_at \
         FROM (SELECT DISTINCT a.document_id {NEW}) a JOIN documents d ON d.id = a.document_id"
    );
    let mut found = BTreeMap::new();
    for finder in finders(db, account).await? {
        for row in db.query(&sql, new_ones(account, &finder, now)).await? {
            let one = of(&row)?;
            found.insert(one.id.clone(), one);
        }
    }
    Ok(found.into_values().collect())
}

fn of(row: &Row) -> Result<Found, DbError> {
    let corrupt = |_| DbError::corrupt("person");
    let representative = row.opt_text(5)?;
    Ok(Found {
        id: row.text(0)?,
        clinic_id: row.text(1)?,
        title: row.text(2)?,
        kind: Kind::parse(&row.text(3)?).ok_or_else(|| DbError::corrupt("kind"))?,
        patient: serde_json::from_str(&row.text(4)?).map_err(corrupt)?,
        representative: representative
            .map(|text| serde_json::from_str(&text).map_err(corrupt))
            .transpose()?,
        created_at: Timestamp::from_unix(row.int(6)?),
    })
}

/// Writes rows; what was read before stays read.
async fn write(tx: &Tx, account_id: &str, rows: &[(&Found, Standing)]) -> Result<(), DbError> {
    for rows in rows.chunks(ROWS) {
        let mut params: Vec<Value> = vec![account_id.into()];
        let mut values = Vec::new();
        for (found, standing) in rows {
            let first = params.len();
            let places: Vec<String> = (first + 1..=first + 6).map(|n| format!("?{n}")).collect();
            values.push(format!("(?1, {})", places.join(", ")));
            let role = match standing.role {
                Some(Role::Signer) => "signer",
                Some(Role::Patient) => "patient",
                None => "none",
            };
            params.extend([
                Value::from(found.id.as_str()),
                found.clinic_id.as_str().into(),
                role.into(),
                found.created_at.unix().into(),
                standing.until.map(Timestamp::unix).into(),
                fold(&found.title).into(),
            ]);
        }
        let sql = format!(
            "INSERT INTO account_documents (account_id, document_id, clinic_id, role, created_at, until, folded) VALUES {} \
             ON CONFLICT (account_id, document_id) DO UPDATE SET role = excluded.role, until = excluded.until",
            values.join(", ")
        );
        tx.execute(&sql, params).await?;
    }
    Ok(())
}

/// Documents of agreements that the account, or one that went up in it, has accepted, and that are not in its rows.
const ACCEPTED: &str = "WITH RECURSIVE own (id) AS (SELECT ?1 UNION SELECT m.id FROM accounts m JOIN own \
    ON m.merged_into = own.id) SELECT d.id, d.clinic_id, d.created_at, d.title FROM acceptances a \
    JOIN documents d ON d.id = a.document_id \
    LEFT JOIN account_documents o ON o.account_id = ?1 AND o.document_id = a.document_id \
    WHERE a.account_id IN (SELECT id FROM own) AND (o.role IS NULL OR o.role <> 'signer')";

async fn own_acceptances(tx: &Tx, account_id: &str, now: Timestamp) -> Result<(), DbError> {
    for row in tx.query(ACCEPTED, [account_id.into()]).await? {
        let (id, clinic_id, title) = (row.text(0)?, row.text(1)?, row.text(3)?);
        let accepted = Accepted {
            id: &id,
            clinic_id: &clinic_id,
            title: &title,
            created_at: Timestamp::from_unix(row.int(2)?),
        };
        super::hold(tx, account_id, accepted, now).await?;
    }
    Ok(())
}
