//! Tokens as ESIA writes them: no `kid`, slashes escaped, RS256.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rsa::RsaPrivateKey;
use rsa::pkcs1v15::SigningKey;
use rsa::signature::{SignatureEncoding as _, Signer as _};
use serde_json::{Value, json};
use sha2::Sha256;

/// `header.payload.signature`.
pub(crate) fn sign(key: &RsaPrivateKey, ver: u8, sbt: &str, payload: &Value) -> String {
    let message = message("RS256", ver, sbt, payload);
    let signature = SigningKey::<Sha256>::new(key.clone()).sign(message.as_bytes());
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature.to_bytes()))
}

/// A token that claims to need no signature.
pub(crate) fn unsigned(ver: u8, sbt: &str, payload: &Value) -> String {
    format!("{}.", message("none", ver, sbt, payload))
}

/// The same token with one bit of its signature turned.
pub(crate) fn spoil(token: &str) -> String {
    let Some((message, signature)) = token.rsplit_once('.') else {
        return token.to_owned();
    };
    let mut bytes = URL_SAFE_NO_PAD.decode(signature).unwrap_or_default();
    if let Some(byte) = bytes.get_mut(7) {
        *byte ^= 1;
    }
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(bytes))
}

fn message(alg: &str, ver: u8, sbt: &str, payload: &Value) -> String {
    let header = json!({"ver": ver, "typ": "JWT", "sbt": sbt, "alg": alg});
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string().replace('/', "\\/"));
    format!("{}.{}", part(&header), part(payload))
}
