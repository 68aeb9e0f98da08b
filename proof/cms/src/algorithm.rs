//! Hashes and signature algorithms: their identifiers, and the check of a signature.
//!
//! Identifiers: RFC 5754 (SHA-2 in CMS), RFC 5758 (ECDSA), RFC 4055 (RSA), RFC 9215 (GOST).

use std::fmt;

use der::asn1::{Any, ObjectIdentifier};
use der::{Encode as _, Tag, Tagged as _};
use p256::ecdsa::signature::hazmat::PrehashVerifier as _;
use podpis_gost::KeyFormError;
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
        match scheme_of(certificate.key())? {
            Scheme::EcdsaP256 => Ok(Self::EcdsaP256Sha256),
            Scheme::Rsa => Ok(Self::RsaSha256),
            // A seal stands on SHA-256, a GOST signature on Streebog: see `Detached` for those.
            Scheme::Gost256 | Scheme::Gost512 => Err(unsupported(certificate.key().algorithm.oid)),
        }
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
    /// GOST R 34.10-2012, 256 bits, on any parameter set of [`podpis_gost::ParamSet`].
    Gost256,
    /// GOST R 34.10-2012, 512 bits.
    Gost512,
}

impl Scheme {
    pub(crate) fn canonical(self, signature: &[u8]) -> Result<Vec<u8>, CmsError> {
        match self {
            // Of a fixed form: GOST signatures are s‖r in full length, and `-s` does not fit the same `r`.
            Self::Rsa | Self::Gost256 | Self::Gost512 => Ok(signature.to_vec()),
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
            // As OpenSSL's engine: the key's identifier, the hash is named beside it.
            Self::Gost256 => AlgorithmIdentifierOwned {
                oid: GOST_256,
                parameters: None,
            },
            Self::Gost512 => AlgorithmIdentifierOwned {
                oid: GOST_512,
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
        let unsupported = || unsupported(identifier.oid);
        let (scheme, own) = match identifier.oid {
            RSA_ENCRYPTION => (Scheme::Rsa, hash.ok_or_else(unsupported)?),
            RSA_SHA256 => (Scheme::Rsa, HashKind::Sha256),
            RSA_SHA384 => (Scheme::Rsa, HashKind::Sha384),
            RSA_SHA512 => (Scheme::Rsa, HashKind::Sha512),
            ECDSA_SHA256 => (Scheme::EcdsaP256, HashKind::Sha256),
            ECDSA_SHA384 => (Scheme::EcdsaP256, HashKind::Sha384),
            ECDSA_SHA512 => (Scheme::EcdsaP256, HashKind::Sha512),
            // The engine names the key's algorithm, CryptoPro also the one with the hash (RFC 9215, 2).
            GOST_256 | GOST_256_STREEBOG => (Scheme::Gost256, HashKind::Streebog256),
            GOST_512 | GOST_512_STREEBOG => (Scheme::Gost512, HashKind::Streebog512),
            _ => return Err(unsupported()),
        };
        if hash.is_some_and(|hash| hash != own) {
            return Err(CmsError::Malformed("two different hash algorithms"));
        }
        let parameters = identifier.parameters.as_ref();
        let fit = match scheme {
            Scheme::Rsa => parameters.is_none_or(Any::is_null),
            Scheme::EcdsaP256 => parameters.is_none(),
            // RFC 9215, 2 leaves them out; OpenSSL writes NULL, others the key's own, which say nothing of the signature.
            Scheme::Gost256 | Scheme::Gost512 => {
                parameters.is_none_or(|any| any.is_null() || any.tag() == Tag::Sequence)
            }
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
            Scheme::Gost256 | Scheme::Gost512 => {
                if scheme_of(key)? == self.scheme
                    && gost_key(key)?.verify_digest(prehash, signature)
                {
                    Ok(())
                } else {
                    Err(CmsError::Signature)
                }
            }
        }
    }
}

impl fmt::Display for SignedWith {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = match self.scheme {
            Scheme::EcdsaP256 => "ECDSA P-256",
            Scheme::Rsa => "RSA PKCS#1 v1.5",
            Scheme::Gost256 => "GOST R 34.10-2012 (256)",
            Scheme::Gost512 => "GOST R 34.10-2012 (512)",
        };
        write!(f, "{scheme}, {}", self.hash)
    }
}

/// A hash that a signature may stand on.
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
        .ok_or_else(|| unsupported(identifier.oid))?;
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
        GOST_256 => Ok(Scheme::Gost256),
        GOST_512 => Ok(Scheme::Gost512),
        other => Err(unsupported(other)),
    }
}

/// The GOST key of a certificate.
pub(crate) fn gost_key(
    key: &SubjectPublicKeyInfoOwned,
) -> Result<podpis_gost::PublicKey, CmsError> {
    let der = key
        .to_der()
        .map_err(|_| CmsError::Malformed("public key"))?;
    podpis_gost::PublicKey::from_spki_der(&der).map_err(|error| match error {
        KeyFormError::UnknownParameters(oid) => CmsError::Unsupported(oid),
        _ => CmsError::Malformed("public key"),
    })
}

/// Names an algorithm that can't be checked; those of the withdrawn standards say so.
pub(crate) fn unsupported(oid: ObjectIdentifier) -> CmsError {
    let dotted = oid.to_string();
    CmsError::Unsupported(match dotted.as_str() {
        "1.2.643.2.2.3" | "1.2.643.2.2.19" => format!("{dotted} (GOST R 34.10-2001, withdrawn)"),
        "1.2.643.2.2.4" | "1.2.643.2.2.20" => format!("{dotted} (GOST R 34.10-94, withdrawn)"),
        "1.2.643.2.2.9" => format!("{dotted} (GOST R 34.11-94, withdrawn)"),
        _ => dotted,
    })
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
const GOST_256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.643.7.1.1.1.1");
const GOST_512: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.643.7.1.1.1.2");
/// `id-tc26-signwithdigest-gost3410-12-256` of RFC 9215, 2.
pub(crate) const GOST_256_STREEBOG: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.643.7.1.1.3.2");
pub(crate) const GOST_512_STREEBOG: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.643.7.1.1.3.3");

/// Bits of an RSA modulus: below it is weak (NIST SP 800-131A), above it costs too much to check.
pub(crate) const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=4096;

fn p256_key(key: &SubjectPublicKeyInfoOwned) -> Result<p256::ecdsa::VerifyingKey, CmsError> {
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
        return Err(unsupported(key.algorithm.oid));
    }
    let reference: SubjectPublicKeyInfoRef<'_> = key.owned_to_ref();
    let read = rsa::RsaPublicKey::try_from(reference)
        .map_err(|_| CmsError::Malformed("public key, or RSA of more than 4096 bits"))?;
    if !RSA_BITS.contains(&read.n().bits()) {
        return Err(CmsError::Unsupported(format!("RSA-{}", read.n().bits())));
    }
    Ok(read)
}
