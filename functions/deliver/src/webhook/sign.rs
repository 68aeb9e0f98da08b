//! The header `Podpis-Signature`.

use hmac::{Hmac, Mac as _};
use podpis_shared::Timestamp;
use podpis_shared::hash::hex;
use sha2::Sha256;

/// What signs. No `Debug`: it is secret.
pub(crate) struct Secrets {
    pub(crate) current: String,
    /// The one before a rotation, as long as it is valid too.
    pub(crate) old: Option<String>,
}

impl Secrets {
    /// `v1=<hex>` by the secret; while two are valid `v1=<hex>,v1=<hex>`, the current one's first.
    ///
    /// A receiver that compares the whole header finds no match in two signatures. So of three tries the second carries the
    /// current one's alone and the third the old one's: whichever it holds, the event gets through.
    pub(crate) fn header(&self, at: Timestamp, body: &str, attempt: i64) -> String {
        let by = |secret: &str| format!("v1={}", signature(secret, at, body));
        match (&self.old, attempt.rem_euclid(3)) {
            (None, _) | (_, 2) => by(&self.current),
            (Some(old), 0) => by(old),
            (Some(old), _) => format!("{},{}", by(&self.current), by(old)),
        }
    }
}

/// HMAC-SHA256 (RFC 2104) over `<timestamp>.<body>`; the key is the secret's text as it was given.
fn signature(secret: &str, at: Timestamp, body: &str) -> String {
    // A key may have any length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else {
        return String::new();
    };
    mac.update(format!("{}.", at.unix()).as_bytes());
    mac.update(body.as_bytes());
    hex(&mac.finalize().into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The test vectors that receivers are written against: the page is the source.
    #[test]
    fn the_vectors_of_the_page() {
        let page = include_str!("../../../../docs/webhooks.md");
        let vectors = page.split("```json vectors\n").nth(1).unwrap();
        let vectors = vectors.split("```").next().unwrap();
        let vectors: Vec<serde_json::Value> = serde_json::from_str(vectors).unwrap();
        assert!(vectors.len() >= 3);
        for vector in vectors {
            let text = |name: &str| vector[name].as_str().unwrap().to_owned();
            let at = Timestamp::from_unix(vector["timestamp"].as_i64().unwrap());
            let secrets = Secrets {
                current: text("secret"),
                old: vector["old_secret"].as_str().map(str::to_owned),
            };
            assert_eq!(secrets.header(at, &text("body"), 1), text("signature"));
        }
    }

    #[test]
    fn while_two_are_valid_each_gets_a_try_of_its_own() {
        let (current, old) = ("a".to_owned(), Some("b".to_owned()));
        let (both, at) = (Secrets { current, old }, Timestamp::from_unix(1));
        let alone = |secret: &str| format!("v1={}", signature(secret, at, "{}"));
        let tries: Vec<String> = (1..=4)
            .map(|attempt| both.header(at, "{}", attempt))
            .collect();
        let joined = format!("{},{}", alone("a"), alone("b"));
        assert_eq!(tries, [joined.clone(), alone("a"), alone("b"), joined]);
    }
}
