//! `GET /patient/document/history`: what happened to a document, in plain words.

mod words;

use super::ways;
use crate::db;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use podpis_kit::access::{self, Opened};
use podpis_kit::store::documents;
use podpis_kit::{Result, http, now};
use serde_json::json;
use words::{Reader, Story};

/// The story of the document, oldest first.
///
/// # Errors
/// Those of the right.
pub(super) async fn read(headers: HeaderMap) -> Result<Response> {
    let Opened { db, document, by } = access::open(&headers, now()).await?;
    let story = Story {
        status: document.status,
        kind: document.kind,
        reader: if ways::only_sees(&by) {
            Reader::Patient
        } else {
            Reader::Signer
        },
        entries: db::document::entries(&db, &document.id).await?,
        signatures: documents::signatures(&db, &document.id).await?,
    };
    http::json(StatusCode::OK, &json!({ "items": story.told() }))
}
