//! Seals of ours: made, checked, judged by OpenSSL, and broken byte by byte.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod common;

use cms::cert::CertificateChoices;
use cms::content_info::ContentInfo;
use cms::signed_data::SignerInfo;
use common::{Authority, CONTENT, Dir, Party, TSA, at, content_sha256, digest};
use der::asn1::{Any, OctetString, SetOfVec};
use der::{Decode as _, Encode as _};
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

    let path = chain::validate_exact(
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
fn no_byte_of_a_plain_seal_can_be_changed() {
    let party = Party::sandbox();
    try_every_byte(&party.seal(|_| None), &party, &[]);
}

#[test]
fn no_byte_of_a_stamped_ecdsa_seal_can_be_changed() {
    try_every_byte_with_a_stamp(Algorithm::EcdsaP256Sha256);
}

#[test]
fn no_byte_of_a_stamped_rsa_seal_can_be_changed() {
    try_every_byte_with_a_stamp(Algorithm::RsaSha256);
}

/// With an intermediate certificate and a time stamp: everything that a seal may hold.
fn try_every_byte_with_a_stamp(algorithm: Algorithm) {
    let dir = Dir::new();
    let party = dir.party(algorithm);
    let authority = Authority::new(&dir, algorithm, &TSA);
    let stamped = party.seal(|imprint| Some(authority.token(imprint).unwrap()));
    try_every_byte(&stamped, &party, &authority_roots(&dir));
}

/// Each byte in two ways. `0x0a` turns one name of RSA into another (`rsaEncryption`, `sha256WithRSAEncryption`), `0x81` the
/// form of a length and the sign of a number.
fn try_every_byte(seal: &[u8], party: &Party, tsa_roots: &[Certificate]) {
    assert_eq!(accepts(seal, party, tsa_roots), Ok(()));
    for position in 0..seal.len() {
        let was = seal[position];
        for turned in [0x0a, 0x81] {
            let byte = was ^ turned;
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
    chain::validate_exact(
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
            chain::validate_exact(
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

#[test]
fn what_no_signature_covers_has_one_form() {
    let party = Party::sandbox();
    let seal = party.seal(|_| None);
    let outer = ContentInfo::from_der(&seal).unwrap();
    let data: cms::signed_data::SignedData = outer.content.decode_as().unwrap();
    let signer = &data.signer_infos.0.as_slice()[0];
    let rebuilt = |data: &cms::signed_data::SignedData| {
        let mut outer = outer.clone();
        outer.content = Any::encode_from(data).unwrap();
        outer.to_der().unwrap()
    };
    let with_signer = |signer: SignerInfo| {
        let mut data = data.clone();
        data.signer_infos.0 = SetOfVec::from_iter([signer]).unwrap();
        rebuilt(&data)
    };
    assert_eq!(rebuilt(&data), seal);

    let mut forgeries: Vec<(&str, Vec<u8>)> = Vec::new();

    let low = p256::ecdsa::Signature::from_der(signer.signature.as_bytes()).unwrap();
    let high = p256::ecdsa::Signature::from_scalars(low.r(), -*low.s()).unwrap();
    let mut changed = signer.clone();
    changed.signature = OctetString::new(high.to_der().as_bytes()).unwrap();
    forgeries.push(("the higher s", with_signer(changed)));

    let mut changed = signer.clone();
    changed.digest_alg.parameters = Some(Any::null());
    forgeries.push(("NULL beside the hash", with_signer(changed)));

    let mut changed = signer.clone();
    changed.unsigned_attrs = Some(signer.signed_attrs.clone().unwrap());
    forgeries.push(("unsigned attributes", with_signer(changed)));

    let mut changed = signer.clone();
    changed.version = cms::content_info::CmsVersion::V3;
    forgeries.push(("the version of the signer", with_signer(changed)));

    let mut changed = data.clone();
    changed.version = cms::content_info::CmsVersion::V3;
    forgeries.push(("the version", rebuilt(&changed)));

    let mut changed = data.clone();
    changed.crls = Some(cms::revocation::RevocationInfoChoices(SetOfVec::new()));
    forgeries.push(("an empty list of CRLs", rebuilt(&changed)));

    let mut changed = data.clone();
    changed.encap_content_info.econtent =
        Some(Any::encode_from(&OctetString::new(CONTENT).unwrap()).unwrap());
    forgeries.push(("the content", rebuilt(&changed)));

    let mut changed = data.clone();
    let sha384 = "2.16.840.1.101.3.4.2.2".parse().unwrap();
    changed
        .digest_algorithms
        .insert(x509_cert::spki::AlgorithmIdentifierOwned {
            oid: sha384,
            parameters: None,
        })
        .unwrap();
    forgeries.push(("one more hash", rebuilt(&changed)));

    let mut changed = data.clone();
    let root = x509_cert::Certificate::from_der(party.root.der()).unwrap();
    changed
        .certificates
        .as_mut()
        .unwrap()
        .0
        .insert(CertificateChoices::Certificate(root))
        .unwrap();
    forgeries.push(("the root", rebuilt(&changed)));

    for (what, forged) in forgeries {
        let parsed = SignedData::parse(&forged).unwrap();
        assert!(parsed.verify(digest).is_ok(), "{what}");
        assert!(
            matches!(parsed.strict(), Err(CmsError::NotCanonical(_))),
            "{what}"
        );
    }
}

#[test]
fn openssl_finds_the_sandbox_in_order() {
    let dir = Dir::new();
    let party = Party::sandbox();
    dir.write("root.pem", party.root.to_pem());
    dir.write("leaf.pem", party.leaf.to_pem());
    dir.openssl("verify -x509_strict -attime 1780000000 -CAfile root.pem leaf.pem");
    let said = dir.openssl("x509 -in leaf.pem -noout -text -nameopt utf8,sep_comma_plus_space");
    for part in [
        "печать без юридической силы",
        "Digital Signature, Non Repudiation",
        "CA:FALSE",
        "Not After : Jan  1 00:00:00 2036 GMT",
    ] {
        assert!(said.contains(part), "{said}");
    }
    let fingerprint = dir.openssl("x509 -in leaf.pem -noout -fingerprint -sha256");
    let hex: String = fingerprint.to_lowercase().replace(':', "");
    assert!(hex.contains(&party.leaf.sha256_hex()), "{hex}");
}
