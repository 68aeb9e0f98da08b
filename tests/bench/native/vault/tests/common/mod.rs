//! The component `vault` compiled for the host, with a database of its own: one a test program.

#![allow(
    dead_code,
    clippy::allow_attributes,
    reason = "each test program uses a part of it"
)]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test panics where it fails"
)]

pub(crate) mod account;
pub(crate) mod judge;

use axum::body::Body;
use http_body_util::BodyExt as _;
use podpis_kit::Db;
use podpis_kit::db::Value;
use podpis_shared::Hashes;
use serde_json::{Value as Json, json};
use std::path::PathBuf;
use std::sync::OnceLock;
use tokio::sync::OnceCell;

/// The consent of the fixtures.
pub(crate) const PDF: &[u8] = include_bytes!("../../../../../fixtures/consent/consent.pdf");

/// Stands for what ESIA has signed; found nowhere else.
pub(crate) const ID_TOKEN: &str = "eyJhbGciOiJ0ZXN0In0.this-is-the-id-token-of-a-test.c2lnbmF0dXJl";

static FOLDER: OnceLock<PathBuf> = OnceLock::new();

/// The schema is there: nobody switches the journal's mode while another one reads.
static READY: OnceCell<()> = OnceCell::const_new();

/// Sets the variables of the manifest, some of them otherwise, and the database; the first call counts.
pub(crate) async fn install(name: &str, more: &[(&str, &str)]) {
    FOLDER.get_or_init(|| {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("vault-{name}"));
        // Of an earlier run.
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        let mut variables: Vec<(String, String)> = [
            ("public_url", "https://podpis.test"),
            ("sandbox", "true"),
            ("operator_name", "Podpis"),
            ("journal_name", "podpis.test/journal"),
            ("tsa_url", "https://tsa.invalid"),
            ("seal_signer_url", "https://signer.invalid"),
            ("esia_client_id", "PODPIS"),
            ("esia_issuer", "http://esia.test/"),
        ]
        .iter()
        .chain(more)
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
        for empty in [
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
        ] {
            if !variables.iter().any(|(name, _)| name == empty) {
                variables.push((empty.to_owned(), String::new()));
            }
        }
        spin_sdk::variables::set(variables);
        spin_sdk::sqlite::set_path(folder.join("vault.db"));
        folder
    });
    READY
        .get_or_init(|| async { drop(Db::open().await.unwrap()) })
        .await;
}

/// Every byte that the database has written.
pub(crate) fn database_bytes() -> Vec<u8> {
    let mut bytes = Vec::new();
    for file in std::fs::read_dir(FOLDER.get().unwrap()).unwrap() {
        bytes.extend(std::fs::read(file.unwrap().path()).unwrap());
    }
    bytes
}

/// Whether bytes hold a text.
pub(crate) fn holds(bytes: &[u8], text: &str) -> bool {
    bytes
        .windows(text.len())
        .any(|window| window == text.as_bytes())
}

/// Asks `vault`.
pub(crate) async fn ask(method: &str, path: &str, body: Vec<u8>) -> (u16, Vec<u8>) {
    let request = axum::http::Request::builder()
        .method(method)
        .uri(format!("http://vault.spin.internal{path}"))
        .header("content-type", "application/json")
        .body(Body::from(body))
        .unwrap();
    let response = podpis_native_vault::serve(request).await;
    let status = response.status().as_u16();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, body.to_vec())
}

/// Asks `vault` and reads JSON, of a problem too.
pub(crate) async fn ask_json(method: &str, path: &str, body: &Json) -> (u16, Json) {
    let (status, bytes) = ask(method, path, body.to_string().into_bytes()).await;
    (status, serde_json::from_slice(&bytes).unwrap())
}

/// One value of one row.
pub(crate) async fn value(sql: &str, id: &str) -> Value {
    let db = Db::open().await.unwrap();
    let row = db.first(sql, [id.into()]).await.unwrap().unwrap();
    match row.opt_text(0) {
        Ok(text) => text.into(),
        Err(_) => row
            .opt_int(0)
            .map_or_else(|_| row.into_bytes().unwrap().into(), Value::from),
    }
}

/// One text of one row.
pub(crate) async fn text(sql: &str, id: &str) -> String {
    match value(sql, id).await {
        Value::Text(text) => text,
        other => panic!("no text: {other:?}"),
    }
}

/// Takes the consent in as an opened document with this id.
pub(crate) async fn opened(id: &str) {
    let (status, stored) = ask("POST", "/blobs", PDF.to_vec()).await;
    assert_eq!(status, 201, "{}", String::from_utf8_lossy(&stored));
    let stored: Json = serde_json::from_slice(&stored).unwrap();
    let db = Db::open().await.unwrap();
    let clinic = "INSERT INTO clinics (id, name, inn, timezone, created_at) \
                  VALUES (?1, 'Клиника', '7707083893', 'Europe/Moscow', 0)";
    let clinic_id = format!("cl_{id}");
    db.execute(clinic, [clinic_id.as_str().into()])
        .await
        .unwrap();
    let sql = "INSERT INTO documents (id, clinic_id, position, kind, title, patient, delivery, method, parties, \
               metadata, status, original_blob, sha256, streebog256, size, pages, created_at, expires_at) \
               VALUES (?1, ?2, 1, 'ids', 'Согласие', ?3, 'link', 'esia', 'patient', '{}', 'opened', ?4, ?5, ?6, \
               ?7, ?8, 0, 32503680000)";
    let text = |name: &str| Value::from(stored[name].as_str().unwrap());
    let params = [
        id.into(),
        clinic_id.into(),
        person().to_string().into(),
        text("blob"),
        text("sha256"),
        text("streebog256"),
        stored["size"].as_i64().unwrap().into(),
        stored["pages"].as_i64().unwrap().into(),
    ];
    db.execute(sql, params).await.unwrap();
}

/// Has the person sign a document of [`opened`].
pub(crate) async fn sign(id: &str) -> (u16, Json) {
    let hashes = Hashes::of(PDF);
    let body = json!({
        "document_id": id, "act_id": format!("act-{id}"), "method": "esia",
        "act": {
            "sha256": hashes.sha256, "streebog256": hashes.streebog256,
            "consent": {"version": "1", "statement": "Согласна.", "button": "Подписать"},
            "presentation": {"total_ms": 1, "pages": [], "reached_end": true, "downloaded": false},
            "started_at": "2026-11-22T11:00:00Z", "client_addr": null, "user_agent": null,
        },
        "identity": {"esia": {
            "person": person(), "subject": "1000000001", "session": "sid-of-a-test",
            "auth_time": "2026-11-22T11:00:30Z", "id_token": ID_TOKEN, "key_sha256": "00", "key_pem": "",
            "verified_at": "2026-11-22T11:00:31Z",
        }},
    });
    ask_json("POST", "/sign", &body).await
}

/// Мария Иванова, as the clinic names her.
pub(crate) fn person() -> Json {
    json!({"last_name": "Иванова", "first_name": "Мария", "middle_name": "Петровна", "birth_date": "1985-03-12"})
}
