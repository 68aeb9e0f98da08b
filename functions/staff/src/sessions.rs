//! Signed-in browsers, and signing out.

use crate::db::sessions::of_person;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use podpis_kit::store::staff::sessions;
use podpis_kit::{Db, Result, http, now, staff};
use podpis_shared::account::device_name;
use podpis_shared::wire::staff::SessionView;
use serde_json::json;

/// `GET /staff/sessions`: newest sign-in first.
///
/// # Errors
/// `signed_out`.
pub(crate) async fn list(headers: HeaderMap) -> Result<Response> {
    let (db, at) = (Db::open().await?, now());
    let own = staff::session(&headers, &db, at).await?;
    let found = of_person(&db, &own.person_id, at).await?;
    let items: Vec<SessionView> = found
        .into_iter()
        .map(|session| SessionView {
            name: device_name(session.user_agent.as_deref()),
            current: session.id == own.session_id,
            id: session.id,
            created_at: session.created_at,
            seen_at: session.seen_at,
        })
        .collect();
    http::json(StatusCode::OK, &json!({ "items": items }))
}

/// `DELETE /staff/sessions`: signs out everywhere else.
///
/// # Errors
/// `signed_out`.
pub(crate) async fn end_others(headers: HeaderMap) -> Result<Response> {
    let (db, at) = (Db::open().await?, now());
    let own = staff::session(&headers, &db, at).await?;
    sessions::end_all(&db, &own.person_id, Some(&own.session_id), at).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// `POST /staff/sign-out`: ends this browser's session; without one there is nothing to do.
pub(crate) async fn sign_out(headers: HeaderMap) -> Result<Response> {
    staff::ours(&headers)?;
    let (db, at) = (Db::open().await?, now());
    if let Some(session) = staff::current(&headers, &db, at).await? {
        sessions::end(&db, &session.session_id, at).await?;
    }
    let mut response = StatusCode::NO_CONTENT.into_response();
    staff::take(&headers, &mut response).await?;
    let (name, value) = (
        HeaderName::from_static("clear-site-data"),
        HeaderValue::from_static("\"cache\""),
    );
    response.headers_mut().insert(name, value);
    Ok(response)
}
