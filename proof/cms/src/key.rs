//! A private key in memory.

use std::fmt;

use der::Encode as _;
use p256::ecdsa::signature::{SignatureEncoding as _, Signer as _};
use rsa::pkcs8::{DecodePrivateKey as _, EncodePublicKey as _};
use rsa::traits::PublicKeyParts as _;
use sha2::Sha256;

use crate::algorithm::RSA_BITS;
use crate::{Algorithm, Certificate, CmsError, Scheme};

/// A P-256 or RSA key that signs without any randomness, so that the same message gives the same signature.
///
/// RSA is computed without blinding: a neighbour who can measure single signatures finely and often might learn of the
/// key (RUSTSEC-2023-0071). A qualified seal lives in a certified device behind a remote signer; this key is for the
/// sandbox and for operators who accept a key in memory.
pub struct SoftwareKey(Kind);

enum Kind {
    P256(p256::ecdsa::SigningKey),
    Rsa(Box<rsa::pkcs1v15::SigningKey<Sha256>>),
}

impl SoftwareKey {
    /// Reads an unencrypted PKCS#8 PEM (RFC 5958): P-256, or RSA of 2048 to 4096 bits.
    ///
    /// # Errors
    /// [`CmsError::Key`], which says nothing of the key.
    pub fn from_pem(pem: &str) -> Result<Self, CmsError> {
        if let Ok(key) = p256::ecdsa::SigningKey::from_pkcs8_pem(pem) {
            return Ok(Self(Kind::P256(key)));
        }
        let key = rsa::RsaPrivateKey::from_pkcs8_pem(pem).map_err(|_| CmsError::Key)?;
        if !RSA_BITS.contains(&key.n().bits()) || key.validate().is_err() {
            return Err(CmsError::Key);
        }
        // `from` would leave out the name of the hash.
        let key = rsa::pkcs1v15::SigningKey::new(key);
        Ok(Self(Kind::Rsa(Box::new(key))))
    }

    /// What [`SoftwareKey::sign`] makes.
    pub const fn algorithm(&self) -> Algorithm {
        match self.0 {
            Kind::P256(_) => Algorithm::EcdsaP256Sha256,
            Kind::Rsa(_) => Algorithm::RsaSha256,
        }
    }

    /// Signs a message: DER `ECDSA-Sig-Value` with the lower `s` (nonce by RFC 6979), or PKCS#1 v1.5.
    ///
    /// # Errors
    /// [`CmsError::Key`] when an RSA key contradicts itself.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, CmsError> {
        match &self.0 {
            Kind::P256(key) => {
                let signature: p256::ecdsa::Signature =
                    key.try_sign(message).map_err(|_| CmsError::Key)?;
                Scheme::EcdsaP256.canonical(signature.to_der().as_bytes())
            }
            Kind::Rsa(key) => Ok(key.try_sign(message).map_err(|_| CmsError::Key)?.to_vec()),
        }
    }

    /// Whether the certificate is of this key.
    pub fn matches(&self, certificate: &Certificate) -> bool {
        let own = match &self.0 {
            Kind::P256(key) => key.verifying_key().to_public_key_der(),
            Kind::Rsa(key) => {
                let public: &rsa::RsaPrivateKey = key.as_ref().as_ref();
                public.to_public_key().to_public_key_der()
            }
        };
        let Ok(own) = own else { return false };
        certificate
            .key()
            .to_der()
            .is_ok_and(|der| der == own.as_bytes())
    }
}

impl fmt::Debug for SoftwareKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SoftwareKey")
            .field(&self.algorithm())
            .finish()
    }
}
