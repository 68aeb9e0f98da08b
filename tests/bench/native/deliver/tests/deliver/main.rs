//! The component `deliver`, compiled for the host, on a database of its own.

#![expect(clippy::unwrap_used, reason = "a test panics where it fails")]

use axum::body::Body;
use podpis_kit::daytime::{Clock, by_day};
use podpis_kit::db::Value;
use podpis_kit::store::notices::{About, Notice};
use podpis_kit::store::{Document, intake};
use podpis_kit::{Db, now};
use podpis_shared::{Delivery, Hashes, Kind, Method, Parties, Purpose, Status, Timestamp};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use tokio::sync::{Mutex, MutexGuard, OnceCell};

mod backlog;
mod notices;
mod packages;

const HOUR: i64 = 3600;
const ZONE: &str = "Asia/Vladivostok";

static INSTALLED: OnceCell<()> = OnceCell::const_new();
/// A tick works for all documents: one test at a time.
static ALONE: Mutex<()> = Mutex::const_new(());
static NEXT: AtomicU32 = AtomicU32::new(1);

/// A row of the outbox, as far as it is looked at.
#[derive(Debug, PartialEq, Eq)]
struct Queued {
    notice: String,
    channel: String,
    to: String,
    status: String,
    outcome: Option<String>,
    next_at: i64,
}

/// Minutes ahead of UTC of a place where it is now this hour of the day.
fn where_it_is(hour: i64) -> i64 {
    let minutes = now().unix().rem_euclid(24 * HOUR) / HOUR * 60;
    (hour * 60 - minutes + 12 * 60).rem_euclid(24 * 60) - 12 * 60
}

/// A document on its way into the database.
struct Draft {
    document: Document,
}

/// Sent and ending so many hours from now, for the account, to a person whom no other test has.
fn sent(from: i64, until: i64) -> Draft {
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let patient = format!(
        r#"{{"last_name": "Иванова", "first_name": "Мария", "birth_date": "1985-03-12",
             "phone": "+7916{number:07}", "email": "m{number}@example.ru"}}"#
    );
    Draft {
        document: Document {
            id: format!("doc_{number}"),
            clinic_id: "cl_1".into(),
            position: i64::from(number),
            kind: Kind::PdConsent,
            title: "Согласие".into(),
            external_id: None,
            patient: serde_json::from_str(&patient).unwrap(),
            representative: None,
            purpose: Purpose::Signing,
            delivery: Delivery::Account,
            method: Method::Esia,
            parties: Parties::Patient,
            metadata: "{}".into(),
            status: Status::Sent,
            original_blob: "blob_1".into(),
            signed_blob: None,
            hashes: Hashes::of(b""),
            size: 0,
            pages: 1,
            created_at: now().plus(from * HOUR),
            expires_at: now().plus(until * HOUR),
            opened_at: None,
            signed_at: None,
            completed_at: None,
        },
    }
}

impl Draft {
    fn status(mut self, status: Status) -> Self {
        self.document.status = status;
        self
    }

    fn by_link(mut self) -> Self {
        self.document.delivery = Delivery::Link;
        self
    }

    /// An account that holds the patient's phone and e-mail, with a browser that takes push messages.
    async fn account(&mut self, wants: &str) {
        let document = &self.document;
        let account = format!("acc_{}", document.id);
        let sql = "INSERT INTO accounts (id, created_at, level, notices, utc_offset) \
                   VALUES (?1, 0, 'contact', ?2, CAST(?3 AS INTEGER))";
        let noon = where_it_is(12).to_string();
        execute(sql, [account.clone(), wants.to_owned(), noon]).await;
        let phone = document.patient.phone.as_ref().unwrap().expose().to_owned();
        let email = document.patient.email.as_ref().unwrap().expose().to_owned();
        for (kind, value) in [("phone", phone), ("email", email)] {
            let sql = "INSERT INTO account_contacts (id, account_id, kind, value, since, proven_at, documents_from, \
                       estranged) VALUES (?1, ?2, ?3, ?4, 0, 0, 0, 0)";
            let contact = format!("con_{kind}_{account}");
            execute(sql, [contact, account.clone(), kind.to_owned(), value]).await;
        }
        let sql = "INSERT INTO account_sessions (token_hash, id, begun_by, account_id, how, created_at, seen_at, \
                   expires_at) VALUES (?1, ?1, ?1, ?2, 'phone', 0, 0, 0)";
        let session = format!("ses_{account}");
        execute(sql, [session.clone(), account.clone()]).await;
        let sql = "INSERT INTO push_subscriptions (endpoint, account_id, session_id, p256dh, auth, created_at) \
                   VALUES (?1, ?2, ?3, '', '', 0)";
        execute(sql, [push(document), account, session]).await;
    }

