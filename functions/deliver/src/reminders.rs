//! Reminding once of a deadline that nears: a day before it, by day where the clinic is.

use crate::db;
use podpis_kit::daytime::by_day;
use podpis_kit::store::notices::{self, About, Notice};
use podpis_kit::store::reminders::{self, Reminder};
use podpis_kit::{Db, Result, vars};
use podpis_shared::Timestamp;

/// How long before the deadline, in seconds.
const BEFORE: i64 = 24 * 3600;

/// Who had less time than this to sign, in seconds, has just been told of the document.
const TIME_MIN: i64 = 48 * 3600;

/// Documents that one tick looks at.
const REMIND_MAX: i64 = 100;

/// Queues what is due.
///
/// # Errors
/// As the database says; then nothing is queued, and the next tick tries again.
pub(crate) async fn queue_due(db: Db, now: Timestamp) -> Result<Db> {
    let due = db::nearing(&db, now, now.plus(BEFORE), TIME_MIN, REMIND_MAX).await?;
    if due.is_empty() {
        return Ok(db);
    }
    let base_url = vars::get("public_url").await?;
    let tx = db.begin().await?;
    let never = Timestamp::from_unix(0);
    for document in &due {
        if !reminders::claim(&tx, &document.id, Reminder::Deadline, never, now).await? {
            continue;
        }
        let clinic = db::clinic(&tx, &document.clinic_id).await?;
        let about = About {
            notice: Notice::Deadline,
            document,
            clinic: &clinic.name,
            base_url: base_url.trim_end_matches('/'),
            due: by_day(now, &clinic.timezone),
        };
        notices::queue(&tx, about, now).await?;
    }
    tx.commit().await?;
    Ok(Db::open().await?)
}
