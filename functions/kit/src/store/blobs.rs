//! Files in the database: staged when taken in, claimed by the document that uses them.

use crate::db::{Db, DbError, Tx};
use podpis_shared::Timestamp;
use podpis_shared::wire::vault::Stored;

/// Writes a file, in the transaction that also says who uses it.
///
/// # Errors
/// As the database says.
pub async fn insert(
    tx: &Tx,
    stored: &Stored,
    bytes: Vec<u8>,
    now: Timestamp,
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO blobs (id, sha256, streebog256, size, pages, created_at, bytes) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        [
            stored.blob.as_str().into(),
            stored.hashes.sha256.as_str().into(),
            stored.hashes.streebog256.as_str().into(),
            i64::try_from(stored.size).unwrap_or(i64::MAX).into(),
            stored.pages.into(),
            now.unix().into(),
            bytes.into(),
        ],
    )
    .await
    .map(|_| ())
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
