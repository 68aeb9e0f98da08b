//! Time stamps (RFC 3161, with the hash agility of RFC 5816): request, answer, check.

use der::asn1::{AnyRef, ObjectIdentifier, OctetString, UintRef};
use der::{Decode as _, Encode as _, Reader as _, Sequence, Tag, TagNumber, Tagged as _};
use podpis_shared::Timestamp;
use x509_cert::spki::AlgorithmIdentifierOwned;

use crate::asn1::{bounded, context};
use crate::build::path_in_bag;
use crate::chain::{ChainError, Purpose, check_purpose, validate};
use crate::{Certificate, CmsError, ContentType, HashKind, SignedData};

/// Why a time stamp is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TspError {
    /// The authority answered something other than "granted"; its `PKIStatus` (RFC 3161, 2.4.2).
    #[error("the time-stamp authority refused: status {0}")]
    Refused(i64),
    /// Not the DER that RFC 3161 asks for; the text says which part.
    #[error("malformed time stamp: {0}")]
    Malformed(&'static str),
    /// Longer than 64 KiB.
    #[error("a time stamp of more than 64 KiB")]
    TooLarge,
    /// It stamps another hash.
    #[error("the time stamp is over something else")]
    Imprint,
    /// It answers another request.
    #[error("the time stamp answers another request: its nonce differs")]
    Nonce,
    /// Its certificate is not for time stamps: RFC 3161, 2.3 asks for this one use, critical.
    #[error("the certificate is not for time stamps")]
    Purpose,
    /// Its certificate is not trusted.
    #[error("time stamp: {0}")]
    Chain(#[from] ChainError),
    /// The token's signature does not hold.
    #[error("time stamp: {0}")]
    Signature(#[from] CmsError),
}

/// A checked time stamp. Whether its authority is trusted, [`crate::chain::validate`] tells, at `time`.
#[derive(Clone, Debug)]
pub struct TimeStamp {
    /// When the authority saw the hash; parts of a second are cut off.
    pub time: Timestamp,
    /// The authority's certificate.
    pub signer: Certificate,
    /// The other certificates of the token.
    pub others: Vec<Certificate>,
    /// The policy under which it was made, a dotted OID.
    pub policy: String,
    /// The token's serial number in lower-case hex.
    pub serial: String,
}

/// Media type of a request by HTTP (RFC 3161, 3.4).
pub const REQUEST_TYPE: &str = "application/timestamp-query";
/// Media type of the answer.
pub const RESPONSE_TYPE: &str = "application/timestamp-reply";
/// Longest answer, and longest token.
pub const MAX_BYTES: usize = 64 << 10;

/// A `TimeStampReq`: this SHA-256, this nonce, and the certificates are wanted in the answer.
///
/// # Errors
/// [`TspError::Malformed`] when it can't be encoded.
pub fn request(sha256: &[u8; 32], nonce: u64) -> Result<Vec<u8>, TspError> {
    OctetString::new(sha256.as_slice())
        .and_then(|hashed_message| {
            Request {
                version: 1,
                message_imprint: MessageImprint {
                    hash_algorithm: HashKind::Sha256.identifier(),
                    hashed_message,
                },
                nonce,
                cert_req: true,
            }
            .to_der()
        })
        .map_err(|_| TspError::Malformed("request"))
}

/// Takes the token out of an authority's answer, and checks it against the request and the trusted roots.
///
/// The token comes back in one canonical form: what its signature does not cover (certificates off the path to the root,
/// the root itself, unsigned attributes, the way algorithms are named) is dropped or set as in a seal of ours; what it
/// covers is not touched. So no byte of it can be changed later unseen: see [`strict_token`].
///
/// # Errors
/// [`TspError`].
pub fn accept(
    response: &[u8],
    sha256: &[u8; 32],
    nonce: u64,
    roots: &[Certificate],
) -> Result<(Vec<u8>, TimeStamp), TspError> {
    let (data, mut stamp) = answered(response, sha256, nonce)?;
    let (signer, others) = (&stamp.signer, &stamp.others);
    let path = validate(signer, others, roots, stamp.time, Purpose::TimeStamp)?;
    // Without the signer's own at the beginning and the root at the end.
    stamp.others = path
        .get(1..path.len().saturating_sub(1))
        .unwrap_or_default()
        .to_vec();
    let token = data.canonical(&stamp.others)?;
    limit(&token)?;
    Ok((token, stamp))
}

/// As [`accept`] without looking at trust: certificates stay in the token as far as they issued one another.
///
/// # Errors
/// [`TspError`].
pub fn token_from_response(
    response: &[u8],
    sha256: &[u8; 32],
    nonce: u64,
) -> Result<Vec<u8>, TspError> {
    let (data, stamp) = answered(response, sha256, nonce)?;
    let path: Vec<Certificate> = path_in_bag(&stamp.signer, &stamp.others)
        .into_iter()
        .cloned()
        .collect();
    let token = data.canonical(&path)?;
    limit(&token)?;
    Ok(token)
}

/// Checks a token over a SHA-256: form, imprint, signature, and that its certificate is one for time stamps.
///
/// # Errors
/// [`TspError`].
pub fn check_token(token: &[u8], sha256: &[u8; 32]) -> Result<TimeStamp, TspError> {
    checked(token, sha256_only(sha256)).map(|(_, stamp, _)| stamp)
}

/// As [`check_token`], over these bytes: the authority may have hashed them with any hash that can be checked here. Russian
/// ones take Streebog.
///
/// # Errors
/// [`TspError`].
pub fn check_token_over(token: &[u8], stamped: &[u8]) -> Result<TimeStamp, TspError> {
    checked(token, |kind| Some(kind.digest(stamped))).map(|(_, stamp, _)| stamp)
}

/// Checks that a token is in the one form that [`accept`] gives, and stamps these bytes. For tokens that we
/// put into a PDF ourselves; a clinic's own may have any form.
///
/// # Errors
/// [`CmsError::NotCanonical`], or what is wrong with the token.
pub fn strict_token(token: &[u8], stamped: &[u8]) -> Result<(), CmsError> {
    let data = SignedData::parse(token)?;
    data.canonical_as_is()?;
    let signer = data.signer()?;
    if signer.timestamp().is_some() || data.content_type() != ContentType::TstInfo {
        return Err(CmsError::NotCanonical("time-stamp token"));
    }
    let content = data
        .content()
        .ok_or(CmsError::Malformed("time-stamp token"))?;
    let info = Info::read(content).map_err(|_| CmsError::Malformed("time-stamp token"))?;
    if info.hash != HashKind::Sha256 || info.imprint != HashKind::Sha256.digest(stamped) {
        return Err(CmsError::Attribute("signature-time-stamp"));
    }
    Ok(())
}

/// The token of an answer, checked against the request.
fn answered(
    response: &[u8],
    sha256: &[u8; 32],
    nonce: u64,
) -> Result<(SignedData, TimeStamp), TspError> {
    limit(response)?;
    let malformed = |_| TspError::Malformed("answer");
    let (status, token) = AnyRef::from_der(response)
        .and_then(|outer| {
            outer.sequence(|reader| {
                let status = AnyRef::decode(reader)?.sequence(|inner| {
                    let status = i64::decode(inner)?;
                    // Free text and failure bits are the authority's own words.
                    while !inner.is_finished() {
                        inner.tlv_bytes()?;
                    }
                    Ok(status)
                })?;
                let token = match reader.is_finished() {
                    true => None,
                    false => Some(reader.tlv_bytes()?),
                };
                Ok((status, token))
            })
        })
        .map_err(malformed)?;
    // 0 is granted, 1 is granted with modifications.
    if !(0..=1).contains(&status) {
        return Err(TspError::Refused(status));
    }
    let token = token.ok_or(TspError::Malformed("granted without a token"))?;
    let (data, stamp, info) = checked(token, sha256_only(sha256))?;
    if info.nonce != Some(nonce) {
        return Err(TspError::Nonce);
    }
    Ok((data, stamp))
}

/// The imprint of what is known by its SHA-256 alone.
fn sha256_only(sha256: &[u8; 32]) -> impl Fn(HashKind) -> Option<Vec<u8>> {
    move |kind| (kind == HashKind::Sha256).then(|| sha256.to_vec())
}

fn checked(
    token: &[u8],
    imprint: impl Fn(HashKind) -> Option<Vec<u8>>,
) -> Result<(SignedData, TimeStamp, Info), TspError> {
    limit(token)?;
    let data = SignedData::parse(token)?;
    if data.content_type() != ContentType::TstInfo {
        return Err(TspError::Malformed("not a time stamp"));
    }
    let content = data
        .content()
        .ok_or(TspError::Malformed("token without content"))?;
    let info = Info::read(content)?;
    if imprint(info.hash).is_none_or(|expected| expected != info.imprint) {
        return Err(TspError::Imprint);
    }
    let verified = data.verify(|kind| kind.digest(content))?;
    if !verified.names_certificate {
        return Err(CmsError::Attribute("signing-certificate").into());
    }
    check_purpose(&verified.signer, Purpose::TimeStamp).map_err(|_| TspError::Purpose)?;
    let stamp = TimeStamp {
        time: info.time,
        signer: verified.signer,
        others: verified.others,
        policy: info.policy.to_string(),
        serial: info.serial.clone(),
    };
    Ok((data, stamp, info))
}

#[derive(Clone, Debug, Sequence)]
struct MessageImprint {
    hash_algorithm: AlgorithmIdentifierOwned,
    hashed_message: OctetString,
}

#[derive(Clone, Debug, Sequence)]
struct Request {
    version: u8,
    message_imprint: MessageImprint,
    nonce: u64,
    cert_req: bool,
}

/// What of `TSTInfo` (RFC 3161, 2.4.2) matters here.
struct Info {
    policy: ObjectIdentifier,
    hash: HashKind,
    /// Of that kind.
    imprint: Vec<u8>,
    serial: String,
    time: Timestamp,
    nonce: Option<u64>,
}

impl Info {
    fn read(der: &[u8]) -> Result<Self, TspError> {
        bounded(der)?;
        let malformed = |_| TspError::Malformed("TSTInfo");
        let mut rest = Vec::new();
        let (version, policy, imprint, serial, time) = AnyRef::from_der(der)
            .and_then(|outer| {
                outer.sequence(|reader| {
                    let head = (
                        u8::decode(reader)?,
                        ObjectIdentifier::decode(reader)?,
                        MessageImprint::decode(reader)?,
                        podpis_shared::hash::hex(UintRef::decode(reader)?.as_bytes()),
                        AnyRef::decode(reader)?,
                    );
                    while !reader.is_finished() {
                        rest.push(AnyRef::decode(reader)?);
                    }
                    Ok(head)
                })
            })
            .map_err(malformed)?;
        if version != 1 {
            return Err(TspError::Malformed("version of TSTInfo"));
        }
        Ok(Self {
            policy,
            hash: HashKind::read(&imprint.hash_algorithm)?,
            imprint: imprint.hashed_message.into_bytes(),
            serial,
            time: generalized_time(time).ok_or(TspError::Malformed("genTime"))?,
            nonce: optional_nonce(&rest)?,
        })
    }
}

/// Accuracy, ordering, nonce, tsa and extensions: each at most once, in this order.
fn optional_nonce(rest: &[AnyRef<'_>]) -> Result<Option<u64>, TspError> {
    const ORDER: [Tag; 5] = [
        Tag::Sequence,
        Tag::Boolean,
        Tag::Integer,
        context(TagNumber::N0),
        context(TagNumber::N1),
    ];
    let mut left = ORDER.iter();
    let mut nonce = None;
    for value in rest {
        if !left.any(|tag| *tag == value.tag()) {
            return Err(TspError::Malformed("TSTInfo"));
        }
        if value.tag() == Tag::Integer {
            // A nonce that does not fit was not ours.
            nonce = Some(value.decode_as::<u64>().map_err(|_| TspError::Nonce)?);
        }
    }
    Ok(nonce)
}

/// `YYYYMMDDhhmmss[.f…]Z`: RFC 3161 allows parts of a second, which the `der` crate does not read.
fn generalized_time(value: AnyRef<'_>) -> Option<Timestamp> {
    if value.tag() != Tag::GeneralizedTime {
        return None;
    }
    let text = std::str::from_utf8(value.value()).ok()?.strip_suffix('Z')?;
    let digits = match text.split_once('.') {
        Some((digits, fraction)) => {
            let fit = (1..=9).contains(&fraction.len())
                && fraction.bytes().all(|b| b.is_ascii_digit())
                && !fraction.ends_with('0');
            fit.then_some(digits)?
        }
        None => text,
    };
    if digits.len() != 14 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let part = |range: std::ops::Range<usize>| digits.get(range);
    Timestamp::parse(&format!(
        "{}-{}-{}T{}:{}:{}Z",
        part(0..4)?,
        part(4..6)?,
        part(6..8)?,
        part(8..10)?,
        part(10..12)?,
        part(12..14)?
    ))
}

const fn limit(bytes: &[u8]) -> Result<(), TspError> {
    if bytes.len() > MAX_BYTES {
        return Err(TspError::TooLarge);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_with_and_without_parts_of_a_second() {
        let read = |text: &str| {
            let value = AnyRef::new(Tag::GeneralizedTime, text.as_bytes()).unwrap();
            generalized_time(value).map(|time| time.to_string())
        };
        let whole = Some("2026-11-23T00:32:19Z".to_owned());
        assert_eq!(read("20261123003219Z"), whole);
        assert_eq!(read("20261123003219.214Z"), whole);
        for wrong in [
            "",
            "Z",
            "20261123003219",
            "20261123003219.Z",
            "20261123003219.210Z",
            "20261123003219.21",
            "202611230032Z",
            "20261323003219Z",
            "2026112300321+Z",
            "20261123003219+0300",
        ] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
        let utc = AnyRef::new(Tag::UtcTime, b"261123003219Z").unwrap();
        assert_eq!(generalized_time(utc), None);
    }
}
