//! Tokens as ESIA writes them: no `kid`, slashes escaped, `header.payload.signature` in base64url without padding.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

/// `header.payload`: what the signature covers.
pub(crate) fn message(alg: &str, ver: u8, sbt: &str, payload: &str) -> String {
    let header = json!({"ver": ver, "typ": "JWT", "sbt": sbt, "alg": alg}).to_string();
    format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(header),
        URL_SAFE_NO_PAD.encode(payload)
    )
}

/// The payload's text. Slashes stand in strings only, where `\/` means the same.
pub(crate) fn payload(claims: &Value) -> String {
    claims.to_string().replace('/', "\\/")
}

/// The token.
pub(crate) fn token(message: &str, signature: &[u8]) -> String {
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
}
