//! The session of a personal account: a cookie, an idle and an absolute limit.
//!
//! The cookie is `HttpOnly`, `SameSite=Strict`, with `https` `Secure` and bound to the host. A request must also carry one
//! of the account's own headers, which no foreign page can send, and what the browser itself says of its origin must not
//! contradict: so no other site can act for a signed-in person.

use crate::cookie;
use crate::db::Db;
use crate::http::{Failure, Result};
use crate::store::accounts::sessions::{self, Session};
use axum::http::header::{HOST, ORIGIN};
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

/// How long a browser keeps a session's cookie, in seconds: beyond the session's end, so that the page can say why nobody is signed in any
/// more. That it has ended only the server decides.
const COOKIE_S: i64 = ABSOLUTE_S + 60 * 24 * 3600;

/// How long a browser keeps what marks it, in seconds: 400 days, as long as browsers allow.
const BROWSER_S: i64 = 400 * 24 * 3600;

/// Names of the cookies.
const COOKIE: &str = "account";
const BROWSER_COOKIE: &str = "account-browser";

/// A request comes from our own pages: every route of the account asks this first, with or without a session.
///
/// # Errors
/// `bad_request` without a header of the account's pages, or where the browser names another site as its origin.
pub fn ours(headers: &HeaderMap) -> Result<()> {
    let known = [ACCOUNT_HEADER, DOCUMENT_HEADER, AGREEMENT_HEADER];
    of_pages(headers, &known, "account", "Podpis-Account")
}

/// A request comes from our own pages, those `of` the account or of the console: it has one of their headers, in the first place
/// the one called `header`.
///
/// # Errors
/// As [`ours`].
pub(crate) fn of_pages(headers: &HeaderMap, known: &[&str], of: &str, header: &str) -> Result<()> {
    if !known.iter().any(|name| headers.contains_key(*name)) {
        let detail = format!("a request of the {of} carries the header {header}");
        return Err(Failure::new(Code::BadRequest, detail));
    }
    if is_foreign(headers) {
        let detail = format!("a request of the {of} comes from its own pages");
        return Err(Failure::new(Code::BadRequest, detail));
    }
    Ok(())
}

/// Whether the browser itself says that another site is asking (W3C Fetch Metadata; RFC 6454 for older ones). Programs that
/// say nothing are not browsers, and nobody's cookies are in them.
fn is_foreign(headers: &HeaderMap) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        return site != "same-origin";
    }
    let Some(origin) = headers.get(ORIGIN) else {
        return false;
    };
    let host = headers.get(HOST).map(HeaderValue::as_bytes);
    let origin = origin.as_bytes();
    let named = origin
        .strip_prefix(b"https://")
        .or_else(|| origin.strip_prefix(b"http://"));
    named.is_none() || named != host
}

/// The signed-in session of a request, whatever stands before its documents.
///
/// # Errors
/// `signed_out` without a living one; those of [`ours`].
pub async fn any(headers: &HeaderMap, db: &Db, now: Timestamp) -> Result<Session> {
    ours(headers)?;
    let Some(token) = token(headers).await? else {
        return Err(signed_out());
    };
    let hash = sha256_hex(token.as_bytes());
    match sessions::find(db, &hash, now).await? {
        Some(session) => Ok(session),
        // Only whoever has the cookie learns what became of its session.
        None => Err(signed_out().ended(sessions::ended(db, &hash, now).await?)),
    }
}

/// The living session of this browser, if there is one; for requests that need none.
///
/// # Errors
/// As the database says.
pub async fn current(headers: &HeaderMap, db: &Db, now: Timestamp) -> Result<Option<Session>> {
    match token(headers).await? {
        Some(token) => Ok(sessions::find(db, &sha256_hex(token.as_bytes()), now).await?),
        None => Ok(None),
    }
}

/// Likewise, and nothing stands before its documents.
///
/// # Errors
/// As [`any`]; `gated` where something must be shown first.
pub async fn open(headers: &HeaderMap, db: &Db, now: Timestamp) -> Result<Session> {
    let session = any(headers, db, now).await?;
    match session.gate {
        None => Ok(session),
        Some(Gate::Recycled | Gate::Who) => Err(gated()),
    }
}

/// Something stands before the documents.
pub fn gated() -> Failure {
    Failure::new(Code::Gated, "Сначала подтвердите, что это ваш кабинет.")
}

/// The cookie's value, where the browser sent one.
///
/// # Errors
/// 500 where this installation does not know its own address.
pub async fn token(headers: &HeaderMap) -> Result<Option<String>> {
    cookie::get(headers, COOKIE).await
}

/// Gives the browser the cookie of a new session.
///
/// # Errors
/// 500 where this installation does not know its own address.
pub async fn give(headers: &HeaderMap, response: &mut Response, token: &str) -> Result<()> {
    cookie::give(headers, response, COOKIE, token, COOKIE_S).await
}

/// Takes the cookie back.
///
/// # Errors
/// 500 where this installation does not know its own address.
pub async fn take(headers: &HeaderMap, response: &mut Response) -> Result<()> {
    cookie::take(headers, response, COOKIE).await
}

/// What marks this browser, signed in or not: a code works only where it was asked for.
///
/// # Errors
/// 500 where this installation does not know its own address.
pub async fn browser(headers: &HeaderMap) -> Result<Option<String>> {
    cookie::get(headers, BROWSER_COOKIE).await
}

/// Marks this browser.
///
/// # Errors
/// 500 where this installation does not know its own address.
pub async fn mark(headers: &HeaderMap, response: &mut Response, browser: &str) -> Result<()> {
    cookie::give(headers, response, BROWSER_COOKIE, browser, BROWSER_S).await
}

/// Nobody is signed in, or not any more.
pub fn signed_out() -> Failure {
    Failure::new(Code::SignedOut, "Войдите в личный кабинет.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(HOST, HeaderValue::from_static("sign.example.ru"));
        for (name, value) in pairs {
            headers.insert(*name, HeaderValue::from_str(value).unwrap());
        }
        headers
    }

    #[test]
    fn only_our_own_pages_ask() {
        let own = ("podpis-account", "1");
        for fine in [
            &[own][..],
            &[("podpis-document", "doc_1")],
            &[("podpis-agreement", "cli_1")],
            &[own, ("sec-fetch-site", "same-origin")],
            &[own, ("origin", "https://sign.example.ru")],
        ] {
            assert!(ours(&request(fine)).is_ok(), "{fine:?}");
        }
        for foreign in [
            &[][..],
            &[("sec-fetch-site", "same-origin")],
            &[own, ("sec-fetch-site", "cross-site")],
            &[own, ("sec-fetch-site", "same-site")],
            &[own, ("sec-fetch-site", "none")],
            &[
                own,
                ("sec-fetch-site", "cross-site"),
                ("origin", "https://sign.example.ru"),
            ],
            &[own, ("origin", "https://evil.example")],
            &[own, ("origin", "https://sign.example.ru.evil.example")],
            &[own, ("origin", "https://sign.example.ru:8443")],
            &[own, ("origin", "null")],
            &[own, ("origin", "file://sign.example.ru")],
            &[own, ("origin", "")],
        ] {
            let refused = ours(&request(foreign)).unwrap_err();
            assert_eq!(refused.code(), Some(Code::BadRequest), "{foreign:?}");
        }
    }
}
