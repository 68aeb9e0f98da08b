//! The ASN.1 of RFC 5652 and RFC 5035 that the `cms` crate has not, and the bound on what comes from outside.

use cms::content_info::CmsVersion;
use cms::signed_data::{EncapsulatedContentInfo, SignerInfo};
use der::asn1::{Any, AnyRef, ObjectIdentifier, OctetString, SetOfVec};
use der::{Decode as _, Reader as _, Sequence, SliceReader, Tag, TagNumber};
use x509_cert::ext::pkix::name::GeneralNames;
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::AlgorithmIdentifierOwned;

use crate::CmsError;

pub(crate) const ID_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.1");
pub(crate) const ID_SIGNED_DATA: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");
pub(crate) const ID_TST_INFO: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.1.4");

/// `SignedData` of RFC 5652, 5.1, with certificates as they came: only their own bytes can be checked against a signature.
#[derive(Clone, Debug, Sequence)]
pub(crate) struct RawSignedData {
    pub(crate) version: CmsVersion,
    pub(crate) digest_algorithms: SetOfVec<AlgorithmIdentifierOwned>,
    pub(crate) encap_content_info: EncapsulatedContentInfo,
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT", optional = "true")]
    pub(crate) certificates: Option<SetOfVec<Any>>,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", optional = "true")]
    pub(crate) crls: Option<SetOfVec<Any>>,
    pub(crate) signer_infos: SetOfVec<SignerInfo>,
}

/// `SigningCertificateV2` of RFC 5035, 3.
#[derive(Clone, Debug, Sequence)]
pub(crate) struct SigningCertificateV2 {
    pub(crate) certs: Vec<EssCertIdV2>,
    #[asn1(optional = "true")]
    pub(crate) policies: Option<Any>,
}

/// `ESSCertIDv2` of RFC 5035, 4.
#[derive(Clone, Debug, Sequence)]
pub(crate) struct EssCertIdV2 {
    /// Absent means SHA-256.
    #[asn1(optional = "true")]
    pub(crate) hash_algorithm: Option<AlgorithmIdentifierOwned>,
    pub(crate) cert_hash: OctetString,
    #[asn1(optional = "true")]
    pub(crate) issuer_serial: Option<IssuerSerial>,
}

/// `SigningCertificate` of RFC 2634, 5.4: SHA-1, as older time-stamp authorities have it.
#[derive(Clone, Debug, Sequence)]
pub(crate) struct SigningCertificate {
    pub(crate) certs: Vec<EssCertId>,
    #[asn1(optional = "true")]
    pub(crate) policies: Option<Any>,
}

/// `ESSCertID` of RFC 2634, 5.4.1.
#[derive(Clone, Debug, Sequence)]
pub(crate) struct EssCertId {
    pub(crate) cert_hash: OctetString,
    #[asn1(optional = "true")]
    pub(crate) issuer_serial: Option<IssuerSerial>,
}

/// `IssuerSerial` of RFC 5035, 5.
#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub(crate) struct IssuerSerial {
    pub(crate) issuer: GeneralNames,
    pub(crate) serial_number: SerialNumber,
}

/// Depth of nesting: a signed token inside a signature takes 20.
const MAX_DEPTH: usize = 40;
/// Members of one `SET OF`, which the decoder sorts by insertion.
const MAX_MEMBERS: usize = 64;
/// Values in all.
const MAX_VALUES: usize = 100_000;

/// Refuses DER that would cost the decoder more than its length: walks every constructed value once.
pub(crate) fn bounded(der: &[u8]) -> Result<(), CmsError> {
    let mut left = MAX_VALUES;
    // What is still to be walked: contents, depth, and whether they are members of a set.
    let mut pending = vec![(der, 0, false)];
    while let Some((bytes, depth, set)) = pending.pop() {
        if depth > MAX_DEPTH {
            return Err(CmsError::TooLarge("nested deeper than 40"));
        }
        let malformed = |_| CmsError::Malformed("not DER");
        let mut reader = SliceReader::new(bytes).map_err(malformed)?;
        let mut members = 0;
        while !reader.is_finished() {
            members += 1;
            if set && members > MAX_MEMBERS {
                return Err(CmsError::TooLarge("a set of more than 64 members"));
            }
            left = left
                .checked_sub(1)
                .ok_or(CmsError::TooLarge("more than 100,000 values"))?;
            let value = AnyRef::decode(&mut reader).map_err(malformed)?;
            let tag = der::Tagged::tag(&value);
            if tag.is_constructed() && !value.value().is_empty() {
                pending.push((value.value(), depth + 1, !matches!(tag, Tag::Sequence)));
            }
        }
    }
    Ok(())
}

/// The context-specific, constructed tag `[number]`.
pub(crate) const fn context(number: TagNumber) -> Tag {
    Tag::ContextSpecific {
        constructed: true,
        number,
    }
}
