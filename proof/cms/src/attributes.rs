//! The signed attributes of CAdES-BES (ETSI EN 319 122-1, 5.2) as PAdES asks for them: made and read.

use der::asn1::{Any, ObjectIdentifier, OctetString, SetOfVec};
use der::{Decode as _, Encode as _};
use podpis_shared::Timestamp;
use sha1::{Digest as _, Sha1};
use x509_cert::attr::{Attribute, Attributes};
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::time::Time;

use crate::asn1::{EssCertIdV2, IssuerSerial, SigningCertificate, SigningCertificateV2};
use crate::certificate::{time, timestamp};
use crate::{Certificate, CmsError, HashKind};

const CONTENT_TYPE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.3");
const MESSAGE_DIGEST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.4");
const SIGNING_TIME: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.5");
const SIGNING_CERTIFICATE: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.12");
const SIGNING_CERTIFICATE_V2: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.47");
const TIME_STAMP_TOKEN: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.14");

/// Content type, message digest and signing certificate; PAdES wants no signing time (EN 319 142-1, 6.3).
pub(crate) fn seal(
    content_type: ObjectIdentifier,
    digest: &[u8],
    leaf: &Certificate,
) -> Result<Attributes, CmsError> {
    seal_der(content_type, digest, leaf).map_err(|_| CmsError::Malformed("signed attributes"))
}

fn seal_der(
    content_type: ObjectIdentifier,
    digest: &[u8],
    leaf: &Certificate,
) -> der::Result<Attributes> {
    let certificate = SigningCertificateV2 {
        certs: vec![EssCertIdV2 {
            hash_algorithm: None,
            cert_hash: OctetString::new(HashKind::Sha256.digest(leaf.der()))?,
            issuer_serial: Some(issuer_serial(leaf)),
        }],
        policies: None,
    };
    SetOfVec::from_iter([
        attribute(CONTENT_TYPE, Any::encode_from(&content_type)?)?,
        attribute(
            MESSAGE_DIGEST,
            Any::encode_from(&OctetString::new(digest)?)?,
        )?,
        attribute(SIGNING_CERTIFICATE_V2, Any::encode_from(&certificate)?)?,
    ])
}

/// Content type, message digest and signing time: what `openssl cms -sign` has and every reader knows.
pub(crate) fn plain(
    content_type: ObjectIdentifier,
    digest: &[u8],
    at: Timestamp,
) -> Result<Attributes, CmsError> {
    let made = || {
        SetOfVec::from_iter([
            attribute(CONTENT_TYPE, Any::encode_from(&content_type)?)?,
            attribute(SIGNING_TIME, Any::encode_from(&time(at)?)?)?,
            attribute(
                MESSAGE_DIGEST,
                Any::encode_from(&OctetString::new(digest)?)?,
            )?,
        ])
    };
    made().map_err(|_: der::Error| CmsError::Malformed("signed attributes"))
}

/// The unsigned attribute `signature-time-stamp` (RFC 3161, appendix A).
pub(crate) fn time_stamp(token: &[u8]) -> Result<Attributes, CmsError> {
    Any::from_der(token)
        .and_then(|token| attribute(TIME_STAMP_TOKEN, token))
        .and_then(|attribute| SetOfVec::from_iter([attribute]))
        .map_err(|_| CmsError::Malformed("time-stamp token"))
}

/// The token in the unsigned attributes, as DER; `None` where there is none.
pub(crate) fn read_time_stamp(unsigned: Option<&Attributes>) -> Result<Option<Vec<u8>>, CmsError> {
    let Some(attributes) = unsigned else {
        return Ok(None);
    };
    single(attributes, TIME_STAMP_TOKEN, "signature-time-stamp")?
        .map(|token| {
            token
                .to_der()
                .map_err(|_| CmsError::Malformed("time-stamp token"))
        })
        .transpose()
}

/// What the signed attributes say.
#[derive(Clone, Debug)]
pub(crate) struct Signed {
    pub(crate) message_digest: Vec<u8>,
    pub(crate) signing_time: Option<Timestamp>,
    certificate: Option<CertificateId>,
}

#[derive(Clone, Debug)]
enum CertificateId {
    V1(SigningCertificate),
    V2(SigningCertificateV2),
}

