//! Hashes and signature algorithms: their identifiers, and the check of a signature.
//!
//! Identifiers: RFC 5754 (SHA-2 in CMS), RFC 5758 (ECDSA), RFC 4055 (RSA), RFC 9215 (GOST).

use std::fmt;

use der::asn1::{Any, ObjectIdentifier};
use p256::ecdsa::signature::hazmat::PrehashVerifier as _;
use rsa::traits::PublicKeyParts as _;
use sha2::{Digest as _, Sha256, Sha384, Sha512};
use streebog::{Streebog256, Streebog512};
use x509_cert::spki::{
    AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned, SubjectPublicKeyInfoRef,
};

use crate::CmsError;

/// What a seal is signed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// ECDSA on P-256 with SHA-256 (FIPS 186-5), `s` in the lower half of the group's order.
    EcdsaP256Sha256,
    /// RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017).
    RsaSha256,
}

impl Algorithm {
    /// What a seal by the key of this certificate is signed with.
    ///
    /// # Errors
    /// [`CmsError::Unsupported`] for other keys.
    pub fn of(certificate: &crate::Certificate) -> Result<Self, CmsError> {
        Ok(match scheme_of(certificate.key())? {
            Scheme::EcdsaP256 => Self::EcdsaP256Sha256,
            Scheme::Rsa => Self::RsaSha256,
        })
    }

    /// The one form of a signature that [`crate::ToSign::finish`] puts into a seal.
    ///
    /// ECDSA gives two valid signatures for each one, `s` and `n - s`: a seal holds the lower, so that nobody can change
    /// its bytes. Call it on what a remote signer answers, before the signature is stamped with time.
    ///
    /// # Errors
    /// [`CmsError::Malformed`] when the bytes are no DER `ECDSA-Sig-Value`.
    pub fn canonical(self, signature: &[u8]) -> Result<Vec<u8>, CmsError> {
        match self {
            Self::EcdsaP256Sha256 => Scheme::EcdsaP256.canonical(signature),
            Self::RsaSha256 => Scheme::Rsa.canonical(signature),
        }
    }

    pub(crate) const fn scheme(self) -> Scheme {
        match self {
            Self::EcdsaP256Sha256 => Scheme::EcdsaP256,
            Self::RsaSha256 => Scheme::Rsa,
        }
    }
}

/// A kind of public-key signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// ECDSA on NIST P-256.
    EcdsaP256,
    /// RSASSA-PKCS1-v1_5, 2048 to 4096 bits.
    Rsa,
}

impl Scheme {
    pub(crate) fn canonical(self, signature: &[u8]) -> Result<Vec<u8>, CmsError> {
        match self {
            Self::Rsa => Ok(signature.to_vec()),
            Self::EcdsaP256 => {
                let read = p256::ecdsa::Signature::from_der(signature)
                    .map_err(|_| CmsError::Malformed("ECDSA signature"))?;
                let low = read.normalize_s().unwrap_or(read);
                Ok(low.to_der().as_bytes().to_vec())
            }
        }
    }

    /// The identifier that goes into a `SignerInfo` of ours.
    pub(crate) fn identifier(self, hash: HashKind) -> AlgorithmIdentifierOwned {
        match self {
            // RFC 5754, 3.2: the hash is named beside it; parameters are NULL.
            Self::Rsa => AlgorithmIdentifierOwned {
                oid: RSA_ENCRYPTION,
                parameters: Some(Any::null()),
            },
            // RFC 5754, 3.3: parameters are absent.
            Self::EcdsaP256 => AlgorithmIdentifierOwned {
                oid: match hash {
                    HashKind::Sha384 => ECDSA_SHA384,
                    HashKind::Sha512 => ECDSA_SHA512,
                    _ => ECDSA_SHA256,
                },
                parameters: None,
            },
        }
    }
}

/// How a checked signature was made; displays as `ECDSA P-256, SHA-256`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignedWith {
    /// The kind of signature.
    pub scheme: Scheme,
    /// The hash below it.
    pub hash: HashKind,
}

