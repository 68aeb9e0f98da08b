//! `POST /api/v1/documents/{id}/cancel`.

use super::read::{answer, owned};
use crate::answer::MaybeJson;
use crate::auth::Session;
use crate::idempotency::{self, Kept};
use axum::http::HeaderMap;
use podpis_kit::extract::Path;
use podpis_kit::store::notices::{self, About, Notice};
use podpis_kit::store::{Event, documents, packages};
use podpis_kit::{Context, Failure, Result, neighbour, now, vars};
use podpis_shared::Status;
use podpis_shared::problem::Code;
use podpis_shared::wire::mis;
use serde::Deserialize;
use serde_json::json;

/// Longest reason, in characters.
const REASON_MAX: usize = 500;

/// Body of a cancellation; it may be empty.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(inline))]
pub(crate) struct Cancel {
    /// For the clinic's own events.
    #[serde(default)]
    #[cfg_attr(test, schemars(length(max = REASON_MAX)))]
    pub(crate) reason: Option<String>,
}

impl Cancel {
    /// # Errors
    /// `invalid` for a reason over 500 characters.
    pub(crate) fn check(&self) -> Result<()> {
        let reason = self.reason.as_ref();
        if reason.is_some_and(|reason| reason.chars().count() > REASON_MAX) {
            let detail = "reason is longer than 500 characters";
            return Err(Failure::new(Code::Invalid, detail));
        }
        Ok(())
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
    key: idempotency::Key,
    body: MaybeJson<Cancel>,
) -> Result<Kept<mis::Document>> {
    let (cancel, bytes) = (body.value, body.bytes);
    cancel.check()?;
    let (clinic, db, document) = owned(session, &id).await?;
    let once = idempotency::of(&key, &clinic, &format!("/documents/{id}/cancel"), &bytes)?;
    let base_url = vars::base_url(&headers).await?;
    let tx = db.begin().await?;
    if let Some(once) = &once
        && let Some(first) = once.replay(&tx).await?
    {
        return Ok(first);
    }
    let data = clinic.by.signed(json!({ "reason": cancel.reason }));
    let at = now();
    let (status, event) = (Status::Cancelled, Event::Cancelled);
    if !documents::transition(&tx, &document, status, event, at, data).await? {
        let detail = format!("the document is {}", document.status.as_str());
        return Err(Failure::new(Code::InvalidState, detail));
    }
    let about = About {
        notice: Notice::Cancelled,
        document: &document,
        clinic: &clinic.name,
        base_url: &base_url,
        due: at,
    };
    // Who knows nothing of it yet need not learn that it is gone.
    if !packages::is_untold(&tx, &id).await? {
        notices::queue(&tx, about, at).await?;
    }
    let after = documents::find(&tx, &id)
        .await?
        .ok_or_else(Failure::not_found)?;
    let answer = Kept::new(&answer(&tx, after, Vec::new()).await?)?;
    if let Some(once) = &once {
        once.keep(&tx, &answer).await?;
    }
    tx.commit().await?;
    neighbour::nudge_delivery(&context);
    Ok(answer)
}
