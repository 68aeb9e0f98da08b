//! The keys that ESIA signs its tokens with: a set, because they rotate yearly and overlap.

use std::fmt;

use podpis_cms::Certificate;
use podpis_shared::Timestamp;
use podpis_shared::hash::sha256_hex;
use rsa::RsaPublicKey;
use rsa::pkcs1v15::{Signature, VerifyingKey};
use rsa::pkcs8::{DecodePublicKey as _, EncodePublicKey as _};
use rsa::signature::Verifier as _;
use sha2::Sha256;

/// Every key that a token may be signed with; each of them names its own algorithm.
#[derive(Debug)]
pub struct KeySet(Vec<TrustedKey>);

/// One of ESIA's keys, bare or with its certificate.
#[derive(Clone)]
pub struct TrustedKey {
    key: Key,
    /// SHA-256 of its DER SubjectPublicKeyInfo, lower-case hex: names the key in the evidence, with or without a certificate.
    pub sha256: String,
    /// The certificate or the key itself, PEM as it was given.
    pub pem: String,
    /// The first second of its certificate; a bare key has no dates.
    pub not_before: Option<Timestamp>,
    /// The last second of its certificate.
    pub not_after: Option<Timestamp>,
}

/// A key with the only algorithm that it verifies.
#[derive(Clone)]
enum Key {
    /// RSA with PKCS #1 v1.5 and SHA-256 (RFC 7518, 3.3).
    Rs256(VerifyingKey<Sha256>),
    /// GOST R 34.10-2012 of 256 bits over Streebog-256, s‖r.
    Gost256(Box<podpis_gost::PublicKey>),
}

/// A text that is to hold ESIA's keys does not. Blocks are counted from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeySetError {
    /// Neither certificate nor key.
    #[error("no certificate and no public key of ESIA in PEM (CERTIFICATE or PUBLIC KEY)")]
    Empty,
    /// A block that does not end.
    #[error("block {0} of ESIA's certificates is cut off")]
    Cut(usize),
    /// A block that is broken; what is wrong stands behind.
    #[error("block {0} of ESIA's certificates can't be read: {1}")]
    Unreadable(usize, String),
    /// A key that ESIA signs no tokens with.
    #[error(
        "block {0} of ESIA's certificates is of another algorithm than RSA and GOST R 34.10-2012 with 256 bits"
    )]
    Algorithm(usize),
}

/// Most keys in one set.
const MAX_KEYS: usize = 64;

const RS256: &str = "RS256";
const GOST: &str = "GOST3410_2012_256";

impl KeySet {
    /// Reads one or more PEM blocks, `CERTIFICATE` or `PUBLIC KEY`; text and other blocks around them are passed over.
    ///
    /// # Errors
    /// When there is no key or one of them can't be used: a set that is only half there hides a mistake.
    pub fn from_pem(text: &str) -> Result<Self, KeySetError> {
        let mut keys = Vec::new();
        let mut rest = text;
        while let Some((start, end_mark, read)) = next_block(rest) {
            let number = keys.len() + 1;
            let end = rest[start..]
                .find(end_mark)
                .ok_or(KeySetError::Cut(number))?;
            let end = start + end + end_mark.len();
            if keys.len() == MAX_KEYS {
                let why = format!("more than {MAX_KEYS} keys");
                return Err(KeySetError::Unreadable(number, why));
            }
            keys.push(read(&rest[start..end], number)?);
            rest = &rest[end..];
        }
        match keys.is_empty() {
            true => Err(KeySetError::Empty),
            false => Ok(Self(keys)),
        }
    }

    /// Those of the named algorithms: what a system is registered for at ESIA. The set may be empty then.
    #[must_use]
    pub fn only(mut self, algorithms: &[&str]) -> Self {
        self.0.retain(|key| algorithms.contains(&key.alg()));
        self
    }

    /// The certificates and keys as PEM, one text each.
    pub fn into_pem(self) -> Vec<String> {
        self.0.into_iter().map(|key| key.pem).collect()
    }

    /// The algorithm is one of ours (`RS256`, `GOST3410_2012_256`): looked at before any signature is.
    pub fn knows(&self, alg: &str) -> bool {
        self.0.iter().any(|key| key.alg() == alg)
    }

    /// The key of that algorithm that made the signature and whose certificate is valid at the time.
    pub fn find(
        &self,
        alg: &str,
        message: &[u8],
        signature: &[u8],
        at: Timestamp,
    ) -> Option<&TrustedKey> {
        self.0
            .iter()
            .find(|key| key.valid_at(at) && key.made(alg, message, signature))
    }

