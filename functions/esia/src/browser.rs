//! The browser that a way through ESIA belongs to, and where it goes from our page.

use crate::db;
use crate::protocol::Attempt;
use crate::settings::Settings;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use podpis_kit::cookie::{self, SameSite};
use podpis_kit::{Db, Failure, Result, random};
use podpis_shared::Timestamp;
use podpis_shared::hash::sha256_hex;
use subtle::ConstantTimeEq as _;

/// Seconds that a browser keeps its value: longer than an act, so that a late return is explained and not a riddle.
const MAX_AGE_S: i64 = 3600;

/// How long ESIA may remember a browser, in seconds: past it a plain sign-in asks anew by itself.
const REMEMBERED_S: i64 = 12 * 3600;

/// The value that binds an act to the browser that started it.
pub fn value<'a>(headers: &'a HeaderMap, base_url: &str) -> Option<&'a str> {
    cookie::read(headers, &name(base_url))
}

/// Whether this browser began what is kept under the hash of its value. Compared in constant time.
pub fn is_of(headers: &HeaderMap, base_url: &str, browser_hash: &str) -> bool {
    value(headers, base_url).is_some_and(|value| {
        let given = sha256_hex(value.as_bytes());
        given.as_bytes().ct_eq(browser_hash.as_bytes()).into()
    })
}

/// The value, or a new one. A second tab must not end the first one's way, so a browser keeps what it has.
///
/// # Errors
/// 500 where the host has no randomness.
pub fn value_or_new(headers: &HeaderMap, base_url: &str) -> Result<String> {
    match value(headers, base_url) {
        Some(value) => Ok(value.to_owned()),
        None => Ok(random::token()?),
    }
}

/// Has the browser keep its value. Lax, so that it comes along when the person returns from ESIA.
///
/// # Errors
/// 500 where the value is none of ours.
pub fn keep(response: &mut Response, base_url: &str, value: &str) -> Result<()> {
    let cookie = cookie::write(&name(base_url), value, MAX_AGE_S, SameSite::Lax);
    let cookie = HeaderValue::from_str(&cookie);
    let cookie = cookie.map_err(|e| Failure::internal("cookie", e.to_string()))?;
    response.headers_mut().append(SET_COOKIE, cookie);
    Ok(())
}

fn name(base_url: &str) -> String {
    cookie::name(base_url, "esia")
}

/// Somebody who goes to ESIA for an act that begins.
pub struct Departure<'a> {
    /// The act's `state` and browser.
    pub attempt: Attempt<'a>,
    /// The document that is to be signed.
    pub document_id: Option<&'a str>,
}

impl Departure<'_> {
    /// Where the browser goes: to ESIA's sign-in, by way of its logout where it may still know somebody here.
    ///
    /// # Errors
    /// As the database says; `unavailable` where the signer of our requests is away.
    pub async fn location(&self, db: &Db, settings: &Settings, at: Timestamp) -> Result<String> {
        // ESIA would return its living session at once: the same person again, with an old sign-in. It is ended first.
        let browser_hash = sha256_hex(self.attempt.browser.as_bytes());
        let since = at.plus(-REMEMBERED_S);
        if db::came_back_since(db, &browser_hash, self.document_id, since).await? {
            let (base_url, state) = (&settings.base_url, self.attempt.state);
            let back = format!("{base_url}/esia/login?state={state}");
            return Ok(settings.client.logout_url(&back));
        }
        let client = &settings.client;
        Ok(client
            .authorize_url(self.attempt, at, &settings.signer)
            .await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::header::COOKIE;

    #[test]
    fn only_the_browser_that_began_it() {
        let base_url = "https://podpis.test";
        let cookie = |value: &str| {
            let mut headers = HeaderMap::new();
            let text = format!("{}={value}", name(base_url));
            headers.insert(COOKIE, HeaderValue::from_str(&text).unwrap());
            headers
        };
        let (one, two) = ("1".repeat(43), "2".repeat(43));
        let hash = sha256_hex(one.as_bytes());
        assert!(is_of(&cookie(&one), base_url, &hash));
        assert!(!is_of(&cookie(&two), base_url, &hash));
        assert!(!is_of(&cookie(&one), base_url, ""));
        assert!(!is_of(&cookie(""), base_url, &sha256_hex(b"")));
        assert!(!is_of(&HeaderMap::new(), base_url, &hash));
        assert!(!is_of(&cookie(&one), "http://localhost:3000", &hash));
    }
}
