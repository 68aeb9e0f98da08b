//! What a DER file is, by the kinds of its first members: for the sentence that says what was given instead of a key.

use der::asn1::AnyRef;
use der::{Decode as _, Reader as _, Tag, Tagged as _};

/// Files that are taken for one another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// `PrivateKeyInfo` of RFC 5208, `OneAsymmetricKey` of RFC 5958.
    Pkcs8,
    /// `EncryptedPrivateKeyInfo` of RFC 5208, 6.
    EncryptedPkcs8,
    /// `PFX` of RFC 7292, 4.
    Pfx,
    /// `SubjectPublicKeyInfo`.
    Spki,
    /// A certificate, a request for one, or a revocation list: all `SIGNED`.
    Certificate,
    /// `ECPrivateKey` of RFC 5915.
    Sec1,
    /// RSA keys of RFC 8017, A.1.
    Pkcs1,
    /// `header.key`, `masks.key`, `primary.key`, `name.key` of CryptoPro.
    Container,
    /// Anything else.
    Unknown,
}

pub(super) fn shape(der: &[u8]) -> Shape {
    // A PFX may be BER with lengths written as they go, which is no DER.
    if der.starts_with(&[0x30, 0x80, 0x02, 0x01, 0x03]) {
        return Shape::Pfx;
    }
    let Some(members) = members(der) else {
        return Shape::Unknown;
    };
    let tags: Vec<Tag> = members.iter().map(AnyRef::tag).collect();
    match tags.as_slice() {
        [Tag::Integer, Tag::Sequence, Tag::OctetString, ..] => Shape::Pkcs8,
        [Tag::Integer, Tag::Sequence, ..] => Shape::Pfx,
        [Tag::Integer, Tag::OctetString, ..] => Shape::Sec1,
        [Tag::Integer, Tag::Integer, ..] => Shape::Pkcs1,
        [Tag::Sequence, Tag::BitString] => Shape::Spki,
        [Tag::Sequence, Tag::Sequence, Tag::BitString] => Shape::Certificate,
        [Tag::Sequence, Tag::OctetString] => match members.first().and_then(first_of) {
            Some(Tag::ObjectIdentifier) => Shape::EncryptedPkcs8,
            _ => Shape::Container,
        },
        [Tag::OctetString, rest @ ..] if rest.iter().all(|tag| *tag == Tag::OctetString) => {
            Shape::Container
        }
        [Tag::Ia5String | Tag::Utf8String | Tag::PrintableString] => Shape::Container,
        _ => Shape::Unknown,
    }
}

/// The members of a SEQUENCE that takes all the bytes; at most four, more are not looked at.
pub(super) fn members(der: &[u8]) -> Option<Vec<AnyRef<'_>>> {
    let outer = AnyRef::from_der(der).ok()?;
    outer
        .sequence(|reader| {
            let mut found = Vec::new();
            while !reader.is_finished() && found.len() < 4 {
                found.push(AnyRef::decode(reader)?);
            }
            while !reader.is_finished() {
                reader.tlv_bytes()?;
            }
            Ok(found)
        })
        .ok()
}

fn first_of(sequence: &AnyRef<'_>) -> Option<Tag> {
    sequence
        .sequence(|reader| {
            let first = AnyRef::decode(reader)?.tag();
            while !reader.is_finished() {
                reader.tlv_bytes()?;
            }
            Ok(first)
        })
        .ok()
}
