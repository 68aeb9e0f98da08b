//! How many requests a caller has made in the running minute: one row a caller, shared by all instances.

use crate::db::{Db, DbError, Tx};

/// Rows of minutes long past that one writing forgets.
const SWEEP_MAX: i64 = 100;

/// Requests that are counted for a caller in a minute (Unix time / 60).
///
/// # Errors
/// As the database says.
pub async fn used(db: &Db, caller: &str, minute: i64) -> Result<u32, DbError> {
    let sql = "SELECT used FROM rate_windows WHERE caller = ?1 AND minute = ?2";
    let row = db.first(sql, [caller.into(), minute.into()]).await?;
    let used = row.map_or(Ok(0), |row| row.int(0))?;
    Ok(u32::try_from(used).unwrap_or(u32::MAX))
}

/// Adds requests to a caller's minute. A row of an earlier minute starts anew; one of a later minute, by a clock that is
/// ahead, stays.
///
/// # Errors
/// As the database says.
pub async fn add(tx: &Tx, caller: &str, minute: i64, requests: u32) -> Result<(), DbError> {
    let sql = "INSERT INTO rate_windows (caller, minute, used) VALUES (?1, ?2, ?3) \
               ON CONFLICT (caller) DO UPDATE SET minute = excluded.minute, \
               used = excluded.used + CASE WHEN rate_windows.minute = excluded.minute THEN rate_windows.used ELSE 0 END \
               WHERE rate_windows.minute <= excluded.minute";
    let params = [caller.into(), minute.into(), i64::from(requests).into()];
    tx.execute(sql, params).await.map(drop)
}

/// Forgets callers of whom nothing was counted since a minute.
///
/// # Errors
/// As the database says.
pub async fn sweep(tx: &Tx, before: i64) -> Result<(), DbError> {
    let sql = "DELETE FROM rate_windows WHERE caller IN \
               (SELECT caller FROM rate_windows WHERE minute < ?1 LIMIT ?2)";
    tx.execute(sql, [before.into(), SWEEP_MAX.into()])
        .await
        .map(drop)
}
