//! Every claim that is wrong has an error of its own.

use super::*;
use rsa::RsaPrivateKey;
use rsa::pkcs1v15::SigningKey;
use rsa::pkcs8::DecodePrivateKey as _;
use rsa::signature::{SignatureEncoding as _, Signer as _};
use serde_json::{Value, json};
use sha2::Sha256;

const NOW: i64 = 1_795_345_531;
const STARTED: i64 = NOW - 90;
const ESIA: &str = include_str!("../../tests/esia.pem");
const ESIA_PUBLIC: &str = include_str!("../../tests/esia.pub.pem");
const OTHER: &str = include_str!("../../tests/other.pem");
const OTHER_PUBLIC: &str = include_str!("../../tests/other.pub.pem");

fn checks() -> Checks<'static> {
    Checks {
        issuer: "http://esia.gosuslugi.ru/",
        client_id: "PODPIS",
        now: Timestamp::from_unix(NOW),
        started_at: Timestamp::from_unix(STARTED),
    }
}

fn header(sbt: &str) -> Value {
    json!({"ver": 0, "typ": "JWT", "sbt": sbt, "alg": "RS256"})
}

fn id() -> Value {
    json!({
        "aud": "PODPIS", "sub": 1_000_299_353_u64, "nbf": NOW, "iat": NOW, "exp": NOW + 10_800,
        "iss": "http://esia.gosuslugi.ru/", "auth_time": NOW - 20, "amr": "PWD", "urn:esia:amd": "PWD",
        "urn:esia:sid": "8c7a1b2e-95f2-4a51-9a34-2f8c1d0e5b67",
        "urn:esia:sbj": {
            "urn:esia:sbj:typ": "P", "urn:esia:sbj:is_tru": true, "urn:esia:sbj:oid": 1_000_299_353_u64,
            "urn:esia:sbj:nam": "OID.1000299353", "urn:esia:sbj:lvl": "PR"
        }
    })
}

fn access() -> Value {
    json!({
        "nbf": NOW, "iat": NOW, "exp": NOW + 3600, "iss": "http://esia.gosuslugi.ru/", "client_id": "PODPIS",
        "scope": "openid fullname?oid=1000299353", "urn:esia:sid": "8c7a1b2e-95f2-4a51-9a34-2f8c1d0e5b67",
        "urn:esia:sbj_id": 1_000_299_353_u64
    })
}

fn sign_text(key: &str, header: &str, payload: &str) -> String {
    let key = SigningKey::<Sha256>::new(RsaPrivateKey::from_pkcs8_pem(key).unwrap());
    let message = format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(header),
        URL_SAFE_NO_PAD.encode(payload)
    );
    let signature = key.sign(message.as_bytes());
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature.to_bytes()))
}

fn sign(header: &Value, payload: &Value) -> String {
    sign_text(ESIA, &header.to_string(), &payload.to_string())
}

fn check(id: &str, access: &str) -> Result<SignIn, TokenError> {
    verify(
        id,
        access,
        &KeySet::from_pem(&format!("{OTHER_PUBLIC}{ESIA_PUBLIC}")).unwrap(),
        checks(),
    )
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
    assert_eq!(
        (sign_in.oid, sign_in.auth_time.unix()),
        (1_000_299_353, NOW - 20)
    );
    assert_eq!(sign_in.key.sha256.len(), 64);
}

/// The text as ESIA writes it: fields in another order, slashes escaped, no `lvl`.
#[test]
fn the_structure_of_a_genuine_token() {
    let head = r#"{"alg":"RS256","ver":0,"sbt":"id","typ":"JWT"}"#;
    let payload = format!(
        r#"{{"aud":"PODPIS","sub":1000299353,"nbf":{NOW},"amr":"PWD","urn:esia:amd":"PWD","auth_time":{NOW},"iss":"http:\/\/esia.gosuslugi.ru\/","urn:esia:sbj":{{"urn:esia:sbj:typ":"P","urn:esia:sbj:is_tru":true,"urn:esia:sbj:oid":1000299353,"urn:esia:sbj:nam":"OID.1000299353"}},"exp":{exp},"iat":{NOW},"urn:esia:sid":"8c7a1b2e-95f2-4a51-9a34-2f8c1d0e5b67"}}"#,
        exp = NOW + 10_800
    );
    let token = sign_text(ESIA, head, &payload);
    assert!(check(&token, &sign(&header("access"), &access())).is_ok());
}

