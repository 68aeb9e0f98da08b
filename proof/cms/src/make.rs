//! Certificates of the sandbox: a root and a seal below it, the same from the same seed; and self-signed ones of GOST keys.

use der::asn1::{Any, BitString, ObjectIdentifier, OctetString, SetOfVec, Utf8StringRef};
use der::oid::AssociatedOid;
use der::{Decode as _, Encode};
use p256::SecretKey;
use p256::ecdsa::SigningKey;
use p256::ecdsa::signature::Signer as _;
use p256::pkcs8::{EncodePrivateKey as _, EncodePublicKey as _, LineEnding};
use podpis_shared::Timestamp;
use sha2::{Digest as _, Sha256};
use x509_cert::attr::AttributeTypeAndValue;
use x509_cert::certificate::{TbsCertificate, Version};
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::{
    AuthorityKeyIdentifier, BasicConstraints, KeyUsage, KeyUsages, SubjectKeyIdentifier,
};
use x509_cert::name::{Name, RdnSequence, RelativeDistinguishedName};
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};
use x509_cert::time::Validity;

use crate::algorithm::ECDSA_SHA256;
use crate::certificate::time;
use crate::{Certificate, CmsError};

mod gost;

pub use gost::gost_certificate;

/// What [`root_and_leaf`] makes, in PEM.
#[derive(Clone)]
pub struct Sandbox {
    /// The root certificate, for the list of trusted roots.
    pub root: String,
    /// The seal's certificate.
    pub leaf: String,
    /// The seal's private key, PKCS#8. The root's key is not given out: it signs nothing else.
    pub leaf_key: String,
}

/// Subject of the root.
pub const ROOT_NAME: &str = "Podpis: песочница, корень без юридической силы";
/// Subject of the seal.
pub const LEAF_NAME: &str = "Podpis: песочница, печать без юридической силы";

/// A root and a seal certificate on P-256, valid from `from` through `until`; keys and serial numbers come from `seed`,
/// which must be secret and random: who has it has the keys.
///
/// # Errors
/// [`CmsError::Malformed`] when the times can't be encoded.
pub fn root_and_leaf(
    seed: &[u8; 32],
    from: Timestamp,
    until: Timestamp,
) -> Result<Sandbox, CmsError> {
    let made = |_| CmsError::Malformed("sandbox certificate");
    let root_key = key(seed, "root")?;
    let leaf_key = key(seed, "seal")?;
    let validity = validity(from, until).map_err(made)?;
    let named = |common| name(&[(ORGANISATION, "Podpis sandbox"), (COMMON_NAME, common)]);
    let root_name = named(ROOT_NAME).map_err(made)?;
    let issuer = Issuer {
        key: &root_key,
        name: &root_name,
        validity,
    };
    let root = issuer.issue(seed, &root_name, &root_key, true)?;
    let leaf_name = named(LEAF_NAME).map_err(made)?;
    let leaf = issuer.issue(seed, &leaf_name, &leaf_key, false)?;
    let leaf_key = leaf_key
        .to_pkcs8_pem(LineEnding::LF)
        .map_err(|_| CmsError::Key)?
        .to_string();
    Ok(Sandbox {
        root: root.to_pem(),
        leaf: leaf.to_pem(),
        leaf_key,
    })
}

const ORGANISATION: &str = "2.5.4.10";
const COMMON_NAME: &str = "2.5.4.3";

struct Issuer<'a> {
    key: &'a SecretKey,
    name: &'a Name,
    validity: Validity,
}

impl Issuer<'_> {
    fn issue(
        &self,
        seed: &[u8; 32],
        subject: &Name,
        key: &SecretKey,
        authority: bool,
    ) -> Result<Certificate, CmsError> {
        self.der(seed, subject, key, authority)
            .map_err(|_| CmsError::Malformed("sandbox certificate"))
            .and_then(|der| Certificate::from_der(&der))
    }

    fn der(
        &self,
        seed: &[u8; 32],
        subject: &Name,
        key: &SecretKey,
        authority: bool,
    ) -> der::Result<Vec<u8>> {
        let algorithm = AlgorithmIdentifierOwned {
            oid: ECDSA_SHA256,
            parameters: None,
        };
        let own = public(key)?;
        let issuer = public(self.key)?;
        let (constraints, usage) = if authority {
            (Some(0), KeyUsages::KeyCertSign | KeyUsages::CRLSign)
        } else {
            (
                None,
                KeyUsages::DigitalSignature | KeyUsages::NonRepudiation,
            )
        };
        let tbs = TbsCertificate {
            version: Version::V3,
            serial_number: serial(seed, authority)?,
            signature: algorithm.clone(),
            issuer: self.name.clone(),
            validity: self.validity,
            subject: subject.clone(),
            subject_public_key_info: own.clone(),
            issuer_unique_id: None,
            subject_unique_id: None,
            extensions: Some(vec![
                extension(
                    true,
                    &BasicConstraints {
                        ca: authority,
                        path_len_constraint: constraints,
                    },
                )?,
                extension(true, &KeyUsage(usage))?,
                extension(false, &SubjectKeyIdentifier(key_id(&own)?))?,
                extension(
                    false,
                    &AuthorityKeyIdentifier {
                        key_identifier: Some(key_id(&issuer)?),
                        ..Default::default()
                    },
                )?,
            ]),
        };
        let signature: p256::ecdsa::Signature = SigningKey::from(self.key).sign(&tbs.to_der()?);
        x509_cert::Certificate {
            tbs_certificate: tbs,
            signature_algorithm: algorithm,
            signature: BitString::from_bytes(signature.to_der().as_bytes())?,
        }
        .to_der()
    }
}

