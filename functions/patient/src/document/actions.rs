//! What the person does short of signing: opening the page, declining.

use super::{Right, view};
use axum::body::Body;
use axum::http::HeaderMap;
use axum::response::Response;
use podpis_kit::access::{self, Opened};
use podpis_kit::store::accounts::documents as own;
use podpis_kit::store::{Event, documents};
use podpis_kit::{Failure, Result, act, http, now};
use podpis_shared::problem::Code;
use podpis_shared::wire::patient::{Decline, REASON_MAX};
use podpis_shared::{Status, Timestamp};
use serde_json::json;

/// `POST /patient/document/opened`: the page has painted the document. Repeating it is harmless.
///
/// # Errors
/// Those of the right.
pub(super) async fn opened(headers: HeaderMap) -> Result<Response> {
    let now = now();
    if let Right::Document(opened) = Right::of(&headers, now).await? {
        mark(*opened, now).await?;
    }
    view::answer(&headers).await
}

/// The signer's page moves the state, but for what is kept; in the account it is read from now on.
async fn mark(opened: Opened, now: Timestamp) -> Result<()> {
    let Opened { db, document, by } = opened;
    let may_act = by.may_act().is_ok();
    let moves = document.status == Status::Sent && may_act;
    if !moves && by.account_id().is_none() {
        return Ok(());
    }
    let tx = db.begin().await?;
    if moves {
        let (to, event) = (Status::Opened, Event::Opened);
        documents::transition(&tx, &document, to, event, now, json!({})).await?;
    } else if document.is_kept() && may_act {
        documents::kept_opened(&tx, &document, now).await?;
    }
    if let Some(account_id) = by.account_id() {
        own::mark_seen(&tx, account_id, &document.id, now).await?;
    }
    Ok(tx.commit().await?)
}

/// `POST /patient/document/decline`: the person does not sign. The reason goes to the clinic.
///
/// This is no refusal of an intervention: that is a document of its own (323-FZ art. 20 part 3, rule R10).
///
/// # Errors
/// Those of the right; `already_signed`, `invalid_state`, `wrong_person` for whoever only sees it, `invalid` for a reason
/// over 500 characters.
pub(super) async fn decline(headers: HeaderMap, body: Body) -> Result<Response> {
    let decline: Decline = http::read_json(&headers, body).await?;
    let reason = decline
        .reason
        .as_deref()
        .map(str::trim)
        .filter(|reason| !reason.is_empty());
    if reason.is_some_and(|reason| reason.chars().count() > REASON_MAX) {
        return Err(Failure::new(Code::Invalid, "Причина длиннее 500 знаков."));
    }
    let now = now();
    let Opened { db, document, by } = access::open(&headers, now).await?;
    by.may_act()?;
    if document.is_kept() {
        return Err(Failure::new(Code::InvalidState, act::KEPT));
    }
    if document.status == Status::Declined {
        return view::answer(&headers).await;
    }
    let tx = db.begin().await?;
    let data = json!({ "reason": reason });
    let (to, event) = (Status::Declined, Event::Declined);
    if !documents::transition(&tx, &document, to, event, now, data).await? {
        let now_is = documents::find(&tx, &document.id).await?.map(|d| d.status);
        return Err(match now_is {
            Some(status) if status.is_signed() => {
                Failure::new(Code::AlreadySigned, "Документ уже подписан.")
            }
            _ => Failure::new(Code::InvalidState, "Документ уже закрыт."),
        });
    }
    tx.commit().await?;
    view::answer(&headers).await
}
