//! Consents to advertising, and taking them back (152-FZ art. 9 part 2; 38-FZ art. 18 part 1).

use crate::db::rights;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use podpis_kit::extract::Path;
use podpis_kit::store::accounts::documents;
use podpis_kit::store::{Event, accounts, journal};
use podpis_kit::{Context, Db, Failure, Result, http, neighbour, now, session};
use podpis_shared::Timestamp;
use serde_json::json;

/// `GET /patient/account/consents`: those that were given, the newest first.
///
/// # Errors
/// `signed_out`, `gated`.
pub(crate) async fn list(headers: HeaderMap) -> Result<Response> {
    let (db, at) = (Db::open().await?, now());
    let session = session::open(&headers, &db, at).await?;
    let db = documents::sync(db, &session.account_id, at).await?.db;
    answer(&db, &session.account_id, at).await
}

/// `POST /patient/account/consents/{document_id}/withdraw`: at once. The clinic learns it as an event; the signed document stays,
/// for it proves what was allowed until now.
///
/// # Errors
/// `not_found`, `signed_out`, `gated`.
pub(crate) async fn withdraw(
    context: Context,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Response> {
    let (db, at) = (Db::open().await?, now());
    let session = session::open(&headers, &db, at).await?;
    let account_id = &session.account_id;
    let db = documents::sync(db, account_id, at).await?.db;
    let tx = db.begin().await?;
    let consents = rights::consents(&tx, account_id, at).await?;
    let consent = consents
        .into_iter()
        .find(|consent| consent.document_id == id);
    let consent = consent.ok_or_else(Failure::not_found)?;
    if rights::withdraw(&tx, &id, account_id, at).await? {
        let (clinic, event) = (&consent.clinic.id, Event::ConsentWithdrawn);
        journal::append(&tx, clinic, Some(&id), event, at, json!({})).await?;
        accounts::log(&tx, account_id, "consent_withdrawn", &json!({}), at).await?;
    }
    tx.commit().await?;
    neighbour::nudge_delivery(&context);
    answer(&Db::open().await?, account_id, at).await
}

async fn answer(db: &Db, account_id: &str, at: Timestamp) -> Result<Response> {
    let items = rights::consents(db, account_id, at).await?;
    http::json(StatusCode::OK, &json!({ "items": items }))
}