impl Signed {
    /// Reads attributes that stand beside content of this type.
    pub(crate) fn read(
        attributes: &Attributes,
        content_type: ObjectIdentifier,
    ) -> Result<Self, CmsError> {
        let wrong = |name| move |_| CmsError::Attribute(name);
        let stated: ObjectIdentifier = single(attributes, CONTENT_TYPE, "content-type")?
            .ok_or(CmsError::Attribute("content-type"))?
            .decode_as()
            .map_err(wrong("content-type"))?;
        if stated != content_type {
            return Err(CmsError::Attribute("content-type"));
        }
        let message_digest: OctetString = single(attributes, MESSAGE_DIGEST, "message-digest")?
            .ok_or(CmsError::Attribute("message-digest"))?
            .decode_as()
            .map_err(wrong("message-digest"))?;
        let signing_time = single(attributes, SIGNING_TIME, "signing-time")?
            .map(|any| {
                any.to_der()
                    .and_then(|der| Time::from_der(&der))
                    .map(timestamp)
            })
            .transpose()
            .map_err(wrong("signing-time"))?;
        let v2 = single(attributes, SIGNING_CERTIFICATE_V2, "signing-certificate-v2")?
            .map(Any::decode_as)
            .transpose()
            .map_err(wrong("signing-certificate-v2"))?
            .map(CertificateId::V2);
        let v1 = single(attributes, SIGNING_CERTIFICATE, "signing-certificate")?
            .map(Any::decode_as)
            .transpose()
            .map_err(wrong("signing-certificate"))?
            .map(CertificateId::V1);
        Ok(Self {
            message_digest: message_digest.into_bytes(),
            signing_time,
            certificate: v2.or(v1),
        })
    }

    /// Whether the attributes name a certificate at all.
    pub(crate) const fn names_certificate(&self) -> bool {
        self.certificate.is_some()
    }

    /// Checks the named certificate, where one is named (RFC 5035, 5: the first entry is the signer's).
    pub(crate) fn check_certificate(&self, signer: &Certificate) -> Result<(), CmsError> {
        let (name, hash, stated, issuer) = match &self.certificate {
            None => return Ok(()),
            Some(CertificateId::V2(v2)) => {
                let name = "signing-certificate-v2";
                let first = v2.certs.first().ok_or(CmsError::Attribute(name))?;
                let kind = first
                    .hash_algorithm
                    .as_ref()
                    .map_or(Ok(HashKind::Sha256), HashKind::read)?;
                let hash = kind.digest(signer.der());
                (name, hash, &first.cert_hash, &first.issuer_serial)
            }
            Some(CertificateId::V1(v1)) => {
                let name = "signing-certificate";
                let first = v1.certs.first().ok_or(CmsError::Attribute(name))?;
                let hash = Sha1::digest(signer.der()).to_vec();
                (name, hash, &first.cert_hash, &first.issuer_serial)
            }
        };
        let same_issuer = issuer
            .as_ref()
            .is_none_or(|issuer| *issuer == issuer_serial(signer));
        if hash != stated.as_bytes() || !same_issuer {
            return Err(CmsError::Attribute(name));
        }
        Ok(())
    }
}

fn issuer_serial(certificate: &Certificate) -> IssuerSerial {
    IssuerSerial {
        issuer: vec![GeneralName::DirectoryName(certificate.tbs().issuer.clone())],
        serial_number: certificate.tbs().serial_number.clone(),
    }
}

fn attribute(oid: ObjectIdentifier, value: Any) -> der::Result<Attribute> {
    Ok(Attribute {
        oid,
        values: SetOfVec::from_iter([value])?,
    })
}

/// The value of an attribute that may stand once, with one value (RFC 5652, 11).
fn single<'a>(
    attributes: &'a Attributes,
    oid: ObjectIdentifier,
    name: &'static str,
) -> Result<Option<&'a Any>, CmsError> {
    let mut found = attributes.iter().filter(|attribute| attribute.oid == oid);
    match (found.next(), found.next()) {
        (None, _) => Ok(None),
        (Some(one), None) => match one.values.as_slice() {
            [value] => Ok(Some(value)),
            _ => Err(CmsError::Attribute(name)),
        },
        (Some(_), Some(_)) => Err(CmsError::Attribute(name)),
    }
}
