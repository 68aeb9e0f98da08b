//! Files in the database: staged when taken in, claimed by the document that uses them.
//!
//! Originals stand as they came. Signed files are encrypted at rest: the evidence in them holds a token of ESIA's.
//! Hashes and sizes are always those of the plain file.

use crate::at_rest::{AtRestError, Keys};
use crate::db::{Db, DbError, Tx};
use crate::http::Result;
use podpis_shared::Timestamp;
use podpis_shared::wire::vault::Stored;

/// A file's bytes in the form in which they are stored.
pub struct Content {
    bytes: Vec<u8>,
    /// What [`Keys::open_in_place`] needs; `None` for plain bytes.
    header: Option<String>,
}

impl Content {
    /// Stored as they are: a file without a token in it.
    pub const fn plain(bytes: Vec<u8>) -> Self {
        Self {
            bytes,
            header: None,
        }
    }

    /// Encrypted in place, bound to the file's id. To be done before the transaction: it takes some time.
    ///
    /// # Errors
    /// As [`Keys::seal_in_place`].
    pub fn sealed(keys: &Keys, stored: &Stored, mut bytes: Vec<u8>) -> Result<Self, AtRestError> {
        let header = Some(keys.seal_in_place(&purpose(&stored.blob), &mut bytes)?);
        Ok(Self { bytes, header })
    }
}

/// Writes a file, in the transaction that also says who uses it.
///
/// # Errors
/// As the database says.
pub async fn insert(
    tx: &Tx,
    stored: &Stored,
    content: Content,
    now: Timestamp,
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO blobs (id, sha256, streebog256, size, pages, created_at, bytes, sealed) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        [
            stored.blob.as_str().into(),
            stored.hashes.sha256.as_str().into(),
            stored.hashes.streebog256.as_str().into(),
            i64::try_from(stored.size).unwrap_or(i64::MAX).into(),
            stored.pages.into(),
            now.unix().into(),
            content.bytes.into(),
            content.header.into(),
        ],
    )
    .await
    .map(|_| ())
}

/// The plain bytes of a file. Only `vault` reads files.
///
/// # Errors
/// As the database says; `unavailable` without a storage key, 500 where the file can't be decrypted.
pub async fn find(db: &Db, id: &str) -> Result<Option<Vec<u8>>> {
    let sql = "SELECT bytes, sealed FROM blobs WHERE id = ?1";
    let Some(row) = db.first(sql, [id.into()]).await? else {
        return Ok(None);
    };
    let header = row.opt_text(1)?;
    let mut bytes = row.into_bytes()?;
    if let Some(header) = header {
        let keys = Keys::load(db).await?;
        keys.open_in_place(&purpose(id), &mut bytes, &header)?;
    }
    Ok(Some(bytes))
}

/// SHA-256 of a file, lower-case hex, as it was before encryption.
///
/// # Errors
/// As the database says.
pub async fn sha256(db: &Db, id: &str) -> Result<Option<String>, DbError> {
    let sql = "SELECT sha256 FROM blobs WHERE id = ?1";
    let row = db.first(sql, [id.into()]).await?;
    row.map(|row| row.text(0)).transpose()
}

/// Marks a file as taken in, but not used by any document yet.
///
/// # Errors
/// As the database says.
pub async fn stage(tx: &Tx, id: &str, now: Timestamp) -> Result<(), DbError> {
    let sql = "INSERT INTO staged_blobs (id, created_at) VALUES (?1, ?2)";
    tx.execute(sql, [id.into(), now.unix().into()])
        .await
        .map(|_| ())
}

/// Takes a staged file for a document; `false` where it has been swept away meanwhile.
///
/// # Errors
/// As the database says.
pub async fn claim(tx: &Tx, id: &str) -> Result<bool, DbError> {
    Ok(tx
        .execute("DELETE FROM staged_blobs WHERE id = ?1", [id.into()])
        .await?
        > 0)
}

/// Forgets a staged file; one that a document has claimed stays.
///
/// # Errors
/// As the database says.
pub async fn discard(db: &Db, id: &str) -> Result<(), DbError> {
    let staged =
        "DELETE FROM blobs WHERE id = ?1 AND EXISTS (SELECT 1 FROM staged_blobs WHERE id = ?1)";
    db.execute(staged, [id.into()]).await?;
    let unused =
        "DELETE FROM staged_blobs WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM blobs WHERE id = ?1)";
    db.execute(unused, [id.into()]).await.map(|_| ())
}

/// Binds a file's bytes to its row.
fn purpose(id: &str) -> String {
    format!("blobs.bytes:{id}")
}
