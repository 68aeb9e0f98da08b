//! The circuit breaker of who fails: the origin of a webhook, a push service (`push <origin>`), the relay of letters (`email relay`).

use crate::settings::Times;
use podpis_kit::db::{DbError, Tx};
use podpis_shared::Timestamp;

/// Failures in a row that open the breaker.
pub(crate) const BREAKER: i64 = 5;

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
    let sql = "SELECT failures, until FROM webhook_origins WHERE origin = ?1";
    let before = match tx.first(sql, [origin.into()]).await? {
        Some(row) => (row.int(0)?, Timestamp::from_unix(row.int(1)?)),
        None => (0, Timestamp::from_unix(0)),
    };
    let Some((failures, until)) = failed(before, at, times) else {
        return Ok(());
    };
    let sql = "INSERT INTO webhook_origins (origin, failures, until) VALUES (?1, ?2, ?3) \
               ON CONFLICT (origin) DO UPDATE SET failures = ?2, until = ?3";
    let params = [origin.into(), failures.into(), until.unix().into()];
    tx.execute(sql, params).await.map(|_| ())
}

/// Failures in a row with one more, and until when the origin is left alone. `None`: the breaker is open, so what fails now was on
/// its way before, and says nothing new.
fn failed(
    (failures, until): (i64, Timestamp),
    at: Timestamp,
    times: &Times,
) -> Option<(i64, Timestamp)> {
    if failures >= BREAKER && at < until {
        return None;
    }
    let failures = failures + 1;
    let pause = if failures < BREAKER {
        0
    } else {
        let doublings = (failures - BREAKER).min(20);
        (times.breaker_first << doublings).min(times.breaker_max)
    };
    Some((failures, at.plus(pause)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_unix(1_795_000_000);

    #[test]
    fn pauses_double_up_to_the_longest() {
        for (failures, pause) in [
            (0, 0),
            (3, 0),
            (4, 15),
            (5, 30),
            (9, 480),
            (10, 600),
            (999, 600),
        ] {
            let expected = Some((failures + 1, NOW.plus(pause)));
            assert_eq!(failed((failures, NOW), NOW, &Times::USUAL), expected);
        }
    }

    /// Eight that were sent together, and fail together, open it once.
    #[test]
    fn what_was_on_its_way_counts_once() {
        let open = (BREAKER, NOW.plus(15));
        assert_eq!(failed(open, NOW, &Times::USUAL), None);
        let closed_again = failed(open, NOW.plus(15), &Times::USUAL);
        assert_eq!(closed_again, Some((BREAKER + 1, NOW.plus(45))));
    }
}
