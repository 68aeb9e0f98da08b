//! Which documents are an account's: kept as rows, so that a list of thousands is one indexed query.

use crate::db::{Db, DbError, Tx};
use podpis_shared::Timestamp;

/// In what role an account sees a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// It is addressed to this person, who signs for themselves or for somebody else.
    Signer,
    /// It is about this person; somebody else signs it.
    Patient,
}

/// Has every document of an account looked at anew, because its person or its contacts have changed.
///
/// # Errors
/// As the database says.
pub async fn forget(tx: &Tx, account_id: &str) -> Result<(), DbError> {
    let sql = "UPDATE account_documents SET role = 'stale' WHERE account_id = ?1";
    tx.execute(sql, [account_id.into()]).await.map(|_| ())
}

/// In what role the account may see a document at this moment; `None`: not at all.
///
/// # Errors
/// As the database says.
pub async fn role(
    db: &Db,
    account_id: &str,
    document_id: &str,
    now: Timestamp,
) -> Result<Option<Role>, DbError> {
    let sql = "SELECT role FROM account_documents WHERE account_id = ?1 AND document_id = ?2 \
               AND (until IS NULL OR until > ?3)";
    let params = [account_id.into(), document_id.into(), now.unix().into()];
    let role = db.first(sql, params).await?.map(|row| row.text(0));
    Ok(match role.transpose()?.as_deref() {
        Some("signer") => Some(Role::Signer),
        Some("patient") => Some(Role::Patient),
        _ => None,
    })
}
