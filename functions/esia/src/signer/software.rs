//! A key in memory, from a secret variable: for stands and tests. Production needs a certified tool.

use super::{ClientCertificate, RequestSigner, SignerError};
use podpis_cms::Certificate;
use podpis_gost::SecretKey;

/// Signs with the nonce of `podpis-gost`, so that the same message always gives the same signature.
#[derive(Debug)]
pub struct SoftwareSigner {
    key: SecretKey,
    certificate: Certificate,
}

impl SoftwareSigner {
    /// Reads a key in PKCS#8 PEM, which must be the certificate's.
    ///
    /// # Errors
    /// [`SignerError::Key`], [`SignerError::OtherKey`].
    pub fn from_pem(pem: &str, certificate: ClientCertificate) -> Result<Self, SignerError> {
        let key = SecretKey::from_pkcs8_pem(pem).map_err(SignerError::Key)?;
        // Points, not names: the same curve has one at CryptoPro and another at TC 26.
        if key.public_key().to_bytes() != certificate.key.to_bytes() {
            return Err(SignerError::OtherKey);
        }
        Ok(Self {
            key,
            certificate: certificate.certificate,
        })
    }
}

impl RequestSigner for SoftwareSigner {
    async fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignerError> {
        Ok(self.key.sign(message))
    }

    fn certificate(&self) -> &Certificate {
        &self.certificate
    }
}