impl SignedWith {
    /// Reads a `signatureAlgorithm`; `hash` is that of the signer's `digestAlgorithm`, where there is one.
    pub(crate) fn read(
        identifier: &AlgorithmIdentifierOwned,
        hash: Option<HashKind>,
    ) -> Result<Self, CmsError> {
        let unsupported = || CmsError::Unsupported(identifier.oid.to_string());
        let (scheme, own) = match identifier.oid {
            RSA_ENCRYPTION => (Scheme::Rsa, hash.ok_or_else(unsupported)?),
            RSA_SHA256 => (Scheme::Rsa, HashKind::Sha256),
            RSA_SHA384 => (Scheme::Rsa, HashKind::Sha384),
            RSA_SHA512 => (Scheme::Rsa, HashKind::Sha512),
            ECDSA_SHA256 => (Scheme::EcdsaP256, HashKind::Sha256),
            ECDSA_SHA384 => (Scheme::EcdsaP256, HashKind::Sha384),
            ECDSA_SHA512 => (Scheme::EcdsaP256, HashKind::Sha512),
            _ => return Err(unsupported()),
        };
        if hash.is_some_and(|hash| hash != own) {
            return Err(CmsError::Malformed("two different hash algorithms"));
        }
        let parameters = identifier.parameters.as_ref();
        let fit = match scheme {
            Scheme::Rsa => parameters.is_none_or(Any::is_null),
            Scheme::EcdsaP256 => parameters.is_none(),
        };
        if !fit {
            return Err(CmsError::Malformed("parameters of the signature algorithm"));
        }
        Ok(Self { scheme, hash: own })
    }

    /// Checks a signature over a hash of kind `self.hash`.
    pub(crate) fn verify(
        self,
        key: &SubjectPublicKeyInfoOwned,
        prehash: &[u8],
        signature: &[u8],
    ) -> Result<(), CmsError> {
        match self.scheme {
            Scheme::EcdsaP256 => {
                let key = p256_key(key)?;
                let signature =
                    p256::ecdsa::Signature::from_der(signature).map_err(|_| CmsError::Signature)?;
                key.verify_prehash(prehash, &signature)
                    .map_err(|_| CmsError::Signature)
            }
            Scheme::Rsa => {
                let padding = match self.hash {
                    HashKind::Sha256 => rsa::Pkcs1v15Sign::new::<Sha256>(),
                    HashKind::Sha384 => rsa::Pkcs1v15Sign::new::<Sha384>(),
                    HashKind::Sha512 => rsa::Pkcs1v15Sign::new::<Sha512>(),
                    other => return Err(CmsError::Unsupported(other.oid().to_string())),
                };
                rsa_key(key)?
                    .verify(padding, prehash, signature)
                    .map_err(|_| CmsError::Signature)
            }
        }
    }
}

impl fmt::Display for SignedWith {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = match self.scheme {
            Scheme::EcdsaP256 => "ECDSA P-256",
            Scheme::Rsa => "RSA PKCS#1 v1.5",
        };
        write!(f, "{scheme}, {}", self.hash)
    }
}

/// A hash that a signature may stand on. GOST R 34.11-2012 can be compared, though GOST signatures can't be checked yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HashKind {
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
    /// Streebog-256 (GOST R 34.11-2012), bytes in the order of RFC 6986.
    Streebog256,
    /// Streebog-512 (GOST R 34.11-2012), bytes in the order of RFC 6986.
    Streebog512,
}