    async fn insert(self) -> Document {
        let tx = Db::open().await.unwrap().begin().await.unwrap();
        intake::insert(&tx, &self.document).await.unwrap();
        tx.commit().await.unwrap();
        // A plan waits for the morning where the clinic is; what its time has come for is due here at any hour.
        let sql = "UPDATE planned_notices SET at = 0 WHERE document_id = ?1 AND kind = 'deadline_24' \
                   AND (SELECT expires_at FROM documents WHERE id = ?1) - 86400 <= CAST(?2 AS INTEGER)";
        execute(sql, [id(&self.document), now().unix().to_string()]).await;
        self.document
    }
}

async fn queue(document: &Document, notice: Notice) {
    queue_at(document, notice, now()).await;
}

async fn queue_at(document: &Document, notice: Notice, at: Timestamp) {
    let about = About {
        notice,
        document,
        clinic: "Клиника",
        base_url: "https://podpis.test",
        due: at,
    };
    let tx = Db::open().await.unwrap().begin().await.unwrap();
    podpis_kit::store::notices::queue(&tx, about, at)
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

/// What waits for the morning goes out.
async fn morning(document: &Document) {
    execute(
        "UPDATE outbox SET next_at = 0 WHERE document_id = ?1",
        [id(document)],
    )
    .await;
    tick().await;
}

async fn tick() {
    let request = axum::http::Request::post("http://deliver.spin.internal/tick");
    let response = podpis_native_deliver::serve(request.body(Body::empty()).unwrap()).await;
    assert_eq!(response.status(), 200);
}

async fn outbox(document: &Document) -> Vec<Queued> {
    let sql = "SELECT notice, channel, recipient, status, outcome, next_at FROM outbox WHERE document_id = ?1 \
               ORDER BY rowid";
    let db = Db::open().await.unwrap();
    let rows = db.query(sql, [id(document).into()]).await.unwrap();
    rows.iter()
        .map(|row| Queued {
            notice: row.text(0).unwrap(),
            channel: row.text(1).unwrap(),
            to: row.text(2).unwrap(),
            status: row.text(3).unwrap(),
            outcome: row.opt_text(4).unwrap(),
            next_at: row.int(5).unwrap(),
        })
        .collect()
}

async fn messages(to: &str) -> Vec<String> {
    let sql = "SELECT text FROM sandbox_messages WHERE recipient = ?1";
    let rows = Db::open()
        .await
        .unwrap()
        .query(sql, [to.into()])
        .await
        .unwrap();
    rows.iter().map(|row| row.text(0).unwrap()).collect()
}

async fn execute<const N: usize>(sql: &str, params: [String; N]) {
    let db = Db::open().await.unwrap();
    db.execute(sql, params.map(Value::from)).await.unwrap();
}

fn id(document: &Document) -> String {
    document.id.clone()
}

fn push(document: &Document) -> String {
    format!("https://push.test/{}", document.id)
}

async fn install() -> MutexGuard<'static, ()> {
    INSTALLED
        .get_or_init(|| async {
            let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("deliver-notices");
            // Of an earlier run.
            let _ = std::fs::remove_dir_all(&folder);
            std::fs::create_dir_all(&folder).unwrap();
            let set = [
                ("public_url", "https://podpis.test/"),
                ("sandbox", "true"),
                ("delivery_times", ""),
                ("keep_days", ""),
                ("webhook_key", ""),
                ("push_more_url", ""),
            ];
            spin_sdk::variables::set(set.map(|(name, value)| (name.to_owned(), value.to_owned())));
            spin_sdk::sqlite::set_path(folder.join("deliver.db"));
            let sql = "INSERT INTO clinics (id, name, inn, timezone, created_at) VALUES ('cl_1', 'Клиника', '', ?1, 0)";
            execute(sql, [ZONE.to_owned()]).await;
            let sql = "INSERT INTO blobs (id, sha256, streebog256, size, pages, created_at, bytes) \
                       VALUES ('blob_1', '', '', 0, 1, 0, ?1)";
            execute(sql, [String::new()]).await;
        })
        .await;
    ALONE.lock().await
}
