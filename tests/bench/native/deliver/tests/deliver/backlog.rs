//! Who is away stops nobody else, and what nobody needs any more is forgotten.

use super::*;
use podpis_kit::store::outbox::{self, Channel, Outgoing};

const DEAD: &str = "https://dead.test";
const ALIVE: &str = "https://alive.test";

#[tokio::test]
async fn a_push_service_that_is_away_delays_no_other_and_gets_its_messages_later() {
    let _alone = install().await;
    let mut waiting = Vec::new();
    for _ in 0..40 {
        waiting.push(push_to(DEAD).await);
    }
    leave_alone(DEAD, 600).await;
    let other = push_to(ALIVE).await;
    tick().await;
    assert_eq!(outbox(&other).await[0].status, "sent");
    for document in &waiting {
        let queued = &outbox(document).await[0];
        assert_eq!(queued.status, "queued");
        let sql = "SELECT max(attempts) FROM outbox WHERE document_id = ?1";
        assert_eq!(number(sql, [id(document)]).await, 0, "tried all the same");
    }
    // One goes ahead and tries; that it went well lets the others follow.
    leave_alone(DEAD, -1).await;
    for _ in 0..10 {
        tick().await;
    }
    for document in &waiting {
        assert_eq!(outbox(document).await[0].status, "sent");
    }
    let sql = "SELECT count(*) FROM webhook_origins WHERE origin = 'push ' || ?1";
    assert_eq!(number(sql, [DEAD.to_owned()]).await, 0);
}

#[tokio::test]
async fn what_waits_too_long_for_who_is_away_is_given_up() {
    let _alone = install().await;
    let (late, fresh) = (push_to(DEAD).await, push_to(DEAD).await);
    let sql = "UPDATE outbox SET next_at = next_at - 90000 WHERE document_id = ?1";
    execute(sql, [id(&late)]).await;
    leave_alone(DEAD, 600).await;
    tick().await;
    let given_up = &outbox(&late).await[0];
    let found = (given_up.status.as_str(), given_up.outcome.as_deref());
    assert_eq!(found, ("dead", Some("unavailable")));
    assert_eq!(outbox(&fresh).await[0].status, "queued");
    let sql = "SELECT count(*) FROM journal WHERE document_id = ?1 AND type = 'message.failed'";
    assert_eq!(number(sql, [id(&late)]).await, 1, "the clinic is told");
    leave_alone(DEAD, -1).await;
    tick().await;
}

