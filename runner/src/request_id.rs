//! `X-Request-Id`: taken over when it is a plain token, else made.

use http::HeaderMap;

/// The id that came, if it is 8 to 64 of `A-Z a-z 0-9 _ -`; else 128 random
/// bits in hexadecimal.
pub fn accept_or_make(headers: &HeaderMap) -> String {
    let came = headers
        .get("x-request-id")
        .and_then(|value| value.to_str().ok());
    came.filter(|id| is_sane(id))
        .map_or_else(make, str::to_owned)
}

fn is_sane(id: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
    (8..=64).contains(&id.len()) && id.bytes().all(allowed)
}

fn make() -> String {
    let mut bytes = [0; 16];
    // Without randomness the id is not unique, which harms nobody but the log's reader.
    _ = getrandom::fill(&mut bytes);
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_tokens_are_taken_over() {
        for (came, taken) in [
            ("abc-DEF_123", true),
            ("short", false),
            ("with space", false),
            ("a\"b\"c,d;e", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert("x-request-id", came.parse().unwrap());
            let id = accept_or_make(&headers);
            assert_eq!(id == came, taken, "{came}");
            assert!(is_sane(&id));
        }
        assert_eq!(accept_or_make(&HeaderMap::new()).len(), 32);
        assert!(!is_sane(&"x".repeat(65)));
    }
}
