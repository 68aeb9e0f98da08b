//! Documents of one package are told of in one message: reminders, the SMS about what nobody has opened, the end.

use super::*;
use podpis_kit::store::outbox::{self, Kept};
use podpis_kit::store::packages::{self, Place};
use podpis_shared::wire::mis::Package;

const BOTH: &str = r#"{"email": true, "push": true}"#;
const LETTERS: &str = r#"{"email": true, "push": false}"#;

/// Documents of one package, sent 50 hours ago and told of, that end so many hours from now; their signer has an account that wants
/// this. Nothing is planned of them.
async fn package(wants: &str, ends_in: &[i64]) -> Vec<Document> {
    let mut first = sent(-50, ends_in[0]);
    first.account(wants).await;
    let patient = first.document.patient.clone();
    let mut drafts = vec![first];
    for hours in &ends_in[1..] {
        let mut draft = sent(-50, *hours);
        draft.document.patient = patient.clone();
        drafts.push(draft);
    }
    let package = Package {
        id: drafts[0].document.id.clone(),
        of: u8::try_from(ends_in.len()).unwrap(),
    };
    let mut documents = Vec::new();
    for draft in drafts {
        let document = draft.insert().await;
        let tx = Db::open().await.unwrap().begin().await.unwrap();
        let last = documents.len() + 1 == ends_in.len();
        let place = packages::put(&tx, &document, &package).await.unwrap();
        assert_eq!(place, Place::Taken { last });
        tx.commit().await.unwrap();
        let sql = "DELETE FROM planned_notices WHERE document_id = ?1";
        execute(sql, [id(&document)]).await;
        let sql = "UPDATE document_packages SET told_at = 1 WHERE document_id = ?1";
        execute(sql, [id(&document)]).await;
        documents.push(document);
    }
    documents
}

/// Plans a notice so many hours from now.
async fn plan(document: &Document, kind: &str, in_hours: i64) {
    let sql = "INSERT INTO planned_notices (document_id, kind, at) VALUES (?1, ?2, CAST(?3 AS INTEGER)) \
               ON CONFLICT (document_id, kind) DO UPDATE SET at = CAST(?3 AS INTEGER)";
    let at = now().plus(in_hours * HOUR).unix().to_string();
    execute(sql, [id(document), kind.to_owned(), at]).await;
}

/// What is planned of documents: their numbers and the kinds.
async fn plans(documents: &[Document]) -> Vec<(usize, String)> {
    let mut plans = Vec::new();
    for (number, document) in documents.iter().enumerate() {
        let db = Db::open().await.unwrap();
        let sql = "SELECT kind FROM planned_notices WHERE document_id = ?1 ORDER BY kind";
        for row in db.query(sql, [id(document).into()]).await.unwrap() {
            plans.push((number, row.text(0).unwrap()));
        }
    }
    plans
}

/// The messages about a document, those about several among them.
async fn about(document: &Document) -> Vec<Kept> {
    let db = Db::open().await.unwrap();
    outbox::about(&db, &document.id).await.unwrap()
}

/// The one message about each of these, on a way; nothing about it is told of the others.
async fn shared(documents: &[Document], told: &[usize], channel: &str) -> Kept {
    let mut found: Vec<Kept> = Vec::new();
    for (number, document) in documents.iter().enumerate() {
        let mut messages = about(document).await;
        messages.retain(|message| message.channel == channel);
        let expected = usize::from(told.contains(&number));
        assert_eq!(messages.len(), expected, "{number}");
        found.extend(messages);
    }
    assert!(found.iter().all(|message| message.id == found[0].id));
    found.swap_remove(0)
}

/// The words of a message as it went out.
async fn words(message: &Kept) -> String {
    let sql = "SELECT subject, text FROM sandbox_messages WHERE id = ?1";
    let db = Db::open().await.unwrap();
    let row = db.first(sql, [message.id.as_str().into()]).await.unwrap();
    let row = row.unwrap();
    let subject = row.opt_text(0).unwrap().unwrap_or_default();
    format!("{subject}\n{}", row.text(1).unwrap()).replace('\u{a0}', " ")
}

async fn set_status(document: &Document, status: &str) {
    let sql = "UPDATE documents SET status = ?2 WHERE id = ?1";
    execute(sql, [id(document), status.to_owned()]).await;
}

/// It is this hour at the signer's.
async fn clock(documents: &[Document], hour: i64) {
    let sql = "UPDATE accounts SET utc_offset = CAST(?2 AS INTEGER) WHERE id = ?1";
    let account = format!("acc_{}", documents[0].id);
    execute(sql, [account, where_it_is(hour).to_string()]).await;
}

fn link(document: &Document) -> String {
    format!("https://podpis.test/account/document#{}", document.id)
}

