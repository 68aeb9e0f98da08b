//! `POST /api/v1/documents/{id}/remind`.

use super::read::{answer, owned};
use super::tell;
use crate::auth::Session;
use crate::idempotency::{self, Kept};
use axum::body::Body;
use axum::http::HeaderMap;
use podpis_kit::extract::Path;
use podpis_kit::store::notices::Notice;
use podpis_kit::store::reminders::{self, Reminder};
use podpis_kit::{Context, Failure, Result, http, neighbour, now, vars};
use podpis_shared::problem::Code;
use podpis_shared::wire::mis::Reminded;

/// Least time between two reminders of a clinic, in seconds.
const PAUSE: i64 = 24 * 3600;

/// Reminds the signer of an open document: by SMS with a new link, or for the account by notices. Nobody is woken: what is asked for at
/// night goes out in the morning, and the answer says when.
///
/// # Errors
/// `invalid_state` once it is signed or closed, and for what was sent for keeping; `too_many_requests` within 24 hours of the last one.
pub(crate) async fn remind(
    session: Session,
    context: Context,
    Path(id): Path<String>,
    headers: HeaderMap,
    key: idempotency::Key,
    body: Body,
) -> Result<Kept<Reminded>> {
    let bytes = http::read_body(body, http::JSON_MAX).await?;
    let (clinic, db, document) = owned(session, &id).await?;
    let path = format!("/documents/{id}/remind");
    let once = idempotency::of(&key, &clinic, &path, &bytes)?;
    let base_url = vars::base_url(&headers).await?;
    let tx = db.begin().await?;
    if let Some(once) = &once
        && let Some(first) = once.replay(&tx).await?
    {
        return Ok(first);
    }
    let at = now();
    if document.is_kept() {
        let detail = "the document was sent for keeping: there is nothing to remind of";
        return Err(Failure::new(Code::InvalidState, detail));
    }
    if !document.is_open(at) {
        let detail = format!("the document is {}", document.status.as_str());
        return Err(Failure::new(Code::InvalidState, detail));
    }
    let since = at.plus(-PAUSE);
    if !reminders::claim(&tx, &id, Reminder::Clinic, since, at).await? {
        let last = reminders::last(&tx, &id, Reminder::Clinic).await?;
        let wait = last.map_or(PAUSE, |last| last.plus(PAUSE).unix() - at.unix());
        let failure = Failure::new(Code::TooMany, "a document is reminded of once in 24 hours");
        return Err(failure.retry_after(u32::try_from(wait).unwrap_or(1).max(1)));
    }
    let queued = tell::signer(
        &tx,
        &document,
        Notice::Reminder,
        &clinic.name,
        &base_url,
        at,
    )
    .await?;
    let ways = queued.ways.iter();
    let answer = Kept::new(&Reminded {
        document: answer(&tx, document, Vec::new()).await?,
        scheduled_for: Some(queued.due).filter(|due| *due > at && !queued.ways.is_empty()),
        channels: ways.map(|way| way.as_str().to_owned()).collect(),
    })?;
    if let Some(once) = &once {
        once.keep(&tx, &answer).await?;
    }
    tx.commit().await?;
    neighbour::nudge_delivery(&context);
    Ok(answer)
}
