//! `GET /api/v1/events`: the clinic's events in order, with the journal's signed head.
//!
//! Whoever keeps the heads can show at any time whether history was rewritten since.

use crate::answer::Json;
use crate::auth::Session;
use crate::{db, journal, list};
use podpis_kit::extract::Query;
use podpis_kit::{Context, Db, Failure, Result};
use podpis_shared::problem::Code;
use podpis_shared::wire::mis;
use serde::{Deserialize, Serialize};
use std::time::{Duration, Instant};

#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct EventsQuery {
    /// Events with a greater `seq`.
    #[cfg_attr(test, schemars(with = "Option<u64>", extend("default" = 0)))]
    after: Option<String>,
    #[cfg_attr(test, schemars(with = "Option<list::schema::Limit>"))]
    limit: Option<String>,
    /// Where there is no event, the answer comes with the first one, or empty after so many seconds.
    #[cfg_attr(test, schemars(with = "Option<u64>", range(max = WAIT_MAX), extend("default" = 0)))]
    wait: Option<String>,
}

/// One page.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(inline))]
pub(crate) struct Events {
    items: Vec<mis::Event>,
    /// Cursor for `after`; null at the end.
    next: Option<String>,
    /// Signed head of the journal that covers at least these events; keep it. Null where the journal doesn't add up.
    checkpoint: Option<String>,
}

/// Longest time that a request waits for an event, in seconds.
const WAIT_MAX: u64 = 30;

/// How long a request is held open at most: a runtime takes one for stuck that has moved nothing for 30 seconds.
const HELD: Duration = Duration::from_secs(25);

/// Pause between two looks.
const LOOK: Duration = Duration::from_millis(300);

/// Events after a number; `next` is null when there are no more now. `checkpoint` covers at least the events given;
/// it is null where the journal doesn't add up. With `wait`, where there are none, the answer comes with the first new one, or
/// empty after so many seconds.
pub(crate) async fn list(
    Session { clinic, db }: Session,
    context: Context,
    Query(query): Query<EventsQuery>,
) -> Result<Json<Events>> {
    let (limit, after) = (
        list::limit(query.limit.as_deref())?,
        list::after(query.after.as_deref())?,
    );
    let wait = wait(query.wait.as_deref())?;
    let mut items = wait_for(db, &clinic.id, after.unwrap_or(0), limit + 1, wait).await?;
    let more = items.len() > usize::try_from(limit).unwrap_or(usize::MAX);
    if more {
        items.pop();
    }
    let next = items
        .last()
        .filter(|_| more)
        .map(|event| event.seq.to_string());
    let checkpoint = journal::note(&context, &clinic.id).await?;
    Ok(Json(Events {
        items,
        next,
        checkpoint,
    }))
}

/// The time asked for.
fn wait(text: Option<&str>) -> Result<Duration> {
    let seconds = text.map_or(Some(0), |text| text.parse().ok());
    let seconds = seconds.filter(|seconds| *seconds <= WAIT_MAX);
    let wrong = || Failure::new(Code::BadRequest, "wait is a number of seconds from 0 to 30");
    seconds.map(Duration::from_secs).ok_or_else(wrong)
}

/// Events after a number, as soon as there are some. Between two looks nothing is held: no connection, no transaction.
async fn wait_for(
    db: Db,
    clinic_id: &str,
    after: i64,
    limit: i64,
    wait: Duration,
) -> Result<Vec<mis::Event>> {
    let (clock, wait) = (Instant::now(), wait.min(HELD));
    let mut db = db;
    loop {
        let items = db::events(&db, clinic_id, after, limit).await?;
        if !items.is_empty() || clock.elapsed() >= wait {
            return Ok(items);
        }
        drop(db);
        spin_sdk::time::sleep(LOOK.min(wait.saturating_sub(clock.elapsed()))).await;
        db = Db::open().await?;
    }
}
