//! A detached signature over any content, with the hash that goes with the key: GOST over Streebog, others over SHA-256.

use crate::algorithm::{Scheme, SignedWith, scheme_of};
use crate::build::Message;
use crate::{Certificate, CmsError, ContentType, HashKind, attributes};
use podpis_shared::Timestamp;
use x509_cert::attr::Attributes;

/// A detached CMS signature (RFC 5652) before it is signed, as `openssl cms -sign` makes it: content type, message digest
/// and signing time are signed, the certificate lies beside. ESIA's first protocol takes it as `client_secret`.
#[derive(Clone, Debug)]
pub struct Detached {
    leaf: Certificate,
    with: SignedWith,
    attributes: Attributes,
    message: Vec<u8>,
}

impl Detached {
    /// `leaf` is the certificate of the key that will sign, `at` goes in as the signing time.
    ///
    /// # Errors
    /// [`CmsError::Unsupported`] when the key is of an algorithm that can't sign here.
    pub fn new(content: &[u8], leaf: &Certificate, at: Timestamp) -> Result<Self, CmsError> {
        let scheme = scheme_of(leaf.key())?;
        let hash = match scheme {
            Scheme::Gost256 => HashKind::Streebog256,
            Scheme::Gost512 => HashKind::Streebog512,
            Scheme::EcdsaP256 | Scheme::Rsa => HashKind::Sha256,
        };
        let attributes = attributes::plain(ContentType::Data.oid(), &hash.digest(content), at)?;
        let message = der::Encode::to_der(&attributes)
            .map_err(|_| CmsError::Malformed("signed attributes"))?;
        Ok(Self {
            leaf: leaf.clone(),
            with: SignedWith { scheme, hash },
            attributes,
            message,
        })
    }

    /// What the key signs: the DER of the signed attributes as a `SET` (RFC 5652, 5.4). The signer hashes it itself.
    pub fn message(&self) -> &[u8] {
        &self.message
    }

    /// The finished message, DER, with the certificate and nothing else beside the signature. A GOST signature is s‖r,
    /// big-endian halves.
    ///
    /// # Errors
    /// [`CmsError::Signature`] when the signature is not by the certificate's key.
    pub fn finish(&self, signature: &[u8]) -> Result<Vec<u8>, CmsError> {
        let signature = self.with.scheme.canonical(signature)?;
        let prehash = self.with.hash.digest(&self.message);
        self.with.verify(self.leaf.key(), &prehash, &signature)?;
        Message {
            content_type: ContentType::Data.oid(),
            content: None,
            signer: &self.leaf,
            others: &[],
            attributes: &self.attributes,
            with: self.with,
            signature: &signature,
            timestamp: None,
        }
        .encode()
    }
}
