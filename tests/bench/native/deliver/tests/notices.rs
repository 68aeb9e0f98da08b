//! Notices: what is queued, when, for whom, and what becomes of it. The component `deliver`, compiled for the host.

#![expect(clippy::unwrap_used, reason = "a test panics where it fails")]

use axum::body::Body;
use podpis_kit::daytime::{Clock, by_day};
use podpis_kit::db::Value;
use podpis_kit::store::notices::{self, About, Notice};
use podpis_kit::store::{Document, intake};
use podpis_kit::{Db, now};
use podpis_shared::{Delivery, Hashes, Kind, Method, Parties, Purpose, Status, Timestamp};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use tokio::sync::{Mutex, MutexGuard, OnceCell};

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

#[tokio::test]
async fn a_deadline_is_reminded_of_once_by_day() {
    let _alone = install().await;
    let document = sent(-50, 20).insert().await;
    for _ in 0..3 {
        tick().await;
    }
    let [queued] = outbox(&document).await.try_into().unwrap();
    assert_eq!(
        (queued.notice.as_str(), queued.channel.as_str()),
        ("deadline", "email")
    );
    assert_eq!(queued.to, document.patient.email.as_ref().unwrap().expose());
    // At once by day, else at 10:00: the next ticks change nothing about it.
    let due = by_day(now(), ZONE).unix();
    assert!(
        queued.status == "sent" || (queued.next_at - due).abs() < 60,
        "{queued:?}"
    );
    morning(&document).await;
    assert_eq!(outbox(&document).await[0].status, "sent");
    let [message] = messages(&queued.to).await.try_into().unwrap();
    assert!(
        message.contains("https://podpis.test/account/document#"),
        "{message}"
    );
}

#[tokio::test]
async fn no_reminder_where_there_is_nothing_to_remind_of() {
    let _alone = install().await;
    let documents = [
        // Sent less than 48 hours before its end; ends later than tomorrow; signed; closed; by link, to nobody that we know.
        sent(-20, 20).insert().await,
        sent(-50, 25).insert().await,
        sent(-50, 20).status(Status::PatientSigned).insert().await,
        sent(-50, 20).status(Status::Declined).insert().await,
        sent(-50, 20).by_link().insert().await,
    ];
    tick().await;
    for document in documents {
        assert_eq!(outbox(&document).await, [], "{document:?}");
    }
}