#[tokio::test]
async fn one_reminder_tells_of_all_that_are_open() {
    let _alone = install().await;
    let documents = package(BOTH, &[22, 20, 21, 23]).await;
    set_status(&documents[3], "patient_signed").await;
    for document in &documents {
        plan(document, "deadline_24", -1).await;
    }
    for _ in 0..3 {
        tick().await;
    }
    for channel in ["email", "push"] {
        let message = shared(&documents, &[0, 1, 2], channel).await;
        assert_eq!(message.notice.as_deref(), Some("deadline"));
        assert_eq!(message.status, "sent");
        let words = words(&message).await;
        assert!(words.contains("вас ждут 3 документа"), "{words}");
        let until = documents[1].expires_at.moscow_words();
        assert!(words.contains(&until.replace('\u{a0}', " ")), "{words}");
        assert!(words.contains(&link(&documents[1])), "{words}");
    }
    assert_eq!(plans(&documents).await, []);
    // The clinic hears of it per document.
    for (document, expected) in documents.iter().zip([2, 2, 2, 0]) {
        let sql =
            "SELECT count(*) FROM journal WHERE document_id = ?1 AND type = 'message.delivered'";
        let db = Db::open().await.unwrap();
        let row = db.first(sql, [id(document).into()]).await.unwrap();
        assert_eq!(row.unwrap().int(0).unwrap(), expected);
    }
}

#[tokio::test]
async fn what_ends_much_later_is_counted_and_reminded_of_again() {
    let _alone = install().await;
    let documents = package(LETTERS, &[20, 30, 300]).await;
    plan(&documents[0], "deadline_24", -1).await;
    plan(&documents[0], "deadline_3", 17).await;
    plan(&documents[1], "deadline_24", 6).await;
    plan(&documents[1], "deadline_3", 27).await;
    plan(&documents[2], "deadline_24", 276).await;
    tick().await;
    let message = shared(&documents, &[0, 1, 2], "email").await;
    let words = words(&message).await;
    assert!(words.contains("вас ждут 3 документа"), "{words}");
    let left = [(0, "deadline_3"), (1, "deadline_3"), (2, "deadline_24")];
    let left = left.map(|(number, kind)| (number, kind.to_owned()));
    assert_eq!(plans(&documents).await, left);
    // The last one that is open is told of as any document.
    for document in &documents[..2] {
        set_status(document, "declined").await;
    }
    plan(&documents[2], "deadline_24", -1).await;
    tick().await;
    let alone = about(&documents[2]).await;
    assert_eq!(alone.len(), 2);
    let words = self::words(&alone[1]).await;
    assert!(words.contains("документ ждёт вас только до"), "{words}");
    assert_eq!(about(&documents[0]).await.len(), 1);
}

#[tokio::test]
async fn nothing_is_said_where_all_is_done() {
    let _alone = install().await;
    let documents = package(LETTERS, &[20, 20]).await;
    for (document, status) in documents.iter().zip(["patient_signed", "cancelled"]) {
        plan(document, "deadline_24", -1).await;
        plan(document, "unopened", -1).await;
        set_status(document, status).await;
    }
    tick().await;
    for document in &documents {
        assert!(about(document).await.is_empty());
    }
    assert_eq!(plans(&documents).await, []);
}

#[tokio::test]
async fn the_night_is_waited_for_before_the_documents_are_counted() {
    let _alone = install().await;
    let documents = package(LETTERS, &[22, 22, 22]).await;
    for document in &documents {
        plan(document, "deadline_24", -1).await;
    }
    clock(&documents, 3).await;
    tick().await;
    assert_eq!(plans(&documents).await.len(), 3);
    assert!(about(&documents[0]).await.is_empty());
    set_status(&documents[1], "completed").await;
    clock(&documents, 12).await;
    for document in &documents {
        plan(document, "deadline_24", -1).await;
    }
    tick().await;
    let message = shared(&documents, &[0, 2], "email").await;
    let words = words(&message).await;
    assert!(words.contains("вас ждут 2 документа"), "{words}");
}

#[tokio::test]
async fn a_message_that_waited_counts_anew() {
    let _alone = install().await;
    for (closed, expected) in [
        (&[1][..], Some("2 документа на подпись")),
        (&[0, 1], Some("новый документ")),
        (&[0, 1, 2], None),
    ] {
        let documents = package(LETTERS, &[20, 21, 22]).await;
        let sql = "UPDATE document_packages SET told_at = NULL WHERE document_id = ?1";
        for document in &documents {
            execute(sql, [id(document)]).await;
        }
        let tx = Db::open().await.unwrap().begin().await.unwrap();
        let (first, base) = (&documents[0].id, "https://podpis.test");
        let told = packages::tell(&tx, first, "Клиника", base, now()).await;
        told.unwrap();
        tx.commit().await.unwrap();
        for number in closed {
            set_status(&documents[*number], "completed").await;
        }
        tick().await;
        let message = shared(&documents, &[0, 1, 2], "email").await;
        assert_eq!(message.notice.as_deref(), Some("package"));
        let Some(expected) = expected else {
            assert_eq!(message.outcome.as_deref(), Some("document_closed"));
            continue;
        };
        let words = words(&message).await;
        assert!(words.contains(expected), "{words}");
        let open = documents.iter().zip(0..).find(|(_, n)| !closed.contains(n));
        assert!(words.contains(&link(open.unwrap().0)), "{words}");
    }
}

