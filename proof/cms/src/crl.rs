//! Lists of revoked certificates (RFC 5280, 5). Nothing of a list is copied: it may name a hundred thousand certificates.

use crate::algorithm::SignedWith;
use crate::certificate::{base64_text, timestamp};
use crate::{Certificate, CmsError, asn1, name};
use der::asn1::{AnyRef, BitString, ObjectIdentifier};
use der::{Decode as _, Encode as _, Reader as _, SliceReader, Tag, TagNumber, Tagged as _};
use podpis_shared::Timestamp;
use std::ops::Range;
use x509_cert::ext::Extension;
use x509_cert::name::Name;
use x509_cert::spki::AlgorithmIdentifierOwned;
use x509_cert::time::Time;

/// A complete list, or one of a part of the issuer's certificates; never a delta. Whether the issuer signed it,
/// [`Crl::signed_by`] tells.
#[derive(Clone, Debug)]
pub struct Crl {
    der: Vec<u8>,
    /// Where the signed part lies in `der`.
    tbs: Range<usize>,
    /// Where the entries lie in `der`; empty where there is none.
    entries: Range<usize>,
    algorithm: AlgorithmIdentifierOwned,
    signature: Vec<u8>,
    issuer: Name,
    this_update: Timestamp,
    next_update: Option<Timestamp>,
    whole: bool,
}

/// Longest list, 8 MiB.
pub const MAX_BYTES: usize = 8 << 20;

const DISTRIBUTION_POINT: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.28");
const INVALIDITY_DATE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.24");

impl Crl {
    /// Reads DER of at most 8 MiB, every entry too.
    ///
    /// # Errors
    /// [`CmsError::TooLarge`], [`CmsError::Malformed`]: also for deltas, indirect lists, and critical extensions that are not
    /// known.
    pub fn from_der(der: &[u8]) -> Result<Self, CmsError> {
        if der.len() > MAX_BYTES {
            return Err(CmsError::TooLarge("a CRL of more than 8 MiB"));
        }
        let malformed = |_| CmsError::Malformed("CRL");
        let (tbs, algorithm, signature) = AnyRef::from_der(der)
            .and_then(|outer| {
                outer.sequence(|reader| {
                    Ok((
                        reader.tlv_bytes()?,
                        AlgorithmIdentifierOwned::decode(reader)?,
                        BitString::decode(reader)?,
                    ))
                })
            })
            .map_err(malformed)?;
        let said = Said::read(tbs)?;
        if said.algorithm != algorithm || signature.unused_bits() != 0 {
            return Err(CmsError::Malformed("CRL's signature"));
        }
        for entry in Entries(said.entries) {
            entry?;
        }
        Ok(Self {
            tbs: place(der, tbs),
            entries: place(der, said.entries),
            der: der.to_vec(),
            algorithm,
            signature: signature.raw_bytes().to_vec(),
            issuer: said.issuer,
            this_update: said.this_update,
            next_update: said.next_update,
            whole: said.whole,
        })
    }

    /// Reads a list as authorities publish it: DER, PEM or bare base64.
    ///
    /// # Errors
    /// As [`Crl::from_der`].
    pub fn from_any(bytes: &[u8]) -> Result<Self, CmsError> {
        if bytes.len() > 2 * MAX_BYTES {
            return Err(CmsError::TooLarge("a CRL of more than 8 MiB"));
        }
        if bytes.first() == Some(&0x30) {
            return Self::from_der(bytes);
        }
        let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let body: Vec<u8> = text
            .split(|b| matches!(b, b'\n' | b'\r'))
            .filter(|line| !line.starts_with(b"-----"))
            .flatten()
            .copied()
            .collect();
        Self::from_der(&base64_text(&body)?)
    }

    /// The DER as it was given.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// Who gave it out, as `CN=…, O=…`.
    pub fn issuer_text(&self) -> String {
        name::text(&self.issuer)
    }

    /// The issuer's name in DER: what certificates of the issuer's have as theirs.
    pub fn issuer_der(&self) -> Vec<u8> {
        // What was read is written the same way.
        self.issuer.to_der().unwrap_or_default()
    }

