//! Voluntary identification of a sender to push services (VAPID, RFC 8292): a key, and a token signed with it.
//!
//! Browsers get the public key when they subscribe, and their service then takes messages of nobody else. So the key is
//! for good: with another one every browser must subscribe anew.

use super::{base64url, to_base64url};
use p256::SecretKey;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use p256::elliptic_curve::sec1::ToEncodedPoint as _;
use p256::pkcs8::DecodePrivateKey as _;
use podpis_kit::store::sandbox_keys;
use podpis_kit::{Db, Failure, Result, vars};
use podpis_shared::Timestamp;
use serde_json::json;
use zeroize::Zeroizing;

/// The variable, and the key that a sandbox keeps for itself.
const PRIVATE_KEY: &str = "push_private_key";

/// How long a token is good, in seconds: 12 hours of the 24 that RFC 8292 allows, for clocks that differ.
const TOKEN_S: i64 = 12 * 3600;

/// Who sends. No `Debug`; wiped when dropped.
pub(crate) struct Sender {
    key: SecretKey,
    contact: Option<String>,
}

impl Sender {
    /// The key of the variable `push_private_key`; in a sandbox without one, a key made once and kept in the database.
    /// `None`: no push messages are sent.
    ///
    /// # Errors
    /// 500 where the key can't be read: then nothing may be promised to browsers.
    pub(crate) async fn load(db: &Db) -> Result<Option<Self>> {
        let text = Zeroizing::new(vars::get(PRIVATE_KEY).await?);
        let text = match text.trim().is_empty() {
            false => text,
            true if vars::sandbox().await? => sandbox_key(db).await?,
            true => return Ok(None),
        };
        let key = parse(&text).ok_or_else(|| {
            let why = "neither a P-256 key in PEM (PKCS#8) nor 32 bytes in base64url";
            Failure::internal(PRIVATE_KEY, why)
        })?;
        let contact = contact(
            &vars::get("push_contact").await?,
            &vars::get("public_url").await?,
        );
        Ok(Some(Self { key, contact }))
    }

    /// The public key as browsers take it (`applicationServerKey`): an uncompressed point, base64url.
    pub(crate) fn public(&self) -> String {
        to_base64url(self.key.public_key().to_encoded_point(false).as_bytes())
    }

    /// The value of the header `Authorization` for a push service (RFC 8292 section 3).
    pub(crate) fn authorization(&self, origin: &str, now: Timestamp) -> String {
        let mut claims = json!({ "aud": origin, "exp": now.plus(TOKEN_S).unix() });
        if let Some(contact) = &self.contact {
            claims["sub"] = json!(contact);
        }
        let part = |json: serde_json::Value| to_base64url(json.to_string().as_bytes());
        let signed = format!(
            "{}.{}",
            part(json!({ "typ": "JWT", "alg": "ES256" })),
            part(claims)
        );
        let signature: Signature = SigningKey::from(&self.key).sign(signed.as_bytes());
        let signature = to_base64url(&signature.to_bytes());
        format!("vapid t={signed}.{signature}, k={}", self.public())
    }
}

/// PKCS#8 in PEM, or the bare number in base64url, as the tools for web push write it.
fn parse(text: &str) -> Option<SecretKey> {
    let text = text.trim();
    if text.starts_with("-----") {
        return SecretKey::from_pkcs8_pem(text).ok();
    }
    let bytes = Zeroizing::new(base64url(text)?);
    SecretKey::from_slice(&bytes)
        .ok()
        .filter(|_| bytes.len() == 32)
}

/// Whom a push service writes to when something goes wrong; Apple's takes no token without.
fn contact(variable: &str, public_url: &str) -> Option<String> {
    let (contact, url) = (variable.trim(), public_url.trim());
    let is_one = |text: &&str| text.starts_with("mailto:") || text.starts_with("https://");
    Some(contact)
        .filter(is_one)
        .or(Some(url).filter(is_one))
        .map(str::to_owned)
}

async fn sandbox_key(db: &Db) -> Result<Zeroizing<String>> {
    if let Some(key) = sandbox_keys::find(db, PRIVATE_KEY).await? {
        return Ok(Zeroizing::new(key.expose().clone()));
    }
    let failed = || Failure::internal(PRIVATE_KEY, "no key can be made");
    let made = super::encrypt::ephemeral().ok_or_else(failed)?;
    let made = Zeroizing::new(to_base64url(&Zeroizing::new(made.to_bytes())));
    // Another request may be here at the same moment: the first one's key stays, and both read it.
    sandbox_keys::insert(db, PRIVATE_KEY, &made).await?;
    let kept = sandbox_keys::find(db, PRIVATE_KEY)
        .await?
        .ok_or_else(failed)?;
    Ok(Zeroizing::new(kept.expose().clone()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use p256::ecdsa::VerifyingKey;
    use p256::ecdsa::signature::Verifier as _;
    use p256::pkcs8::{EncodePrivateKey as _, LineEnding};
    use serde_json::Value;

    /// Of RFC 8291's example.
    const KEY: &str = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw";
    const PUBLIC: &str =
        "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8";

    fn sender(text: &str, contact: Option<&str>) -> Sender {
        Sender {
            key: parse(text).unwrap(),
            contact: contact.map(str::to_owned),
        }
    }

    #[test]
    fn both_forms_of_a_key_give_its_public_one() {
        let pem = parse(KEY).unwrap().to_pkcs8_pem(LineEnding::LF).unwrap();
        for text in [KEY, &*pem, &format!("  {KEY}=\n")] {
            assert_eq!(sender(text, None).public(), PUBLIC);
        }
        for wrong in [
            "",
            "AAAA",
            "-----BEGIN PRIVATE KEY-----",
            &"A".repeat(43),
            PUBLIC,
        ] {
            assert!(parse(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn a_token_is_for_one_service_and_half_a_day() {
        let now = Timestamp::from_unix(1_795_000_000);
        let sender = sender(KEY, Some("mailto:push@example.ru"));
        let header = sender.authorization("https://push.example", now);
        let (token, key) = header
            .strip_prefix("vapid t=")
            .unwrap()
            .split_once(", k=")
            .unwrap();
        assert_eq!(key, PUBLIC);
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let signature = Signature::from_slice(&base64url(signature).unwrap()).unwrap();
        let verifying = VerifyingKey::from_sec1_bytes(&base64url(key).unwrap()).unwrap();
        verifying.verify(signed.as_bytes(), &signature).unwrap();
        let parts: Vec<Value> = signed
            .split('.')
            .map(|part| serde_json::from_slice(&base64url(part).unwrap()).unwrap())
            .collect();
        let claims = json!({
            "aud": "https://push.example", "exp": 1_795_000_000 + 43_200, "sub": "mailto:push@example.ru",
        });
        assert_eq!(parts, [json!({ "typ": "JWT", "alg": "ES256" }), claims]);
    }

    #[test]
    fn whom_to_write_to() {
        let of = |contact: &str, url: &str| super::contact(contact, url);
        assert_eq!(
            of("mailto:a@b.ru", "https://sign.ru").as_deref(),
            Some("mailto:a@b.ru")
        );
        assert_eq!(
            of("a@b.ru", "https://sign.ru").as_deref(),
            Some("https://sign.ru")
        );
        assert_eq!(of("", "http://localhost:3000"), None);
    }
}
