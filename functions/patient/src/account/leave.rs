//! Signing out.

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use podpis_kit::store::accounts;
use podpis_kit::store::accounts::sessions::{self, Why};
use podpis_kit::{Db, Result, now, session};
use serde_json::json;

/// `POST /patient/account/sign-out`: ends this browser's session; without one there is nothing to do.
pub(crate) async fn here(headers: HeaderMap) -> Result<Response> {
    session::ours(&headers)?;
    let (db, at) = (Db::open().await?, now());
    if let Some(session) = session::current(&headers, &db, at).await? {
        let tx = db.begin().await?;
        sessions::end(&tx, &session.account_id, &session.id, Why::Here, at).await?;
        accounts::log(&tx, &session.account_id, "signed_out", &json!({}), at).await?;
        tx.commit().await?;
    }
    goodbye(&headers).await
}

/// `POST /patient/account/sign-out-everywhere`: ends every session of the account.
///
/// # Errors
/// `signed_out`, `gated`.
pub(crate) async fn everywhere(headers: HeaderMap) -> Result<Response> {
    let (db, at) = (Db::open().await?, now());
    let session = session::open(&headers, &db, at).await?;
    let tx = db.begin().await?;
    sessions::end_all(&tx, &session.account_id, None, Why::Everywhere, at).await?;
    let (account, what) = (&session.account_id, "signed_out_everywhere");
    accounts::log(&tx, account, what, &json!({}), at).await?;
    tx.commit().await?;
    goodbye(&headers).await
}

/// 204 that takes the cookie back and has the browser forget what it kept.
pub(crate) async fn goodbye(headers: &HeaderMap) -> Result<Response> {
    let mut response = StatusCode::NO_CONTENT.into_response();
    leave(headers, &mut response).await?;
    Ok(response)
}

/// Takes the cookie back.
pub(crate) async fn leave(headers: &HeaderMap, response: &mut Response) -> Result<()> {
    session::take(headers, response).await?;
    let (name, value) = (
        HeaderName::from_static("clear-site-data"),
        HeaderValue::from_static("\"cache\""),
    );
    response.headers_mut().insert(name, value);
    Ok(())
}
