//! What the person does short of signing: opening the page, declining.

use crate::view::view;
use axum::body::Body;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use podpis_kit::store::{Event, documents, links};
use podpis_kit::{Db, Failure, Result, http, now};
use podpis_shared::Status;
use podpis_shared::problem::Code;
use podpis_shared::wire::patient::{Decline, REASON_MAX};
use serde_json::json;

/// `POST /patient/document/opened`: the page has painted the document. Repeating it is harmless.
pub(crate) async fn opened(headers: HeaderMap) -> Result<Response> {
    let now = now();
    let (db, document) = links::open(&headers, now).await?;
    if document.status == Status::Sent {
        let tx = db.begin().await?;
        documents::transition(
            &tx,
            &document,
            Status::Opened,
            Event::Opened,
            now,
            json!({}),
        )
        .await?;
        tx.commit().await?;
    }
    answer(&document.id).await
}

/// `POST /patient/document/decline`: the person does not sign. The reason goes to the clinic.
///
/// This is no refusal of an intervention: that is a document of its own (323-FZ art. 20 part 3, rule R10).
///
/// # Errors
/// `already_signed`, `invalid_state`, `invalid` for a reason over 500 characters.
pub(crate) async fn decline(headers: HeaderMap, body: Body) -> Result<Response> {
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
    let (db, document) = links::open(&headers, now).await?;
    if document.status == Status::Declined {
        return answer(&document.id).await;
    }
    let tx = db.begin().await?;
    let data = json!({ "reason": reason });
    if !documents::transition(&tx, &document, Status::Declined, Event::Declined, now, data).await? {
        let now_is = documents::find(&tx, &document.id).await?.map(|d| d.status);
        return Err(match now_is {
            Some(status) if status.is_signed() => {
                Failure::new(Code::AlreadySigned, "Документ уже подписан.")
            }
            _ => Failure::new(Code::InvalidState, "Документ уже закрыт."),
        });
    }
    tx.commit().await?;
    answer(&document.id).await
}

async fn answer(document_id: &str) -> Result<Response> {
    let db = Db::open().await?;
    let document = documents::find(&db, document_id)
        .await?
        .ok_or_else(Failure::not_found)?;
    http::json(StatusCode::OK, &view(&db, document).await?)
}
