//! Outside the sandbox, with a seal but without a usable storage key: nothing is taken in.

mod common;

use common::{PDF, ask, install};
use podpis_cms::make;
use podpis_evidence::seed_to_pem;
use podpis_kit::{Db, now};
use serde_json::Value as Json;

#[tokio::test]
async fn intake_says_that_the_key_is_malformed() {
    let from = now();
    let made = make::root_and_leaf(&[7; 32], from, from.plus(3600)).unwrap();
    let (certificates, key) = (format!("{}{}", made.leaf, made.root), made.leaf_key);
    let ed25519 = seed_to_pem([7; 32]).unwrap();
    let short = "0".repeat(63);
    let variables = [
        ("sandbox", "false"),
        ("seal_certificates", certificates.as_str()),
        ("seal_key", key.as_str()),
        ("evidence_key", ed25519.as_str()),
        ("journal_key", ed25519.as_str()),
        ("storage_key", short.as_str()),
    ];
    install("no-storage-key", &variables).await;

    let (status, body) = ask("POST", "/blobs", PDF.to_vec()).await;
    let problem: Json = serde_json::from_slice(&body).unwrap();
    assert_eq!(status, 503, "{problem}");
    assert_eq!(problem["code"], "unavailable");
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains("Ключ хранения"), "{detail}");
    assert!(!detail.contains("000"), "the key is not shown");

    let db = Db::open().await.unwrap();
    for table in ["blobs", "sandbox_keys"] {
        let sql = format!("SELECT count(*) FROM {table}");
        let row = db.first(&sql, []).await.unwrap().unwrap();
        assert_eq!(row.int(0).unwrap(), 0, "{table}");
    }
}
