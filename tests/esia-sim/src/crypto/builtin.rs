//! Our own crates: nothing needs to be installed, but what they get wrong the client gets wrong, too.

use super::{Algorithm, CmsVerdict, Crypto};
use anyhow::anyhow;
use podpis_cms::{Certificate, SignedData, make};
use podpis_gost::{ParamSet, SecretKey, streebog};
use podpis_shared::Timestamp;
use rsa::RsaPrivateKey;
use rsa::pkcs1v15::SigningKey;
use rsa::pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _, EncodePublicKey as _, LineEnding};
use rsa::rand_core::OsRng;
use rsa::signature::{Keypair as _, SignatureEncoding as _, Signer as _};
use sha2::Sha256;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use x509_cert::builder::{Builder as _, CertificateBuilder, Profile};
use x509_cert::der::{Decode as _, EncodePem as _};
use x509_cert::name::Name;
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::SubjectPublicKeyInfoOwned;
use x509_cert::time::Validity;

/// How long a certificate made here is valid.
const CERTIFICATE_LIFE: Duration = Duration::from_secs(400 * 86_400);
/// How long before its making: clocks differ.
const BEFORE: Duration = Duration::from_secs(3600);

pub(super) struct Builtin;

impl Crypto for Builtin {
    fn new_key(&self, algorithm: Algorithm) -> anyhow::Result<String> {
        match algorithm {
            Algorithm::Gost => {
                // One number in many is no key.
                let key = loop {
                    if let Ok(key) =
                        SecretKey::from_bytes(ParamSet::CryptoProXchA, &random::<32>()?)
                    {
                        break key;
                    }
                };
                Ok(key.to_pkcs8_pem().to_string())
            }
            Algorithm::Rs256 => {
                let key = RsaPrivateKey::new(&mut OsRng, 2048)?;
                Ok(key.to_pkcs8_pem(LineEnding::LF)?.to_string())
            }
        }
    }

    fn self_signed(
        &self,
        algorithm: Algorithm,
        key: &str,
        common_name: &str,
    ) -> anyhow::Result<String> {
        let serial = u64::from_be_bytes(random()?) >> 1;
        let now = SystemTime::now();
        let (from, until) = (now - BEFORE, now + CERTIFICATE_LIFE);
        match algorithm {
            Algorithm::Gost => {
                let key = SecretKey::from_pkcs8_pem(key)?;
                Ok(make::gost_certificate(
                    common_name,
                    &key,
                    serial,
                    timestamp(from)?,
                    timestamp(until)?,
                )?)
            }
            Algorithm::Rs256 => {
                let signer = SigningKey::<Sha256>::new(RsaPrivateKey::from_pkcs8_pem(key)?);
                let spki = signer.verifying_key().to_public_key_der()?;
                let builder = CertificateBuilder::new(
                    Profile::Root,
                    SerialNumber::from(serial),
                    Validity {
                        not_before: x509_cert::time::Time::try_from(from)?,
                        not_after: x509_cert::time::Time::try_from(until)?,
                    },
                    format!("CN={common_name}").parse::<Name>()?,
                    SubjectPublicKeyInfoOwned::from_der(spki.as_bytes())?,
                    &signer,
                )?;
                let certificate = builder.build::<rsa::pkcs1v15::Signature>()?;
                Ok(certificate.to_pem(LineEnding::LF)?)
            }
        }
    }

    fn sign(&self, algorithm: Algorithm, key: &str, message: &[u8]) -> anyhow::Result<Vec<u8>> {
        match algorithm {
            Algorithm::Gost => Ok(SecretKey::from_pkcs8_pem(key)?.sign(message)),
            Algorithm::Rs256 => {
                let key = RsaPrivateKey::from_pkcs8_pem(key)?;
                Ok(SigningKey::<Sha256>::new(key).sign(message).to_vec())
            }
        }
    }

    fn streebog(&self, message: &[u8]) -> anyhow::Result<Vec<u8>> {
        Ok(streebog(32, message))
    }

    fn verify(&self, certificate: &[u8], message: &[u8], signature: &[u8]) -> anyhow::Result<bool> {
        let key = Certificate::from_der(certificate)?.gost_key();
        Ok(key.is_some_and(|key| key.param_set().size() == 32 && key.verify(message, signature)))
    }

    fn verify_cms(
        &self,
        registered: &[&[u8]],
        message: &[u8],
        cms: &[u8],
    ) -> anyhow::Result<CmsVerdict> {
        let Ok(parsed) = SignedData::parse_bare(cms) else {
            return Ok(CmsVerdict::Bad);
        };
        if parsed.content().is_some_and(|content| content != message) {
            return Ok(CmsVerdict::Bad);
        }
        Ok(match parsed.verify(|hash| hash.digest(message)) {
            Ok(verified) if registered.contains(&verified.signer.der()) => CmsVerdict::Good,
            Ok(_) => CmsVerdict::Stranger,
            Err(_) => CmsVerdict::Bad,
        })
    }
}

fn timestamp(at: SystemTime) -> anyhow::Result<Timestamp> {
    let seconds = at.duration_since(UNIX_EPOCH)?.as_secs();
    Ok(Timestamp::from_unix(i64::try_from(seconds)?))
}

fn random<const N: usize>() -> anyhow::Result<[u8; N]> {
    let mut bytes = [0u8; N];
    getrandom::fill(&mut bytes).map_err(|e| anyhow!("no randomness: {e}"))?;
    Ok(bytes)
}
