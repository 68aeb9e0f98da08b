//! ESIA's certificates that the operator has added: they rotate about yearly, and no restart is needed.
//!
//! Rows are never deleted: a retired certificate checks no new token, but stays in the trust list for old signatures.

use crate::db::{Db, DbError, Row};
use podpis_shared::Timestamp;

/// A row of `esia_certificates`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// SHA-256 of the certificate's DER, lower-case hex.
    pub sha256: String,
    /// The certificate: one PEM block.
    pub pem: String,
    /// When the operator added it.
    pub added_at: Timestamp,
    /// Since when no new token is checked with it.
    pub retired_at: Option<Timestamp>,
}

/// Certificates that new tokens are checked with, PEM, in the order of their adding.
///
/// # Errors
/// As the database says.
pub async fn living(db: &Db) -> Result<Vec<String>, DbError> {
    let sql =
        "SELECT pem FROM esia_certificates WHERE retired_at IS NULL ORDER BY added_at, sha256";
    db.query(sql, []).await?.iter().map(|r| r.text(0)).collect()
}

/// All of them, retired ones too, in the order of their adding.
///
/// # Errors
/// As the database says.
pub async fn all(db: &Db) -> Result<Vec<Stored>, DbError> {
    let sql =
        "SELECT sha256, pem, added_at, retired_at FROM esia_certificates ORDER BY added_at, sha256";
    let of = |row: &Row| {
        Ok(Stored {
            sha256: row.text(0)?,
            pem: row.text(1)?,
            added_at: Timestamp::from_unix(row.int(2)?),
            retired_at: row.opt_int(3)?.map(Timestamp::from_unix),
        })
    };
    db.query(sql, []).await?.iter().map(of).collect()
}

/// Adds a certificate, or takes a retired one back; one that lives is left as it is. Gives whether anything changed.
///
/// # Errors
/// As the database says.
pub async fn add(db: &Db, sha256: &str, pem: &str, at: Timestamp) -> Result<bool, DbError> {
    let sql = "INSERT INTO esia_certificates (sha256, pem, added_at) VALUES (?1, ?2, ?3) \
               ON CONFLICT (sha256) DO UPDATE SET retired_at = NULL WHERE retired_at IS NOT NULL";
    let params = [sha256.into(), pem.into(), at.unix().into()];
    Ok(db.execute(sql, params).await? > 0)
}

/// Retires a certificate; `false` where there is no such. Repeating it keeps the first moment.
///
/// # Errors
/// As the database says.
pub async fn retire(db: &Db, sha256: &str, at: Timestamp) -> Result<bool, DbError> {
    let sql =
        "UPDATE esia_certificates SET retired_at = coalesce(retired_at, ?2) WHERE sha256 = ?1";
    let params = [sha256.into(), at.unix().into()];
    Ok(db.execute(sql, params).await? > 0)
}
