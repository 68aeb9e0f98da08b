//! Requests of both protocols, word by word.

use super::*;
use crate::signer::{ClientCertificate, SoftwareSigner};
use futures::executor::block_on;
use podpis_cms::{Certificate, SignedData};
use std::cell::RefCell;

const KEY: &str = include_str!("../../tests/client.pem");
const CERTIFICATE: &str = include_str!("../../tests/client.cer.pem");

/// Made by `openssl x509 -outform DER -in client.cer.pem | openssl dgst -engine gost -md_gost12_256`.
const CERTIFICATE_HASH: &str = "DD771960C34A724701E3726AC902C8A9EC5C27F8B80408446C0C8A0A41D81C62";

const STATE: &str = "6d9b2a4e-0f3c-4b5d-8e7f-102132435465";
const OWN_STATE: &str = "b1946ac9-2492-4234-9c23-000000000001";
const ATTEMPT: Attempt<'static> = Attempt {
    state: STATE,
    browser: "cookie",
};

/// Remembers what it was asked to sign.
struct Recorder {
    text: RefCell<String>,
    certificate: Certificate,
}

impl RequestSigner for Recorder {
    async fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignerError> {
        *self.text.borrow_mut() = String::from_utf8_lossy(message).into_owned();
        Ok(vec![0xfb; 64])
    }

    fn certificate(&self) -> &Certificate {
        &self.certificate
    }
}

fn recorder() -> Recorder {
    Recorder {
        text: RefCell::default(),
        certificate: Certificate::from_pem_many(CERTIFICATE).unwrap().remove(0),
    }
}

fn client(version: Version, pkce: bool) -> Client {
    Client {
        esia_url: "https://esia.example".into(),
        client_id: "PODPIS".into(),
        redirect_uri: "https://sign.example.ru/esia/callback".into(),
        version,
        pkce,
    }
}

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

/// Names and values of a query, decoded.
fn pairs(query: &str) -> Vec<(String, String)> {
    form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect()
}

fn names(query: &str) -> Vec<String> {
    pairs(query).into_iter().map(|(name, _)| name).collect()
}

fn value(query: &str, wanted: &str) -> String {
    let found = pairs(query).into_iter().find(|(name, _)| name == wanted);
    found.unwrap().1
}

#[test]
fn authorise_request_v2() {
    let recorder = recorder();
    let now = at("2026-11-22T11:05:31Z");
    let url = block_on(client(Version::V2, false).authorize_url(ATTEMPT, now, &recorder)).unwrap();
    // client_id‖scope‖timestamp‖state‖redirect_uri
    assert_eq!(
        recorder.text.take(),
        "PODPISopenid fullname birthdate snils2026.11.22 11:05:31 +0000\
         6d9b2a4e-0f3c-4b5d-8e7f-102132435465https://sign.example.ru/esia/callback"
    );
    let secret = URL_SAFE_NO_PAD.encode([0xfb; 64]);
    assert_eq!(
        url,
        format!(
            "https://esia.example/aas/oauth2/v2/ac?client_id=PODPIS&client_secret={secret}\
             &redirect_uri=https%3A%2F%2Fsign.example.ru%2Fesia%2Fcallback\
             &scope=openid%20fullname%20birthdate%20snils&state={STATE}\
             &timestamp=2026.11.22%2011%3A05%3A31%20%2B0000&client_certificate_hash={CERTIFICATE_HASH}\
             &response_type=code&access_type=online"
        )
    );
}

#[test]
fn token_request_v2() {
    let recorder = recorder();
    let now = at("2026-01-02T03:04:05Z");
    let client = client(Version::V2, false);
    let form = block_on(client.token_form("a.b-_.c", ATTEMPT, OWN_STATE, now, &recorder)).unwrap();
    // The same string with the code at its end, and this request's own state.
    assert_eq!(
        recorder.text.take(),
        "PODPISopenid fullname birthdate snils2026.01.02 03:04:05 +0000\
         b1946ac9-2492-4234-9c23-000000000001https://sign.example.ru/esia/callbacka.b-_.c"
    );
    assert_eq!(
        names(&form),
        [
            "client_id",
            "client_secret",
            "redirect_uri",
            "scope",
            "state",
            "timestamp",
            "client_certificate_hash",
            "code",
            "grant_type",
            "token_type"
        ]
    );
    assert!(form.ends_with("&code=a.b-_.c&grant_type=authorization_code&token_type=Bearer"));
    assert_eq!(value(&form, "state"), OWN_STATE);
    assert_eq!(value(&form, "timestamp"), "2026.01.02 03:04:05 +0000");
    assert!(!form.contains('+'), "a raw plus is read as a space");
}