impl HashKind {
    /// The hash of bytes that are there as a whole.
    pub fn digest(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha256 => Sha256::digest(bytes).to_vec(),
            Self::Sha384 => Sha384::digest(bytes).to_vec(),
            Self::Sha512 => Sha512::digest(bytes).to_vec(),
            Self::Streebog256 => Streebog256::digest(bytes).to_vec(),
            Self::Streebog512 => Streebog512::digest(bytes).to_vec(),
        }
    }

    /// Reads a `digestAlgorithm`: parameters absent or NULL (RFC 5754, 2).
    pub(crate) fn read(identifier: &AlgorithmIdentifierOwned) -> Result<Self, CmsError> {
        let kind = [
            Self::Sha256,
            Self::Sha384,
            Self::Sha512,
            Self::Streebog256,
            Self::Streebog512,
        ]
        .into_iter()
        .find(|kind| kind.oid() == identifier.oid)
        .ok_or_else(|| CmsError::Unsupported(identifier.oid.to_string()))?;
        if !identifier.parameters.as_ref().is_none_or(Any::is_null) {
            return Err(CmsError::Malformed("parameters of the hash algorithm"));
        }
        Ok(kind)
    }

    pub(crate) const fn oid(self) -> ObjectIdentifier {
        match self {
            Self::Sha256 => ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1"),
            Self::Sha384 => ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.2"),
            Self::Sha512 => ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.3"),
            Self::Streebog256 => ObjectIdentifier::new_unwrap("1.2.643.7.1.1.2.2"),
            Self::Streebog512 => ObjectIdentifier::new_unwrap("1.2.643.7.1.1.2.3"),
        }
    }

    pub(crate) const fn identifier(self) -> AlgorithmIdentifierOwned {
        AlgorithmIdentifierOwned {
            oid: self.oid(),
            parameters: None,
        }
    }
}

impl fmt::Display for HashKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sha256 => "SHA-256",
            Self::Sha384 => "SHA-384",
            Self::Sha512 => "SHA-512",
            Self::Streebog256 => "Streebog-256",
            Self::Streebog512 => "Streebog-512",
        })
    }
}

/// The scheme that goes with a certificate's key.
pub(crate) fn scheme_of(key: &SubjectPublicKeyInfoOwned) -> Result<Scheme, CmsError> {
    match key.algorithm.oid {
        EC_PUBLIC_KEY => p256_key(key).map(|_| Scheme::EcdsaP256),
        RSA_ENCRYPTION => rsa_key(key).map(|_| Scheme::Rsa),
        other => Err(CmsError::Unsupported(other.to_string())),
    }
}

pub(crate) const ECDSA_SHA256: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.2");
const ECDSA_SHA384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.3");
const ECDSA_SHA512: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.4");
const EC_PUBLIC_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const RSA_ENCRYPTION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const RSA_SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.11");
const RSA_SHA384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.12");
const RSA_SHA512: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.13");

/// Bits of an RSA modulus: below it is weak (NIST SP 800-131A), above it costs too much to check.
pub(crate) const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=4096;

fn p256_key(key: &SubjectPublicKeyInfoOwned) -> Result<p256::ecdsa::VerifyingKey, CmsError> {
    let unsupported = |oid: ObjectIdentifier| CmsError::Unsupported(oid.to_string());
    if key.algorithm.oid != EC_PUBLIC_KEY {
        return Err(unsupported(key.algorithm.oid));
    }
    let curve = key
        .algorithm
        .parameters
        .as_ref()
        .and_then(|any| any.decode_as::<ObjectIdentifier>().ok())
        .ok_or(CmsError::Malformed("curve of a public key"))?;
    if curve != P256 {
        return Err(unsupported(curve));
    }
    let point = key
        .subject_public_key
        .as_bytes()
        .ok_or(CmsError::Malformed("public key"))?;
    p256::ecdsa::VerifyingKey::from_sec1_bytes(point).map_err(|_| CmsError::Malformed("public key"))
}

fn rsa_key(key: &SubjectPublicKeyInfoOwned) -> Result<rsa::RsaPublicKey, CmsError> {
    use der::referenced::OwnedToRef as _;
    if key.algorithm.oid != RSA_ENCRYPTION {
        return Err(CmsError::Unsupported(key.algorithm.oid.to_string()));
    }
    let reference: SubjectPublicKeyInfoRef<'_> = key.owned_to_ref();
    let read = rsa::RsaPublicKey::try_from(reference)
        .map_err(|_| CmsError::Malformed("public key, or RSA of more than 4096 bits"))?;
    if !RSA_BITS.contains(&read.n().bits()) {
        return Err(CmsError::Unsupported(format!("RSA-{}", read.n().bits())));
    }
    Ok(read)
}
