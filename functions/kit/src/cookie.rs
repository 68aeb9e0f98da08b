//! Cookies that hold 256 bits of ours: the browser of an ESIA act, the sessions of accounts and of the staff.

use crate::http::{Failure, Result};
use crate::vars;
use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;

/// Length of a value: 256 bits in base64url.
const LENGTH: usize = 43;

/// When a browser sends it along (RFC 6265bis).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SameSite {
    /// Also when a person comes from another site by a link.
    Lax,
    /// Only with requests of our own pages.
    Strict,
}

/// The cookie's name. With `https` the prefix makes browsers refuse it from anyone but this very host (RFC 6265bis).
pub fn name(base_url: &str, what: &str) -> String {
    if base_url.starts_with("https://") {
        format!("__Host-podpis-{what}")
    } else {
        format!("podpis-{what}")
    }
}

/// The value that the browser sent; what has not our form is as good as none.
pub fn read<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let ours = |value: &&str| {
        value.len() == LENGTH
            && value
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    };
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|header| header.to_str().ok())
        .flat_map(|header| header.split(';'))
        .find_map(|pair| {
            pair.trim()
                .strip_prefix(name)?
                .strip_prefix('=')
                .filter(ours)
        })
}

/// `Set-Cookie`, kept for so many seconds; 0 forgets it.
pub fn write(name: &str, value: &str, max_age_s: i64, same_site: SameSite) -> String {
    let secure = if name.starts_with("__Host-") {
        "; Secure"
    } else {
        ""
    };
    let same_site = match same_site {
        SameSite::Lax => "Lax",
        SameSite::Strict => "Strict",
    };
    format!("{name}={value}; Path=/; Max-Age={max_age_s}; HttpOnly; SameSite={same_site}{secure}")
}

/// Value of our cookie for `what`, where the browser sent one.
///
/// # Errors
/// 500 where this installation does not know its own address.
pub async fn get(headers: &HeaderMap, what: &str) -> Result<Option<String>> {
    let name = name(&vars::base_url(headers).await?, what);
    Ok(read(headers, &name).map(str::to_owned))
}

/// Gives the browser our cookie for `what`, kept for so many seconds and sent with requests of our own pages only.
///
/// # Errors
/// As [`get`].
pub async fn give(
    headers: &HeaderMap,
    response: &mut Response,
    what: &str,
    value: &str,
    age_s: i64,
) -> Result<()> {
    let name = name(&vars::base_url(headers).await?, what);
    let cookie = HeaderValue::from_str(&write(&name, value, age_s, SameSite::Strict));
    let cookie = cookie.map_err(|e| Failure::internal("cookie", e.to_string()))?;
    response.headers_mut().append(SET_COOKIE, cookie);
    Ok(())
}

/// Takes it back.
///
/// # Errors
/// As [`get`].
pub async fn take(headers: &HeaderMap, response: &mut Response, what: &str) -> Result<()> {
    give(headers, response, what, "", 0).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn headers(cookies: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for cookie in cookies {
            headers.append(COOKIE, HeaderValue::from_str(cookie).unwrap());
        }
        headers
    }

    #[test]
    fn only_our_cookie_in_our_form() {
        let value = "A".repeat(LENGTH);
        let ours = format!("podpis-esia={value}");
        assert_eq!(
            read(&headers(&[&ours]), "podpis-esia"),
            Some(value.as_str())
        );
        assert_eq!(
            read(&headers(&["a=b", &format!("c=d; {ours}")]), "podpis-esia"),
            Some(value.as_str())
        );
        for other in [
            "",
            "podpis-esia=short",
            &format!("x{ours}"),
            &format!("{ours}!"),
            &format!("podpis-esia-{value}"),
        ] {
            assert_eq!(read(&headers(&[other]), "podpis-esia"), None, "{other}");
        }
        assert_eq!(read(&headers(&[&ours]), "__Host-podpis-esia"), None);
    }

    #[test]
    fn attributes() {
        let (https, http) = ("https://sign.example.ru", "http://localhost:3000");
        assert_eq!(
            write(&name(https, "esia"), "v", 3600, SameSite::Lax),
            "__Host-podpis-esia=v; Path=/; Max-Age=3600; HttpOnly; SameSite=Lax; Secure"
        );
        assert_eq!(
            write(&name(http, "account"), "v", 60, SameSite::Strict),
            "podpis-account=v; Path=/; Max-Age=60; HttpOnly; SameSite=Strict"
        );
    }
}
