//! X.509 certificates (RFC 5280) with the bytes that they came in.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use der::asn1::{AnyRef, BitString, GeneralizedTime, UtcTime};
use der::{Decode as _, Encode as _, Reader as _};
use podpis_shared::Timestamp;
use x509_cert::spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};
use x509_cert::time::Time;

use crate::algorithm::{SignedWith, gost_key};
use crate::{CmsError, asn1, name};

/// A certificate: its DER as given, and what it says. Equal when the DER is.
#[derive(Clone)]
pub struct Certificate {
    der: Vec<u8>,
    /// Where the signed part lies in `der`.
    tbs: std::ops::Range<usize>,
    parsed: x509_cert::Certificate,
}

/// Longest certificate, 64 KiB.
const MAX_BYTES: usize = 64 << 10;
/// Most certificates in one place.
pub(crate) const MAX_CERTIFICATES: usize = 16;

impl Certificate {
    /// Reads DER of at most 64 KiB.
    ///
    /// # Errors
    /// [`CmsError::TooLarge`], [`CmsError::Malformed`].
    pub fn from_der(der: &[u8]) -> Result<Self, CmsError> {
        if der.len() > MAX_BYTES {
            return Err(CmsError::TooLarge("a certificate of more than 64 KiB"));
        }
        asn1::bounded(der)?;
        let malformed = |_| CmsError::Malformed("certificate");
        let parsed = x509_cert::Certificate::from_der(der).map_err(malformed)?;
        // The wrapping is not signed, so it must be the only one possible.
        let (signed, identifier, signature) = AnyRef::from_der(der)
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
        if identifier != parsed.tbs_certificate.signature || signature.unused_bits() != 0 {
            return Err(CmsError::Malformed("certificate's signature"));
        }
        let end = identifier
            .encoded_len()
            .and_then(|len| len + signature.encoded_len()?)
            .ok()
            .and_then(|len| usize::try_from(len).ok())
            .and_then(|len| der.len().checked_sub(len))
            .ok_or(CmsError::Malformed("certificate"))?;
        let start = end
            .checked_sub(signed.len())
            .ok_or(CmsError::Malformed("certificate"))?;
        if der.get(start..end) != Some(signed) {
            return Err(CmsError::Malformed("certificate is not DER"));
        }
        Ok(Self {
            der: der.to_vec(),
            tbs: start..end,
            parsed,
        })
    }

    /// Reads every `CERTIFICATE` block of a PEM text in its order, at most 16; text around the blocks is skipped.
    ///
    /// # Errors
    /// [`CmsError::Malformed`] also when there is none.
    pub fn from_pem_many(pem: &str) -> Result<Vec<Self>, CmsError> {
        let mut found = Vec::new();
        let mut rest = pem;
        while let Some((_, after)) = rest.split_once("-----BEGIN CERTIFICATE-----") {
            let (block, after) = after
                .split_once("-----END CERTIFICATE-----")
                .ok_or(CmsError::Malformed("PEM"))?;
            if found.len() == MAX_CERTIFICATES {
                return Err(CmsError::TooLarge("more than 16 certificates"));
            }
            found.push(Self::from_der(&base64_text(block.as_bytes())?)?);
            rest = after;
        }
        if found.is_empty() {
            return Err(CmsError::Malformed("no certificate in the PEM"));
        }
        Ok(found)
    }

    /// The DER as it was given.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// PEM with lines of 64 characters (RFC 7468).
    pub fn to_pem(&self) -> String {
        let mut out = String::from("-----BEGIN CERTIFICATE-----\n");
        let text = STANDARD.encode(&self.der);
        let mut rest = text.as_str();
        while !rest.is_empty() {
            // Base64 is ASCII, so every cut is between characters.
            let (line, after) = rest.split_at(rest.len().min(64));
            out.push_str(line);
            out.push('\n');
            rest = after;
        }
        out.push_str("-----END CERTIFICATE-----\n");
        out
    }

    /// SHA-256 of the DER as lower-case hex: the fingerprint that browsers and `openssl` show.
    pub fn sha256_hex(&self) -> String {
        podpis_shared::hash::sha256_hex(&self.der)
    }

    /// Whom it belongs to, as `CN=…, O=…`.
    pub fn subject_text(&self) -> String {
        name::text(&self.tbs().subject)
    }

    /// One attribute of the subject by its short name: `CN`, `O`, `ИНН`…
    pub fn subject_part(&self, short: &str) -> Option<String> {
        name::first(&self.tbs().subject, short)
    }

    /// One attribute of the issuer by its short name.
    pub fn issuer_part(&self, short: &str) -> Option<String> {
        name::first(&self.tbs().issuer, short)
    }