#[test]
fn older_forms_pass() {
    let access = sign(&header("access"), &access());
    for (pointer, value) in [
        ("/auth_time", json!((NOW - 20) * 1000)),
        ("/sub", json!("1000299353")),
        ("/nbf", Value::Null),
        ("/urn:esia:sbj/urn:esia:sbj:lvl", Value::Null),
        ("/iat", json!(NOW + 59)),
        ("/exp", json!(NOW - 59)),
        ("/auth_time", json!(STARTED - 60)),
    ] {
        let token = sign(&header("id"), &with(id(), pointer, value.clone()));
        assert!(check(&token, &access).is_ok(), "{pointer} = {value}");
    }
}

#[test]
fn each_wrong_claim_of_the_id_token() {
    let access = sign(&header("access"), &access());
    for (pointer, value, error) in [
        (
            "/iss",
            json!("http://esia.gosuslugi.ru"),
            TokenError::Issuer,
        ),
        (
            "/iss",
            json!("https://esia.gosuslugi.ru/"),
            TokenError::Issuer,
        ),
        ("/iss", Value::Null, TokenError::Claims),
        ("/aud", json!("OTHER"), TokenError::Audience),
        ("/aud", json!(["PODPIS"]), TokenError::Claims),
        ("/exp", json!(NOW - 60), TokenError::Expired),
        ("/exp", Value::Null, TokenError::Claims),
        ("/nbf", json!(NOW + 61), TokenError::NotYetValid),
        ("/iat", json!(NOW + 61), TokenError::NotYetValid),
        ("/sub", json!(1_000_299_354_u64), TokenError::Subject),
        ("/sub", json!("ivanova"), TokenError::Claims),
        (
            "/urn:esia:sbj/urn:esia:sbj:oid",
            json!(1_000_299_354_u64),
            TokenError::Subject,
        ),
        ("/urn:esia:sbj", Value::Null, TokenError::Claims),
        ("/urn:esia:sid", json!("other"), TokenError::Session),
        ("/urn:esia:sid", Value::Null, TokenError::Claims),
        ("/auth_time", json!(STARTED - 61), TokenError::Stale),
        (
            "/auth_time",
            json!((STARTED - 61) * 1000),
            TokenError::Stale,
        ),
        ("/auth_time", json!(NOW + 61), TokenError::AuthTime),
        ("/auth_time", Value::Null, TokenError::Claims),
        (
            "/urn:esia:sbj/urn:esia:sbj:is_tru",
            Value::Null,
            TokenError::Unconfirmed,
        ),
        (
            "/urn:esia:sbj/urn:esia:sbj:is_tru",
            json!(false),
            TokenError::Unconfirmed,
        ),
        (
            "/urn:esia:sbj/urn:esia:sbj:lvl",
            json!("P"),
            TokenError::Unconfirmed,
        ),
        (
            "/urn:esia:sbj/urn:esia:sbj:lvl",
            json!("KD"),
            TokenError::Child,
        ),
    ] {
        let token = sign(&header("id"), &with(id(), pointer, value.clone()));
        assert_eq!(
            check(&token, &access).unwrap_err(),
            error,
            "{pointer} = {value}"
        );
    }
}

