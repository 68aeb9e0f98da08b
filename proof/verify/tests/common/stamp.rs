//! A time stamping authority (RFC 3161) whose clock stands where a test wants it.

use cms::content_info::ContentInfo;
use cms::signed_data::SignedData;
use der::asn1::{Any, GeneralizedTime, ObjectIdentifier, OctetString};
use der::{Decode as _, Encode as _, Sequence};
use podpis_cms::{Certificate, ContentType, SoftwareKey, ToSign};
use podpis_shared::Timestamp;
use sha2::{Digest as _, Sha256};
use std::time::Duration;

pub(crate) const ROOT: &str = include_str!("../fixtures/tsa-root.pem");
const LEAF: &str = include_str!("../fixtures/tsa.pem");
const KEY: &str = include_str!("../fixtures/tsa.key.pem");

const SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");
const POLICY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.3.4.1");

#[derive(Sequence)]
struct Info {
    version: u8,
    policy: ObjectIdentifier,
    imprint: Imprint,
    serial: u8,
    time: GeneralizedTime,
}

#[derive(Sequence)]
struct Imprint {
    algorithm: Algorithm,
    hash: OctetString,
}

#[derive(Sequence)]
struct Algorithm {
    oid: ObjectIdentifier,
}

/// A token over these bytes.
pub(crate) fn token(stamped: &[u8], time: Timestamp) -> Vec<u8> {
    token_of_hash(Sha256::digest(stamped).into(), time)
}

pub(crate) fn token_of_hash(sha256: [u8; 32], time: Timestamp) -> Vec<u8> {
    let since = Duration::from_secs(time.unix().unsigned_abs());
    let info = Info {
        version: 1,
        policy: POLICY,
        imprint: Imprint {
            algorithm: Algorithm { oid: SHA256 },
            hash: OctetString::new(sha256.to_vec()).unwrap(),
        },
        serial: 5,
        time: GeneralizedTime::from_unix_duration(since).unwrap(),
    };
    let content = info.to_der().unwrap();
    let leaf = Certificate::from_pem_many(LEAF).unwrap().remove(0);
    let key = SoftwareKey::from_pem(KEY).unwrap();
    let to_sign =
        ToSign::new(Sha256::digest(&content).into(), &leaf, ContentType::TstInfo).unwrap();
    let signature = key.sign(to_sign.message()).unwrap();
    let detached = to_sign
        .finish(key.algorithm(), &signature, &[], None)
        .unwrap();
    attach(&detached, content)
}

/// Puts the content into a detached message: a token carries what it signs.
fn attach(detached: &[u8], content: Vec<u8>) -> Vec<u8> {
    let mut message = ContentInfo::from_der(detached).unwrap();
    let mut data: SignedData = message.content.decode_as().unwrap();
    let content = OctetString::new(content).unwrap();
    data.encap_content_info.econtent = Some(Any::encode_from(&content).unwrap());
    message.content = Any::encode_from(&data).unwrap();
    message.to_der().unwrap()
}
