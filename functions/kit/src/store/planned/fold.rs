//! Reminders of several documents of one package that come at about the same time: the first one tells of all.

use super::{Kind, Planned, forget};
use crate::daytime::HOUR;
use crate::db::{DbError, Tx};
use podpis_shared::Timestamp;

/// Furthest that a reminder is brought forward, in seconds.
const FORWARD_MAX: i64 = 12 * HOUR;

/// Takes the reminders of documents that would follow so soon on one that goes out now that it stands for them, too.
///
/// # Errors
/// As the database says.
pub async fn fold(tx: &Tx, document_ids: &[String], now: Timestamp) -> Result<(), DbError> {
    let sql = "SELECT document_id, kind, at FROM planned_notices WHERE document_id = ?1 AND kind LIKE 'deadline_%'";
    for id in document_ids {
        for row in tx.query(sql, [id.as_str().into()]).await? {
            let plan = Planned::of(&row)?;
            if let Kind::Deadline(hours) = plan.kind
                && is_now(hours, plan.at, now)
            {
                forget(tx, id, &plan.kind).await?;
            }
        }
    }
    Ok(())
}

/// Whether a reminder so many hours before an end comes now or soon: not brought forward by more than half of those hours, so that
/// the last one stays the last one.
fn is_now(hours: i64, at: Timestamp, now: Timestamp) -> bool {
    at <= now.plus((hours * HOUR / 2).min(FORWARD_MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_soon_is_folded_in() {
        let now = Timestamp::from_unix(1_795_000_000);
        for (hours, in_hours, folded) in [
            (24, -5, true),
            (24, 0, true),
            (24, 12, true),
            (24, 13, false),
            // A week before the end: still no more than twelve hours.
            (168, 12, true),
            (168, 13, false),
            // The last call before an end stays close to it.
            (3, 1, true),
            (3, 2, false),
            (1, 1, false),
        ] {
            let at = now.plus(in_hours * HOUR);
            assert_eq!(is_now(hours, at, now), folded, "{hours} {in_hours}");
        }
    }
}