#[test]
fn each_wrong_claim_of_the_access_token() {
    let id = sign(&header("id"), &id());
    for (pointer, value, error) in [
        ("/iss", json!("http://example.org/"), TokenError::Issuer),
        ("/client_id", json!("OTHER"), TokenError::Audience),
        ("/exp", json!(NOW - 60), TokenError::Expired),
        ("/iat", json!(NOW + 61), TokenError::NotYetValid),
        (
            "/urn:esia:sbj_id",
            json!(1_000_299_354_u64),
            TokenError::Subject,
        ),
        ("/urn:esia:sid", json!("other"), TokenError::Session),
    ] {
        let token = sign(&header("access"), &with(access(), pointer, value.clone()));
        assert_eq!(
            check(&id, &token).unwrap_err(),
            error,
            "{pointer} = {value}"
        );
    }
}

#[test]
fn wrong_headers() {
    let (id_claims, access_claims) = (id(), access());
    let access = sign(&header("access"), &access_claims);
    for (pointer, value, error) in [
        ("/alg", json!("none"), TokenError::Algorithm),
        ("/alg", json!("HS256"), TokenError::Algorithm),
        ("/alg", json!("RS512"), TokenError::Algorithm),
        ("/alg", json!("GOST3410_2012_256"), TokenError::Algorithm),
        ("/alg", Value::Null, TokenError::Form),
        ("/sbt", json!("access"), TokenError::Kind),
        ("/sbt", json!("authorization_code"), TokenError::Kind),
        ("/sbt", Value::Null, TokenError::Kind),
    ] {
        let token = sign(&with(header("id"), pointer, value.clone()), &id_claims);
        assert_eq!(
            check(&token, &access).unwrap_err(),
            error,
            "{pointer} = {value}"
        );
    }
    // Tokens that are genuine, but each in the other's place.
    let id = sign(&header("id"), &id_claims);
    assert_eq!(check(&access, &id).unwrap_err(), TokenError::Kind);
    assert_eq!(check(&id, &id).unwrap_err(), TokenError::Kind);
}

#[test]
fn wrong_signatures() {
    let access = sign(&header("access"), &access());
    let token = sign(&header("id"), &id());
    let (message, signature) = token.rsplit_once('.').unwrap();

    let foreign = sign_text(OTHER, &header("id").to_string(), &id().to_string());
    let only_esia = KeySet::from_pem(ESIA_PUBLIC).unwrap();
    assert_eq!(
        verify(&foreign, &access, &only_esia, checks()).unwrap_err(),
        TokenError::Signature
    );

    // The unsigned form, with the algorithm pinned and with the signature left out.
    let none = URL_SAFE_NO_PAD.encode(json!({"alg": "none", "sbt": "id"}).to_string());
    let payload = message.split_once('.').unwrap().1;
    assert_eq!(
        check(&format!("{none}.{payload}."), &access).unwrap_err(),
        TokenError::Algorithm
    );
    assert_eq!(
        check(&format!("{message}."), &access).unwrap_err(),
        TokenError::Signature
    );

    // A payload changed after signing, and one written anew with the same meaning.
    let other = URL_SAFE_NO_PAD.encode(with(id(), "/sub", json!(1)).to_string());
    let head = message.split_once('.').unwrap().0;
    assert_eq!(
        check(&format!("{head}.{other}.{signature}"), &access).unwrap_err(),
        TokenError::Signature
    );
    let spaced = URL_SAFE_NO_PAD.encode(serde_json::to_string_pretty(&id()).unwrap());
    assert_eq!(
        check(&format!("{head}.{spaced}.{signature}"), &access).unwrap_err(),
        TokenError::Signature
    );

    let mut bytes = URL_SAFE_NO_PAD.decode(signature).unwrap();
    bytes[0] ^= 1;
    let turned = format!("{message}.{}", URL_SAFE_NO_PAD.encode(bytes));
    assert_eq!(check(&turned, &access).unwrap_err(), TokenError::Signature);
}

#[test]
fn what_is_no_token() {
    let access = sign(&header("access"), &access());
    for text in [
        "",
        ".",
        "..",
        "a.b",
        "a.b.c",
        "<html>",
        "é.é.é",
        &"a".repeat(20_000),
    ] {
        assert_eq!(
            check(text, &access).unwrap_err(),
            TokenError::Form,
            "{text:.20}"
        );
    }
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
