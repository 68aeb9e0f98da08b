//! Which documents are an account's: kept as rows, so that a list of thousands is one indexed query.
//!
//! [`sync`] writes the rows from what clinics have named and what the account is known to be; a row is looked at anew when
//! either changes. Whether a representative's time is over is asked of the row at every use.

mod list;
mod standing;
mod sync;

pub use list::{Filter, Query, list};
pub use sync::{Synced, sync};

use crate::db::{Db, DbError, Tx};
use crate::store::branding;
use podpis_shared::Timestamp;
use podpis_shared::wire::account::ClinicRef;

/// In what role an account sees a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// It is addressed to this person, who signs for themselves or for somebody else.
    Signer,
    /// It is about this person; somebody else signs it.
    Patient,
}

/// The document of an accepted agreement.
#[derive(Clone, Copy, Debug)]
pub struct Accepted<'a> {
    /// Our id.
    pub id: &'a str,
    /// Its clinic.
    pub clinic_id: &'a str,
    /// Its title.
    pub title: &'a str,
    /// When it was accepted.
    pub created_at: Timestamp,
}

/// What the tabs of the account show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Wait for this person.
    pub to_sign: u32,
    /// Signed.
    pub signed: u32,
    /// All.
    pub all: u32,
    /// Never opened.
    pub unread: u32,
}

/// A document of `o` that the account may see at the moment `?2`.
const VISIBLE: &str =
    "o.account_id = ?1 AND o.role IN ('signer', 'patient') AND (o.until IS NULL OR o.until > ?2)";

/// It waits for this person.
const TO_SIGN: &str = "o.role = 'signer' AND d.status IN ('sent', 'opened') AND d.expires_at > ?2";

/// A person has signed it with us; what a clinic sent for keeping was signed elsewhere.
const SIGNED: &str = "d.status IN ('patient_signed', 'completed') AND d.signed_at IS NOT NULL";

/// Never opened by this person: neither in the account nor, where they are the signer, by a link.
const UNREAD: &str = "o.seen_at IS NULL AND d.status NOT IN ('cancelled', 'superseded') \
    AND (o.role = 'patient' OR (d.opened_at IS NULL AND d.signed_at IS NULL))";

/// Has every document of an account looked at anew, because its person or its contacts have changed.
///
/// # Errors
/// As the database says.
pub async fn forget(tx: &Tx, account_id: &str) -> Result<(), DbError> {
    let sql = "UPDATE account_documents SET role = 'stale' WHERE account_id = ?1";
    tx.execute(sql, [account_id.into()]).await.map(|_| ())
}

/// Carries over what one account has read when it goes up in another; what that one may see is looked at anew.
///
/// # Errors
/// As the database says.
pub async fn inherit(tx: &Tx, from: &str, to: &str) -> Result<(), DbError> {
    let sql = "INSERT INTO account_documents (account_id, document_id, clinic_id, role, created_at, seen_at, folded) \
               SELECT ?2, document_id, clinic_id, 'stale', created_at, seen_at, folded FROM account_documents \
               WHERE account_id = ?1 ON CONFLICT (account_id, document_id) DO NOTHING";
    tx.execute(sql, [from.into(), to.into()]).await?;
    forget(tx, to).await
}

/// Makes an accepted agreement its account's own, whatever anybody is called; it was read before.
///
/// # Errors
/// As the database says.
pub async fn hold(
    tx: &Tx,
    account_id: &str,
    document: Accepted<'_>,
    now: Timestamp,
) -> Result<(), DbError> {
    let sql = "INSERT INTO account_documents (account_id, document_id, clinic_id, role, created_at, seen_at, folded) \
               VALUES (?1, ?2, ?3, 'signer', ?4, ?5, ?6) \
               ON CONFLICT (account_id, document_id) DO UPDATE SET role = 'signer', until = NULL";
    let params = [
        account_id.into(),
        document.id.into(),
        document.clinic_id.into(),
        document.created_at.unix().into(),
        now.unix().into(),
        fold(document.title).into(),
    ];
    tx.execute(sql, params).await.map(|_| ())
}

