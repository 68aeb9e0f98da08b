//! Signing of requests to ESIA, behind one trait: a software key now, GOST keys and a certified signer by HTTP later.

use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use p256::pkcs8::{DecodePrivateKey as _, EncodePublicKey as _};
use std::future::Future;
use streebog::{Digest as _, Streebog256};

/// Signs what ESIA is asked, as our registered system.
///
/// The future of [`RequestSigner::sign`] leaves room for a signer in another process.
pub trait RequestSigner {
    /// Raw signature over the message's bytes (64 bytes), which goes into `client_secret`.
    ///
    /// # Errors
    /// When the key can't be used.
    fn sign(&self, message: &[u8]) -> impl Future<Output = Result<Vec<u8>, SignerError>>;

    /// `client_certificate_hash`: Streebog-256 of our registration in upper-case hex, 64 digits.
    fn certificate_hash(&self) -> &str;
}

/// Why a request can't be signed. Says nothing of the key itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignerError {
    /// The variable `esia_client_key` holds no PKCS#8 PEM of a P-256 key.
    #[error("esia_client_key is not a P-256 key in PKCS#8 PEM")]
    Key,
}

/// A P-256 key in memory: ECDSA with SHA-256 (FIPS 186-5), deterministic by RFC 6979.
///
/// For the sandbox only: ESIA itself takes GOST R 34.10-2012 signatures.
#[derive(Debug)]
pub struct SoftwareSigner {
    key: SigningKey,
    hash: String,
}

impl SoftwareSigner {
    /// Reads a key in PKCS#8 PEM.
    ///
    /// # Errors
    /// [`SignerError::Key`].
    pub fn from_pem(pem: &str) -> Result<Self, SignerError> {
        let key = SigningKey::from_pkcs8_pem(pem).map_err(|_| SignerError::Key)?;
        let spki = key
            .verifying_key()
            .to_public_key_der()
            .map_err(|_| SignerError::Key)?;
        // The public key stands for the certificate, which comes with the GOST keys.
        let hash =
            podpis_shared::hash::hex(&Streebog256::digest(spki.as_bytes())).to_ascii_uppercase();
        Ok(Self { key, hash })
    }
}

impl RequestSigner for SoftwareSigner {
    async fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignerError> {
        let signature: Signature = self.key.sign(message);
        Ok(signature.to_vec())
    }

    fn certificate_hash(&self) -> &str {
        &self.hash
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::executor::block_on;
    use std::io::Write as _;
    use std::process::{Command, Stdio};

    /// Made for this test by `openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256`.
    const PEM: &str = include_str!("../tests/client.pem");

    #[test]
    fn a_signature_is_raw_and_stable() {
        let signer = SoftwareSigner::from_pem(PEM).unwrap();
        let signature = block_on(signer.sign(b"message")).unwrap();
        assert_eq!(signature.len(), 64);
        assert_eq!(signature, block_on(signer.sign(b"message")).unwrap());
        assert_eq!(signer.certificate_hash().len(), 64);
        assert!(
            signer
                .certificate_hash()
                .bytes()
                .all(|b| b.is_ascii_digit() || b.is_ascii_uppercase())
        );
    }

    #[test]
    fn what_is_no_key_is_refused_and_not_shown() {
        for wrong in [
            "",
            "secret",
            "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        ] {
            let error = SoftwareSigner::from_pem(wrong).unwrap_err();
            assert_eq!(error, SignerError::Key);
            assert!(!error.to_string().contains("secret"));
        }
        let shown = format!("{:?}", SoftwareSigner::from_pem(PEM).unwrap());
        assert!(
            shown.contains("SigningKey") && !shown.contains("scalar"),
            "{shown}"
        );
    }

    /// An independent judge, where it is installed.
    #[test]
    fn openssl_accepts_the_signature() {
        let signer = SoftwareSigner::from_pem(PEM).unwrap();
        let signature = Signature::from_slice(&block_on(signer.sign(b"message")).unwrap()).unwrap();
        let dir = std::env::temp_dir().join(format!("podpis-esia-signer-{}", std::process::id()));
        std::fs::create_dir_all(&dir).unwrap();
        let public = signer
            .key
            .verifying_key()
            .to_public_key_pem(p256::pkcs8::LineEnding::LF)
            .unwrap();
        std::fs::write(dir.join("public.pem"), public).unwrap();
        std::fs::write(dir.join("signature.der"), signature.to_der()).unwrap();
        let openssl = Command::new("openssl")
            .args([
                "dgst",
                "-sha256",
                "-verify",
                "public.pem",
                "-signature",
                "signature.der",
            ])
            .current_dir(&dir)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn();
        match openssl {
            Ok(mut child) => {
                child.stdin.take().unwrap().write_all(b"message").unwrap();
                assert!(child.wait().unwrap().success());
            }
            Err(_) => eprintln!("openssl is not installed: skipped"),
        }
        std::fs::remove_dir_all(&dir).unwrap();
    }
}
