//! What others sign, as clinics send it.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

#[path = "foreign/any_input.rs"]
mod any_input;
#[path = "foreign/clinic.rs"]
mod clinic;
mod common;
#[path = "../fuzz/everywhere.rs"]
mod everywhere;

use base64::Engine as _;
use common::{CONTENT, Dir, content_sha256, digest};
use podpis_cms::{Algorithm, CmsError, ContentType, HashKind, SignedData};

const KINDS: [Algorithm; 2] = [Algorithm::EcdsaP256Sha256, Algorithm::RsaSha256];

/// `openssl cms -sign` over the content with the leaf of a party made here.
fn signed(dir: &Dir, arguments: &str) -> Vec<u8> {
    dir.write("content", CONTENT);
    dir.openssl(&format!(
        "cms -sign -binary -in content -signer leaf.pem -inkey leaf.key -outform DER -out foreign.der {arguments}"
    ));
    dir.read("foreign.der")
}

#[test]
fn signatures_of_openssl_hold_and_are_no_seals_of_ours() {
    for algorithm in KINDS {
        let dir = Dir::new();
        let party = dir.party(algorithm);
        for (arguments, hash) in [
            ("-cades -md sha256", HashKind::Sha256),
            ("-cades -md sha384", HashKind::Sha384),
            ("-cades -md sha512 -keyid", HashKind::Sha512),
            ("-md sha256", HashKind::Sha256),
            (
                "-cades -md sha256 -nosmimecap -certfile middle.pem",
                HashKind::Sha256,
            ),
            ("-cades -md sha256 -nodetach", HashKind::Sha256),
        ] {
            let parsed = SignedData::parse(&signed(&dir, arguments)).unwrap();
            let verified = parsed.verify(digest).unwrap();
            assert_eq!(verified.signer, party.leaf, "{arguments}");
            assert_eq!(verified.algorithm.hash, hash, "{arguments}");
            assert!(verified.signing_time.is_some());
            assert_eq!(verified.names_certificate, arguments.contains("-cades"));
            assert_eq!(parsed.content().is_some(), arguments.contains("-nodetach"));
            assert_eq!(parsed.content_type(), ContentType::Data);
            assert!(matches!(parsed.strict(), Err(CmsError::NotCanonical(_))));
            assert_eq!(
                parsed.verify(|kind| kind.digest(b"another")).unwrap_err(),
                CmsError::MessageDigest
            );
        }
    }
}

#[test]
fn a_signature_comes_in_der_pem_or_base64() {
    let dir = Dir::new();
    dir.party(Algorithm::EcdsaP256Sha256);
    let der = signed(&dir, "-cades");
    dir.openssl("cms -cmsout -inform DER -in foreign.der -outform PEM -out foreign.pem");
    let pem = dir.read("foreign.pem");
    let base64 = base64::engine::general_purpose::STANDARD.encode(&der);
    let windows = [b"\xef\xbb\xbf", base64.as_bytes(), b"\r\n"].concat();
    for form in [der.clone(), pem, base64.into_bytes(), windows] {
        assert_eq!(SignedData::from_any(&form).unwrap().der(), der);
    }
    for wrong in [
        &b""[..],
        b"hello",
        b"%PDF-1.7",
        b"\x30",
        b"-----BEGIN CMS-----",
    ] {
        assert!(matches!(
            SignedData::from_any(wrong),
            Err(CmsError::Malformed(_))
        ));
    }
}

#[test]
fn a_signature_in_ber_is_read_as_der() {
    let dir = Dir::new();
    let party = dir.party(Algorithm::RsaSha256);
    for arguments in ["-cades -stream -nodetach", "-cades -stream"] {
        let ber = signed(&dir, arguments);
        assert!(ber.starts_with(&[0x30, 0x80]) && SignedData::parse(&ber).is_err());
        let parsed = SignedData::from_any(&ber).unwrap();
        assert_eq!(parsed.verify(digest).unwrap().signer, party.leaf);
        let der = SignedData::parse(parsed.der()).unwrap();
        assert_eq!(der.content(), parsed.content());
    }
}