#[test]
fn the_signature_over_the_same_request_verifies() {
    let now = at("2026-11-24T00:00:00Z");
    let certificate = ClientCertificate::from_pem(CERTIFICATE, now).unwrap();
    let signer = SoftwareSigner::from_pem(KEY, certificate).unwrap();
    let client = client(Version::V2, false);
    let url = block_on(client.authorize_url(ATTEMPT, now, &signer)).unwrap();
    let secret = value(&url, "client_secret");
    assert_eq!(secret.len(), 86, "64 bytes without padding");
    let signature = URL_SAFE_NO_PAD.decode(secret).unwrap();
    let text = client.signing_string("2026.11.24 00:00:00 +0000", STATE, "");
    let key = signer.certificate().gost_key().unwrap();
    assert!(key.verify(text.as_bytes(), &signature));
}

/// `scope‖timestamp‖client_id‖state`, signed in a CMS; the code is not in it, and neither is a certificate's hash beside.
#[test]
fn both_requests_v1() {
    let now = at("2026-11-24T00:00:00Z");
    let certificate = ClientCertificate::from_pem(CERTIFICATE, now).unwrap();
    let signer = SoftwareSigner::from_pem(KEY, certificate).unwrap();
    let client = client(Version::V1, false);
    assert_eq!(client.token_url(), "https://esia.example/aas/oauth2/te");

    let url = block_on(client.authorize_url(ATTEMPT, now, &signer)).unwrap();
    let query = url
        .strip_prefix("https://esia.example/aas/oauth2/ac?")
        .unwrap();
    let form = block_on(client.token_form("a.b.c", ATTEMPT, OWN_STATE, now, &signer)).unwrap();
    for (query, state) in [(query, STATE), (&form, OWN_STATE)] {
        assert!(!names(query).contains(&"client_certificate_hash".to_owned()));
        let cms = URL_SAFE_NO_PAD
            .decode(value(query, "client_secret"))
            .unwrap();
        let text = format!("{SCOPE}2026.11.24 00:00:00 +0000PODPIS{state}");
        let verified = SignedData::parse(&cms)
            .unwrap()
            .verify(|kind| kind.digest(text.as_bytes()))
            .unwrap();
        assert_eq!(verified.signer, *signer.certificate());
    }
}

#[test]
fn proof_of_the_code_exchange() {
    let recorder = recorder();
    let now = at("2026-11-24T00:00:00Z");
    let client = client(Version::V2, true);
    let url = block_on(client.authorize_url(ATTEMPT, now, &recorder)).unwrap();
    let form = block_on(client.token_form("c", ATTEMPT, OWN_STATE, now, &recorder)).unwrap();
    let verifier = value(&form, "code_verifier");
    assert_eq!(value(&url, "code_challenge"), pkce::challenge(&verifier));
    assert_eq!(value(&url, "code_challenge_method"), "S256");
    assert!(!url.contains(&verifier) && !url.contains("cookie"));
}

#[test]
fn addresses() {
    let client = client(Version::V2, false);
    assert_eq!(client.token_url(), "https://esia.example/aas/oauth2/v3/te");
    assert_eq!(
        client.person_url(1_000_299_353),
        "https://esia.example/rs/prns/1000299353"
    );
    assert_eq!(
        client.logout_url("https://sign.example.ru/esia/login?state=1"),
        "https://esia.example/idp/ext/Logout?client_id=PODPIS\
         &redirect_url=https%3A%2F%2Fsign.example.ru%2Fesia%2Flogin%3Fstate%3D1"
    );
}

#[test]
fn uuids_have_version_and_variant() {
    assert_eq!(uuid([0xff; 16]), "ffffffff-ffff-4fff-bfff-ffffffffffff");
    assert_eq!(uuid([0; 16]), "00000000-0000-4000-8000-000000000000");
}