#[tokio::test]
async fn an_account_chooses_its_ways() {
    let _alone = install().await;
    for (wants, by_link, expected) in [
        (
            r#"{"email": true, "push": true}"#,
            false,
            vec!["email", "push"],
        ),
        (r#"{"email": true, "push": false}"#, false, vec!["email"]),
        (r#"{"email": false, "push": true}"#, false, vec!["push"]),
        (r#"{"email": false, "push": false}"#, false, vec![]),
        (
            r#"{"email": true, "push": true}"#,
            true,
            vec!["email", "push"],
        ),
    ] {
        let mut draft = sent(-50, 20);
        draft.account(wants).await;
        let draft = if by_link { draft.by_link() } else { draft };
        let document = draft.insert().await;
        tick().await;
        let mut ways: Vec<String> = outbox(&document)
            .await
            .into_iter()
            .map(|q| q.channel)
            .collect();
        ways.sort_unstable();
        assert_eq!(ways, expected, "{wants} {by_link}");
    }
}

#[tokio::test]
async fn a_letter_goes_to_the_accounts_address_where_the_clinic_gave_none() {
    let _alone = install().await;
    let mut draft = sent(-50, 20);
    draft.account(r#"{"email": true, "push": false}"#).await;
    let email = draft.document.patient.email.take().unwrap();
    let document = draft.insert().await;
    tick().await;
    assert_eq!(outbox(&document).await[0].to, email.expose());
}

#[tokio::test]
async fn the_same_is_told_once_but_a_reminder_each_time() {
    let _alone = install().await;
    let document = sent(0, 48).insert().await;
    for _ in 0..2 {
        queue(&document, Notice::Arrived).await;
        queue(&document, Notice::Reminder).await;
    }
    let told: Vec<String> = outbox(&document)
        .await
        .into_iter()
        .map(|q| q.notice)
        .collect();
    assert_eq!(told, ["arrived", "reminder", "reminder"]);
}

#[tokio::test]
async fn who_asks_to_sign_what_is_closed_stays_silent() {
    let _alone = install().await;
    let mut draft = sent(0, 48);
    draft.account(r#"{"email": true, "push": true}"#).await;
    let document = draft.insert().await;
    queue(&document, Notice::Arrived).await;
    execute(
        "UPDATE documents SET status = 'cancelled' WHERE id = ?1",
        [id(&document)],
    )
    .await;
    queue(&document, Notice::Cancelled).await;
    execute(
        "DELETE FROM push_subscriptions WHERE endpoint = ?1",
        [push(&document)],
    )
    .await;
    tick().await;
    for queued in outbox(&document).await {
        let outcome = queued.outcome.as_deref().unwrap();
        match (queued.notice.as_str(), queued.channel.as_str()) {
            ("arrived", _) => assert_eq!(outcome, "document_closed"),
            ("cancelled", "push") => assert_eq!(outcome, "unsubscribed"),
            ("cancelled", "email") => {
                assert_eq!((outcome, queued.status.as_str()), ("sent", "sent"))
            }
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn what_wakes_nobody_goes_out_at_any_hour() {
    let _alone = install().await;
    for (hour, is_night) in [(0, true), (9, true), (10, false), (20, false), (21, true)] {
        let mut draft = sent(0, 48);
        draft.account(r#"{"email": true, "push": true}"#).await;
        let document = draft.insert().await;
        let minutes = where_it_is(hour);
        let sql = "UPDATE accounts SET utc_offset = CAST(?2 AS INTEGER) WHERE id = ?1";
        let account = format!("acc_{}", document.id);
        execute(sql, [account, minutes.to_string()]).await;
        let at = now();
        let morning = Clock::of_minutes(minutes).by_day(at);
        assert_eq!(morning > at, is_night, "{hour}");
        for (notice, letter, push) in [
            (Notice::Arrived, at, morning),
            (Notice::Cancelled, at, morning),
            (Notice::Signed, at, at),
            (Notice::Reminder, morning, morning),
            (Notice::Expired, morning, morning),
        ] {
            queue_at(&document, notice, at).await;
            let rows = outbox(&document).await;
            let due = |channel: &str| {
                let mut rows = rows.iter().filter(|row| row.notice == notice.as_str());
                rows.find(|row| row.channel == channel).unwrap().next_at
            };
            let found = (due("email"), due("push"));
            assert_eq!(found, (letter.unix(), push.unix()), "{notice:?} at {hour}");
        }
    }
}

#[tokio::test]
async fn a_reminder_of_what_ends_in_the_night_goes_out_at_once() {
    let _alone = install().await;
    // From 3:00 there are seven hours to the morning, of which one is to be left.
    for (ends_in, waits) in [(9, true), (6, false)] {
        let mut draft = sent(0, ends_in);
        draft.account(r#"{"email": true, "push": false}"#).await;
        let document = draft.insert().await;
        let sql = "UPDATE accounts SET utc_offset = CAST(?2 AS INTEGER) WHERE id = ?1";
        let account = format!("acc_{}", document.id);
        execute(sql, [account, where_it_is(3).to_string()]).await;
        let at = now();
        queue_at(&document, Notice::Reminder, at).await;
        let [queued] = outbox(&document).await.try_into().unwrap();
        assert_eq!(queued.next_at > at.unix(), waits, "{queued:?}");
    }
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
    notices::queue(&tx, about, at).await.unwrap();
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
