//! People with accounts, agreements of clinics, and codes that came back right.

use super::{PDF, ask, ask_json, person};
use podpis_kit::db::{Db, Value};
use podpis_kit::store::accounts::{self, contacts, contacts::Contact};
use podpis_kit::store::agreements::{self, Agreement};
use podpis_kit::store::{Document, blobs, intake};
use podpis_shared::account::Reach;
use podpis_shared::wire::vault::Stored;
use podpis_shared::{Delivery, Hashes, Kind, Method, Parties, Purpose, Status, Timestamp};
use serde_json::{Value as Json, json};

/// The phone of Мария Иванова.
pub(crate) const PHONE: &str = "+79161234567";

/// What stands for the code in a message as it is kept.
pub(crate) const TEXT: &str = "Клиника: код •••••• подпишет документ. Никому его не говорите.";

pub(crate) fn now() -> Timestamp {
    podpis_kit::now()
}

/// A clinic of this name's own.
pub(crate) async fn clinic(name: &str) -> String {
    let id = format!("cl_{name}");
    let db = Db::open().await.unwrap();
    let sql = "INSERT INTO clinics (id, name, inn, timezone, created_at) \
               VALUES (?1, 'Клиника', '7707083893', 'Europe/Moscow', 0)";
    db.execute(sql, [id.as_str().into()]).await.unwrap();
    id
}

/// A version of the clinic's agreement: the consent of the fixtures with something of its own at the end.
pub(crate) async fn agreement(clinic: &str, text: &str) -> (Agreement, Hashes) {
    let stored = stored(text).await;
    let tx = Db::open().await.unwrap().begin().await.unwrap();
    assert!(blobs::claim(&tx, &stored.blob).await.unwrap());
    let at = Timestamp::from_unix(now().unix() - 86_400);
    let agreement = agreements::insert(&tx, clinic, "Пользовательское соглашение", &stored, at)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    (agreement, stored.hashes)
}

async fn stored(text: &str) -> Stored {
    let mut pdf = PDF.to_vec();
    pdf.extend(format!("% {text}\n").bytes());
    let (status, stored) = ask("POST", "/blobs", pdf).await;
    assert_eq!(status, 201, "{}", String::from_utf8_lossy(&stored));
    serde_json::from_slice(&stored).unwrap()
}

/// An account that holds this phone or e-mail since an hour.
pub(crate) async fn account(contact: &str) -> String {
    let tx = Db::open().await.unwrap().begin().await.unwrap();
    let since = Timestamp::from_unix(now().unix() - 3600);
    let id = accounts::create(&tx, since).await.unwrap();
    let contact = Contact::parse(contact).unwrap();
    let reach = Reach {
        documents_from: Timestamp::from_unix(0),
        estranged: false,
    };
    contacts::add(&tx, &id, &contact, reach, since)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    id
}

/// A document for the account, to be signed by a code; `phone`: the one that the clinic named.
pub(crate) async fn document(
    id: &str,
    clinic: &str,
    kind: Kind,
    method: Method,
    phone: Option<&str>,
) -> Hashes {
    let stored = stored(id).await;
    let mut patient = person();
    patient["phone"] = phone.into();
    let tx = Db::open().await.unwrap().begin().await.unwrap();
    assert!(blobs::claim(&tx, &stored.blob).await.unwrap());
    let document = Document {
        id: id.into(),
        clinic_id: clinic.into(),
        position: intake::next_position(&tx, clinic).await.unwrap(),
        kind,
        title: "Договор".into(),
        external_id: None,
        patient: serde_json::from_value(patient).unwrap(),
        representative: None,
        purpose: Purpose::Signing,
        delivery: Delivery::Account,
        method,
        parties: Parties::Patient,
        metadata: "{}".into(),
        status: Status::Sent,
        original_blob: stored.blob.clone(),
        signed_blob: None,
        hashes: stored.hashes.clone(),
        size: stored.size,
        pages: stored.pages,
        created_at: now(),
        expires_at: Timestamp::from_unix(now().unix() + 86_400),
        opened_at: None,
        signed_at: None,
        completed_at: None,
    };
    intake::insert(&tx, &document).await.unwrap();
    let data = json!({"sha256": stored.hashes.sha256});
    let sent = podpis_kit::store::Event::Sent;
    podpis_kit::store::journal::append(&tx, clinic, Some(id), sent, now(), data)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    stored.hashes
}

/// Puts a document into an account.
pub(crate) async fn show(document: &str, account: &str, role: &str) {
    let db = Db::open().await.unwrap();
    let sql = "INSERT INTO account_documents (account_id, document_id, clinic_id, role, created_at, folded) \
               SELECT ?1, id, clinic_id, ?3, created_at, '' FROM documents WHERE id = ?2 \
               ON CONFLICT (account_id, document_id) DO UPDATE SET role = excluded.role";
    db.execute(sql, [account.into(), document.into(), role.into()])
        .await
        .unwrap();
}

/// Runs a statement without parameters.
pub(crate) async fn run(sql: &str) {
    let db = Db::open().await.unwrap();
    db.execute(sql, []).await.unwrap();
}

/// Counts rows.
pub(crate) async fn count(sql: &str, id: &str) -> i64 {
    match super::value(sql, id).await {
        Value::Integer(number) => number,
        other => panic!("no number: {other:?}"),
    }
}

/// What happened on the page.
fn act(hashes: &Hashes) -> Json {
    json!({
        "sha256": hashes.sha256, "streebog256": hashes.streebog256,
        "consent": {"version": "1", "statement": "Согласна.", "button": "Подписать"},
        "presentation": {"total_ms": 1, "pages": [], "reached_end": true, "downloaded": false},
        "started_at": Timestamp::from_unix(now().unix() - 60), "client_addr": null, "user_agent": null,
    })
}

/// A code that came back right.
pub(crate) fn code(account: &str, to: &str) -> Json {
    let ago = |seconds: i64| Timestamp::from_unix(now().unix() - seconds);
    json!({
        "account_id": account, "channel": if to.contains('@') { "email" } else { "sms" }, "to": to,
        "text": TEXT, "contact_since": ago(3600), "esia_confirmed_at": null, "issued_at": ago(50),
        "sent_at": ago(49), "receipt": "gw-1", "verified_at": ago(1), "wrong_tries": 1, "round": 1,
    })
}

/// `POST /accept` by a code.
pub(crate) async fn accept(
    act_id: &str,
    agreement: &str,
    hashes: &Hashes,
    named: Option<Json>,
    code: Json,
) -> (u16, Json) {
    let body = json!({
        "agreement_id": agreement, "account_id": code["account_id"], "act_id": act_id, "act": act(hashes),
        "person": named, "identity": {"code": code},
    });
    ask_json("POST", "/accept", &body).await
}

/// `POST /sign` by a code.
pub(crate) async fn sign(
    act_id: &str,
    document: &str,
    hashes: &Hashes,
    method: &str,
    code: Json,
) -> (u16, Json) {
    let body = json!({
        "document_id": document, "act_id": act_id, "method": method, "act": act(hashes),
        "identity": {"code": code},
    });
    ask_json("POST", "/sign", &body).await
}

/// The sealed PDF of a document.
pub(crate) async fn sealed(document: &str) -> Vec<u8> {
    let sql = "SELECT signed_blob FROM documents WHERE id = ?1";
    let Value::Text(blob) = super::value(sql, document).await else {
        panic!("not signed")
    };
    let (status, pdf) = ask("GET", &format!("/blobs/{blob}"), Vec::new()).await;
    assert_eq!(status, 200);
    pdf
}
