//! The cookie that binds a signing act to the browser that started it.

use axum::http::HeaderMap;
use axum::http::header::COOKIE;

/// Seconds that the browser keeps it: longer than an act, so that a late return is explained and not a riddle.
const MAX_AGE_S: u32 = 3600;

/// Length of a value: 256 bits in base64url.
const LENGTH: usize = 43;

/// The cookie's name. With `https` the prefix makes browsers refuse it from anyone but this very host (RFC 6265bis).
pub fn name(base_url: &str) -> &'static str {
    if base_url.starts_with("https://") {
        "__Host-podpis-esia"
    } else {
        "podpis-esia"
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

/// `Set-Cookie`. Lax, so that it comes along when the person returns from ESIA.
pub fn write(name: &str, value: &str) -> String {
    let secure = if name.starts_with("__Host-") {
        "; Secure"
    } else {
        ""
    };
    format!("{name}={value}; Path=/; Max-Age={MAX_AGE_S}; HttpOnly; SameSite=Lax{secure}")
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
        assert_eq!(
            write(name("https://sign.example.ru"), "v"),
            "__Host-podpis-esia=v; Path=/; Max-Age=3600; HttpOnly; SameSite=Lax; Secure"
        );
        assert_eq!(
            write(name("http://localhost:3000"), "v"),
            "podpis-esia=v; Path=/; Max-Age=3600; HttpOnly; SameSite=Lax"
        );
    }
}
