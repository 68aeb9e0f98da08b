//! Key files: read, written, and named where they can't be read. Made here by hand; `forms_openssl.rs` has OpenSSL's.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use podpis_gost::{KeyFormError, ParamSet, PublicKey, SecretKey};

/// Algorithm and parameters of a 256-bit key on CryptoPro-XchA.
const XCH_A: &[u8] = b"\x06\x08\x2a\x85\x03\x07\x01\x01\x01\x01\x30\x13\x06\x07\x2a\x85\x03\x02\x02\x24\x00\x06\x08\x2a\x85\x03\x07\x01\x01\x02\x02";

fn key(set: ParamSet) -> SecretKey {
    let mut number = vec![0x11; set.size()];
    number[0] = 0x77;
    SecretKey::from_bytes(set, &number).unwrap()
}

fn tlv(tag: u8, value: &[u8]) -> Vec<u8> {
    let length = u16::try_from(value.len()).unwrap().to_be_bytes();
    let mut out = vec![tag];
    match value.len() {
        0..128 => out.push(length[1]),
        128..256 => out.extend([0x81, length[1]]),
        _ => out.extend([0x82, length[0], length[1]]),
    }
    out.extend(value);
    out
}

fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    tlv(0x30, &parts.concat())
}

fn pkcs8(algorithm: &[u8], held: &[u8]) -> Vec<u8> {
    sequence(&[&[2, 1, 0], &tlv(0x30, algorithm), &tlv(4, held)])
}

fn spki(algorithm: &[u8], bits: &[u8]) -> Vec<u8> {
    sequence(&[&tlv(0x30, algorithm), &tlv(3, &[&[0], bits].concat())])
}

fn pem(label: &str, der: &[u8]) -> String {
    use base64::Engine as _;
    let body = base64::engine::general_purpose::STANDARD.encode(der);
    format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n")
}

fn secret_fault(der: &[u8]) -> KeyFormError {
    let fault = SecretKey::from_pkcs8_der(der).unwrap_err();
    let label = "PRIVATE KEY";
    assert_eq!(
        SecretKey::from_pkcs8_pem(&pem(label, der)).unwrap_err(),
        fault
    );
    fault
}

fn public_fault(der: &[u8]) -> KeyFormError {
    PublicKey::from_spki_der(der).unwrap_err()
}

#[test]
fn every_set_goes_out_and_comes_back() {
    for &set in ParamSet::ALL {
        let key = key(set);
        let der = key.to_pkcs8_der();
        for read in [
            SecretKey::from_pkcs8_der(&der).unwrap(),
            SecretKey::from_pkcs8_pem(&key.to_pkcs8_pem()).unwrap(),
        ] {
            assert_eq!(read.to_bytes(), key.to_bytes());
            assert_eq!(read.param_set(), set);
        }
        let public = key.public_key();
        let spki = public.to_spki_der();
        assert_eq!(PublicKey::from_spki_der(&spki).unwrap(), public);
        assert_eq!(PublicKey::from_pem(&public.to_pem()).unwrap(), public);
        // RFC 9215, 4.2: CryptoPro's sets have the digest beside them, TC 26's have not.
        let named = spki
            .windows(8)
            .any(|w| w == b"\x2a\x85\x03\x07\x01\x01\x02\x02");
        assert_eq!(named, set.name().contains("CryptoPro"), "{set:?}");
    }
}

#[test]
fn every_form_of_the_number_is_read() {
    let key = key(ParamSet::CryptoProXchA);
    let number = key.to_bytes();
    let big: Vec<u8> = number.iter().rev().copied().collect();
    let attributes = tlv(0xa0, &[]);
    let with_attributes = sequence(&[&[2, 1, 0], &tlv(0x30, XCH_A), &tlv(4, &number), &attributes]);
    for der in [
        pkcs8(XCH_A, &number),
        pkcs8(XCH_A, &tlv(4, &number)),
        pkcs8(XCH_A, &tlv(2, &big)),
        with_attributes,
    ] {
        let read = SecretKey::from_pkcs8_der(&der).unwrap();
        assert_eq!(read.to_bytes(), number);
    }
    // A short INTEGER, as small numbers are written.
    let small = SecretKey::from_pkcs8_der(&pkcs8(XCH_A, &[2, 2, 0x12, 0x34])).unwrap();
    assert_eq!(small.to_bytes()[..3], [0x34, 0x12, 0]);
}

