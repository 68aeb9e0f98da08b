//! Seals of ours: made, checked, judged by OpenSSL, and broken byte by byte.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod common;

use common::{Authority, CONTENT, Dir, Party, TSA, at, content_sha256, digest};
use podpis_cms::chain::{self, Purpose};
use podpis_cms::tsp;
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

#[test]
fn openssl_accepts_the_seals_of_both_kinds() {
    for algorithm in [Algorithm::EcdsaP256Sha256, Algorithm::RsaSha256] {
        let dir = Dir::new();
        let party = dir.party(algorithm);
        let authority = Authority::new(&dir, algorithm, &TSA);
        let stamped = party.seal(|imprint| Some(authority.token(imprint).unwrap()));
        for (seal, tsa_roots) in [
            (party.seal(|_| None), vec![]),
            (stamped, authority_roots(&dir)),
        ] {
            assert_eq!(accepts(&seal, &party, &tsa_roots), Ok(()));
            dir.write("content", CONTENT);
            dir.write("seal.der", &seal);
            let verify = "cms -verify -cades -binary -inform DER -in seal.der -CAfile root.pem -purpose any -out out";
            dir.openssl(&format!("{verify} -content content"));
            dir.write("other", b"another");
            let (ok, said) = dir.try_openssl(&format!("{verify} -content other"));
            assert!(!ok, "{said}");
        }
    }
}

#[test]
fn no_byte_of_a_seal_can_be_changed() {
    let sandbox = Party::sandbox();
    try_every_byte(&sandbox.seal(|_| None), &sandbox, &[]);
    for algorithm in [Algorithm::EcdsaP256Sha256, Algorithm::RsaSha256] {
        let dir = Dir::new();
        let party = dir.party(algorithm);
        try_every_byte(&party.seal(|_| None), &party, &[]);
        let authority = Authority::new(&dir, algorithm, &TSA);
        let stamped = party.seal(|imprint| Some(authority.token(imprint).unwrap()));
        try_every_byte(&stamped, &party, &authority_roots(&dir));
    }
}

/// Each byte with each bit turned, all bits turned, and its neighbours in value.
fn try_every_byte(seal: &[u8], party: &Party, tsa_roots: &[Certificate]) {
    assert_eq!(accepts(seal, party, tsa_roots), Ok(()));
    for position in 0..seal.len() {
        let was = seal[position];
        let bits = (0..8).map(|bit| was ^ (1 << bit));
        for byte in bits.chain([!was, was.wrapping_add(1), was.wrapping_sub(1), was ^ 0x0a]) {
            let mut forged = seal.to_vec();
            forged[position] = byte;
            assert!(
                accepts(&forged, party, tsa_roots).is_err(),
                "byte {position} of {}: {was:02x} to {byte:02x}",
                seal.len()
            );
        }
    }
    for length in 0..seal.len() {
        assert!(accepts(&seal[..length], party, tsa_roots).is_err());
    }
    assert!(accepts(&[seal, &[0]].concat(), party, tsa_roots).is_err());
}

/// Everything that the verifier asks of the operator's seal.
fn accepts(seal: &[u8], party: &Party, tsa_roots: &[Certificate]) -> Result<(), String> {
    let roots = std::slice::from_ref(&party.root);
    let said = |error: &dyn std::error::Error| error.to_string();
    let parsed = SignedData::parse(seal).map_err(|e| said(&e))?;
    let verified = parsed.verify(digest).map_err(|e| said(&e))?;
    parsed.strict().map_err(|e| said(&e))?;
    let today = Timestamp::from_unix(
        i64::try_from(
            std::time::SystemTime::now()
                .duration_since(std::time::UNIX_EPOCH)
                .unwrap()
                .as_secs(),
        )
        .unwrap(),
    );
    chain::validate(
        &verified.signer,
        &verified.others,
        roots,
        today,
        Purpose::Seal,
    )
    .map_err(|e| said(&e))?;
    match (&verified.timestamp, tsa_roots) {
        (None, []) => Ok(()),
        (Some(token), roots) => {
            let imprint = HashKind::Sha256
                .digest(&verified.signature)
                .try_into()
                .unwrap();
            let stamp = tsp::check_token(token, &imprint).map_err(|e| said(&e))?;
            chain::validate(
                &stamp.signer,
                &stamp.others,
                roots,
                stamp.time,
                Purpose::TimeStamp,
            )
            .map(|_| ())
            .map_err(|e| said(&e))
        }
        (None, _) => Err("the time stamp is gone".to_owned()),
    }
}

fn authority_roots(dir: &Dir) -> Vec<Certificate> {
    vec![dir.certificate("tsa-root")]
}

#[test]
fn a_seal_is_not_finished_with_what_does_not_belong_to_it() {
    let party = Party::sandbox();
    let to_sign = || ToSign::new(content_sha256(), &party.leaf, ContentType::Data).unwrap();
    let algorithm = Algorithm::EcdsaP256Sha256;
    let signature = party.key.sign(to_sign().message()).unwrap();

    let wrong = party.key.sign(b"another message").unwrap();
    assert_eq!(
        to_sign().finish(algorithm, &wrong, &[], None),
        Err(CmsError::Signature)
    );
    assert_eq!(
        to_sign().finish(Algorithm::RsaSha256, &signature, &[], None),
        Err(CmsError::Signature)
    );
    assert!(matches!(
        to_sign().finish(algorithm, b"no DER", &[], None),
        Err(CmsError::Malformed(_))
    ));
    let root = std::slice::from_ref(&party.root);
    assert!(matches!(
        to_sign().finish(algorithm, &signature, root, None),
        Err(CmsError::NotCanonical(_))
    ));
    assert!(
        to_sign()
            .finish(algorithm, &signature, &[], Some(b"no token"))
            .is_err()
    );
    // The leaf among its own chain is no fault: lists of certificates often begin with it.
    let leaf = std::slice::from_ref(&party.leaf);
    assert_eq!(
        to_sign().finish(algorithm, &signature, leaf, None).unwrap(),
        party.seal(|_| None)
    );
}

#[test]
fn the_higher_s_of_a_remote_signer_gives_the_same_seal() {
    let party = Party::sandbox();
    let to_sign = ToSign::new(content_sha256(), &party.leaf, ContentType::Data).unwrap();
    let low = party.key.sign(to_sign.message()).unwrap();
    let read = p256::ecdsa::Signature::from_der(&low).unwrap();
    let high = p256::ecdsa::Signature::from_scalars(read.r(), -*read.s()).unwrap();
    let high = high.to_der();
    assert_ne!(high.as_bytes(), low);
    let algorithm = Algorithm::EcdsaP256Sha256;
    assert_eq!(algorithm.canonical(high.as_bytes()).unwrap(), low);
    let seal = to_sign
        .finish(algorithm, high.as_bytes(), &[], None)
        .unwrap();
    assert_eq!(seal, party.seal(|_| None));
}

#[test]
fn keys_that_are_none_are_refused_and_not_shown() {
    let dir = Dir::new();
    dir.openssl("genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024 -out weak.key");
    dir.openssl("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out curve.key");
    for pem in [
        String::new(),
        "secret".to_owned(),
        dir.text("weak.key"),
        dir.text("curve.key"),
    ] {
        assert_eq!(SoftwareKey::from_pem(&pem).unwrap_err(), CmsError::Key);
    }
    let shown = format!("{:?}", Party::sandbox().key);
    assert_eq!(shown, "SoftwareKey(EcdsaP256Sha256)");
}