    /// The issuer's name in DER: what lists of revoked certificates are found by.
    pub fn issuer_der(&self) -> Vec<u8> {
        self.tbs().issuer.to_der().unwrap_or_default()
    }

    /// It may give out certificates: basic constraints say so.
    pub fn is_authority(&self) -> bool {
        use x509_cert::ext::pkix::BasicConstraints;
        let constraints = self.tbs().get::<BasicConstraints>();
        constraints.is_ok_and(|found| found.is_some_and(|(_, constraints)| constraints.ca))
    }

    /// Who gave it out, as `CN=…, O=…`.
    pub fn issuer_text(&self) -> String {
        name::text(&self.tbs().issuer)
    }

    /// The serial number in lower-case hex, two digits a byte.
    pub fn serial_hex(&self) -> String {
        podpis_shared::hash::hex(self.tbs().serial_number.as_bytes())
    }

    /// The first second of its validity.
    pub fn not_before(&self) -> Timestamp {
        timestamp(self.tbs().validity.not_before)
    }

    /// The last second of its validity.
    pub fn not_after(&self) -> Timestamp {
        timestamp(self.tbs().validity.not_after)
    }

    /// Subject and issuer are the same.
    pub fn is_self_issued(&self) -> bool {
        self.tbs().subject == self.tbs().issuer
    }

    /// The `SubjectPublicKeyInfo`, DER (RFC 5280, 4.1.2.7): of any algorithm.
    pub fn public_key_der(&self) -> Vec<u8> {
        // What was read is written the same way.
        self.key().to_der().unwrap_or_default()
    }

    /// The key, where it is one of GOST R 34.10-2012 on a known parameter set.
    pub fn gost_key(&self) -> Option<podpis_gost::PublicKey> {
        gost_key(self.key()).ok()
    }

    /// Whether its validity holds that second.
    pub fn is_valid_at(&self, at: Timestamp) -> bool {
        self.not_before() <= at && at <= self.not_after()
    }

    /// Checks that the other certificate's key signed this one. Says nothing of names, dates or rights.
    ///
    /// # Errors
    /// [`CmsError::Signature`], [`CmsError::Unsupported`], [`CmsError::Malformed`].
    pub fn signed_by(&self, issuer: &Self) -> Result<(), CmsError> {
        let with = SignedWith::read(&self.parsed.signature_algorithm, None)?;
        let signature = self
            .parsed
            .signature
            .as_bytes()
            .ok_or(CmsError::Malformed("certificate's signature"))?;
        let signed = self.der.get(self.tbs.clone()).unwrap_or_default();
        with.verify(issuer.key(), &with.hash.digest(signed), signature)
    }

    /// The value of an extension, DER; of several of the same kind, which none may have, none.
    pub(crate) fn extension(&self, oid: der::asn1::ObjectIdentifier) -> Option<&[u8]> {
        let all = self.tbs().extensions.iter().flatten();
        let mut found = all.filter(|extension| extension.extn_id == oid);
        match (found.next(), found.next()) {
            (Some(one), None) => Some(one.extn_value.as_bytes()),
            _ => None,
        }
    }

    pub(crate) const fn tbs(&self) -> &x509_cert::TbsCertificate {
        &self.parsed.tbs_certificate
    }

    pub(crate) const fn key(&self) -> &SubjectPublicKeyInfoOwned {
        &self.parsed.tbs_certificate.subject_public_key_info
    }
}

impl PartialEq for Certificate {
    fn eq(&self, other: &Self) -> bool {
        self.der == other.der
    }
}

impl Eq for Certificate {}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificate")
            .field("subject", &self.subject_text())
            .field("serial", &self.serial_hex())
            .finish_non_exhaustive()
    }
}

/// Base64 with line breaks and blanks anywhere.
pub(crate) fn base64_text(text: &[u8]) -> Result<Vec<u8>, CmsError> {
    let packed: Vec<u8> = text
        .iter()
        .copied()
        .filter(|b| !b.is_ascii_whitespace())
        .collect();
    STANDARD
        .decode(packed)
        .map_err(|_| CmsError::Malformed("base64"))
}

pub(crate) fn timestamp(time: Time) -> Timestamp {
    Timestamp::from_unix(i64::try_from(time.to_unix_duration().as_secs()).unwrap_or(i64::MAX))
}

/// RFC 5280, 4.1.2.5: two digits of the year through 2049, four after it.
pub(crate) fn time(at: Timestamp) -> der::Result<Time> {
    let since = std::time::Duration::from_secs(at.unix().unsigned_abs());
    Ok(match UtcTime::from_unix_duration(since) {
        Ok(short) => Time::UtcTime(short),
        Err(_) => Time::GeneralTime(GeneralizedTime::from_unix_duration(since)?),
    })
}