#[test]
fn the_digest_may_be_named_or_not() {
    let key = key(ParamSet::CryptoProXchA);
    let curve: &[u8] = b"\x06\x07\x2a\x85\x03\x02\x02\x24\x00";
    let algorithm: &[u8] = b"\x06\x08\x2a\x85\x03\x07\x01\x01\x01\x01";
    let with = |rest: &[u8]| {
        let parameters = sequence(&[curve, rest]);
        pkcs8(&[algorithm, &parameters].concat(), &key.to_bytes())
    };
    let streebog: &[u8] = b"\x06\x08\x2a\x85\x03\x07\x01\x01\x02\x02";
    let cipher: &[u8] = b"\x06\x07\x2a\x85\x03\x02\x02\x1f\x01";
    for rest in [&b""[..], streebog, &[streebog, cipher].concat()] {
        SecretKey::from_pkcs8_der(&with(rest)).unwrap();
    }
    let old_digest: &[u8] = b"\x06\x07\x2a\x85\x03\x02\x02\x1e\x01";
    for rest in [
        old_digest,
        &[streebog, cipher, cipher].concat(),
        b"\x05\x00",
    ] {
        assert!(matches!(
            secret_fault(&with(rest)),
            KeyFormError::Malformed(_)
        ));
    }
}

#[test]
fn pem_may_stand_among_other_things() {
    let key = key(ParamSet::Tc26A256);
    let text = key.to_pkcs8_pem();
    let certificate = pem("CERTIFICATE", b"0\x00");
    for around in [
        format!("\u{feff}Bag Attributes\r\n{certificate}{}", text.as_str()),
        text.replace('\n', "\r\n"),
        text.replace('\n', " "),
        format!("{}\n{certificate}", text.trim()),
    ] {
        let read = SecretKey::from_pkcs8_pem(&around).unwrap();
        assert_eq!(read.to_bytes(), key.to_bytes());
    }
    for cut in [
        &text[..60],
        &text.replace("-----END PRIVATE", "-----END PUBLIC"),
    ] {
        assert_eq!(
            SecretKey::from_pkcs8_pem(cut).unwrap_err(),
            KeyFormError::Malformed("PEM is cut off")
        );
    }
    assert_eq!(
        SecretKey::from_pkcs8_pem(&text.replacen('M', "*", 1)).unwrap_err(),
        KeyFormError::Malformed("base64")
    );
}