    /// When it was given out.
    pub const fn this_update(&self) -> Timestamp {
        self.this_update
    }

    /// Until when the next one is due.
    pub const fn next_update(&self) -> Option<Timestamp> {
        self.next_update
    }

    /// It covers every certificate of the issuer's: what it does not name was not revoked.
    pub const fn is_whole(&self) -> bool {
        self.whole
    }

    /// Whether it is a list of this certificate's issuer, by name.
    pub fn is_of(&self, certificate: &Certificate) -> bool {
        self.issuer == certificate.tbs().issuer
    }

    /// Number of revoked certificates.
    pub fn len(&self) -> usize {
        Entries(self.revoked()).count()
    }

    /// Nothing was revoked.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Checks that the certificate's key signed the list, and may: key usage cRLSign, where usages are named.
    ///
    /// # Errors
    /// [`CmsError::Signature`], [`CmsError::Unsupported`], [`CmsError::Malformed`].
    pub fn signed_by(&self, issuer: &Certificate) -> Result<(), CmsError> {
        use x509_cert::ext::pkix::KeyUsage;
        let usage = issuer
            .tbs()
            .get::<KeyUsage>()
            .map_err(|_| CmsError::Malformed("key usage"))?;
        if self.issuer != issuer.tbs().subject || usage.is_some_and(|(_, usage)| !usage.crl_sign())
        {
            return Err(CmsError::Signature);
        }
        let with = SignedWith::read(&self.algorithm, None)?;
        let signed = self.der.get(self.tbs.clone()).unwrap_or_default();
        with.verify(issuer.key(), &with.hash.digest(signed), &self.signature)
    }

    /// Since when a certificate of this issuer's is revoked: when its key became unsafe, where the entry says so and that is
    /// earlier. `None` where the list does not name it.
    pub fn revoked_since(&self, certificate: &Certificate) -> Option<Timestamp> {
        let serial = certificate.tbs().serial_number.as_bytes();
        Entries(self.revoked())
            .filter_map(Result::ok)
            .find(|entry| entry.serial == unsigned(serial))
            .map(|entry| entry.since)
    }

    fn revoked(&self) -> &[u8] {
        self.der.get(self.entries.clone()).unwrap_or_default()
    }
}

/// `TBSCertList`.
struct Said<'a> {
    algorithm: AlgorithmIdentifierOwned,
    issuer: Name,
    this_update: Timestamp,
    next_update: Option<Timestamp>,
    entries: &'a [u8],
    whole: bool,
}

impl<'a> Said<'a> {
    fn read(tbs: &'a [u8]) -> Result<Self, CmsError> {
        let malformed = |_| CmsError::Malformed("CRL");
        let body = AnyRef::from_der(tbs).map_err(malformed)?;
        if body.tag() != Tag::Sequence {
            return Err(CmsError::Malformed("CRL"));
        }
        let mut reader = SliceReader::new(body.value()).map_err(malformed)?;
        let peek = |reader: &SliceReader<'a>| match reader.is_finished() {
            true => None,
            false => reader.peek_tag().ok(),
        };
        if peek(&reader) == Some(Tag::Integer) && u8::decode(&mut reader).map_err(malformed)? != 1 {
            return Err(CmsError::Malformed("version of a CRL"));
        }
        let algorithm = AlgorithmIdentifierOwned::decode(&mut reader).map_err(malformed)?;
        let issuer = reader.tlv_bytes().map_err(malformed)?;
        asn1::bounded(issuer)?;
        let issuer = Name::from_der(issuer).map_err(malformed)?;
        let this_update = Time::decode(&mut reader)
            .map(timestamp)
            .map_err(malformed)?;
        let next_update = match peek(&reader) {
            Some(Tag::UtcTime | Tag::GeneralizedTime) => Some(
                Time::decode(&mut reader)
                    .map(timestamp)
                    .map_err(malformed)?,
            ),
            _ => None,
        };
        let entries = match peek(&reader) {
            Some(Tag::Sequence) => AnyRef::decode(&mut reader).map_err(malformed)?.value(),
            _ => &[],
        };
        let whole = match peek(&reader) {
            Some(tag) if tag == asn1::context(TagNumber::N0) => {
                let extensions = AnyRef::decode(&mut reader).map_err(malformed)?.value();
                covers_all(extensions)?
            }
            _ => true,
        };
        if !reader.is_finished() {
            return Err(CmsError::Malformed("CRL"));
        }
        Ok(Self {
            algorithm,
            issuer,
            this_update,
            next_update,
            entries,
            whole,
        })
    }
}

