//! `POST /api/v1/consultations/{id}/reschedule`.

use super::incoming::check_beginning;
use super::read::{current, find, view};
use crate::answer::LaterJson;
use crate::auth::Session;
use crate::idempotency::{self, Kept};
use axum::http::HeaderMap;
use podpis_kit::extract::Path;
use podpis_kit::store::consultations;
use podpis_kit::store::consultations::words::{self, Sms};
use podpis_kit::{Context, Failure, Result, neighbour, now, vars};
use podpis_shared::consultation::Status;
use podpis_shared::problem::Code;
use podpis_shared::wire::consultation::{Consultation, Reschedule};

/// Gives a consultation another beginning. Whoever has not consented gets an SMS with a new link; a consent that is given
/// counts for the new beginning, because it names none.
///
/// # Errors
/// `invalid` for a beginning that has passed or is over a year ahead; `invalid_state` once it is cancelled or declined, and
/// once the time to consent is over.
pub(crate) async fn reschedule(
    session: Session,
    context: Context,
    Path(id): Path<String>,
    headers: HeaderMap,
    key: idempotency::Key,
    body: LaterJson<Reschedule>,
) -> Result<Kept<Consultation>> {
    let body = body.bytes(&headers).await?;
    let (clinic, at) = (session.clinic, now());
    // What is another clinic's is not there, whatever the body says.
    let db = current(session.db, &clinic.id, &id, at).await?;
    let Reschedule { starts_at } = body.value()?;
    let path = format!("/consultations/{id}/reschedule");
    let once = idempotency::of(&key, &clinic, &path, &body.bytes)?;
    let base_url = vars::base_url(&headers).await?;
    let tx = db.begin().await?;
    if let Some(once) = &once
        && let Some(first) = once.replay(&tx).await?
    {
        return Ok(first);
    }
    check_beginning(starts_at, at)?;
    let (consultation, document) = find(&tx, &clinic.id, &id).await?;
    let status = consultation.facts(&document).status(at);
    let ended = matches!(status, Status::Cancelled | Status::Declined);
    if ended || !(document.status.is_signed() || document.is_open(at)) {
        let detail = format!("the consultation is {}; book another one", status.as_str());
        return Err(Failure::new(Code::InvalidState, detail));
    }
    consultations::reschedule(&tx, &consultation, &document, starts_at, &clinic.by, at).await?;
    let (consultation, document) = find(&tx, &clinic.id, &id).await?;
    if document.status.is_open() {
        words::queue(
            &tx,
            &document,
            &consultation,
            Sms::Rescheduled,
            &base_url,
            at,
            at,
        )
        .await?;
    }
    let answer = Kept::new(&view(consultation, &document, at))?;
    if let Some(once) = &once {
        once.keep(&tx, &answer).await?;
    }
    tx.commit().await?;
    neighbour::nudge_delivery(&context);
    Ok(answer)
}
