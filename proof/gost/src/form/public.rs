//! Public keys: `SubjectPublicKeyInfo` of RFC 5280, 4.1.2.7 with the key of RFC 9215, 4.

use der::asn1::{BitStringRef, OctetStringRef};
use der::{Decode as _, Encode as _, Sequence};

use super::shape::{Shape, shape};
use super::{Identifier, KeyFormError, Written, bounded, pem};
use crate::PublicKey;

#[derive(Clone, Debug, Sequence)]
struct Spki<'a> {
    algorithm: Identifier<'a>,
    key: BitStringRef<'a>,
}

#[derive(Clone, Debug, Sequence)]
struct SpkiWritten<'a> {
    algorithm: Written,
    key: BitStringRef<'a>,
}

impl PublicKey {
    /// Reads a `SubjectPublicKeyInfo`: the bit string holds an OCTET STRING of X‖Y, both little-endian.
    ///
    /// # Errors
    /// [`KeyFormError`], which also names what was given instead.
    pub fn from_spki_der(der: &[u8]) -> Result<Self, KeyFormError> {
        bounded(der)?;
        match shape(der) {
            Shape::Spki => (),
            Shape::Pkcs8 | Shape::EncryptedPkcs8 | Shape::Sec1 => {
                return Err(KeyFormError::Private);
            }
            Shape::Certificate => return Err(KeyFormError::Certificate),
            Shape::Pfx => return Err(KeyFormError::Pkcs12),
            Shape::Container => return Err(KeyFormError::Container),
            Shape::Pkcs1 => return Err(KeyFormError::OtherAlgorithm("RSA".to_owned())),
            Shape::Unknown => return Err(KeyFormError::NoKey),
        }
        let read =
            Spki::from_der(der).map_err(|_| KeyFormError::Malformed("SubjectPublicKeyInfo"))?;
        let set = read.algorithm.param_set()?;
        let point = read
            .key
            .as_bytes()
            .and_then(|bits| OctetStringRef::from_der(bits).ok())
            .filter(|octets| octets.as_bytes().len() == 2 * set.size())
            .ok_or(KeyFormError::Malformed("public key"))?;
        Self::from_bytes(set, point.as_bytes()).map_err(|_| KeyFormError::NotOnCurve)
    }

    /// The `SubjectPublicKeyInfo` as RFC 9215 has it: the digest is named with CryptoPro's parameter sets only.
    pub fn to_spki_der(&self) -> Vec<u8> {
        self.spki().unwrap_or_default()
    }

    /// Reads the first `PUBLIC KEY` of a PEM text; other text around it is passed over.
    ///
    /// # Errors
    /// As [`PublicKey::from_spki_der`].
    pub fn from_pem(text: &str) -> Result<Self, KeyFormError> {
        let blocks = pem::blocks(text)?;
        if let Some(block) = blocks.iter().find(|block| block.label == "PUBLIC KEY") {
            return Self::from_spki_der(&block.der()?);
        }
        Err(match blocks.first().map(|block| block.label) {
            None => KeyFormError::NoKey,
            Some("CERTIFICATE" | "X509 CERTIFICATE" | "TRUSTED CERTIFICATE") => {
                KeyFormError::Certificate
            }
            Some("PKCS12") => KeyFormError::Pkcs12,
            Some("RSA PUBLIC KEY") => KeyFormError::OtherAlgorithm("RSA".to_owned()),
            Some(label) if label.ends_with("PRIVATE KEY") => KeyFormError::Private,
            Some(_) => KeyFormError::NoKey,
        })
    }

    /// The key as PEM, `PUBLIC KEY`.
    pub fn to_pem(&self) -> String {
        pem::write("PUBLIC KEY", &self.to_spki_der())
            .as_str()
            .to_owned()
    }

    fn spki(&self) -> Result<Vec<u8>, KeyFormError> {
        let encoded = |_| KeyFormError::Malformed("can't be encoded");
        let point = self.to_bytes();
        let octets = OctetStringRef::new(&point)
            .and_then(|octets| octets.to_der())
            .map_err(encoded)?;
        let algorithm = Written::of(self.param_set())?;
        BitStringRef::from_bytes(&octets)
            .and_then(|key| SpkiWritten { algorithm, key }.to_der())
            .map_err(encoded)
    }
}