#[test]
fn gost_signatures_of_older_engines_hold() {
    for (sig, hash, oid, algorithm) in [
        (
            &include_bytes!("fixtures/gost256.sig")[..],
            HashKind::Streebog256,
            "1.2.643.7.1.1.1.1",
            "GOST R 34.10-2012 (256), Streebog-256",
        ),
        (
            include_bytes!("fixtures/gost512.sig"),
            HashKind::Streebog512,
            "1.2.643.7.1.1.1.2",
            "GOST R 34.10-2012 (512), Streebog-512",
        ),
    ] {
        let parsed = SignedData::from_any(sig).unwrap();
        let signer = parsed.signer().unwrap();
        assert_eq!(signer.hash(), Ok(hash));
        assert_eq!(signer.signature_oid(), oid);
        let verified = signer.verify(digest).unwrap();
        assert_eq!(verified.signer.subject_text(), "CN=Клиника, O=Клиника");
        assert_eq!(verified.algorithm.to_string(), algorithm);
        assert!(verified.signing_time.is_some() && verified.names_certificate);
        assert_eq!(
            signer.verify(|kind| kind.digest(b"another")).unwrap_err(),
            CmsError::MessageDigest
        );
    }
}

#[test]
fn several_signers_are_checked_one_by_one() {
    let dir = Dir::new();
    let party = dir.party(Algorithm::RsaSha256);
    let second = dir.below(
        "middle",
        "second",
        Algorithm::EcdsaP256Sha256,
        &common::SEAL,
    );
    let both = signed(&dir, "-cades -signer second.pem -inkey second.key");
    let parsed = SignedData::parse(&both).unwrap();
    assert_eq!(parsed.verify(digest).unwrap_err(), CmsError::Signers(2));
    let mut found: Vec<String> = parsed
        .signers()
        .iter()
        .map(|signer| signer.verify(digest).unwrap().signer.sha256_hex())
        .collect();
    let mut expected = [party.leaf.sha256_hex(), second.sha256_hex()];
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
}

#[test]
fn what_is_missing_is_named() {
    let dir = Dir::new();
    let party = dir.party(Algorithm::EcdsaP256Sha256);
    let bare = SignedData::parse(&signed(&dir, "-cades -nocerts")).unwrap();
    assert_eq!(bare.verify(digest).unwrap_err(), CmsError::NoCertificate);
    assert_eq!(
        bare.signer().unwrap().message_digest(),
        Some(&content_sha256()[..])
    );
    assert_eq!(
        SignedData::parse(&signed(&dir, "-noattr")).unwrap_err(),
        CmsError::Attribute("message-digest")
    );
    let plain = SignedData::parse_bare(&signed(&dir, "-noattr")).unwrap();
    assert_eq!(plain.signer().unwrap().message_digest(), None);
    assert_eq!(
        plain.signer().unwrap().check_content(digest).unwrap_err(),
        CmsError::Attribute("message-digest")
    );
    assert_eq!(plain.verify(digest).unwrap().signer, party.leaf);
    assert_eq!(
        plain.verify(|kind| kind.digest(b"another")).unwrap_err(),
        CmsError::Signature
    );
    assert!(plain.strict().is_err());
    dir.openssl("cms -encrypt -in content -outform DER -out secret.der leaf.pem");
    assert_eq!(
        SignedData::parse(&dir.read("secret.der")).unwrap_err(),
        CmsError::NotSignedData("1.2.840.113549.1.7.3".to_owned())
    );
}

#[test]
fn an_unknown_algorithm_is_named_and_the_content_still_compared() {
    let dir = Dir::new();
    dir.party(Algorithm::EcdsaP256Sha256);
    dir.openssl("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out leaf.key");
    dir.issue("middle", "leaf", "leaf", &common::SEAL, "-days 100");
    let parsed = SignedData::parse(&signed(&dir, "-cades -md sha256")).unwrap();
    let signer = parsed.signer().unwrap();
    signer.check_content(digest).unwrap();
    assert_eq!(
        signer.verify(digest).unwrap_err(),
        CmsError::Unsupported("1.3.132.0.34".to_owned())
    );
}

