//! `POST /api/v1/consultations/{id}/cancel`.

use super::read::{current, find, view};
use crate::answer::MaybeJson;
use crate::auth::Session;
use crate::documents::cancel::Cancel;
use crate::idempotency::{self, Kept};
use axum::http::HeaderMap;
use podpis_kit::extract::Path;
use podpis_kit::store::notices::{self, About, Notice};
use podpis_kit::store::{Event, consultations, documents};
use podpis_kit::{Context, Failure, Result, neighbour, now, vars};
use podpis_shared::Status;
use podpis_shared::problem::Code;
use podpis_shared::wire::consultation::Consultation;
use serde_json::json;

/// Cancels a consultation, with or without a consent. An open consent is taken back with it; one that is given stays signed,
/// and allows no beginning any more.
///
/// # Errors
/// `invalid_state` once it is cancelled; `invalid` for a reason over 500 characters.
pub(crate) async fn cancel(
    session: Session,
    context: Context,
    Path(id): Path<String>,
    headers: HeaderMap,
    key: idempotency::Key,
    body: MaybeJson<Cancel>,
) -> Result<Kept<Consultation>> {
    let (cancel, bytes) = (body.value, body.bytes);
    cancel.check()?;
    let (clinic, at) = (session.clinic, now());
    let path = format!("/consultations/{id}/cancel");
    let once = idempotency::of(&key, &clinic, &path, &bytes)?;
    let base_url = vars::base_url(&headers).await?;
    let db = current(session.db, &clinic.id, &id, at).await?;
    let tx = db.begin().await?;
    if let Some(once) = &once
        && let Some(first) = once.replay(&tx).await?
    {
        return Ok(first);
    }
    let (consultation, document) = find(&tx, &clinic.id, &id).await?;
    let reason = cancel.reason.as_deref();
    if !consultations::cancel(&tx, &consultation, reason, &clinic.by, at).await? {
        let detail = "the consultation is cancelled";
        return Err(Failure::new(Code::InvalidState, detail));
    }
    let (to, event, data) = (
        Status::Cancelled,
        Event::Cancelled,
        clinic.by.signed(json!({ "reason": reason })),
    );
    if documents::transition(&tx, &document, to, event, at, data).await? {
        let about = About {
            notice: Notice::Cancelled,
            document: &document,
            clinic: &clinic.name,
            base_url: &base_url,
            due: at,
        };
        notices::queue(&tx, about, at).await?;
    }
    let (consultation, document) = find(&tx, &clinic.id, &id).await?;
    let answer = Kept::new(&view(consultation, &document, at))?;
    if let Some(once) = &once {
        once.keep(&tx, &answer).await?;
    }
    tx.commit().await?;
    neighbour::nudge_delivery(&context);
    Ok(answer)
}
