//! The bundle's signature: a detached JWS (RFC 7515, appendix F) with Ed25519 (RFC 8037).

use crate::canonical::canonical;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::pkcs8::{
    DecodePrivateKey as _, EncodePrivateKey as _, spki::der::pem::LineEnding,
};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// Type in the protected header (RFC 7515, section 4.1.9).
const TYP: &str = "podpis-evidence+json";

/// Longest protected header that is looked at, in characters.
const HEADER_MAX: usize = 1024;

/// The operator's key for evidence. `Debug` shows its public half only.
pub struct EvidenceKey(SigningKey);

/// A public Ed25519 key as a JWK (RFC 8037, section 2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
pub struct PublicJwk {
    /// Always `OKP`.
    #[cfg_attr(feature = "schema", schemars(extend("const" = "OKP")))]
    pub kty: String,
    /// Always `Ed25519`.
    #[cfg_attr(feature = "schema", schemars(extend("const" = "Ed25519")))]
    pub crv: String,
    /// The key's 32 bytes in base64url.
    pub x: String,
    /// Name of the key: its thumbprint by RFC 7638.
    #[serde(default)]
    pub kid: String,
}

/// Why a signature does not hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// There is no member `signature`, or it is no detached JWS of our kind.
    #[error("the bundle has no signature of the expected form")]
    Form,
    /// The key is not among those given; its name stands here.
    #[error("the bundle is signed by an unknown key {0}")]
    UnknownKey(String),
    /// The signature does not fit the bundle.
    #[error("the signature does not fit the bundle")]
    Wrong,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    alg: String,
    kid: String,
    typ: String,
}

impl EvidenceKey {
    /// The key of a 32-byte seed (RFC 8032, section 5.1.5).
    pub fn from_seed(seed: [u8; 32]) -> Self {
        Self(SigningKey::from_bytes(&seed))
    }

    /// The public half.
    pub fn public(&self) -> PublicJwk {
        PublicJwk::of(&self.0.verifying_key())
    }
}

impl std::fmt::Debug for EvidenceKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("EvidenceKey")
            .field(&self.public().kid)
            .finish()
    }
}

impl PublicJwk {
    fn of(key: &VerifyingKey) -> Self {
        let x = URL_SAFE_NO_PAD.encode(key.as_bytes());
        Self {
            kty: "OKP".into(),
            crv: "Ed25519".into(),
            kid: thumbprint(&x),
            x,
        }
    }

