//! `POST /api/v1/documents/{id}/cancel`.

use super::read::{answer, own};
use crate::auth::Session;
use crate::idempotency;
use axum::body::Body;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use podpis_kit::extract::Path;
use podpis_kit::store::notices::{self, About, Notice};
use podpis_kit::store::{Event, documents};
use podpis_kit::{Context, Failure, Result, http, neighbour, now, vars};
use podpis_shared::Status;
use podpis_shared::problem::Code;
use serde::Deserialize;
use serde_json::json;

/// Longest reason, in characters.
const REASON_MAX: usize = 500;

/// Body of a cancellation; it may be empty.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Cancel {
    /// Why, for the clinic's own events.
    #[serde(default)]
    pub(crate) reason: Option<String>,
}

impl Cancel {
    /// # Errors
    /// `bad_request`, `invalid` for a reason over 500 characters.
    pub(crate) fn of(bytes: &[u8]) -> Result<Self> {
        if bytes.is_empty() {
            return Ok(Self::default());
        }
        let cancel: Self = http::parse_json(bytes)?;
        let reason = cancel.reason.as_ref();
        if reason.is_some_and(|reason| reason.chars().count() > REASON_MAX) {
            let detail = "reason is longer than 500 characters";
            return Err(Failure::new(Code::Invalid, detail));
        }
        Ok(cancel)
    }
}

/// Takes an open document back, or one that was sent for keeping: it may have gone to the wrong person, and nobody's signature
/// with us stands on it. The reason is for the clinic's own events.
///
/// # Errors
/// `invalid_state` once it is signed or closed.
pub(crate) async fn cancel(
    session: Session,
    context: Context,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    let bytes = http::read_body(body, http::JSON_MAX).await?;
    let cancel = Cancel::of(&bytes)?;
    let (clinic_id, clinic) = (session.clinic.id.clone(), session.clinic.name.clone());
    let (db, document) = own(session, &id).await?;
    let once = idempotency::of(
        &headers,
        &clinic_id,
        &format!("/documents/{id}/cancel"),
        &bytes,
    )?;
    let base_url = vars::base_url(&headers).await?;
    let tx = db.begin().await?;
    if let Some(once) = &once
        && let Some(first) = once.replay(&tx).await?
    {
        return Ok(first);
    }
    let (at, data) = (now(), json!({ "reason": cancel.reason }));
    let (status, event) = (Status::Cancelled, Event::Cancelled);
    if !documents::transition(&tx, &document, status, event, at, data).await? {
        let detail = format!("the document is {}", document.status.as_str());
        return Err(Failure::new(Code::InvalidState, detail));
    }
    let about = About {
        notice: Notice::Cancelled,
        document: &document,
        clinic: &clinic,
        base_url: &base_url,
        due: at,
    };
    notices::queue(&tx, about, at).await?;
    let after = documents::find(&tx, &id)
        .await?
        .ok_or_else(Failure::not_found)?;
    let answer = serde_json::to_string(&answer(&tx, after, Vec::new()).await?)
        .map_err(|e| Failure::internal("json", e.to_string()))?;
    if let Some(once) = &once {
        once.keep(&tx, StatusCode::OK, &answer).await?;
    }
    tx.commit().await?;
    neighbour::nudge_delivery(&context);
    Ok(idempotency::answer(200, answer))
}
