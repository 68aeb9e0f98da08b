//! ESIA's certificates by the operator's API: what counts from the next sign-in on, and what the trust list keeps.

#![expect(clippy::unwrap_used, reason = "a test panics where it fails")]

use axum::body::Body;
use http_body_util::BodyExt as _;
use podpis_cms::{Certificate, make};
use podpis_gost::{ParamSet, SecretKey};
use podpis_kit::store::{OperatorCertificates, esia_health};
use podpis_kit::{Db, now};
use podpis_shared::Timestamp;
use serde_json::{Value as Json, json};
use std::path::PathBuf;
use std::sync::Once;

const PATH: &str = "/api/v1/operator/esia-certificates";
const TOKEN: &str = "operator-of-a-test";
const YEAR: i64 = 365 * 86_400;

static INSTALLED: Once = Once::new();

#[tokio::test]
async fn a_certificate_lives_is_retired_and_stays_in_the_trust_list() {
    install();
    let pem = gost(
        1,
        ParamSet::CryptoProXchA,
        now().plus(-60),
        now().plus(YEAR),
    );
    let (status, added) = ask("POST", PATH, &json!({ "pem": format!("ESIA 2027\n{pem}") })).await;
    assert_eq!(status, 201, "{added}");
    let sha256 = Certificate::from_pem_many(&pem).unwrap()[0].sha256_hex();
    assert_eq!(added["sha256"], sha256);
    assert_eq!(added["algorithm"], "GOST3410_2012_256");
    assert_eq!(added["subject"], "CN=ESIA 1");
    assert!(added["not_before"].is_string() && added["not_after"].is_string());
    assert!(living().await.contains(&pem));
    assert!(trusted().await.contains(&pem));

    let (status, again) = ask("POST", PATH, &json!({ "pem": pem })).await;
    assert_eq!((status, &again), (201, &added), "repeating it is harmless");

    let one = format!("{PATH}/{sha256}");
    for _ in 0..2 {
        assert_eq!(ask("DELETE", &one, &Json::Null).await.0, 204);
    }
    assert!(!living().await.contains(&pem));
    assert!(trusted().await.contains(&pem), "old signatures rest on it");
    assert!(item(&sha256).await["retired_at"].is_string());

    assert_eq!(ask("POST", PATH, &json!({ "pem": pem })).await.0, 201);
    assert!(living().await.contains(&pem), "taken back");
    assert!(item(&sha256).await["retired_at"].is_null());
}

#[tokio::test]
async fn what_is_no_usable_certificate_is_refused_and_changes_nothing() {
    install();
    let (from, until) = (now().plus(-60), now().plus(YEAR));
    let good = gost(2, ParamSet::CryptoProXchA, from, until);
    let ecdsa = make::root_and_leaf(&[3; 32], from, until).unwrap();
    for (pem, word) in [
        (String::new(), "certificate"),
        (
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----".into(),
            "certificate",
        ),
        (good[..good.len() / 2].to_owned(), "certificate"),
        (
            gost(
                3,
                ParamSet::CryptoProXchA,
                now().plus(-YEAR),
                now().plus(-60),
            ),
            "ran out",
        ),
        (gost(4, ParamSet::Tc26A512, from, until), "GOST"),
        (ecdsa.root, "GOST"),
        (
            format!("{good}{}", gost(5, ParamSet::CryptoProA, from, until)),
            "2 certificates",
        ),
        (
            format!("{good}-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"),
            "private key",
        ),
    ] {
        let (status, problem) = ask("POST", PATH, &json!({ "pem": pem })).await;
        assert_eq!(
            (status, &problem["code"]),
            (422, &json!("invalid")),
            "{problem}"
        );
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains(word), "{word}: {detail}");
    }
    let (status, problem) = ask("POST", PATH, &json!({})).await;
    assert_eq!(status, 422, "{problem}");
    let all = OperatorCertificates::Esia
        .all(&Db::open().await.unwrap())
        .await
        .unwrap();
    assert!(all.iter().all(|stored| stored.pem != good));
}

#[tokio::test]
async fn only_the_operator_and_only_what_is_there() {
    install();
    for (method, path) in [
        ("GET", PATH.to_owned()),
        ("POST", PATH.to_owned()),
        ("DELETE", format!("{PATH}/00")),
    ] {
        let (status, problem) = ask_as("somebody", method, &path, &json!({ "pem": "" })).await;
        assert_eq!((status, &problem["code"]), (401, &json!("unauthorized")));
    }
    let (status, _) = ask("DELETE", &format!("{PATH}/{}", "0".repeat(64)), &Json::Null).await;
    assert_eq!(status, 404);
}