/// In what role the account may see a document at this moment; `None`: not at all, or it has to be looked at by [`sync`].
///
/// # Errors
/// As the database says.
pub async fn role(
    db: &Db,
    account_id: &str,
    document_id: &str,
    now: Timestamp,
) -> Result<Option<Role>, DbError> {
    let sql =
        format!("SELECT o.role FROM account_documents o WHERE {VISIBLE} AND o.document_id = ?3");
    let params = [account_id.into(), now.unix().into(), document_id.into()];
    let role = db.first(&sql, params).await?.map(|row| row.text(0));
    Ok(match role.transpose()?.as_deref() {
        Some("signer") => Some(Role::Signer),
        Some("patient") => Some(Role::Patient),
        _ => None,
    })
}

/// The account's page has shown it.
///
/// # Errors
/// As the database says.
pub async fn mark_seen(
    db: &Db,
    account_id: &str,
    document_id: &str,
    now: Timestamp,
) -> Result<(), DbError> {
    let sql = "UPDATE account_documents SET seen_at = ?3 WHERE account_id = ?1 AND document_id = ?2 AND seen_at IS NULL";
    let params = [account_id.into(), document_id.into(), now.unix().into()];
    db.execute(sql, params).await.map(|_| ())
}

/// How many documents there are; after [`sync`].
///
/// # Errors
/// As the database says.
pub async fn counts(db: &Db, account_id: &str, now: Timestamp) -> Result<Counts, DbError> {
    let count = |what: &str| format!("coalesce(sum(CASE WHEN {what} THEN 1 ELSE 0 END), 0)");
    let sql = format!(
        "SELECT {}, {}, {}, count(*) FROM account_documents o JOIN documents d ON d.id = o.document_id WHERE {VISIBLE}",
        count(TO_SIGN),
        count(SIGNED),
        count(UNREAD)
    );
    let params = [account_id.into(), now.unix().into()];
    let Some(row) = db.first(&sql, params).await? else {
        return Ok(Counts::default());
    };
    let number = |column| Ok::<_, DbError>(u32::try_from(row.int(column)?).unwrap_or(u32::MAX));
    Ok(Counts {
        to_sign: number(0)?,
        signed: number(1)?,
        unread: number(2)?,
        all: number(3)?,
    })
}

/// Clinics that sent something to this account, by name; after [`sync`].
///
/// # Errors
/// As the database says.
pub async fn clinics(db: &Db, account_id: &str, now: Timestamp) -> Result<Vec<ClinicRef>, DbError> {
    let sql = format!(
        "SELECT c.id, c.name, c.logo FROM clinic_looks c WHERE c.id IN (SELECT DISTINCT o.clinic_id FROM account_documents o WHERE {VISIBLE})"
    );
    let rows = db
        .query(&sql, [account_id.into(), now.unix().into()])
        .await?;
    let clinics = rows.iter().map(branding::clinic);
    let mut clinics: Vec<ClinicRef> = clinics.collect::<Result<_, _>>()?;
    // The database compares bytes, so that «Ё» would come before «А».
    clinics.sort_by_key(|clinic| (fold(&clinic.name), clinic.id.clone()));
    Ok(clinics)
}

/// Other documents of a document's package that wait for the account's person, the one that ends first before the others; after
/// [`sync`].
///
/// # Errors
/// As the database says.
pub async fn package_waiting(
    db: &Db,
    account_id: &str,
    document_id: &str,
    now: Timestamp,
) -> Result<Vec<String>, DbError> {
    let sql = format!(
        "SELECT d.id FROM document_packages p JOIN document_packages q ON q.clinic_id = p.clinic_id \
         AND q.package = p.package AND q.document_id <> p.document_id JOIN documents d ON d.id = q.document_id \
         JOIN account_documents o ON o.document_id = d.id WHERE p.document_id = ?3 AND {VISIBLE} AND {TO_SIGN} \
         ORDER BY d.expires_at, d.position"
    );
    let params = [account_id.into(), now.unix().into(), document_id.into()];
    let rows = db.query(&sql, params).await?;
    rows.iter().map(|row| row.text(0)).collect()
}

/// Text in the form in which it is searched: lower case, «ё» as «е».
pub(super) fn fold(text: &str) -> String {
    text.to_lowercase().replace('ё', "е")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn search_knows_no_case_and_no_yo() {
        assert_eq!(fold("Договор ПЛАТНЫХ услуг"), "договор платных услуг");
        assert_eq!(fold("ЁЛКА — клиника"), fold("елка — Клиника"));
    }
}
