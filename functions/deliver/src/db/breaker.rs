//! The circuit breaker of who fails: the origin of a webhook, a push service (`push <origin>`), the relay of letters (`email relay`).

use crate::settings::Times;
use podpis_kit::db::{DbError, Tx};
use podpis_shared::Timestamp;

/// Failures in a row that open the breaker.
pub(crate) const BREAKER: i64 = 5;

/// Longest time that the breaker stays open, in seconds; then one event tries again.
const BREAKER_MAX: i64 = 600;

/// An origin answers: the breaker closes.
pub(crate) async fn host_answers(tx: &Tx, origin: &str) -> Result<(), DbError> {
    let sql = "DELETE FROM webhook_origins WHERE origin = ?1";
    tx.execute(sql, [origin.into()]).await.map(|_| ())
}

/// An origin fails once more; too many in a row, and it is left alone for a while that doubles.
pub(crate) async fn host_fails(
    tx: &Tx,
    origin: &str,
    at: Timestamp,
    times: &Times,
) -> Result<(), DbError> {
    let sql = "SELECT failures FROM webhook_origins WHERE origin = ?1";
    let row = tx.first(sql, [origin.into()]).await?;
    let failures = row.map_or(Ok(0), |row| row.int(0))? + 1;
    let pause = if failures < BREAKER {
        0
    } else {
        let doublings = (failures - BREAKER).min(20);
        (times.breaker_first << doublings).min(BREAKER_MAX)
    };
    let sql = "INSERT INTO webhook_origins (origin, failures, until) VALUES (?1, ?2, ?3) \
               ON CONFLICT (origin) DO UPDATE SET failures = ?2, until = ?3";
    let params = [origin.into(), failures.into(), at.plus(pause).unix().into()];
    tx.execute(sql, params).await.map(|_| ())
}