/// A key from the seed: the first hash of a counted series that is a scalar of the group, which nearly always is the first.
fn key(seed: &[u8; 32], label: &str) -> Result<SecretKey, CmsError> {
    (0..8_u8)
        .find_map(|count| {
            SecretKey::from_slice(&derived(seed, &format!("key {label} {count}"))).ok()
        })
        .ok_or(CmsError::Key)
}

/// 16 bytes of the seed's hash, positive (RFC 5280, 4.1.2.2).
fn serial(seed: &[u8; 32], authority: bool) -> der::Result<SerialNumber> {
    let label = if authority { "root" } else { "seal" };
    let mut bytes = derived(seed, &format!("serial {label}"));
    bytes[0] = bytes[0] & 0x7f | 0x40;
    SerialNumber::new(&bytes[..16])
}

fn derived(seed: &[u8; 32], label: &str) -> [u8; 32] {
    Sha256::new()
        .chain_update(b"podpis sandbox certificates 1\0")
        .chain_update(seed)
        .chain_update(label)
        .finalize()
        .into()
}

fn public(key: &SecretKey) -> der::Result<SubjectPublicKeyInfoOwned> {
    let der = key
        .public_key()
        .to_public_key_der()
        .map_err(|_| der::ErrorKind::Failed)?;
    SubjectPublicKeyInfoOwned::from_der(der.as_bytes())
}

/// RFC 7093, 2, method 1: the left 160 bits of the SHA-256 of the public key.
fn key_id(key: &SubjectPublicKeyInfoOwned) -> der::Result<OctetString> {
    let digest = Sha256::digest(key.subject_public_key.raw_bytes());
    OctetString::new(&digest[..20])
}

/// A name of these attributes, by their OIDs.
fn name(parts: &[(&str, &str)]) -> der::Result<Name> {
    let part = |(oid, text): &(&str, &str)| -> der::Result<RelativeDistinguishedName> {
        let attribute = AttributeTypeAndValue {
            oid: ObjectIdentifier::new(oid).map_err(|_| der::ErrorKind::Failed)?,
            value: Any::from(Utf8StringRef::new(text)?),
        };
        Ok(RelativeDistinguishedName(SetOfVec::from_iter([attribute])?))
    };
    let parts = parts.iter().map(part).collect::<der::Result<_>>()?;
    Ok(RdnSequence(parts))
}

fn validity(from: Timestamp, until: Timestamp) -> der::Result<Validity> {
    Ok(Validity {
        not_before: time(from)?,
        not_after: time(until)?,
    })
}

fn extension<T: AssociatedOid + Encode>(critical: bool, value: &T) -> der::Result<Extension> {
    Ok(Extension {
        extn_id: T::OID,
        critical,
        extn_value: OctetString::new(value.to_der()?)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SoftwareKey;
    use crate::chain::{Purpose, validate};

    #[test]
    fn a_seed_gives_one_sandbox_and_another_seed_another() {
        let (from, until) = (Timestamp::from_unix(1_800_000_000), Timestamp::MAX);
        let made = root_and_leaf(&[1; 32], from, until).unwrap();
        let again = root_and_leaf(&[1; 32], from, until).unwrap();
        assert_eq!(made.leaf, again.leaf);
        assert_eq!(made.leaf_key, again.leaf_key);
        let other = root_and_leaf(&[2; 32], from, until).unwrap();
        assert_ne!(made.root, other.root);
        assert_ne!(made.leaf_key, other.leaf_key);

        let root = Certificate::from_pem_many(&made.root).unwrap();
        let leaf = Certificate::from_pem_many(&made.leaf).unwrap().remove(0);
        assert_eq!((leaf.not_before(), leaf.not_after()), (from, until));
        let key = SoftwareKey::from_pem(&made.leaf_key).unwrap();
        assert!(key.matches(&leaf) && !key.matches(&root[0]));
        validate(&leaf, &[], &root, from, Purpose::Seal).unwrap();
        let foreign = Certificate::from_pem_many(&other.root).unwrap();
        assert!(validate(&leaf, &[], &foreign, from, Purpose::Seal).is_err());
    }
}
