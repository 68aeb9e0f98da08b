//! Tokens as ESIA makes them, and everything that makes them wrong.

mod claims;
mod forms;

use super::*;
use podpis_gost::SecretKey;
use rsa::RsaPrivateKey;
use rsa::pkcs1v15::SigningKey;
use rsa::pkcs8::DecodePrivateKey as _;
use rsa::signature::{SignatureEncoding as _, Signer as _};
use serde_json::{Value, json};
use sha2::Sha256;

const NOW: i64 = 1_795_950_331;
const STARTED: i64 = NOW - 90;
const SIGNED_IN: i64 = NOW - 20;
const OID: u64 = 1_000_299_353;

const ESIA: &str = include_str!("../../tests/esia.gost.pem");
const ESIA_CERTIFICATE: &str = include_str!("../../tests/esia.gost.cer.pem");
/// Not ESIA's, though of the same kind.
const FOREIGN: &str = include_str!("../../tests/client.pem");
const RSA: &str = include_str!("../../tests/esia.pem");
const RSA_PUBLIC: &str = include_str!("../../tests/esia.pub.pem");
const OTHER_RSA_PUBLIC: &str = include_str!("../../tests/other.pub.pem");

const GOST: &str = "GOST3410_2012_256";

fn checks() -> Checks<'static> {
    Checks {
        issuer: "http://esia.gosuslugi.ru/",
        client_id: "PODPIS",
        now: Timestamp::from_unix(NOW),
        started_at: Timestamp::from_unix(STARTED),
    }
}

/// Every key that there is, of which the settings let in those of one algorithm.
fn keys(algorithm: &str) -> KeySet {
    let all = format!("{OTHER_RSA_PUBLIC}{RSA_PUBLIC}{ESIA_CERTIFICATE}");
    KeySet::from_pem(&all).unwrap().only(&[algorithm])
}

fn header(sbt: &str) -> Value {
    json!({"ver": 0, "typ": "JWT", "sbt": sbt, "alg": GOST})
}

fn id() -> Value {
    json!({
        "aud": "PODPIS", "sub": OID, "nbf": NOW, "iat": NOW, "exp": NOW + 10_800,
        "iss": "http://esia.gosuslugi.ru/", "auth_time": SIGNED_IN, "amr": "PWD", "urn:esia:amd": "PWD",
        "urn:esia:sid": "8c7a1b2e-95f2-4a51-9a34-2f8c1d0e5b67",
        "urn:esia:sbj": {
            "urn:esia:sbj:typ": "P", "urn:esia:sbj:is_tru": true, "urn:esia:sbj:oid": OID,
            "urn:esia:sbj:nam": "OID.1000299353", "urn:esia:sbj:lvl": "PR"
        }
    })
}

fn access() -> Value {
    json!({
        "nbf": NOW, "iat": NOW, "exp": NOW + 3600, "iss": "http://esia.gosuslugi.ru/", "client_id": "PODPIS",
        "scope": "openid fullname?oid=1000299353", "urn:esia:sid": "8c7a1b2e-95f2-4a51-9a34-2f8c1d0e5b67",
        "urn:esia:sbj_id": OID
    })
}

fn encode(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(text)
}

/// Signs these very texts, with the algorithm that the key is of.
fn sign_text(key: &str, header: &str, payload: &str) -> String {
    let message = format!("{}.{}", encode(header), encode(payload));
    let signature = match SecretKey::from_pkcs8_pem(key) {
        Ok(key) => key.sign(message.as_bytes()),
        Err(_) => SigningKey::<Sha256>::new(RsaPrivateKey::from_pkcs8_pem(key).unwrap())
            .sign(message.as_bytes())
            .to_vec(),
    };
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn sign(header: &Value, payload: &Value) -> String {
    sign_text(ESIA, &header.to_string(), &payload.to_string())
}

fn check(id: &str, access: &str) -> Result<SignIn, TokenError> {
    verify(id, access, &keys(GOST), checks())
}

/// A copy with a claim changed; `null` takes it away.
fn with(mut claims: Value, pointer: &str, value: Value) -> Value {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let object = claims.pointer_mut(parent).unwrap().as_object_mut().unwrap();
    if value.is_null() {
        object.remove(name);
    } else {
        object.insert(name.to_owned(), value);
    }
    claims
}

#[test]
fn right_tokens_pass() {
    let sign_in = check(
        &sign(&header("id"), &id()),
        &sign(&header("access"), &access()),
    )
    .unwrap();
    assert_eq!((sign_in.oid, sign_in.auth_time.unix()), (OID, SIGNED_IN));
    assert_eq!(sign_in.key.pem, ESIA_CERTIFICATE.trim());
}

/// An older system at ESIA, whose tokens are signed with RSA.
#[test]
fn rs256_passes_where_it_is_configured() {
    let rs256 = |sbt, claims: &Value| {
        let header = with(header(sbt), "/alg", json!("RS256"));
        sign_text(RSA, &header.to_string(), &claims.to_string())
    };
    let (id, access) = (rs256("id", &id()), rs256("access", &access()));
    assert!(verify(&id, &access, &keys("RS256"), checks()).is_ok());
    assert_eq!(check(&id, &access).unwrap_err(), TokenError::Algorithm);
}

#[test]
fn a_certificate_out_of_date_verifies_nothing_new() {
    let late = Checks {
        now: Timestamp::parse("2127-01-01T00:00:00Z").unwrap(),
        ..checks()
    };
    let id = sign(&header("id"), &id());
    let access = sign(&header("access"), &access());
    let error = verify(&id, &access, &keys(GOST), late).unwrap_err();
    assert_eq!(error, TokenError::Certificate);
}

/// A code that ESIA's test stand gave out in 2020, and the certificate of then.
#[test]
fn a_genuine_code_of_esia() {
    #[derive(Deserialize)]
    struct Claims {
        #[serde(flatten)]
        times: Times,
        auth_time: i64,
    }
    let code = include_str!("../../../../proof/evidence/tests/fixtures/esia-test-2020.code.txt");
    let code = code.trim();
    let certificate =
        include_str!("../../../../proof/evidence/tests/fixtures/esia-test-2020.gost.cer.pem");
    let keys = KeySet::from_pem(certificate).unwrap();
    let then = Timestamp::from_unix(1_590_836_940);
    let (claims, _) = signed::<Claims>(code, "authorization_code", &keys, then).unwrap();
    assert_eq!(claims.auth_time, 1_590_836_931);
    assert!(
        claims
            .times
            .check(Checks {
                now: then,
                ..checks()
            })
            .is_ok()
    );
    let late = Checks {
        now: Timestamp::from_unix(1_590_837_171 + 60),
        ..checks()
    };
    assert_eq!(claims.times.check(late), Err(TokenError::Expired));

    assert!(code_may_belong(
        code,
        "89c6b65a-8f7c-42da-96d5-24a00f7c31b6"
    ));
    assert!(!code_may_belong(
        code,
        "89c6b65a-8f7c-42da-96d5-24a00f7c31b7"
    ));
    let in_place = verify(
        code,
        code,
        &keys,
        Checks {
            now: then,
            ..checks()
        },
    );
    assert_eq!(in_place.unwrap_err(), TokenError::Kind);
}

#[test]
fn a_code_names_its_state() {
    let code = sign(
        &header("authorization_code"),
        &json!({"urn:esia:client:state": "abc"}),
    );
    assert!(code_may_belong(&code, "abc"));
    assert!(!code_may_belong(&code, "abd"));
    assert!(
        code_may_belong("opaque", "abc"),
        "the form of a code is ESIA's own matter"
    );
}
