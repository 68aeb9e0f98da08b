//! What goes out with a one-time code, what never does, and what lies in the database meanwhile.

mod common;

use common::{ask, check, code, install, issue, row, text, to_sign, to_sign_in, with};
use podpis_kit::Db;
use podpis_kit::db::Value;
use serde_json::{Value as Json, json};

async fn ready() {
    install("messages", &[]).await;
}

#[tokio::test]
async fn what_no_code_is_sent_for() {
    ready().await;
    let sign = to_sign();
    for (body, word) in [
        (
            with(sign.clone(), "to", "+77011234567"),
            "российские мобильные",
        ),
        (
            with(sign.clone(), "to", "+74951234567"),
            "российские мобильные",
        ),
        (with(sign.clone(), "to", "89161234567"), "E.164"),
        (with(sign.clone(), "to", "m@example.ru"), "E.164"),
        (
            with(with(sign.clone(), "channel", "email"), "to", "m@example.ru"),
            "e-mail",
        ),
        (
            with(with(to_sign_in(), "channel", "email"), "to", "M@example.ru"),
            "lower case",
        ),
        (with(sign.clone(), "subject", "00"), "SHA-256"),
        (with(sign.clone(), "title", " "), "title"),
        (with(sign, "clinic_name", Json::Null), "clinic_name"),
    ] {
        let reply = issue(&body).await;
        assert_eq!(reply.problem(), (422, "invalid"), "{word}");
        assert!(reply.detail().contains(word), "{}", reply.detail());
        let to = body["to"].as_str().unwrap();
        let kept = row("SELECT id FROM codes WHERE recipient = ?1", to).await;
        assert_eq!(kept, None);
    }
}

#[tokio::test]
async fn an_e_mail_has_a_subject_and_no_line_for_phones() {
    ready().await;
    let body = with(
        with(to_sign_in(), "channel", "email"),
        "to",
        "anna@example.ru",
    );
    let id = issue(&body).await.id();
    let sql =
        "SELECT channel || ':' || recipient || ':' || subject FROM sandbox_messages WHERE id = ?1";
    let message = row(sql, &id).await.unwrap();
    assert_eq!(
        message,
        "email:anna@example.ru:Код для входа в личный кабинет"
    );
    assert!(!text(&id).await.contains('@'));
    assert_eq!(check(&id, &body, &code(&id).await).await.status, 200);
}

#[tokio::test]
async fn a_page_of_somebody_else_is_never_named() {
    ready().await;
    let body = with(to_sign_in(), "host", "evil.example");
    let sent = text(&issue(&body).await.id()).await;
    assert!(sent.contains("\n@podpis.test #"), "{sent}");
}

#[tokio::test]
async fn the_code_lies_nowhere_but_in_the_sandbox_messages() {
    ready().await;
    let body = to_sign();
    let id = issue(&body).await.id();
    let code = code(&id).await;
    assert_eq!(check(&id, &body, &code).await.status, 200);

    let db = Db::open().await.unwrap();
    let sql = "SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'sandbox_messages'";
    let mut seen = 0;
    for table in db.query(sql, []).await.unwrap() {
        let table = table.text(0).unwrap();
        for columns in db
            .query(&format!("PRAGMA table_info({table})"), [])
            .await
            .unwrap()
        {
            let column = columns.text(1).unwrap();
            // Times hold any six digits, sooner or later.
            let sql = format!(
                "SELECT count(*), coalesce(sum(instr(CAST({column} AS TEXT), ?1) > 0), 0) FROM {table} \
                 WHERE typeof({column}) <> 'integer'"
            );
            let row = db
                .first(&sql, [code.as_str().into()])
                .await
                .unwrap()
                .unwrap();
            seen += row.int(0).unwrap();
            assert_eq!(row.int(1).unwrap(), 0, "{table}.{column}");
        }
    }
    assert!(seen > 10, "the right tables are looked at");

    let context = row("SELECT context FROM codes WHERE id = ?1", &id)
        .await
        .unwrap();
    assert!(context.starts_with("sealed:") && !context.contains("of this test"));
    let pepper = row(
        "SELECT value FROM sandbox_keys WHERE name = ?1",
        "code_pepper",
    )
    .await;
    assert_eq!(pepper.unwrap().len(), 64);
}

#[tokio::test]
async fn a_message_of_the_outbox_goes_out_once() {
    ready().await;
    let body = json!({"id": "msg_1", "to": "+79169999999", "text": "Текст"});
    for _ in 0..2 {
        let reply = ask("/send", &body).await;
        assert_eq!(
            (reply.status, &reply.json["status"]),
            (200, &json!("delivered"))
        );
    }
    let db = Db::open().await.unwrap();
    let sql = "SELECT count(*) FROM sandbox_messages WHERE id = 'msg_1'";
    let count = db.first(sql, Vec::<Value>::new()).await.unwrap().unwrap();
    assert_eq!(count.int(0).unwrap(), 1);
}