#[test]
fn what_is_no_private_key_is_named() {
    let key = key(ParamSet::CryptoProXchA);
    let number = key.to_bytes();
    let oid = |dotted: &[u8]| tlv(6, dotted);
    let pbes2 = sequence(&[
        &oid(b"\x2a\x86\x48\x86\xf7\x0d\x01\x05\x0d"),
        &tlv(0x30, &[]),
    ]);
    let container = sequence(&[&tlv(0xa1, &tlv(0x16, b"name")), &tlv(3, b"\x00\x01")]);
    let public = key.public_key().to_spki_der();
    let blob = [b"\x07\x20\x00\x00\x1e\x66\x00\x00MAG1", &number[..]].concat();
    for (der, fault) in [
        (
            sequence(&[&pbes2, &tlv(4, &number)]),
            KeyFormError::Encrypted,
        ),
        (
            sequence(&[&[2, 1, 3], &tlv(0x30, &[])]),
            KeyFormError::Pkcs12,
        ),
        (
            b"\x30\x80\x02\x01\x03\x30\x80".to_vec(),
            KeyFormError::Pkcs12,
        ),
        // masks.key, primary.key, header.key and name.key.
        (
            sequence(&[&tlv(4, &number), &tlv(4, &[1; 12]), &tlv(4, &[1; 4])]),
            KeyFormError::Container,
        ),
        (sequence(&[&tlv(4, &number)]), KeyFormError::Container),
        (
            sequence(&[&container, &tlv(4, &[1; 4])]),
            KeyFormError::Container,
        ),
        (sequence(&[&tlv(0x16, b"name")]), KeyFormError::Container),
        // One mask, three masks, and the structure of OpenSSL's engine.
        (
            pkcs8(XCH_A, &[&number[..], &number[..]].concat()),
            KeyFormError::Masked,
        ),
        (pkcs8(XCH_A, &number.repeat(4)), KeyFormError::Masked),
        (
            pkcs8(XCH_A, &tlv(4, &number.repeat(2))),
            KeyFormError::Masked,
        ),
        (
            pkcs8(
                XCH_A,
                &sequence(&[&tlv(4, &number.repeat(2)), &tlv(4, &[1; 64])]),
            ),
            KeyFormError::Masked,
        ),
        // CryptoPro's key blob and key transport.
        (pkcs8(XCH_A, &blob), KeyFormError::Wrapped),
        (pkcs8(XCH_A, &tlv(4, &blob)), KeyFormError::Wrapped),
        (
            pkcs8(XCH_A, &sequence(&[&sequence(&[&tlv(4, &number)])])),
            KeyFormError::Wrapped,
        ),
        (
            pkcs8(&oid(b"\x2a\x85\x03\x07\x01\x01\x07\x01\x01"), &number),
            KeyFormError::Wrapped,
        ),
        (
            pkcs8(&oid(b"\x2a\x85\x03\x02\x02\x0d\x01"), &number),
            KeyFormError::Wrapped,
        ),
        (
            pkcs8(&oid(b"\x2a\x85\x03\x07\x01\x01\x06\x01"), &number),
            KeyFormError::Exchange,
        ),
        (
            pkcs8(&oid(b"\x2a\x85\x03\x02\x02\x13"), &number),
            KeyFormError::Old,
        ),
        (
            pkcs8(&oid(b"\x2a\x85\x03\x02\x02\x62"), &number),
            KeyFormError::Old,
        ),
        (
            pkcs8(&oid(b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01"), &number),
            KeyFormError::OtherAlgorithm("RSA".into()),
        ),
        (
            pkcs8(&oid(b"\x2a\x86\x48\xce\x3d\x02\x01"), &number),
            KeyFormError::OtherAlgorithm("ECDSA".into()),
        ),
        (
            pkcs8(&oid(b"\x2a\x03\x04"), &number),
            KeyFormError::OtherAlgorithm("1.2.3.4".into()),
        ),
        (
            sequence(&[&[2, 1, 0], &[2, 1, 5], &[2, 1, 5]]),
            KeyFormError::OtherAlgorithm("RSA".into()),
        ),
        (
            sequence(&[&[2, 1, 1], &tlv(4, &number)]),
            KeyFormError::OtherAlgorithm("ECDSA".into()),
        ),
        (public, KeyFormError::Public),
        (
            sequence(&[&tlv(0x30, &[]), &tlv(0x30, &[]), &tlv(3, &[0, 1])]),
            KeyFormError::Certificate,
        ),
        (pkcs8(XCH_A, &[0; 32]), KeyFormError::OutOfRange),
        (pkcs8(XCH_A, &[0xff; 32]), KeyFormError::OutOfRange),
        (pkcs8(XCH_A, &tlv(2, &[0x7f; 40])), KeyFormError::OutOfRange),
        (pkcs8(XCH_A, &[2, 1, 0xff]), KeyFormError::OutOfRange),
        (pkcs8(XCH_A, b""), KeyFormError::Malformed("private key")),
        (
            pkcs8(XCH_A, &number[1..]),
            KeyFormError::Malformed("private key"),
        ),
        (
            pkcs8(XCH_A, &tlv(4, &number[1..])),
            KeyFormError::Malformed("private key"),
        ),
        (b"hello".to_vec(), KeyFormError::NoKey),
        (Vec::new(), KeyFormError::NoKey),
        (vec![0; 70_000], KeyFormError::TooLarge),
    ] {
        assert_eq!(secret_fault(&der), fault, "{der:02x?}");
    }
    let text = |label: &str| SecretKey::from_pkcs8_pem(&pem(label, b"0\x00")).unwrap_err();
    assert_eq!(text("ENCRYPTED PRIVATE KEY"), KeyFormError::Encrypted);
    assert_eq!(text("CERTIFICATE"), KeyFormError::Certificate);
    assert_eq!(text("PUBLIC KEY"), KeyFormError::Public);
    assert_eq!(text("PKCS12"), KeyFormError::Pkcs12);
    assert_eq!(
        text("RSA PRIVATE KEY"),
        KeyFormError::OtherAlgorithm("RSA".into())
    );
    assert_eq!(
        text("EC PRIVATE KEY"),
        KeyFormError::OtherAlgorithm("ECDSA".into())
    );
    assert_eq!(
        SecretKey::from_pkcs8_pem("").unwrap_err(),
        KeyFormError::NoKey
    );
}

#[test]
fn unknown_and_unfit_parameters_are_named() {
    let number = key(ParamSet::CryptoProXchA).to_bytes();
    let with = |algorithm: u8, curve: &[u8]| {
        let oid = [b"\x06\x08\x2a\x85\x03\x07\x01\x01\x01", &[algorithm][..]].concat();
        pkcs8(&[oid, sequence(&[&tlv(6, curve)])].concat(), &number)
    };
    // The test set of RFC 4357 is for nobody's keys.
    assert_eq!(
        secret_fault(&with(1, b"\x2a\x85\x03\x02\x02\x23\x00")),
        KeyFormError::UnknownParameters("1.2.643.2.2.35.0".into())
    );
    let short = b"\x2a\x85\x03\x02\x02\x24\x00";
    assert_eq!(
        secret_fault(&with(2, short)),
        KeyFormError::Malformed("parameters of another size")
    );
    let bare = pkcs8(b"\x06\x08\x2a\x85\x03\x07\x01\x01\x01\x01", &number);
    assert_eq!(
        secret_fault(&bare),
        KeyFormError::Malformed("no parameters")
    );
}

#[test]
fn what_is_no_public_key_is_named() {
    let key = key(ParamSet::CryptoProXchA);
    let point = key.public_key().to_bytes();
    PublicKey::from_spki_der(&spki(XCH_A, &tlv(4, &point))).unwrap();
    for (der, fault) in [
        (key.to_pkcs8_der().to_vec(), KeyFormError::Private),
        (
            sequence(&[&tlv(0x30, &[]), &tlv(0x30, &[]), &tlv(3, &[0, 1])]),
            KeyFormError::Certificate,
        ),
        (spki(XCH_A, &tlv(4, &[7; 64])), KeyFormError::NotOnCurve),
        (
            spki(XCH_A, &tlv(4, &point[1..])),
            KeyFormError::Malformed("public key"),
        ),
        (spki(XCH_A, &point), KeyFormError::Malformed("public key")),
        (b"\x30\x03\x02\x01\x05".to_vec(), KeyFormError::NoKey),
        (Vec::new(), KeyFormError::NoKey),
    ] {
        assert_eq!(public_fault(&der), fault, "{der:02x?}");
    }
    let text = |label: &str| PublicKey::from_pem(&pem(label, b"0\x00")).unwrap_err();
    assert_eq!(text("CERTIFICATE"), KeyFormError::Certificate);
    assert_eq!(text("PRIVATE KEY"), KeyFormError::Private);
    assert_eq!(text("ENCRYPTED PRIVATE KEY"), KeyFormError::Private);
    assert_eq!(text("SOMETHING"), KeyFormError::NoKey);
}

#[test]
fn no_byte_can_be_added_or_cut() {
    let key = key(ParamSet::Tc26A512);
    let (secret, public) = (key.to_pkcs8_der(), key.public_key().to_spki_der());
    for length in 0..secret.len() {
        assert!(SecretKey::from_pkcs8_der(&secret[..length]).is_err());
    }
    for length in 0..public.len() {
        assert!(PublicKey::from_spki_der(&public[..length]).is_err());
    }
    assert!(SecretKey::from_pkcs8_der(&[&secret[..], &[0]].concat()).is_err());
    assert!(PublicKey::from_spki_der(&[&public[..], &[0]].concat()).is_err());
}

#[test]
fn nothing_makes_the_reader_panic() {
    let key = key(ParamSet::Tc26C512);
    // A small generator of its own: the same cases each time.
    let mut state = 1_u64;
    let mut next = |below: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % below
    };
    let pem = key.to_pkcs8_pem().as_bytes().to_vec();
    for original in [
        key.to_pkcs8_der().to_vec(),
        key.public_key().to_spki_der(),
        pem,
    ] {
        for _ in 0..5_000 {
            let mut broken = original.clone();
            for _ in 0..=next(4) {
                let position = next(broken.len());
                match next(3) {
                    0 => broken[position] = u8::try_from(next(256)).unwrap(),
                    1 => broken.truncate(position.max(1)),
                    _ => broken.insert(position, u8::try_from(next(256)).unwrap()),
                }
            }
            let _ = SecretKey::from_pkcs8_der(&broken);
            let _ = PublicKey::from_spki_der(&broken);
            let text = String::from_utf8_lossy(&broken);
            let _ = (SecretKey::from_pkcs8_pem(&text), PublicKey::from_pem(&text));
        }
    }
}