    /// As [`KeySet::find`] without looking at the dates: who made a signature, even if too late or too early.
    pub fn find_at_any_time(
        &self,
        alg: &str,
        message: &[u8],
        signature: &[u8],
    ) -> Option<&TrustedKey> {
        self.0.iter().find(|key| key.made(alg, message, signature))
    }
}

impl TrustedKey {
    /// Whether its certificate holds that second; a bare key always does.
    pub fn valid_at(&self, at: Timestamp) -> bool {
        self.not_before.is_none_or(|first| first <= at)
            && self.not_after.is_none_or(|last| at <= last)
    }

    /// `alg` of the tokens that it signs.
    pub const fn alg(&self) -> &'static str {
        match self.key {
            Key::Rs256(_) => RS256,
            Key::Gost256(_) => GOST,
        }
    }

    fn made(&self, alg: &str, message: &[u8], signature: &[u8]) -> bool {
        self.alg() == alg
            && match &self.key {
                Key::Rs256(key) => Signature::try_from(signature)
                    .is_ok_and(|signature| key.verify(message, &signature).is_ok()),
                Key::Gost256(key) => key.verify(message, signature),
            }
    }
}

impl fmt::Debug for TrustedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TrustedKey")
            .field("alg", &self.alg())
            .field("sha256", &self.sha256)
            .field("not_after", &self.not_after)
            .finish_non_exhaustive()
    }
}

type Read = fn(&str, usize) -> Result<TrustedKey, KeySetError>;

/// Where the next block begins, how it ends, and who reads it.
fn next_block(text: &str) -> Option<(usize, &'static str, Read)> {
    const BLOCKS: [(&str, &str, Read); 2] = [
        (
            "-----BEGIN CERTIFICATE-----",
            "-----END CERTIFICATE-----",
            certificate,
        ),
        (
            "-----BEGIN PUBLIC KEY-----",
            "-----END PUBLIC KEY-----",
            bare,
        ),
    ];
    BLOCKS
        .into_iter()
        .filter_map(|(begin, end, read)| Some((text.find(begin)?, end, read)))
        .min_by_key(|(start, ..)| *start)
}

fn certificate(pem: &str, number: usize) -> Result<TrustedKey, KeySetError> {
    let read = Certificate::from_pem_many(pem)
        .map_err(|error| KeySetError::Unreadable(number, error.to_string()))?;
    let certificate = read.first().ok_or(KeySetError::Empty)?;
    let (key, spki) = match certificate.gost_key() {
        Some(key) => gost(key, number)?,
        None => rsa(&certificate.public_key_der()).ok_or(KeySetError::Algorithm(number))?,
    };
    Ok(TrustedKey {
        key,
        sha256: sha256_hex(&spki),
        pem: pem.to_owned(),
        not_before: Some(certificate.not_before()),
        not_after: Some(certificate.not_after()),
    })
}

fn bare(pem: &str, number: usize) -> Result<TrustedKey, KeySetError> {
    use podpis_gost::KeyFormError;
    let (key, spki) = match podpis_gost::PublicKey::from_pem(pem) {
        Ok(key) => gost(key, number)?,
        Err(KeyFormError::OtherAlgorithm(name)) if name == "RSA" => {
            RsaPublicKey::from_public_key_pem(pem)
                .ok()
                .and_then(rsa_key)
                .ok_or_else(|| KeySetError::Unreadable(number, "broken RSA key".to_owned()))?
        }
        Err(KeyFormError::OtherAlgorithm(_)) => return Err(KeySetError::Algorithm(number)),
        Err(error) => return Err(KeySetError::Unreadable(number, error.to_string())),
    };
    Ok(TrustedKey {
        key,
        sha256: sha256_hex(&spki),
        pem: pem.to_owned(),
        not_before: None,
        not_after: None,
    })
}

/// A key and the DER that its hash is over, written in one way however it came.
fn gost(key: podpis_gost::PublicKey, number: usize) -> Result<(Key, Vec<u8>), KeySetError> {
    if key.param_set().size() != 32 {
        return Err(KeySetError::Algorithm(number));
    }
    let spki = key.to_spki_der();
    Ok((Key::Gost256(Box::new(key)), spki))
}

fn rsa(spki: &[u8]) -> Option<(Key, Vec<u8>)> {
    rsa_key(RsaPublicKey::from_public_key_der(spki).ok()?)
}

fn rsa_key(key: RsaPublicKey) -> Option<(Key, Vec<u8>)> {
    let spki = key.to_public_key_der().ok()?.into_vec();
    Some((Key::Rs256(VerifyingKey::new(key)), spki))
}
