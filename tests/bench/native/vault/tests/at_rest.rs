//! What `vault` stores of ESIA's tokens can't be read from the database's files, and is the same as ever for who asks.

#![expect(clippy::panic, reason = "a test panics where it fails")]

mod common;
#[path = "at_rest/final_version.rs"]
mod final_version;

use common::{ID_TOKEN, PDF, ask, ask_json, database_bytes, holds, install, opened, sign, value};
use podpis_kit::Db;
use podpis_kit::db::Value;
use podpis_shared::Hashes;
use serde_json::{Value as Json, json};

const EVIDENCE: &str = "SELECT evidence FROM signatures WHERE document_id = ?1";
const SIGNED: &str = "SELECT signed_blob FROM documents WHERE id = ?1";

#[tokio::test]
async fn no_token_lies_open_in_the_database() {
    install("at-rest", &[]).await;
    opened("doc_a").await;
    let (status, answer) = sign("doc_a").await;
    assert_eq!(status, 200, "{answer}");

    let blob = text(value(SIGNED, "doc_a").await);
    let Value::Text(evidence) = value(EVIDENCE, "doc_a").await else {
        panic!("no text")
    };
    assert!(evidence.starts_with("sealed:"), "{evidence}");
    let Value::Blob(stored) = value("SELECT bytes FROM blobs WHERE id = ?1", &blob).await else {
        panic!("no bytes")
    };
    assert!(!holds(&stored, "%PDF") && !holds(&stored, "evidence.json"));

    let all = database_bytes();
    let middle = ID_TOKEN.split('.').nth(1).unwrap();
    assert!(!holds(&all, middle), "the token lies open");
    assert!(holds(&all, "Клиника"), "the right files are looked at");
}

#[tokio::test]
async fn who_asks_gets_the_plain_file_and_the_token_as_evidence() {
    install("at-rest", &[]).await;
    opened("doc_b").await;
    assert_eq!(sign("doc_b").await.0, 200);

    let blob = text(value(SIGNED, "doc_b").await);
    let (status, signed) = ask("GET", &format!("/blobs/{blob}"), Vec::new()).await;
    assert_eq!(status, 200);
    assert!(
        signed.starts_with(PDF),
        "the original is the first revision"
    );
    let sha256 = value("SELECT sha256 FROM blobs WHERE id = ?1", &blob).await;
    assert_eq!(text(sha256), Hashes::of(&signed).sha256);
    let Value::Integer(size) = value("SELECT size FROM blobs WHERE id = ?1", &blob).await else {
        panic!("no size")
    };
    assert_eq!(usize::try_from(size).unwrap(), signed.len());

    let path = "/documents/doc_b/evidence";
    let (status, evidence) = ask_json("GET", path, &Json::Null).await;
    assert_eq!(status, 200, "{evidence}");
    assert_eq!(evidence["signatures"][0]["esia"]["id_token"], ID_TOKEN);
}

#[tokio::test]
async fn what_an_earlier_version_stored_plainly_is_read() {
    install("at-rest", &[]).await;
    opened("doc_c").await;
    assert_eq!(sign("doc_c").await.0, 200);
    let path = "/documents/doc_c/evidence";
    let (_, evidence) = ask_json("GET", path, &Json::Null).await;
    let blob = text(value(SIGNED, "doc_c").await);
    let (_, signed) = ask("GET", &format!("/blobs/{blob}"), Vec::new()).await;

    // As the version before wrote them.
    let db = Db::open().await.unwrap();
    let plain = evidence["signatures"][0].to_string();
    let sql = "UPDATE signatures SET evidence = ?1 WHERE document_id = 'doc_c'";
    db.execute(sql, [plain.into()]).await.unwrap();
    let sql = "UPDATE blobs SET bytes = ?1, sealed = NULL WHERE id = ?2";
    let params = [signed.clone().into(), blob.as_str().into()];
    db.execute(sql, params).await.unwrap();

    let (status, again) = ask_json("GET", path, &Json::Null).await;
    assert_eq!(status, 200, "{again}");
    assert_eq!(again["signatures"], evidence["signatures"]);
    let (status, bytes) = ask("GET", &format!("/blobs/{blob}"), Vec::new()).await;
    assert_eq!((status, bytes == signed), (200, true));
}

#[tokio::test]
async fn a_file_or_evidence_moved_to_another_row_does_not_open() {
    install("at-rest", &[]).await;
    for id in ["doc_d", "doc_e"] {
        opened(id).await;
        assert_eq!(sign(id).await.0, 200);
    }
    let (from, to) = (value(SIGNED, "doc_d").await, value(SIGNED, "doc_e").await);
    let db = Db::open().await.unwrap();
    let sql = "UPDATE blobs SET (bytes, sealed) = (SELECT bytes, sealed FROM blobs WHERE id = ?1) WHERE id = ?2";
    db.execute(sql, [from, to.clone()]).await.unwrap();
    let sql = "UPDATE signatures SET evidence = ?1 WHERE document_id = 'doc_e'";
    let evidence = value(EVIDENCE, "doc_d").await;
    db.execute(sql, [evidence]).await.unwrap();

    for path in [
        format!("/blobs/{}", text(to)),
        "/documents/doc_e/evidence".to_owned(),
    ] {
        let (status, problem) = ask_json("GET", &path, &json!(null)).await;
        assert_eq!((status, &problem["code"]), (500, &json!("internal")));
        assert!(!problem.to_string().contains(ID_TOKEN), "{problem}");
    }
}

fn text(value: Value) -> String {
    match value {
        Value::Text(text) => text,
        other => panic!("no text: {other:?}"),
    }
}