#[test]
fn a_certificate_of_another_is_not_taken_for_the_signers() {
    // The same name, number and key, but another certificate: the signed attribute tells them apart.
    let dir = Dir::new();
    let party = dir.party(Algorithm::RsaSha256);
    let seal = party.seal(|_| None);
    let (der, serial) = (party.leaf.der(), party.leaf.serial_hex());
    let validity = format!("-days 20 -set_serial 0x{serial}");
    let other = dir.issue("middle", "leaf", "leaf", &common::SEAL, &validity);
    // RSA signatures are of one length, so that the one fits into the place of the other.
    assert_eq!(other.serial_hex(), serial);
    assert_eq!(other.der().len(), der.len());
    assert_ne!(other.der(), der);
    let position = seal
        .windows(der.len())
        .position(|window| window == der)
        .unwrap();
    let forged = [
        &seal[..position],
        other.der(),
        &seal[position + der.len()..],
    ]
    .concat();
    assert_eq!(
        SignedData::parse(&forged)
            .unwrap()
            .verify(digest)
            .unwrap_err(),
        CmsError::Attribute("signing-certificate-v2")
    );
}

#[test]
fn nothing_makes_the_reader_panic() {
    let dir = Dir::new();
    let party = dir.party(Algorithm::EcdsaP256Sha256);
    let foreign = signed(&dir, "-cades -certfile middle.pem");
    // A small generator of its own: the same cases each time.
    let mut state = 1_u64;
    let mut next = |below: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % below
    };
    for original in [foreign.as_slice(), party.leaf.der(), &party.seal(|_| None)] {
        for _ in 0..20_000 {
            let mut broken = original.to_vec();
            for _ in 0..=next(4) {
                let position = next(broken.len());
                match next(4) {
                    0 => broken[position] = u8::try_from(next(256)).unwrap(),
                    1 => broken.truncate(position.max(1)),
                    2 => broken.insert(position, u8::try_from(next(256)).unwrap()),
                    _ => {
                        let from = next(broken.len());
                        let part = broken[from.min(position)..from.max(position)].to_vec();
                        broken.extend(part);
                    }
                }
            }
            if let Ok(parsed) = SignedData::from_any(&broken) {
                let _ = parsed.strict();
                for signer in parsed.signers() {
                    let _ = signer.check_content(digest);
                }
            }
            if let Ok(certificate) = podpis_cms::Certificate::from_der(&broken) {
                let _ = (certificate.subject_text(), certificate.to_pem());
            }
        }
    }
}

#[test]
fn what_would_cost_too_much_is_refused() {
    let too_large = |der: &[u8]| {
        assert!(matches!(SignedData::parse(der), Err(CmsError::TooLarge(_))));
    };
    too_large(&vec![0x30; (1 << 20) + 1]);

    // Sets in sets.
    let mut deep = vec![0x05, 0x00];
    for _ in 0..50 {
        deep = tlv(0x31, &deep);
    }
    too_large(&deep);

    // A set that a sorting decoder would walk for minutes.
    let members: Vec<u8> = (0..60_000_u32)
        .rev()
        .flat_map(|number| tlv(0x04, &number.to_be_bytes()))
        .collect();
    too_large(&tlv(0x30, &tlv(0x31, &members)));
    too_large(&tlv(0x30, &tlv(0xa0, &members)));

    // Very many very small values.
    too_large(&tlv(0x30, &[0x05, 0x00].repeat(200_000)));
}

fn tlv(tag: u8, value: &[u8]) -> Vec<u8> {
    let length = u32::try_from(value.len()).unwrap().to_be_bytes();
    let short: Vec<u8> = length.into_iter().skip_while(|byte| *byte == 0).collect();
    let mut out = vec![tag];
    match value.len() {
        0 => out.push(0),
        1..128 => out.extend(short),
        _ => {
            out.push(0x80 | u8::try_from(short.len()).unwrap());
            out.extend(short);
        }
    }
    out.extend(value);
    out
}
