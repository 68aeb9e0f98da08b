//! Making a seal: what is to be signed, then the message around the signature.

use cms::cert::IssuerAndSerialNumber;
use cms::content_info::{CmsVersion, ContentInfo};
use cms::signed_data::{EncapsulatedContentInfo, SignerIdentifier, SignerInfo};
use der::Encode as _;
use der::asn1::{Any, ObjectIdentifier, OctetString, SetOfVec};
use x509_cert::attr::Attributes;

use crate::algorithm::{SignedWith, scheme_of};
use crate::asn1::{ID_DATA, ID_SIGNED_DATA, ID_TST_INFO, RawSignedData};
use crate::{Algorithm, Certificate, CmsError, HashKind, attributes, tsp};

/// What a message signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContentType {
    /// Any bytes: `id-data` of RFC 5652, 4. Every seal of a document.
    Data,
    /// What a time-stamp authority says: `id-ct-TSTInfo` of RFC 3161, 2.4.2.
    TstInfo,
}

impl ContentType {
    pub(crate) const fn oid(self) -> ObjectIdentifier {
        match self {
            Self::Data => ID_DATA,
            Self::TstInfo => ID_TST_INFO,
        }
    }
}

/// A seal before its signature: a detached CAdES-BES message (ETSI EN 319 122-1) on a hash.
#[derive(Clone, Debug)]
pub struct ToSign {
    leaf: Certificate,
    content_type: ContentType,
    attributes: Attributes,
    message: Vec<u8>,
}

impl ToSign {
    /// `content_sha256` is the hash of what the seal covers, `leaf` the certificate of the key that will sign.
    ///
    /// # Errors
    /// [`CmsError::Malformed`] when the attributes can't be encoded.
    pub fn new(
        content_sha256: [u8; 32],
        leaf: &Certificate,
        content_type: ContentType,
    ) -> Result<Self, CmsError> {
        let attributes = attributes::seal(content_type.oid(), &content_sha256, leaf)?;
        let message = attributes
            .to_der()
            .map_err(|_| CmsError::Malformed("signed attributes"))?;
        Ok(Self {
            leaf: leaf.clone(),
            content_type,
            attributes,
            message,
        })
    }

    /// What the key signs: the DER of the signed attributes as a `SET` (RFC 5652, 5.4).
    pub fn message(&self) -> &[u8] {
        &self.message
    }

    /// The finished CMS message, DER.
    ///
    /// `chain` holds the intermediate certificates in any order; the leaf is put in by itself, and no root may be among
    /// them. `timestamp` is an RFC 3161 token over the SHA-256 of [`Algorithm::canonical`] of `signature`, as
    /// [`tsp::token_from_response`] gives it. The result is what [`crate::SignedData::strict`] accepts.
    ///
    /// # Errors
    /// [`CmsError::Signature`] when the signature is not by the leaf's key; [`CmsError::NotCanonical`] when `chain` holds
    /// a certificate outside the leaf's chain or a root; the token's faults.
    pub fn finish(
        self,
        algorithm: Algorithm,
        signature: &[u8],
        chain: &[Certificate],
        timestamp: Option<&[u8]>,
    ) -> Result<Vec<u8>, CmsError> {
        let signature = algorithm.canonical(signature)?;
        let with = SignedWith {
            scheme: algorithm.scheme(),
            hash: HashKind::Sha256,
        };
        if scheme_of(self.leaf.key())? != with.scheme {
            return Err(CmsError::Signature);
        }
        with.verify(
            self.leaf.key(),
            &HashKind::Sha256.digest(&self.message),
            &signature,
        )?;
        let others: Vec<Certificate> = chain
            .iter()
            .filter(|certificate| **certificate != self.leaf)
            .cloned()
            .collect();
        if path_in_bag(&self.leaf, &others).len() != others.len() {
            return Err(CmsError::NotCanonical(
                "a root, or a certificate outside the signer's chain",
            ));
        }
        if let Some(token) = timestamp {
            tsp::strict_token(token, &signature)?;
        }
        Message {
            content_type: self.content_type.oid(),
            content: None,
            signer: &self.leaf,
            others: &others,
            attributes: &self.attributes,
            with,
            signature: &signature,
            timestamp,
        }
        .encode()
    }
}

/// The intermediates above a certificate, upwards; a root is never one of them.
pub(crate) fn path_in_bag<'a>(
    leaf: &'a Certificate,
    bag: &'a [Certificate],
) -> Vec<&'a Certificate> {
    let mut path: Vec<&Certificate> = Vec::new();
    let mut current = leaf;
    while let Some(next) = bag.iter().find(|candidate| {
        candidate.tbs().subject == current.tbs().issuer
            && !candidate.is_self_issued()
            && **candidate != *leaf
            && !path.contains(candidate)
            && current.signed_by(candidate).is_ok()
    }) {
        path.push(next);
        current = next;
    }
    path
}

/// Everything that a message of one signer says; its encoding is the canonical form.
pub(crate) struct Message<'a> {
    pub(crate) content_type: ObjectIdentifier,
    pub(crate) content: Option<&'a [u8]>,
    pub(crate) signer: &'a Certificate,
    pub(crate) others: &'a [Certificate],
    pub(crate) attributes: &'a Attributes,
    pub(crate) with: SignedWith,
    pub(crate) signature: &'a [u8],
    pub(crate) timestamp: Option<&'a [u8]>,
}

impl Message<'_> {
    /// DER of the `ContentInfo`.
    pub(crate) fn encode(&self) -> Result<Vec<u8>, CmsError> {
        let unsigned = self.timestamp.map(attributes::time_stamp).transpose()?;
        self.der(unsigned)
            .map_err(|_| CmsError::Malformed("message can't be encoded"))
    }

    fn der(&self, unsigned_attrs: Option<Attributes>) -> der::Result<Vec<u8>> {
        let certificates = std::iter::once(self.signer)
            .chain(self.others)
            .map(|certificate| der::Decode::from_der(certificate.der()))
            .collect::<der::Result<Vec<Any>>>()?;
        let signer = SignerInfo {
            version: CmsVersion::V1,
            sid: SignerIdentifier::IssuerAndSerialNumber(IssuerAndSerialNumber {
                issuer: self.signer.tbs().issuer.clone(),
                serial_number: self.signer.tbs().serial_number.clone(),
            }),
            digest_alg: self.with.hash.identifier(),
            signed_attrs: Some(self.attributes.clone()),
            signature_algorithm: self.with.scheme.identifier(self.with.hash),
            signature: OctetString::new(self.signature)?,
            unsigned_attrs,
        };
        let data = RawSignedData {
            // RFC 5652, 5.1: 1 for plain data, 3 for another content type.
            version: if self.content_type == ID_DATA {
                CmsVersion::V1
            } else {
                CmsVersion::V3
            },
            digest_algorithms: SetOfVec::from_iter([self.with.hash.identifier()])?,
            encap_content_info: EncapsulatedContentInfo {
                econtent_type: self.content_type,
                econtent: self
                    .content
                    .map(|content| Any::encode_from(&OctetString::new(content)?))
                    .transpose()?,
            },
            certificates: Some(SetOfVec::try_from(certificates)?),
            crls: None,
            signer_infos: SetOfVec::from_iter([signer])?,
        };
        ContentInfo {
            content_type: ID_SIGNED_DATA,
            content: Any::encode_from(&data)?,
        }
        .to_der()
    }
}
