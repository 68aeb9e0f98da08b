//! `POST /api/v1/consultations/{id}/cancel`.

use super::read::{current, find, view};
use crate::auth::Session;
use crate::documents::cancel::Cancel;
use crate::idempotency;
use axum::body::Body;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use podpis_kit::extract::Path;
use podpis_kit::store::notices::{self, About, Notice};
use podpis_kit::store::{Event, consultations, documents};
use podpis_kit::{Context, Failure, Result, http, neighbour, now, vars};
use podpis_shared::Status;
use podpis_shared::problem::Code;
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
    body: Body,
) -> Result<Response> {
    let bytes = http::read_body(body, http::JSON_MAX).await?;
    let cancel = Cancel::of(&bytes)?;
    let (clinic, at) = (session.clinic, now());
    let path = format!("/consultations/{id}/cancel");
    let once = idempotency::of(&headers, &clinic.id, &path, &bytes)?;
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
    if !consultations::cancel(&tx, &consultation, reason, at).await? {
        let detail = "the consultation is cancelled";
        return Err(Failure::new(Code::InvalidState, detail));
    }
    let (to, event, data) = (
        Status::Cancelled,
        Event::Cancelled,
        json!({ "reason": reason }),
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
    let answer = serde_json::to_string(&view(consultation, &document, at))
        .map_err(|e| Failure::internal("json", e.to_string()))?;
    if let Some(once) = &once {
        once.keep(&tx, StatusCode::OK, &answer).await?;
    }
    tx.commit().await?;
    neighbour::nudge_delivery(&context);
    Ok(idempotency::answer(200, answer))
}
