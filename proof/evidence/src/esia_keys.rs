//! The keys that ESIA signs its tokens with: a set, because they rotate yearly and overlap.

use podpis_shared::hash::sha256_hex;
use rsa::RsaPublicKey;
use rsa::pkcs1v15::{Signature, VerifyingKey};
use rsa::pkcs8::{DecodePublicKey as _, EncodePublicKey as _};
use rsa::signature::Verifier as _;
use sha2::Sha256;

const BEGIN: &str = "-----BEGIN PUBLIC KEY-----";
const END: &str = "-----END PUBLIC KEY-----";

/// Every key that a token may be signed with; each of them names its own algorithm.
#[derive(Debug)]
pub struct KeySet(Vec<TrustedKey>);

/// One of ESIA's keys.
#[derive(Clone, Debug)]
pub struct TrustedKey {
    key: Key,
    /// SHA-256 of its DER SubjectPublicKeyInfo, lower-case hex: names the key in the evidence.
    pub sha256: String,
    /// The key itself, PEM as it was given.
    pub pem: String,
}

/// A key with the only algorithm that it verifies; GOST3410_2012_256 becomes a second variant.
#[derive(Clone, Debug)]
enum Key {
    /// RSA with PKCS #1 v1.5 and SHA-256 (RFC 7518 section 3.3).
    Rs256(VerifyingKey<Sha256>),
}

/// The variable `esia_keys` holds no key, or something else than keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("esia_keys is not one or more RSA public keys in PEM (SubjectPublicKeyInfo)")]
pub struct KeySetError;

impl KeySet {
    /// Reads one or more PEM blocks; text around them is ignored.
    ///
    /// # Errors
    /// When there is no key or one of them can't be read: a set that is only half there hides a mistake.
    pub fn from_pem(text: &str) -> Result<Self, KeySetError> {
        let mut keys = Vec::new();
        let mut rest = text;
        while let Some(start) = rest.find(BEGIN) {
            let end = rest[start..].find(END).ok_or(KeySetError)? + start + END.len();
            keys.push(TrustedKey::from_pem(&rest[start..end])?);
            rest = &rest[end..];
        }
        if keys.is_empty() {
            Err(KeySetError)
        } else {
            Ok(Self(keys))
        }
    }

    /// The keys as PEM, one text each.
    pub fn into_pem(self) -> Vec<String> {
        self.0.into_iter().map(|key| key.pem).collect()
    }

    /// The algorithm is one of ours: looked at before any signature is.
    pub fn knows(&self, alg: &str) -> bool {
        self.0.iter().any(|key| key.alg() == alg)
    }

    /// The key of that algorithm that made the signature.
    pub fn find(&self, alg: &str, message: &[u8], signature: &[u8]) -> Option<&TrustedKey> {
        self.0
            .iter()
            .find(|key| key.alg() == alg && key.verifies(message, signature))
    }
}

impl TrustedKey {
    fn from_pem(pem: &str) -> Result<Self, KeySetError> {
        let public = RsaPublicKey::from_public_key_pem(pem).map_err(|_| KeySetError)?;
        let der = public.to_public_key_der().map_err(|_| KeySetError)?;
        Ok(Self {
            sha256: sha256_hex(der.as_bytes()),
            pem: pem.to_owned(),
            key: Key::Rs256(VerifyingKey::new(public)),
        })
    }

    const fn alg(&self) -> &'static str {
        match self.key {
            Key::Rs256(_) => "RS256",
        }
    }

    fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        match &self.key {
            Key::Rs256(key) => Signature::try_from(signature)
                .is_ok_and(|signature| key.verify(message, &signature).is_ok()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ESIA: &str = include_str!("../../../functions/esia/tests/esia.pub.pem");
    const OTHER: &str = include_str!("../../../functions/esia/tests/other.pub.pem");

    #[test]
    fn a_set_holds_several_keys() {
        let set = KeySet::from_pem(&format!("prod 2025\n{ESIA}\nprod 2026\n{OTHER}")).unwrap();
        assert_eq!(set.0.len(), 2);
        assert_ne!(set.0[0].sha256, set.0[1].sha256);
        assert!(set.knows("RS256"));
        for alg in ["none", "HS256", "rs256", ""] {
            assert!(!set.knows(alg), "{alg}");
        }
    }

    #[test]
    fn half_a_set_is_none() {
        let broken = ESIA.replace("MIIB", "AAAA");
        for wrong in ["", "none", &format!("{ESIA}{broken}"), &ESIA[..80]] {
            assert_eq!(KeySet::from_pem(wrong).unwrap_err(), KeySetError, "{wrong}");
        }
    }
}
