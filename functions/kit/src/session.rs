//! The session of a personal account: a cookie, an idle and an absolute limit.
//!
//! The cookie is `HttpOnly`, `SameSite=Strict`, with `https` `Secure` and bound to the host. A request must also carry one
//! of the account's own headers, which no foreign page can send: so no other site can act for a signed-in person.

use crate::cookie::{self, SameSite};
use crate::db::Db;
use crate::http::{Failure, Result};
use crate::store::accounts::sessions::{self, Session};
use crate::vars;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use podpis_shared::Timestamp;
use podpis_shared::hash::sha256_hex;
use podpis_shared::problem::Code;
use podpis_shared::wire::account::{ACCOUNT_HEADER, AGREEMENT_HEADER, DOCUMENT_HEADER, Gate};

/// A session ends when nobody used it for so long, in seconds: 7 days.
pub const IDLE_S: i64 = 7 * 24 * 3600;

/// A session ends so long after signing in, in seconds: 30 days.
pub const ABSOLUTE_S: i64 = 30 * 24 * 3600;

/// The signed-in session of a request, whatever stands before its documents.
///
/// # Errors
/// `signed_out` without a living one; `bad_request` without a header of the account's pages.
pub async fn any(headers: &HeaderMap, db: &Db, now: Timestamp) -> Result<Session> {
    let ours = [ACCOUNT_HEADER, DOCUMENT_HEADER, AGREEMENT_HEADER];
    if !ours.iter().any(|name| headers.contains_key(*name)) {
        let detail = "a request of the account carries the header Podpis-Account";
        return Err(Failure::new(Code::BadRequest, detail));
    }
    let token = token(headers).await?.ok_or_else(signed_out)?;
    let found = sessions::find(db, &sha256_hex(token.as_bytes()), now).await?;
    found.ok_or_else(signed_out)
}

/// Likewise, and nothing stands before its documents.
///
/// # Errors
/// As [`any`]; `gated` where something must be shown first.
pub async fn open(headers: &HeaderMap, db: &Db, now: Timestamp) -> Result<Session> {
    let session = any(headers, db, now).await?;
    match session.gate {
        None => Ok(session),
        Some(Gate::Recycled | Gate::Who) => Err(Failure::new(
            Code::Gated,
            "Сначала подтвердите, что это ваш кабинет.",
        )),
    }
}

/// The cookie's value, where the browser sent one.
///
/// # Errors
/// 500 where this installation does not know its own address.
pub async fn token(headers: &HeaderMap) -> Result<Option<String>> {
    let name = cookie_name(headers).await?;
    Ok(cookie::read(headers, &name).map(str::to_owned))
}

/// Gives the browser the cookie of a new session.
///
/// # Errors
/// 500 where this installation does not know its own address.
pub async fn give(headers: &HeaderMap, response: &mut Response, token: &str) -> Result<()> {
    set(headers, response, token, ABSOLUTE_S).await
}

/// Takes the cookie back.
///
/// # Errors
/// 500 where this installation does not know its own address.
pub async fn take(headers: &HeaderMap, response: &mut Response) -> Result<()> {
    set(headers, response, "", 0).await
}

async fn set(headers: &HeaderMap, response: &mut Response, value: &str, age: i64) -> Result<()> {
    let name = cookie_name(headers).await?;
    let cookie = HeaderValue::from_str(&cookie::write(&name, value, age, SameSite::Strict));
    let cookie = cookie.map_err(|e| Failure::internal("cookie", e.to_string()))?;
    response.headers_mut().append(SET_COOKIE, cookie);
    Ok(())
}

async fn cookie_name(headers: &HeaderMap) -> Result<String> {
    Ok(cookie::name(&vars::base_url(headers).await?, "account"))
}

fn signed_out() -> Failure {
    Failure::new(Code::SignedOut, "Войдите в личный кабинет.")
}