#[tokio::test]
async fn one_sms_tells_of_a_package_that_nobody_has_opened() {
    let _alone = install().await;
    let documents = package(LETTERS, &[90, 80, 100]).await;
    // The one that it was due for first was taken back: the others are not opened either.
    set_status(&documents[0], "cancelled").await;
    plan(&documents[0], "unopened", -2).await;
    plan(&documents[1], "unopened", -1).await;
    plan(&documents[2], "unopened", 48).await;
    tick().await;
    let message = shared(&documents, &[1, 2], "sms").await;
    assert_eq!(message.notice.as_deref(), Some("unopened"));
    assert_eq!(plans(&documents).await, []);
    let sql = "SELECT text FROM outbox WHERE id = ?1";
    let db = Db::open().await.unwrap();
    let row = db.first(sql, [message.id.as_str().into()]).await.unwrap();
    let text = row.unwrap().text(0).unwrap().replace('\u{a0}', " ");
    assert!(text.contains("вас ждут 2 документа."), "{text}");
}

#[tokio::test]
async fn who_opened_one_of_a_package_gets_no_sms() {
    let _alone = install().await;
    let documents = package(LETTERS, &[90, 80]).await;
    let sql = "UPDATE documents SET status = 'opened', opened_at = 1 WHERE id = ?1";
    execute(sql, [id(&documents[1])]).await;
    for document in &documents {
        plan(document, "unopened", -1).await;
    }
    tick().await;
    assert_eq!(plans(&documents).await, []);
    for document in &documents {
        assert!(about(document).await.is_empty());
    }
}

#[tokio::test]
async fn an_sms_waits_until_a_package_was_told_of() {
    let _alone = install().await;
    let documents = package(LETTERS, &[90, 80]).await;
    let sql = "UPDATE document_packages SET told_at = NULL WHERE document_id = ?1";
    for document in &documents {
        execute(sql, [id(document)]).await;
        plan(document, "unopened", -1).await;
    }
    tick().await;
    assert_eq!(plans(&documents).await.len(), 2);
    assert!(about(&documents[0]).await.is_empty());
}

#[tokio::test]
async fn the_end_of_a_package_is_told_once() {
    let _alone = install().await;
    // The third has an hour's quarter left, the fourth days.
    let documents = package(BOTH, &[-1, -1, 90, 90]).await;
    let soon = now().plus(HOUR / 4).unix().to_string();
    let sql = "UPDATE documents SET expires_at = CAST(?2 AS INTEGER) WHERE id = ?1";
    execute(sql, [id(&documents[2]), soon]).await;
    tick().await;
    let expired = [0, 1].map(|number| (number, "expired".to_owned()));
    assert_eq!(plans(&documents).await, expired);
    assert!(about(&documents[0]).await.is_empty());
    execute(sql, [id(&documents[2]), now().unix().to_string()]).await;
    tick().await;
    assert_eq!(plans(&documents).await.len(), 3);
    plan(&documents[0], "expired", -1).await;
    tick().await;
    assert_eq!(plans(&documents).await, []);
    for channel in ["email", "push"] {
        let message = shared(&documents, &[0, 1, 2], channel).await;
        assert_eq!(message.notice.as_deref(), Some("expired"));
        let words = words(&message).await;
        assert!(words.contains("срок 3 документов истёк"), "{words}");
    }
    // The last one has no company any more: it is told of at once.
    execute(sql, [id(&documents[3]), now().unix().to_string()]).await;
    tick().await;
    let message = shared(&documents[3..], &[0], "email").await;
    let words = words(&message).await;
    assert!(words.contains("теперь подписать его нельзя"), "{words}");
}

#[tokio::test]
async fn nobody_learns_of_the_end_of_what_they_were_not_told_of() {
    let _alone = install().await;
    let documents = package(LETTERS, &[-1, 90]).await;
    let sql = "UPDATE document_packages SET told_at = NULL WHERE document_id = ?1";
    for document in &documents {
        execute(sql, [id(document)]).await;
    }
    tick().await;
    assert_eq!(plans(&documents).await, []);
    assert!(about(&documents[0]).await.is_empty());
}
