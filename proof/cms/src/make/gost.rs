//! Self-signed certificates of GOST keys (RFC 9215): for systems that register their own, and for simulators.

use der::Encode as _;
use der::asn1::BitString;
use podpis_gost::SecretKey;
use podpis_shared::Timestamp;
use x509_cert::certificate::{TbsCertificate, Version};
use x509_cert::ext::pkix::{BasicConstraints, KeyUsage, KeyUsages, SubjectKeyIdentifier};
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};

use super::{COMMON_NAME, extension, key_id, name, validity};
use crate::algorithm::{GOST_256_STREEBOG, GOST_512_STREEBOG};
use crate::{Certificate, CmsError};

/// A self-signed certificate in PEM for signatures, `CN=` the given name, valid from `not_before` through `not_after`.
/// The key may be of any parameter set; the same input gives the same bytes.
///
/// # Errors
/// [`CmsError::Malformed`] when name or times can't be encoded.
pub fn gost_certificate(
    common_name: &str,
    key: &SecretKey,
    serial: u64,
    not_before: Timestamp,
    not_after: Timestamp,
) -> Result<String, CmsError> {
    signed(common_name, key, serial, not_before, not_after)
        .map_err(|_| CmsError::Malformed("certificate"))
        .and_then(|der| Certificate::from_der(&der))
        .map(|certificate| certificate.to_pem())
}

fn signed(
    common_name: &str,
    key: &SecretKey,
    serial: u64,
    not_before: Timestamp,
    not_after: Timestamp,
) -> der::Result<Vec<u8>> {
    // RFC 9215, 3: parameters are left out.
    let algorithm = AlgorithmIdentifierOwned {
        oid: match key.param_set().size() {
            32 => GOST_256_STREEBOG,
            _ => GOST_512_STREEBOG,
        },
        parameters: None,
    };
    let subject = name(&[(COMMON_NAME, common_name)])?;
    let own: SubjectPublicKeyInfoOwned = der::Decode::from_der(&key.public_key().to_spki_der())?;
    let tbs = TbsCertificate {
        version: Version::V3,
        serial_number: SerialNumber::from(serial),
        signature: algorithm.clone(),
        issuer: subject.clone(),
        validity: validity(not_before, not_after)?,
        subject,
        subject_public_key_info: own.clone(),
        issuer_unique_id: None,
        subject_unique_id: None,
        extensions: Some(vec![
            extension(
                true,
                &BasicConstraints {
                    ca: false,
                    path_len_constraint: None,
                },
            )?,
            extension(
                true,
                &KeyUsage(KeyUsages::DigitalSignature | KeyUsages::NonRepudiation),
            )?,
            extension(false, &SubjectKeyIdentifier(key_id(&own)?))?,
        ]),
    };
    let signature = key.sign(&tbs.to_der()?);
    x509_cert::Certificate {
        tbs_certificate: tbs,
        signature_algorithm: algorithm,
        signature: BitString::from_bytes(&signature)?,
    }
    .to_der()
}