#[tokio::test]
async fn what_is_old_is_forgotten_in_parts_and_nothing_else() {
    let _alone = install().await;
    let document = sent(-50, 20).insert().await;
    tick().await;
    let kept = || async {
        let mut counts = Vec::new();
        for table in ["journal", "usage_rows", "outbox", "documents"] {
            let sql = format!("SELECT count(*) FROM {table}");
            counts.push(number::<0>(&sql, []).await);
        }
        counts
    };
    let before = kept().await;
    let (old, young) = (now().plus(-91 * 24 * HOUR), now().plus(-89 * 24 * HOUR));
    for (at, count) in [(old, 1200), (young, 10)] {
        let sql = "INSERT INTO delivery_attempts (subject, number, at, asked, ms) \
                   WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < CAST(?3 AS INTEGER)) \
                   SELECT ?1, n, CAST(?2 AS INTEGER), 'sms', 1 FROM n";
        let subject = format!("msg_{}_{at}", document.id);
        execute(sql, [subject, at.unix().to_string(), count.to_string()]).await;
    }
    for (seq, status, at) in [
        (1, "dead", old),
        (2, "delivered", young),
        (3, "queued", old),
    ] {
        let sql = "INSERT INTO webhook_deliveries (id, clinic_id, seq, document_id, status, waits, attempts, next_at, since, \
                   created_at, settled_at) VALUES (?1, 'cl_none', CAST(?2 AS INTEGER), 'doc', ?3, 0, 1, 0, 0, 0, CAST(?4 AS INTEGER))";
        let row = [
            format!("del_{seq}"),
            seq.to_string(),
            status.to_owned(),
            at.unix().to_string(),
        ];
        execute(sql, row).await;
    }
    for (name, days) in [("old", 366), ("young", 364)] {
        let sql = "INSERT INTO letter_tokens (token_hash, message_id, created_at) VALUES (?1, 'msg', CAST(?2 AS INTEGER))";
        let at = now().plus(-days * 24 * HOUR).unix();
        execute(sql, [name.to_owned(), at.to_string()]).await;
    }
    for (name, days) in [("old", 31), ("young", 29)] {
        let sql = "INSERT INTO sandbox_messages (id, channel, recipient, text, at) \
                   VALUES (?1, 'sms', 'sweep', '', CAST(?2 AS INTEGER))";
        let at = now().plus(-days * 24 * HOUR).unix();
        execute(sql, [name.to_owned(), at.to_string()]).await;
    }
    for (name, days) in [("erased_old", 1097), ("erased_young", 1095)] {
        let sql =
            "INSERT INTO accounts (id, created_at, level, notices) VALUES (?1, 0, 'contact', '{}')";
        execute(sql, [name.to_owned()]).await;
        let sql = "INSERT INTO erasures (account_id, asked_at, done_at, kept) \
                   VALUES (?1, CAST(?2 AS INTEGER), CAST(?2 AS INTEGER), '[]')";
        let at = now().plus(-days * 24 * HOUR).unix();
        execute(sql, [name.to_owned(), at.to_string()]).await;
    }
    for (caller, ago) in [("old", 11), ("young", 0)] {
        let sql =
            "INSERT INTO rate_windows (caller, minute, used) VALUES (?1, CAST(?2 AS INTEGER), 1)";
        let minute = now().unix() / 60 - ago;
        execute(sql, [caller.to_owned(), minute.to_string()]).await;
    }
    let attempts = || async {
        let sql = "SELECT count(*) FROM delivery_attempts WHERE subject LIKE ?1";
        number(sql, [format!("msg_{}%", document.id)]).await
    };
    tick().await;
    assert_eq!(attempts().await, 1210 - 500, "a part at a time");
    for _ in 0..3 {
        tick().await;
    }
    assert_eq!(attempts().await, 10);
    for (sql, left) in [
        (
            "SELECT group_concat(seq) FROM (SELECT seq FROM webhook_deliveries WHERE clinic_id = 'cl_none' ORDER BY seq)",
            "2,3",
        ),
        (
            "SELECT group_concat(token_hash) FROM letter_tokens WHERE message_id = 'msg'",
            "young",
        ),
        (
            "SELECT group_concat(id) FROM sandbox_messages WHERE recipient = 'sweep'",
            "young",
        ),
        ("SELECT group_concat(caller) FROM rate_windows", "young"),
        (
            "SELECT group_concat(account_id) FROM erasures",
            "erased_young",
        ),
    ] {
        let row = Db::open().await.unwrap().first(sql, []).await.unwrap();
        assert_eq!(row.unwrap().text(0).unwrap(), left, "{sql}");
    }
    assert_eq!(kept().await, before);
}

/// A document whose signer's browser gets a push message by this service.
async fn push_to(service: &str) -> Document {
    let mut draft = sent(0, 48);
    draft.account(r#"{"email": false, "push": true}"#).await;
    let document = draft.insert().await;
    let endpoint = format!("{service}/{}", document.id);
    let sql = "UPDATE push_subscriptions SET endpoint = ?2 WHERE endpoint = ?1";
    execute(sql, [push(&document), endpoint.clone()]).await;
    let message = Outgoing {
        channel: Channel::Push,
        recipient: &endpoint,
        subject: Some("Клиника"),
        text: "Документ",
        notice: Some("arrived"),
        due: now(),
        others: &[],
    };
    let tx = Db::open().await.unwrap().begin().await.unwrap();
    outbox::queue(&tx, &document, message, now()).await.unwrap();
    tx.commit().await.unwrap();
    document
}

/// The breaker of a push service is open for so many seconds.
async fn leave_alone(service: &str, seconds: i64) {
    let sql = "INSERT INTO webhook_origins (origin, failures, until) VALUES ('push ' || ?1, 5, CAST(?2 AS INTEGER)) \
               ON CONFLICT (origin) DO UPDATE SET until = CAST(?2 AS INTEGER)";
    let until = now().plus(seconds).unix().to_string();
    execute(sql, [service.to_owned(), until]).await;
}

async fn number<const N: usize>(sql: &str, params: [String; N]) -> i64 {
    let db = Db::open().await.unwrap();
    let row = db.first(sql, params.map(Value::from)).await.unwrap();
    row.unwrap().int(0).unwrap()
}