/// One test over the one row: its parts would meet in it.
#[tokio::test]
async fn health_tells_how_the_last_calls_went() {
    install();
    let at = |second: i64| Timestamp::from_unix(1_800_000_000 + second);
    let db = Db::open().await.unwrap();
    assert_eq!(
        health().await,
        json!({"state": "unknown", "since": null, "last_ok_at": null, "last_error": null})
    );
    esia_health::failed(&db, at(0), "token", "esia_unavailable").await;
    let error = json!({"at": at(0), "step": "token", "code": "esia_unavailable"});
    let failing =
        json!({"state": "failing", "since": at(0), "last_ok_at": null, "last_error": error});
    assert_eq!(health().await, failing);

    let statements = spin_sdk::sqlite::statements();
    esia_health::failed(&db, at(59), "token", "esia_unavailable").await;
    assert!(spin_sdk::sqlite::statements() > statements, "it looks");
    assert_eq!(
        health().await,
        failing,
        "one write a minute while unchanged"
    );

    esia_health::failed(&db, at(59), "token", "ESIA-007053").await;
    assert_eq!(
        health().await["last_error"]["code"],
        "ESIA-007053",
        "another error"
    );
    assert_eq!(health().await["since"], json!(at(0)));

    esia_health::ok(&db, at(70)).await;
    let ok = health().await;
    assert_eq!(
        (&ok["state"], &ok["since"], &ok["last_ok_at"]),
        (&json!("ok"), &json!(at(70)), &json!(at(70)))
    );
    assert_eq!(ok["last_error"]["code"], "ESIA-007053", "it stays");
    esia_health::ok(&db, at(100)).await;
    assert_eq!(health().await, ok);
    esia_health::ok(&db, at(130)).await;
    assert_eq!(health().await["last_ok_at"], json!(at(130)));
    assert_eq!(health().await["since"], json!(at(70)));
}

fn install() {
    INSTALLED.call_once(|| {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("mis-esia-certificates");
        // Of an earlier run.
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        let set = [
            ("public_url", "https://podpis.test"),
            ("sandbox", "true"),
            ("operator_token", TOKEN),
            ("operator_name", "Podpis"),
            ("journal_name", "podpis.test/journal"),
            ("tsa_url", "https://tsa.invalid"),
            ("seal_signer_url", "https://signer.invalid"),
            ("esia_client_id", "PODPIS"),
            ("esia_issuer", "http://esia.test/"),
        ];
        let empty = [
            "seal_certificates",
            "seal_key",
            "seal_signer_path",
            "seal_signer_token",
            "evidence_key",
            "journal_key",
            "tsa_path",
            "tsa_roots",
            "trust_more",
            "policy_rows",
            "policy_override",
            "esia_keys",
            "storage_key",
        ];
        let all = set.into_iter().chain(empty.map(|name| (name, "")));
        spin_sdk::variables::set(all.map(|(name, value)| (name.to_owned(), value.to_owned())));
        spin_sdk::sqlite::set_path(folder.join("mis.db"));
        spin_sdk::http::set_components([(
            "vault",
            podpis_native_vault::serve as spin_sdk::http::Component,
        )]);
    });
}

/// A self-signed certificate of a key that no other number has.
fn gost(number: u8, set: ParamSet, from: Timestamp, until: Timestamp) -> String {
    let key = SecretKey::from_bytes(set, &vec![number; set.size()]).unwrap();
    make::gost_certificate(&format!("ESIA {number}"), &key, number.into(), from, until).unwrap()
}

async fn ask(method: &str, path: &str, body: &Json) -> (u16, Json) {
    ask_as(TOKEN, method, path, body).await
}

async fn ask_as(token: &str, method: &str, path: &str, body: &Json) -> (u16, Json) {
    let request = axum::http::Request::builder()
        .method(method)
        .uri(path)
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "application/json")
        .body(Body::from(body.to_string()))
        .unwrap();
    let response = podpis_native_mis::serve(request).await;
    let status = response.status().as_u16();
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    let json = if bytes.is_empty() {
        Json::Null
    } else {
        serde_json::from_slice(&bytes).unwrap()
    };
    (status, json)
}

async fn living() -> Vec<String> {
    OperatorCertificates::Esia
        .living(&Db::open().await.unwrap())
        .await
        .unwrap()
}

async fn trusted() -> Vec<String> {
    let (status, trust) = ask("GET", "/api/v1/trust", &Json::Null).await;
    assert_eq!(status, 200, "{trust}");
    serde_json::from_value(trust["esia_keys"].clone()).unwrap()
}

async fn item(sha256: &str) -> Json {
    let (_, list) = ask("GET", PATH, &Json::Null).await;
    let items = list["items"].as_array().unwrap();
    items
        .iter()
        .find(|item| item["sha256"] == sha256)
        .unwrap()
        .clone()
}

async fn health() -> Json {
    let (status, health) = ask("GET", "/api/health", &Json::Null).await;
    assert_eq!((status, &health["status"]), (200, &json!("ok")));
    health["esia"].clone()
}
