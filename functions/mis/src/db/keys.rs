//! The SQL of API keys.

use crate::auth::Clinic;
use podpis_kit::Actor;
use podpis_kit::db::{Db, DbError, Row, Tx};
use podpis_shared::Timestamp;

/// Least time between two notes of a key's use, in seconds: an hour.
pub(crate) const USE_NOTED_S: i64 = 3600;

/// The clinic of a key, with what its use depends on.
pub(crate) struct Found {
    pub(crate) clinic: Clinic,
    /// Requests with it that are known in the minute.
    pub(crate) used: u32,
    /// The last noted use.
    pub(crate) used_at: Option<Timestamp>,
}

/// A living key, as it is shown.
pub(crate) struct Key {
    pub(crate) id: String,
    pub(crate) label: Option<String>,
    pub(crate) created_at: Timestamp,
    pub(crate) used_at: Option<Timestamp>,
}

/// The clinic of a living key; `minute`: Unix time / 60.
pub(crate) async fn find(db: &Db, key_hash: &str, minute: i64) -> Result<Option<Found>, DbError> {
    let sql = "SELECT c.id, c.name, coalesce(r.used, 0), k.id, k.used_at FROM api_keys k \
               JOIN clinics c ON c.id = k.clinic_id \
               LEFT JOIN rate_windows r ON r.caller = k.key_hash AND r.minute = ?2 \
               WHERE k.key_hash = ?1 AND k.revoked_at IS NULL";
    let of = |row: Row| {
        let clinic = Clinic {
            id: row.text(0)?,
            name: row.text(1)?,
            by: Actor::Key(row.text(3)?),
        };
        Ok(Found {
            clinic,
            used: u32::try_from(row.int(2)?).unwrap_or(u32::MAX),
            used_at: row.opt_int(4)?.map(Timestamp::from_unix),
        })
    };
    let params = [key_hash.into(), minute.into()];
    db.first(sql, params).await?.map(of).transpose()
}

/// Notes a use, where none was noted for [`USE_NOTED_S`].
pub(crate) async fn note_use(db: &Db, id: &str, at: Timestamp) -> Result<(), DbError> {
    let sql =
        "UPDATE api_keys SET used_at = ?1 WHERE id = ?2 AND (used_at IS NULL OR used_at <= ?3)";
    let before = at.plus(-USE_NOTED_S).unix();
    db.execute(sql, [at.unix().into(), id.into(), before.into()])
        .await
        .map(drop)
}

/// A clinic's living keys, oldest first.
pub(crate) async fn all(db: &Db, clinic_id: &str) -> Result<Vec<Key>, DbError> {
    let sql = "SELECT id, label, created_at, used_at FROM api_keys WHERE clinic_id = ?1 AND revoked_at IS NULL \
               ORDER BY created_at, rowid";
    let of = |row: &Row| {
        Ok(Key {
            id: row.text(0)?,
            label: row.opt_text(1)?,
            created_at: Timestamp::from_unix(row.int(2)?),
            used_at: row.opt_int(3)?.map(Timestamp::from_unix),
        })
    };
    let rows = db.query(sql, [clinic_id.into()]).await?;
    rows.iter().map(of).collect()
}

/// Adds a key by its hash.
pub(crate) async fn insert(tx: &Tx, clinic_id: &str, key: &Key, hash: &str) -> Result<(), DbError> {
    let sql = "INSERT INTO api_keys (id, clinic_id, key_hash, label, created_at) VALUES (?1, ?2, ?3, ?4, ?5)";
    let params = [
        key.id.as_str().into(),
        clinic_id.into(),
        hash.into(),
        key.label.as_deref().into(),
        key.created_at.unix().into(),
    ];
    tx.execute(sql, params).await.map(drop)
}

/// Ends a key. `None`: the clinic has no such; `false`: it had ended before.
pub(crate) async fn revoke(
    tx: &Tx,
    clinic_id: &str,
    id: &str,
    at: Timestamp,
) -> Result<Option<bool>, DbError> {
    let sql = "UPDATE api_keys SET revoked_at = ?1 WHERE id = ?2 AND clinic_id = ?3 AND revoked_at IS NULL";
    let params = [at.unix().into(), id.into(), clinic_id.into()];
    if tx.execute(sql, params).await? > 0 {
        return Ok(Some(true));
    }
    let sql = "SELECT 1 FROM api_keys WHERE id = ?1 AND clinic_id = ?2";
    let known = tx.first(sql, [id.into(), clinic_id.into()]).await?;
    Ok(known.map(|_| false))
}
