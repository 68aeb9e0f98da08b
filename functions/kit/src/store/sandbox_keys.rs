//! Keys that a sandbox made for itself. In production keys come from secret variables and this table stays empty.

use crate::db::{Db, DbError};
use podpis_shared::Sensitive;

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
