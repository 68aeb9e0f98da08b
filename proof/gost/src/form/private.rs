//! Private keys: PKCS#8 (RFC 5208, RFC 5958) with every form of the number in it that programs have written.

use der::asn1::{AnyRef, OctetStringRef, UintRef};
use der::{Decode as _, Encode as _, Reader as _, Sequence, Tag, Tagged as _};
use zeroize::Zeroizing;

use super::shape::{Shape, members, shape};
use super::{Identifier, KeyFormError, Written, bounded, pem};
use crate::SecretKey;

#[derive(Clone, Sequence)]
struct Pkcs8Written<'a> {
    version: u8,
    algorithm: Written,
    key: OctetStringRef<'a>,
}

impl SecretKey {
    /// Reads an unencrypted PKCS#8. The number may be there as it is (OpenSSL's engine of today), as an OCTET STRING
    /// (BouncyCastle, older engines), both little-endian, or as an INTEGER (engines before 2012). Attributes are passed
    /// over.
    ///
    /// # Errors
    /// [`KeyFormError`], which also names what was given instead.
    pub fn from_pkcs8_der(der: &[u8]) -> Result<Self, KeyFormError> {
        bounded(der)?;
        match shape(der) {
            Shape::Pkcs8 => (),
            Shape::EncryptedPkcs8 => return Err(KeyFormError::Encrypted),
            Shape::Pfx => return Err(KeyFormError::Pkcs12),
            Shape::Spki => return Err(KeyFormError::Public),
            Shape::Certificate => return Err(KeyFormError::Certificate),
            Shape::Sec1 => return Err(KeyFormError::OtherAlgorithm("ECDSA".to_owned())),
            Shape::Pkcs1 => return Err(KeyFormError::OtherAlgorithm("RSA".to_owned())),
            Shape::Container => return Err(KeyFormError::Container),
            Shape::Unknown => return Err(KeyFormError::NoKey),
        }
        let (algorithm, octets) = AnyRef::from_der(der)
            .and_then(|outer| outer.sequence(fields))
            .map_err(|_| KeyFormError::Malformed("PKCS#8"))?;
        let set = algorithm.param_set()?;
        let number = number(octets.as_bytes(), set.size())?;
        Self::from_bytes(set, &number).map_err(|_| KeyFormError::OutOfRange)
    }

    /// Reads the first `PRIVATE KEY` of a PEM text; other blocks and text around it are passed over.
    ///
    /// # Errors
    /// As [`SecretKey::from_pkcs8_der`].
    pub fn from_pkcs8_pem(text: &str) -> Result<Self, KeyFormError> {
        let blocks = pem::blocks(text)?;
        if let Some(block) = blocks.iter().find(|block| block.label == "PRIVATE KEY") {
            return Self::from_pkcs8_der(&block.der()?);
        }
        // The one that is nearest to a key says most.
        let has = |label: &str| blocks.iter().any(|block| block.label == label);
        Err(if has("ENCRYPTED PRIVATE KEY") {
            KeyFormError::Encrypted
        } else if has("RSA PRIVATE KEY") {
            KeyFormError::OtherAlgorithm("RSA".to_owned())
        } else if has("EC PRIVATE KEY") {
            KeyFormError::OtherAlgorithm("ECDSA".to_owned())
        } else if has("PKCS12") {
            KeyFormError::Pkcs12
        } else if has("PUBLIC KEY") {
            KeyFormError::Public
        } else if has("CERTIFICATE") || has("X509 CERTIFICATE") || has("TRUSTED CERTIFICATE") {
            KeyFormError::Certificate
        } else {
            KeyFormError::NoKey
        })
    }

    /// The key as PKCS#8 in DER, in the form of OpenSSL's engine.
    pub fn to_pkcs8_der(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(self.pkcs8().unwrap_or_default())
    }

    /// The key as PKCS#8 in PEM, `PRIVATE KEY`, without a password.
    pub fn to_pkcs8_pem(&self) -> Zeroizing<String> {
        pem::write("PRIVATE KEY", &self.to_pkcs8_der())
    }

    fn pkcs8(&self) -> Result<Vec<u8>, KeyFormError> {
        let number = self.to_bytes();
        let algorithm = Written::of(self.param_set())?;
        OctetStringRef::new(&number)
            .and_then(|key| {
                Pkcs8Written {
                    version: 0,
                    algorithm,
                    key,
                }
                .to_der()
            })
            .map_err(|_| KeyFormError::Malformed("can't be encoded"))
    }
}

/// Version, algorithm and key; then attributes and the public key, each at most once (RFC 5958, 2).
fn fields<'a>(
    reader: &mut der::SliceReader<'a>,
) -> der::Result<(Identifier<'a>, OctetStringRef<'a>)> {
    let version = u8::decode(reader)?;
    let algorithm = Identifier::decode(reader)?;
    let key = OctetStringRef::decode(reader)?;
    let mut left = [0, 1].into_iter();
    while !reader.is_finished() {
        let tag = AnyRef::decode(reader)?.tag();
        let Tag::ContextSpecific { number, .. } = tag else {
            return Err(tag.value_error());
        };
        if !left.any(|next| next == number.value()) {
            return Err(tag.value_error());
        }
    }
    match version {
        0 | 1 => Ok((algorithm, key)),
        _ => Err(Tag::Integer.value_error()),
    }
}

/// The private number, little-endian, from what the `privateKey` of a PKCS#8 holds.
fn number(held: &[u8], size: usize) -> Result<Zeroizing<Vec<u8>>, KeyFormError> {
    let masked = |held: &[u8]| held.len() > size && held.len().is_multiple_of(size);
    if held.len() == size {
        return Ok(Zeroizing::new(held.to_vec()));
    }
    // R 50.1.112-2016: the masked key with its masks behind it.
    if masked(held) {
        return Err(KeyFormError::Masked);
    }
    // The magic word of CryptoPro's key blobs.
    if held.windows(4).take(32).any(|word| word == b"MAG1") {
        return Err(KeyFormError::Wrapped);
    }
    let damaged = KeyFormError::Malformed("private key");
    let value = AnyRef::from_der(held).map_err(|_| damaged.clone())?;
    match value.tag() {
        Tag::OctetString if value.value().len() == size => {
            Ok(Zeroizing::new(value.value().to_vec()))
        }
        Tag::OctetString if masked(value.value()) => Err(KeyFormError::Masked),
        Tag::Integer => {
            let number = UintRef::from_der(held).map_err(|_| KeyFormError::OutOfRange)?;
            let bytes = number.as_bytes();
            let zeros = size
                .checked_sub(bytes.len())
                .ok_or(KeyFormError::OutOfRange)?;
            let mut out = Zeroizing::new(Vec::with_capacity(size));
            out.extend(bytes.iter().rev());
            out.extend(std::iter::repeat_n(0, zeros));
            Ok(out)
        }
        Tag::Sequence => {
            // `MaskedGostKey` of the engine; everything else is CryptoPro's key transport.
            let masked = members(held).is_some_and(|members| {
                matches!(members.as_slice(), [key, public]
                    if key.tag() == Tag::OctetString
                        && public.tag() == Tag::OctetString
                        && key.value().len().is_multiple_of(size))
            });
            Err(if masked {
                KeyFormError::Masked
            } else {
                KeyFormError::Wrapped
            })
        }
        _ => Err(damaged),
    }
}