    fn key(&self) -> Option<VerifyingKey> {
        if self.kty != "OKP" || self.crv != "Ed25519" {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(&self.x).ok()?;
        VerifyingKey::from_bytes(bytes.as_slice().try_into().ok()?).ok()
    }
}

/// The seed of an Ed25519 key in PKCS#8 PEM (RFC 8410), as `openssl genpkey -algorithm ed25519` writes it.
pub fn seed_from_pem(pem: &str) -> Option<[u8; 32]> {
    Some(SigningKey::from_pkcs8_pem(pem.trim()).ok()?.to_bytes())
}

/// A seed as PKCS#8 PEM.
pub fn seed_to_pem(seed: [u8; 32]) -> Option<String> {
    let pem = SigningKey::from_bytes(&seed)
        .to_pkcs8_pem(LineEnding::LF)
        .ok()?;
    Some(pem.to_string())
}

/// Puts the signature into a bundle: the member `signature` over the canonical form of all others.
///
/// The same bundle and key give the same bytes.
///
/// # Errors
/// When the bundle is no object or has no canonical form.
pub fn sign(mut bundle: Value, key: &EvidenceKey) -> Result<Value, SignatureError> {
    let members = bundle.as_object_mut().ok_or(SignatureError::Form)?;
    members.remove("signature");
    let header = json!({"alg": "EdDSA", "kid": key.public().kid, "typ": TYP}).to_string();
    let header = URL_SAFE_NO_PAD.encode(header);
    let signature = key.0.sign(&message(&header, &bundle)?);
    let jws = format!("{header}..{}", URL_SAFE_NO_PAD.encode(signature.to_bytes()));
    if let Some(members) = bundle.as_object_mut() {
        members.insert("signature".into(), jws.into());
    }
    Ok(bundle)
}

/// Checks the bundle's signature against the keys that are believed; gives the name of the key.
///
/// # Errors
/// See [`SignatureError`].
pub fn check_signature(bundle: &Value, keys: &[PublicJwk]) -> Result<String, SignatureError> {
    let mut bundle = bundle.clone();
    let jws = bundle
        .as_object_mut()
        .and_then(|members| members.remove("signature"))
        .ok_or(SignatureError::Form)?;
    let jws = jws.as_str().ok_or(SignatureError::Form)?;
    let (header, signature) = jws.split_once("..").ok_or(SignatureError::Form)?;
    let named = read_header(header)?;
    let signature = URL_SAFE_NO_PAD
        .decode(signature)
        .ok()
        .and_then(|bytes| Signature::from_slice(&bytes).ok())
        .ok_or(SignatureError::Form)?;
    let key = keys
        .iter()
        .find(|key| thumbprint(&key.x) == named.kid)
        .and_then(PublicJwk::key)
        .ok_or(SignatureError::UnknownKey(named.kid.clone()))?;
    key.verify_strict(&message(header, &bundle)?, &signature)
        .map_err(|_| SignatureError::Wrong)?;
    Ok(named.kid)
}

fn read_header(text: &str) -> Result<Header, SignatureError> {
    if text.len() > HEADER_MAX {
        return Err(SignatureError::Form);
    }
    let bytes = URL_SAFE_NO_PAD
        .decode(text)
        .map_err(|_| SignatureError::Form)?;
    let header: Header = serde_json::from_slice(&bytes).map_err(|_| SignatureError::Form)?;
    if header.alg == "EdDSA" && header.typ == TYP {
        Ok(header)
    } else {
        Err(SignatureError::Form)
    }
}

/// The JWS signing input (RFC 7515, section 5.1).
fn message(header: &str, bundle: &Value) -> Result<Vec<u8>, SignatureError> {
    let payload = canonical(bundle).map_err(|_| SignatureError::Form)?;
    let mut message = header.as_bytes().to_vec();
    message.push(b'.');
    message.extend_from_slice(URL_SAFE_NO_PAD.encode(payload).as_bytes());
    Ok(message)
}

/// RFC 7638, section 3, for the members that RFC 8037 names.
fn thumbprint(x: &str) -> String {
    let jwk = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#);
    URL_SAFE_NO_PAD.encode(Sha256::digest(jwk))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 8037, appendix A.1 to A.3: the key's public half and its thumbprint.
    #[test]
    fn published_key() {
        let seed = URL_SAFE_NO_PAD
            .decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A")
            .unwrap();
        let public = EvidenceKey::from_seed(seed.try_into().unwrap()).public();
        assert_eq!(public.x, "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
        assert_eq!(public.kid, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    }

    #[test]
    fn a_signature_holds_for_its_bundle_and_key_only() {
        let key = EvidenceKey::from_seed([7; 32]);
        let other = EvidenceKey::from_seed([8; 32]);
        let signed = sign(json!({"b": 1, "a": "ё"}), &key).unwrap();
        assert_eq!(signed, sign(signed.clone(), &key).unwrap());
        assert_eq!(
            check_signature(&signed, &[other.public(), key.public()]),
            Ok(key.public().kid)
        );
        assert_eq!(
            check_signature(&signed, &[other.public()]),
            Err(SignatureError::UnknownKey(key.public().kid))
        );
        let mut changed = signed.clone();
        changed["b"] = 2.into();
        assert_eq!(
            check_signature(&changed, &[key.public()]),
            Err(SignatureError::Wrong)
        );
        let mut bare = signed;
        bare.as_object_mut().unwrap().remove("signature");
        assert_eq!(
            check_signature(&bare, &[key.public()]),
            Err(SignatureError::Form)
        );
    }

    /// Made by `openssl genpkey -algorithm ed25519`.
    #[test]
    fn a_seed_is_read_from_what_openssl_writes() {
        let pem = "-----BEGIN PRIVATE KEY-----\n\
            MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n\
            -----END PRIVATE KEY-----\n";
        let seed = seed_from_pem(pem).unwrap();
        assert_eq!(
            EvidenceKey::from_seed(seed).public().x,
            "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
        );
        assert_eq!(seed_from_pem(&seed_to_pem(seed).unwrap()), Some(seed));
        assert_eq!(seed_from_pem("secret"), None);
    }

    #[test]
    fn another_algorithm_is_refused() {
        let key = EvidenceKey::from_seed([7; 32]);
        let signed = sign(json!({"a": 1}), &key).unwrap();
        let jws = signed["signature"].as_str().unwrap();
        let header = json!({"alg": "none", "kid": key.public().kid, "typ": TYP}).to_string();
        let forged = format!(
            "{}..{}",
            URL_SAFE_NO_PAD.encode(header),
            jws.split_once("..").unwrap().1
        );
        assert_eq!(
            check_signature(&json!({"a": 1, "signature": forged}), &[key.public()]),
            Err(SignatureError::Form)
        );
    }
}
