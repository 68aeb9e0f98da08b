//! Keys that a sandbox made for itself. In production keys come from secret variables and this table stays empty.

use crate::db::{Db, DbError};
use crate::random;
use podpis_shared::Sensitive;
use podpis_shared::hash::hex;
use zeroize::Zeroizing;

/// The key of a name.
///
/// # Errors
/// As the database says.
pub async fn find(db: &Db, name: &str) -> Result<Option<Sensitive<String>>, DbError> {
    let sql = "SELECT value FROM sandbox_keys WHERE name = ?1";
    db.first(sql, [name.into()])
        .await?
        .map(|row| row.text(0).map(Sensitive::new))
        .transpose()
}

/// Keeps a key; one that is there already stays, so that everybody who then reads it finds the same.
///
/// # Errors
/// As the database says.
pub async fn insert(db: &Db, name: &str, value: &str) -> Result<(), DbError> {
    let sql =
        "INSERT INTO sandbox_keys (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO NOTHING";
    db.execute(sql, [name.into(), value.into()])
        .await
        .map(|_| ())
}

/// The key of a name, 64 hex digits; made at first use.
///
/// # Errors
/// As the database says; where the host gives no randomness.
pub async fn get_or_make(db: &Db, name: &str) -> Result<Sensitive<String>, DbError> {
    if let Some(key) = find(db, name).await? {
        return Ok(key);
    }
    // Another function may be here at the same moment: the first one's key stays, and both read it.
    let bytes = random::bytes::<32>().map_err(|e| DbError::host("random", e))?;
    let made = Zeroizing::new(hex(&*Zeroizing::new(bytes)));
    insert(db, name, &made).await?;
    let key = find(db, name).await?;
    key.ok_or_else(|| DbError::corrupt("sandbox key"))
}
