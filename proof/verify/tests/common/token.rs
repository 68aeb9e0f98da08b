//! ESIA's id_token, signed by the keys of `functions/esia/tests`.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use podpis_evidence::KeySet;
use rsa::RsaPrivateKey;
use rsa::pkcs1v15::SigningKey;
use rsa::pkcs8::DecodePrivateKey as _;
use rsa::signature::{SignatureEncoding as _, Signer as _};
use serde_json::{Value, json};
use sha2::Sha256;

pub(crate) const ESIA: &str = include_str!("../../../../functions/esia/tests/esia.pem");
pub(crate) const ESIA_PUBLIC: &str = include_str!("../../../../functions/esia/tests/esia.pub.pem");
pub(crate) const OTHER: &str = include_str!("../../../../functions/esia/tests/other.pem");
pub(crate) const OTHER_PUBLIC: &str =
    include_str!("../../../../functions/esia/tests/other.pub.pem");

/// The signer's account.
pub(crate) const OID: u64 = 1_000_299_353;

/// Claims of a sign-in half a minute before the signature.
pub(crate) fn claims() -> Value {
    let now = super::at("2026-12-01T11:05:10Z").unix();
    json!({
        "aud": "PODPIS", "sub": OID, "nbf": now, "iat": now, "exp": now + 10_800,
        "iss": "http://esia.gosuslugi.ru/", "auth_time": now - 10, "amr": "PWD", "urn:esia:amd": "PWD",
        "urn:esia:sid": "8c7a1b2e-95f2-4a51-9a34-2f8c1d0e5b67",
        "urn:esia:sbj": {
            "urn:esia:sbj:typ": "P", "urn:esia:sbj:is_tru": true, "urn:esia:sbj:oid": OID,
            "urn:esia:sbj:nam": "OID.1000299353", "urn:esia:sbj:lvl": "PR"
        }
    })
}

pub(crate) fn sign(key: &str, claims: &Value) -> String {
    sign_as("RS256", key, claims)
}

/// The header names another algorithm than the one that signs.
pub(crate) fn sign_as(alg: &str, key: &str, claims: &Value) -> String {
    let key = SigningKey::<Sha256>::new(RsaPrivateKey::from_pkcs8_pem(key).unwrap());
    let header = json!({"ver": 0, "typ": "JWT", "sbt": "id", "alg": alg}).to_string();
    let message = format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(header),
        URL_SAFE_NO_PAD.encode(claims.to_string())
    );
    let signature = key.sign(message.as_bytes());
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature.to_bytes()))
}

/// The name of a key in a bundle.
pub(crate) fn key_sha256(pem: &str) -> String {
    let token = sign(if pem == OTHER_PUBLIC { OTHER } else { ESIA }, &json!({}));
    let (message, signature) = token.rsplit_once('.').unwrap();
    let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    let keys = KeySet::from_pem(pem).unwrap();
    let key = keys
        .find_at_any_time("RS256", message.as_bytes(), &signature)
        .unwrap();
    key.sha256.clone()
}
