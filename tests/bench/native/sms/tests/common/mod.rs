//! The component `sms` compiled for the host, with a database of its own: one a test program.

#![allow(
    dead_code,
    clippy::allow_attributes,
    reason = "each test program uses a part of it"
)]
#![expect(clippy::unwrap_used, reason = "a test panics where it fails")]

use axum::body::Body;
use http_body_util::BodyExt as _;
use podpis_kit::Db;
use podpis_kit::db::Value;
use podpis_shared::hash::sha256_hex;
use serde_json::{Value as Json, json};
use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use tokio::sync::OnceCell;

static INSTALLED: OnceLock<()> = OnceLock::new();

/// The schema is there: nobody switches the journal's mode while another one reads.
static READY: OnceCell<()> = OnceCell::const_new();

static NEXT: AtomicU32 = AtomicU32::new(1);

/// What `sms` answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) retry_after: Option<u32>,
    pub(crate) json: Json,
}

impl Reply {
    /// Status and code of a problem.
    pub(crate) fn problem(&self) -> (u16, &str) {
        (self.status, self.json["code"].as_str().unwrap_or_default())
    }

    pub(crate) fn detail(&self) -> &str {
        self.json["detail"].as_str().unwrap_or_default()
    }

    /// The id of an issued code.
    pub(crate) fn id(&self) -> String {
        assert_eq!(self.status, 201, "{}", self.json);
        self.json["id"].as_str().unwrap().to_owned()
    }
}

/// Sets the variables of the manifest, some of them otherwise, and the database; the first call counts.
pub(crate) async fn install(name: &str, more: &[(&str, &str)]) {
    INSTALLED.get_or_init(|| {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("sms-{name}"));
        // Of an earlier run.
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        let usual = [
            ("public_url", "https://podpis.test"),
            ("sandbox", "true"),
            ("operator_name", "Podpis"),
            ("storage_key", ""),
            ("code_pepper", ""),
            ("code_limits", ""),
            ("sms_prefixes", "+79"),
            ("sms_gateways", ""),
            ("sms_limits", ""),
            ("sms_balance_min", "500"),
        ];
        let replaced = |name: &str| more.iter().any(|(other, _)| *other == name);
        let all = usual.iter().filter(|(name, _)| !replaced(name)).chain(more);
        let all = all.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        spin_sdk::variables::set(all.collect::<Vec<_>>());
        spin_sdk::sqlite::set_path(folder.join("sms.db"));
    });
    READY
        .get_or_init(|| async { drop(Db::open().await.unwrap()) })
        .await;
}

/// A number that no other caller gets.
fn next() -> u32 {
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// A phone of this test alone.
pub(crate) fn phone() -> String {
    format!("+7916{:07}", next())
}

/// Something to bind a code to, of this test alone.
pub(crate) fn subject() -> String {
    sha256_hex(&next().to_be_bytes())
}

/// To sign a document, with everything new.
pub(crate) fn to_sign() -> Json {
    json!({
        "purpose": "sign", "subject": subject(), "channel": "sms", "to": phone(), "clinic_id": null,
        "clinic_name": "Клиника «Тест»", "document_id": null, "title": "Договор", "host": "podpis.test",
        "client_addr": "203.0.113.9", "context": "{\"act\": \"of this test\"}",
    })
}

/// To sign in, with everything new.
pub(crate) fn to_sign_in() -> Json {
    json!({
        "purpose": "sign_in", "subject": subject(), "channel": "sms", "to": phone(), "host": "podpis.test",
        "client_addr": format!("2001:db8:{:x}::1", next()),
    })
}

/// The same with one field otherwise.
pub(crate) fn with(mut body: Json, name: &str, value: impl Into<Json>) -> Json {
    body[name] = value.into();
    body
}

/// Asks for a code.
pub(crate) async fn issue(body: &Json) -> Reply {
    ask("/codes", body).await
}

/// Types a code for what `issue` was asked for.
pub(crate) async fn check(id: &str, issue: &Json, code: &str) -> Reply {
    let body =
        json!({"id": id, "purpose": issue["purpose"], "subject": issue["subject"], "code": code});
    ask("/codes/check", &body).await
}

/// Asks `sms`.
pub(crate) async fn ask(path: &str, body: &Json) -> Reply {
    let request = axum::http::Request::builder()
        .method("POST")
        .uri(format!("http://sms.spin.internal{path}"))
        .header("content-type", "application/json")
        .body(Body::from(body.to_string()))
        .unwrap();
    let response = podpis_native_sms::serve(request).await;
    let status = response.status().as_u16();
    let header = response.headers().get("retry-after");
    let retry_after = header.map(|value| value.to_str().unwrap().parse().unwrap());
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    Reply {
        status,
        retry_after,
        json: serde_json::from_slice(&bytes).unwrap_or_default(),
    }
}

/// The text that went out with this id.
pub(crate) async fn text(id: &str) -> String {
    row("SELECT text FROM sandbox_messages WHERE id = ?1", id)
        .await
        .unwrap()
}

/// The code that went out with this id.
pub(crate) async fn code(id: &str) -> String {
    let text = text(id).await;
    let (_, rest) = text.split_once("код ").unwrap();
    rest[..6].to_owned()
}

/// Another code.
pub(crate) fn other(code: &str) -> String {
    format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000)
}

/// The first column of the first row, as text.
pub(crate) async fn row(sql: &str, id: &str) -> Option<String> {
    let db = Db::open().await.unwrap();
    let row = db.first(sql, [id.into()]).await.unwrap()?;
    let number = || row.opt_int(0).unwrap().map(|number| number.to_string());
    row.opt_text(0).unwrap_or_else(|_| number())
}

/// Lets time go by for one code.
pub(crate) async fn later(id: &str, seconds: i64) {
    let sql = "UPDATE codes SET issued_at = issued_at - ?2, expires_at = expires_at - ?2, \
               verified_at = verified_at - ?2 WHERE id = ?1";
    let db = Db::open().await.unwrap();
    let params: [Value; 2] = [id.into(), seconds.into()];
    assert_eq!(db.execute(sql, params).await.unwrap(), 1);
}
