//! The set of ESIA's keys, with certificates and a token that ESIA itself made (`fixtures/README.md`).
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use podpis_cms::make;
use podpis_evidence::{KeySet, KeySetError};
use podpis_gost::{ParamSet, SecretKey};
use podpis_shared::Timestamp;

const CODE: &str = include_str!("fixtures/esia-test-2020.code.txt");
const TEST_2020: &str = include_str!("fixtures/esia-test-2020.gost.cer.pem");
const GOST_2025: &str = include_str!("fixtures/esia-2025.gost.cer.pem");
const RSA_2025: &str = include_str!("fixtures/esia-2025.rsa.cer.pem");
/// Bare RSA keys.
const BARE: &str = include_str!("../../../functions/esia/tests/esia.pub.pem");
const OTHER: &str = include_str!("../../../functions/esia/tests/other.pub.pem");

const GOST: &str = "GOST3410_2012_256";
const ALL: &[&str] = &["RS256", GOST];

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

fn code() -> (&'static [u8], Vec<u8>) {
    let (message, signature) = CODE.trim().rsplit_once('.').unwrap();
    (
        message.as_bytes(),
        URL_SAFE_NO_PAD.decode(signature).unwrap(),
    )
}

fn set(text: &str) -> KeySet {
    KeySet::from_pem(text).unwrap()
}

#[test]
fn a_token_of_esia_is_by_esias_certificate_while_that_is_valid() {
    let (message, signature) = code();
    let keys = set(&format!("{GOST_2025}{RSA_2025}{TEST_2020}"));
    let key = keys.find(GOST, message, &signature, at("2020-05-30T11:08:51Z"));
    let key = key.unwrap();
    assert_eq!(key.pem, TEST_2020.trim());
    // What OpenSSL says of the same key: `docs/evidence.md` has the command.
    let sha256 = "00dfd68a39816b4deb68020fc9a6d987f715c745aebdb549d4fecbf1321b6cfd";
    assert_eq!(key.sha256, sha256);
    assert_eq!(key.not_before, Some(at("2019-07-18T09:16:42Z")));
    assert_eq!(key.not_after, Some(at("2020-07-18T09:26:42Z")));
    for (time, valid) in [
        ("2019-07-18T09:16:41Z", false),
        ("2019-07-18T09:16:42Z", true),
        ("2020-07-18T09:26:42Z", true),
        ("2020-07-18T09:26:43Z", false),
    ] {
        let found = keys.find(GOST, message, &signature, at(time));
        assert_eq!(found.is_some(), valid, "{time}");
    }
    let late = keys.find_at_any_time(GOST, message, &signature).unwrap();
    assert!(!late.valid_at(at("2026-01-01T00:00:00Z")));

    // Another of ESIA's certificates is not the one.
    let others = set(&format!("{GOST_2025}{RSA_2025}"));
    assert!(others.find_at_any_time(GOST, message, &signature).is_none());
}

#[test]
fn a_signature_in_another_order_or_form_is_none() {
    let (message, signature) = code();
    let keys = set(TEST_2020);
    let holds = |message: &[u8], signature: &[u8]| {
        keys.find_at_any_time(GOST, message, signature).is_some()
    };
    assert!(holds(message, &signature));
    let reversed: Vec<u8> = signature.iter().rev().copied().collect();
    let swapped = [&signature[32..], &signature[..32]].concat();
    let longer = [&[0], &signature[..]].concat();
    for wrong in [
        &reversed[..],
        &swapped,
        &longer,
        &signature[1..],
        &[],
        &[0; 64],
    ] {
        assert!(!holds(message, wrong));
    }
    for position in 0..signature.len() {
        let mut broken = signature.clone();
        broken[position] ^= 1;
        assert!(!holds(message, &broken));
    }
    assert!(!holds(&message[1..], &signature));
    for alg in [
        "RS256",
        "none",
        "",
        "gost3410_2012_256",
        "GOST3410_2012_512",
    ] {
        assert!(keys.find_at_any_time(alg, message, &signature).is_none());
    }
}

#[test]
fn certificates_and_keys_stand_together() {
    let key = SecretKey::from_bytes(ParamSet::CryptoProXchA, &[5; 32]).unwrap();
    let bare = key.public_key().to_pem();
    let (from, until) = (at("2026-01-01T00:00:00Z"), at("2027-01-01T00:00:00Z"));
    let certificate = make::gost_certificate("ESIA", &key, 1, from, until).unwrap();
    let text = format!("2025\n{RSA_2025}\nbare\n{BARE}{OTHER}\n{certificate}{bare}");
    let signature = key.sign(b"token");

    let keys = set(&text);
    assert!(keys.knows("RS256") && keys.knows(GOST));
    for alg in ["none", "HS256", "rs256", ""] {
        assert!(!keys.knows(alg), "{alg}");
    }
    // The key's name is the same with and without its certificate; only the certificate has an end.
    let first = keys.find_at_any_time(GOST, b"token", &signature).unwrap();
    assert_eq!((first.alg(), first.not_after), (GOST, Some(until)));
    let late = at("2030-01-01T00:00:00Z");
    let second = keys.find(GOST, b"token", &signature, late).unwrap();
    assert_eq!(second.not_after, None);
    assert_eq!(first.sha256, second.sha256);
    assert_eq!(keys.into_pem().len(), 5);

    let only = set(&text).only(&[GOST]);
    assert!(only.knows(GOST) && !only.knows("RS256"));
    assert_eq!(only.into_pem().len(), 2);
    assert_eq!(set(&text).only(&["RS256"]).into_pem().len(), 3);
    assert_eq!(set(&text).only(ALL).into_pem().len(), 5);
    assert!(set(&text).only(&[]).into_pem().is_empty());
}

#[test]
fn half_a_set_is_none() {
    let fault = |text: &str| KeySet::from_pem(text).unwrap_err();
    for nothing in ["", "none", "-----BEGIN PRIVATE KEY-----"] {
        assert_eq!(fault(nothing), KeySetError::Empty);
    }
    assert_eq!(fault(&BARE[..80]), KeySetError::Cut(1));
    assert_eq!(
        fault(&format!("{BARE}{}", &GOST_2025[..500])),
        KeySetError::Cut(2)
    );
    for broken in [
        BARE.replace("MIIB", "AAAA"),
        GOST_2025.replace("MIIJ", "AAAA"),
    ] {
        let found = fault(&format!("{BARE}{broken}"));
        assert!(matches!(found, KeySetError::Unreadable(2, _)), "{found}");
    }
    let long = SecretKey::from_bytes(ParamSet::Tc26A512, &[5; 64]).unwrap();
    let now = at("2026-01-01T00:00:00Z");
    let sandbox = make::root_and_leaf(&[1; 32], now, Timestamp::MAX).unwrap();
    for other in [
        long.public_key().to_pem(),
        make::gost_certificate("x", &long, 1, now, Timestamp::MAX).unwrap(),
        // P-256.
        sandbox.leaf,
    ] {
        assert_eq!(fault(&format!("{BARE}{other}")), KeySetError::Algorithm(2));
    }
}

#[test]
fn nothing_of_a_key_but_its_name_is_printed() {
    let (message, signature) = code();
    let keys = set(TEST_2020);
    let key = keys.find_at_any_time(GOST, message, &signature).unwrap();
    let printed = format!("{key:?}");
    assert!(printed.contains(&key.sha256) && !printed.contains("BEGIN"));
}