/// Reads a list's own extensions: whether it is of all certificates.
fn covers_all(extensions: &[u8]) -> Result<bool, CmsError> {
    asn1::bounded(extensions)?;
    let extensions = Vec::<Extension>::from_der(extensions)
        .map_err(|_| CmsError::Malformed("CRL's extensions"))?;
    let mut whole = true;
    for extension in &extensions {
        match extension.extn_id {
            DISTRIBUTION_POINT => {
                // Only some certificates, or only for some reasons; an indirect list names those of others.
                whole = false;
                let point = AnyRef::from_der(extension.extn_value.as_bytes());
                let indirect = point.is_ok_and(|point| indirect(point.value()));
                if indirect {
                    return Err(CmsError::Malformed("an indirect CRL"));
                }
            }
            // Also the delta indicator, which is always critical.
            _ if extension.critical => {
                return Err(CmsError::Malformed("critical extension of a CRL"));
            }
            _ => (),
        }
    }
    Ok(whole)
}

/// `indirectCRL [4]` of an `IssuingDistributionPoint` (RFC 5280, 5.2.5), true.
fn indirect(point: &[u8]) -> bool {
    let Ok(mut reader) = SliceReader::new(point) else {
        return true;
    };
    while !reader.is_finished() {
        match AnyRef::decode(&mut reader) {
            Ok(part)
                if part.tag()
                    == (Tag::ContextSpecific {
                        constructed: false,
                        number: TagNumber::N4,
                    }) =>
            {
                return part.value() != [0];
            }
            Ok(_) => (),
            Err(_) => return true,
        }
    }
    false
}

/// A revoked certificate.
struct Entry<'a> {
    serial: &'a [u8],
    since: Timestamp,
}

/// The entries in the bytes of `revokedCertificates`; ends after the first that can't be read.
struct Entries<'a>(&'a [u8]);

impl<'a> Iterator for Entries<'a> {
    type Item = Result<Entry<'a>, CmsError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let read = SliceReader::new(self.0).and_then(|mut reader| {
            let one = reader.tlv_bytes()?;
            let body = AnyRef::from_der(one)?;
            Ok((one.len(), body.sequence(read_entry)?))
        });
        let Ok((length, entry)) = read else {
            self.0 = &[];
            return Some(Err(CmsError::Malformed("entry of a CRL")));
        };
        self.0 = self.0.get(length..).unwrap_or_default();
        Some(Ok(entry))
    }
}

fn read_entry<'a>(reader: &mut SliceReader<'a>) -> der::Result<Entry<'a>> {
    let number = AnyRef::decode(reader)?;
    number.tag().assert_eq(Tag::Integer)?;
    let mut since = timestamp(Time::decode(reader)?);
    if !reader.is_finished() {
        let extensions = AnyRef::decode(reader)?;
        let mut inner = SliceReader::new(extensions.value())?;
        while !inner.is_finished() {
            let extension = Extension::decode(&mut inner)?;
            if extension.extn_id == INVALIDITY_DATE {
                let unsafe_since = Time::from_der(extension.extn_value.as_bytes())?;
                since = since.min(timestamp(unsafe_since));
            }
        }
    }
    Ok(Entry {
        serial: unsigned(number.value()),
        since,
    })
}

/// A number without leading zeros, so that spellings of the same one are equal.
fn unsigned(bytes: &[u8]) -> &[u8] {
    let zeros = bytes.iter().take_while(|b| **b == 0).count();
    bytes.get(zeros..).unwrap_or_default()
}

/// Where a part of a slice lies in it.
fn place(whole: &[u8], part: &[u8]) -> Range<usize> {
    if part.is_empty() {
        return 0..0;
    }
    let start = part.as_ptr().addr().wrapping_sub(whole.as_ptr().addr());
    start..start + part.len()
}
