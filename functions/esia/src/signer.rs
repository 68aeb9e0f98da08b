//! Who signs requests to ESIA, as our registered system: a key in memory, or a certified tool beside us over HTTP.
//!
//! ESIA takes GOST R 34.10-2012 of 256 bits: 64 bytes `s‖r`, each half big-endian, over the Streebog-256 of the message.

mod http;
mod software;

pub use http::HttpSigner;
pub use software::SoftwareSigner;

use podpis_cms::{Certificate, CmsError};
use podpis_gost::{KeyFormError, PublicKey};
use podpis_kit::Failure;
use podpis_shared::Timestamp;
use std::future::Future;

/// Bytes of a signature, and of half a public key twice.
const SIGNATURE_LEN: usize = 64;

/// Signs what ESIA is asked.
pub trait RequestSigner {
    /// Raw signature over the message's bytes, 64 bytes `s‖r`; it belongs to the certificate's key.
    ///
    /// # Errors
    /// When the key can't be used, or its holder does not answer.
    fn sign(&self, message: &[u8]) -> impl Future<Output = Result<Vec<u8>, SignerError>>;

    /// The certificate that is registered at ESIA.
    fn certificate(&self) -> &Certificate;
}

/// Why a request can't be signed. Says nothing of the key itself.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignerError {
    /// No certificate, or not in PEM.
    #[error("esia_client_certificate is not a certificate in PEM: {0}")]
    Certificate(CmsError),
    /// RSA, ECDSA, an old GOST key, or one of 512 bits.
    #[error(
        "esia_client_certificate has no key of GOST R 34.10-2012, 256 bits, which ESIA demands since 15 June 2025"
    )]
    Algorithm,
    /// The certificate begins later.
    #[error("esia_client_certificate is not valid before {0}")]
    NotYetValid(Timestamp),
    /// The certificate is over.
    #[error("esia_client_certificate has expired at {0}: register a new one at ESIA")]
    Expired(Timestamp),
    /// What was given as key is none.
    #[error("esia_client_key: {0}")]
    Key(KeyFormError),
    /// Key and certificate are both good, but strangers.
    #[error("esia_client_key is not the key of esia_client_certificate")]
    OtherKey,
    /// The signer can't be reached, or is silent; the text names what happened.
    #[error("the signer at esia_signer_url does not answer: {0}")]
    Absent(String),
    /// The signer answers with an HTTP status other than 200.
    #[error("the signer at esia_signer_url answers with status {0}")]
    Status(u16),
    /// The signer's answer is not the JSON that was agreed.
    #[error("the signer's answer is not {{\"signature\": base64}}")]
    Answer,
    /// The signer's signature is of another length.
    #[error("the signer's signature has {0} bytes; a raw one of GOST R 34.10-2012 has 64")]
    Length(usize),
    /// The signature does not verify in any order.
    #[error(
        "the signer's signature is not by the key of esia_client_certificate, or not over Streebog-256 of the message"
    )]
    WrongKey,
    /// The signature is right, but the other way round.
    #[error(
        "the signer answers in the other byte order: set esia_signer_reversed to {}",
        if *.0 { "true" } else { "false" }
    )]
    Reversed(bool),
    /// The CMS of the first protocol can't be made.
    #[error("the signed message can't be made: {0}")]
    Message(CmsError),
}

impl From<SignerError> for Failure {
    /// A signer that is away may be back in a moment (503); the rest is a mistake of deployment (500). The text is logged.
    fn from(error: SignerError) -> Self {
        match error {
            SignerError::Absent(_) | SignerError::Status(500..) => {
                eprintln!("error at esia signer: {error}");
                Self::busy()
            }
            error => Self::internal("esia signer", error.to_string()),
        }
    }
}

/// The certificate of our system, with its key read.
#[derive(Clone, Debug)]
pub struct ClientCertificate {
    certificate: Certificate,
    key: PublicKey,
}

impl ClientCertificate {
    /// Reads the first certificate of a PEM text, which must be valid `at` that moment.
    ///
    /// # Errors
    /// [`SignerError::Certificate`], [`SignerError::Algorithm`], [`SignerError::NotYetValid`], [`SignerError::Expired`].
    pub fn from_pem(pem: &str, at: Timestamp) -> Result<Self, SignerError> {
        let certificate = Certificate::from_pem_many(pem)
            .map_err(SignerError::Certificate)?
            .swap_remove(0);
        let key = certificate
            .gost_key()
            .filter(|key| key.param_set().size() * 2 == SIGNATURE_LEN)
            .ok_or(SignerError::Algorithm)?;
        if at < certificate.not_before() {
            return Err(SignerError::NotYetValid(certificate.not_before()));
        }
        if at > certificate.not_after() {
            return Err(SignerError::Expired(certificate.not_after()));
        }
        Ok(Self { certificate, key })
    }
}

/// The signer that the settings name.
#[derive(Debug)]
pub enum Signer {
    /// `esia_client_key`.
    Software(SoftwareSigner),
    /// `esia_signer_url`.
    Http(HttpSigner),
}

impl RequestSigner for Signer {
    async fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignerError> {
        match self {
            Self::Software(signer) => signer.sign(message).await,
            Self::Http(signer) => signer.sign(message).await,
        }
    }

    fn certificate(&self) -> &Certificate {
        match self {
            Self::Software(signer) => signer.certificate(),
            Self::Http(signer) => signer.certificate(),
        }
    }
}

#[cfg(test)]
mod tests;
