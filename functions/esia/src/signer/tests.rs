//! Both signers on the host; OpenSSL judges them in `tests/`.

use super::*;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures::executor::block_on;
use podpis_shared::Sensitive;
use serde_json::json;

const KEY: &str = include_str!("../../tests/client.pem");
const CERTIFICATE: &str = include_str!("../../tests/client.cer.pem");
const OTHER_KEY: &str = include_str!("../../tests/esia.gost.pem");
const OTHER_CERTIFICATE: &str = include_str!("../../tests/esia.gost.cer.pem");
const RSA_KEY: &str = include_str!("../../tests/esia.pem");

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

fn certificate(pem: &str) -> Result<ClientCertificate, SignerError> {
    ClientCertificate::from_pem(pem, at("2027-01-01T00:00:00Z"))
}

fn software(pem: &str) -> Result<SoftwareSigner, SignerError> {
    SoftwareSigner::from_pem(pem, certificate(CERTIFICATE)?)
}

fn http(reversed: bool) -> HttpSigner {
    HttpSigner {
        url: "https://signer.example/sign".into(),
        token: Sensitive::new("secret".into()),
        reversed,
        certificate: certificate(CERTIFICATE).unwrap(),
    }
}

#[test]
fn a_signature_is_raw_and_the_certificates() {
    let signer = software(KEY).unwrap();
    let signature = block_on(signer.sign(b"message")).unwrap();
    assert_eq!(signature.len(), SIGNATURE_LEN);
    assert_eq!(signature, block_on(signer.sign(b"message")).unwrap());
    let key = certificate(CERTIFICATE).unwrap().key;
    assert!(key.verify(b"message", &signature));
    assert!(!key.verify(b"messagf", &signature));
}

#[test]
fn key_and_certificate_belong_together() {
    assert_eq!(software(OTHER_KEY).unwrap_err(), SignerError::OtherKey);
    for wrong in ["", "secret", RSA_KEY, CERTIFICATE] {
        let error = software(wrong).unwrap_err();
        assert!(matches!(error, SignerError::Key(_)), "{error}");
        assert!(!error.to_string().contains("secret"));
    }
}

#[test]
fn certificates_that_are_of_no_use() {
    let read = |pem, time| ClientCertificate::from_pem(pem, at(time)).map(|_| ());
    let (from, to) = {
        let certificate = certificate(CERTIFICATE).unwrap().certificate;
        (certificate.not_before(), certificate.not_after())
    };
    assert_eq!(
        read(CERTIFICATE, "2026-11-01T00:00:00Z"),
        Err(SignerError::NotYetValid(from))
    );
    assert_eq!(
        read(CERTIFICATE, "2126-11-01T00:00:00Z"),
        Err(SignerError::Expired(to))
    );
    assert!(ClientCertificate::from_pem(CERTIFICATE, from).is_ok());
    assert!(ClientCertificate::from_pem(CERTIFICATE, to).is_ok());
    for wrong in ["", KEY, "-----BEGIN CERTIFICATE-----"] {
        let error = read(wrong, "2027-01-01T00:00:00Z").unwrap_err();
        assert!(matches!(error, SignerError::Certificate(_)), "{error}");
    }
}

#[test]
fn nothing_secret_is_shown() {
    let shown = format!("{:?} {:?}", software(KEY).unwrap(), http(false));
    assert!(!shown.contains("secret") && shown.contains("SoftwareSigner"));
    let bytes = podpis_gost::SecretKey::from_pkcs8_pem(KEY).unwrap();
    let hex = podpis_shared::hash::hex(&bytes.to_bytes());
    assert!(!shown.to_lowercase().contains(&hex), "{shown}");
}

#[test]
fn an_answer_over_http_is_verified() {
    let message = b"PODPISopenid fullname";
    let signature = block_on(software(KEY).unwrap().sign(message)).unwrap();
    let backwards: Vec<u8> = signature.iter().rev().copied().collect();
    let halves = [&signature[32..], &signature[..32]].concat();
    let foreign = {
        let certificate = certificate(OTHER_CERTIFICATE).unwrap();
        let signer = SoftwareSigner::from_pem(OTHER_KEY, certificate).unwrap();
        block_on(signer.sign(message)).unwrap()
    };
    let accept = |reversed: bool, bytes: &[u8]| {
        let body = json!({"signature": STANDARD.encode(bytes)}).to_string();
        http(reversed).accept(message, body.as_bytes())
    };
    assert_eq!(accept(false, &signature).unwrap(), signature);
    assert_eq!(accept(true, &backwards).unwrap(), signature);
    for (reversed, bytes, error) in [
        (false, &backwards[..], SignerError::Reversed(true)),
        (true, &signature, SignerError::Reversed(false)),
        (false, &halves, SignerError::WrongKey),
        (false, &foreign, SignerError::WrongKey),
        (true, &foreign, SignerError::WrongKey),
        (false, &[0; 64], SignerError::WrongKey),
        (false, &signature[..63], SignerError::Length(63)),
        (false, &[], SignerError::Length(0)),
    ] {
        assert_eq!(accept(reversed, bytes).unwrap_err(), error);
    }
    for body in [
        "",
        "<html>",
        "{}",
        r#"{"signature": 1}"#,
        r#"{"signature": "%"}"#,
    ] {
        assert_eq!(
            http(false).accept(message, body.as_bytes()).unwrap_err(),
            SignerError::Answer
        );
    }
}

#[test]
fn each_mistake_has_a_sentence_that_names_the_setting() {
    assert_eq!(
        SignerError::Reversed(true).to_string(),
        "the signer answers in the other byte order: set esia_signer_reversed to true"
    );
    for (error, word) in [
        (SignerError::Algorithm, "esia_client_certificate"),
        (SignerError::OtherKey, "esia_client_key"),
        (SignerError::Absent("x".into()), "esia_signer_url"),
        (SignerError::Status(404), "404"),
        (SignerError::Length(128), "128"),
        (SignerError::WrongKey, "esia_client_certificate"),
    ] {
        assert!(error.to_string().contains(word), "{error}");
    }
}
