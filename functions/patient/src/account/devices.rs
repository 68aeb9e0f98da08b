//! The list of signed-in devices.

use super::leave;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use podpis_kit::extract::Path;
use podpis_kit::store::accounts;
use podpis_kit::store::accounts::sessions::{self, Why};
use podpis_kit::{Db, Failure, Result, http, now, session};
use podpis_shared::account::device_name;
use podpis_shared::wire::account::Device;
use serde_json::json;

/// `GET /patient/account/devices`: newest sign-in first.
///
/// # Errors
/// `signed_out`, `gated`.
pub(crate) async fn list(headers: HeaderMap) -> Result<Response> {
    let (db, at) = (Db::open().await?, now());
    let own = session::open(&headers, &db, at).await?;
    let sessions = sessions::of_account(&db, &own.account_id, at).await?;
    let items: Vec<Device> = sessions
        .into_iter()
        .map(|session| Device {
            name: device_name(session.user_agent.as_deref()),
            current: session.id == own.id,
            id: session.id,
            how: session.how,
            created_at: session.created_at,
            seen_at: session.seen_at,
        })
        .collect();
    http::json(StatusCode::OK, &json!({ "items": items }))
}

/// `DELETE /patient/account/devices/{id}`: signs a device out; its own one as well.
///
/// # Errors
/// `signed_out`, `gated`; `not_found` for what is no device of this account.
pub(crate) async fn end(headers: HeaderMap, Path(id): Path<String>) -> Result<Response> {
    let (db, at) = (Db::open().await?, now());
    let own = session::open(&headers, &db, at).await?;
    let tx = db.begin().await?;
    let why = if id == own.id { Why::Here } else { Why::Device };
    if !sessions::end(&tx, &own.account_id, &id, why, at).await? {
        return Err(Failure::not_found());
    }
    accounts::log(&tx, &own.account_id, "device_signed_out", &json!({}), at).await?;
    tx.commit().await?;
    let mut response = StatusCode::NO_CONTENT.into_response();
    if id == own.id {
        leave::leave(&headers, &mut response).await?;
    }
    Ok(response)
}
