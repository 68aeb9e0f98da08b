//! Seals of ours: made, checked, judged by OpenSSL, and broken byte by byte.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod common;

use common::{CONTENT, Dir, Party, at, content_sha256, digest};
use podpis_cms::chain::{self, Purpose};
use podpis_cms::{
    Algorithm, Certificate, CmsError, ContentType, HashKind, SignedData, SoftwareKey, ToSign,
};
use podpis_shared::Timestamp;

#[test]
fn a_seal_of_the_sandbox_holds_and_is_the_same_each_time() {
    let party = Party::sandbox();
    assert!(party.key.matches(&party.leaf) && !party.key.matches(&party.root));
    let seal = party.seal(|_| None);
    assert_eq!(seal, party.seal(|_| None));

    let parsed = SignedData::parse(&seal).unwrap();
    let verified = parsed.verify(digest).unwrap();
    parsed.strict().unwrap();
    assert_eq!(verified.signer, party.leaf);
    assert!(verified.others.is_empty() && verified.timestamp.is_none());
    assert!(verified.signing_time.is_none() && verified.names_certificate);
    assert_eq!(verified.algorithm.to_string(), "ECDSA P-256, SHA-256");
    assert_eq!(
        party.leaf.subject_text(),
        "O=Podpis sandbox, CN=Podpis: песочница, печать без юридической силы"
    );

    let path = chain::validate(
        &verified.signer,
        &[],
        std::slice::from_ref(&party.root),
        at("2026-06-01T00:00:00Z"),
        Purpose::Seal,
    )
    .unwrap();
    assert_eq!(path, [party.leaf, party.root]);

    let other = parsed.verify(|kind| kind.digest(b"another")).unwrap_err();
    assert_eq!(other, CmsError::MessageDigest);
}
