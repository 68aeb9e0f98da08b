//! The two algorithms of ESIA, done by our own crates or by the `openssl` program.

mod builtin;
mod openssl;

use builtin::Builtin;
use openssl::OpenSsl;
use std::str::FromStr;

/// How tokens are signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Algorithm {
    /// GOST R 34.10-2012, 256 bits, over Streebog-256: `s‖r`, each 32 bytes big-endian.
    Gost,
    /// RSA PKCS#1 v1.5 over SHA-256.
    Rs256,
}

impl Algorithm {
    /// `alg` of a token.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Gost => "GOST3410_2012_256",
            Self::Rs256 => "RS256",
        }
    }
}

impl FromStr for Algorithm {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> anyhow::Result<Self> {
        match text {
            "gost" => Ok(Self::Gost),
            "rs256" => Ok(Self::Rs256),
            _ => anyhow::bail!("{text:?} is neither gost nor rs256"),
        }
    }
}

/// Who signs tokens and verifies requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CryptoKind {
    /// Our own crates: works everywhere.
    Builtin,
    /// The `openssl` program with its GOST engine: shares nothing with what is tested.
    OpenSsl,
}

impl FromStr for CryptoKind {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> anyhow::Result<Self> {
        match text {
            "builtin" => Ok(Self::Builtin),
            "openssl" => Ok(Self::OpenSsl),
            _ => anyhow::bail!("{text:?} is neither builtin nor openssl"),
        }
    }
}

/// What a `client_secret` of v1 turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CmsVerdict {
    /// Signed by a registered certificate over the expected text.
    Good,
    /// A sound signature over the expected text by a certificate that isn't registered.
    Stranger,
    /// Anything else.
    Bad,
}

/// The operations that the simulator needs. Keys travel as PEM text, certificates to verify with as DER.
pub(crate) trait Crypto: Send + Sync {
    /// A fresh private key, PKCS#8 PEM; GOST keys lie on CryptoPro-XchA.
    fn new_key(&self, algorithm: Algorithm) -> anyhow::Result<String>;

    /// A self-signed certificate of the key for somewhat over a year, PEM.
    fn self_signed(
        &self,
        algorithm: Algorithm,
        key: &str,
        common_name: &str,
    ) -> anyhow::Result<String>;

    /// The raw signature of a message.
    fn sign(&self, algorithm: Algorithm, key: &str, message: &[u8]) -> anyhow::Result<Vec<u8>>;

    /// Streebog-256.
    fn streebog(&self, message: &[u8]) -> anyhow::Result<Vec<u8>>;

    /// Whether `signature` is the raw GOST signature of the message by the certificate's key.
    fn verify(&self, certificate: &[u8], message: &[u8], signature: &[u8]) -> anyhow::Result<bool>;

    /// Judges a PKCS#7/CMS file (DER), attached or detached, with or without signed attributes.
    fn verify_cms(
        &self,
        registered: &[&[u8]],
        message: &[u8],
        cms: &[u8],
    ) -> anyhow::Result<CmsVerdict>;
}

/// The implementation of that name.
///
/// # Errors
/// It can't work on this machine.
pub(crate) fn open(kind: CryptoKind) -> anyhow::Result<Box<dyn Crypto>> {
    Ok(match kind {
        CryptoKind::Builtin => Box::new(Builtin),
        CryptoKind::OpenSsl => Box::new(OpenSsl::new()?),
    })
}
