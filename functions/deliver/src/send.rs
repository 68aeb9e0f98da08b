//! Sending one message and keeping its outcome.

use crate::db::{self, Message};
use podpis_kit::store::notices::{self, Notice};
use podpis_kit::store::outbox::LINK_TOKEN;
use podpis_kit::store::{Document, Event, documents, journal, links, sandbox};
use podpis_kit::{Context, Db, Failure, Result, neighbour, now, random, vars};
use podpis_shared::problem::Code;
use serde_json::json;

/// Tries before a message is given up.
const ATTEMPTS_MAX: i64 = 8;

/// Sends a leased message; stores what came of it.
///
/// # Errors
/// Only what the database says: a gateway's failure is an outcome.
pub(crate) async fn send(context: &Context, message: Message) -> Result<()> {
    let db = Db::open().await?;
    let Some(document) = documents::find(&db, &message.document_id).await? else {
        return Ok(db::give_up(&db, &message, "no document").await?);
    };
    if let Some(why) = pointless(&db, &message, &document).await? {
        return Ok(db::give_up(&db, &message, why).await?);
    }
    let text = match with_link(db, &message, &document).await? {
        Some(text) => text,
        None => return Ok(()),
    };
    match hand_over(context, &message, &document, &text).await {
        Ok(()) => finish(&message, &document, Event::MessageDelivered, "sent").await,
        Err(failure) if message.attempts >= ATTEMPTS_MAX => {
            let why = failure.code().map_or("failed", Code::as_str);
            finish(&message, &document, Event::MessageFailed, why).await
        }
        Err(_) => Ok(db::retry_later(
            &Db::open().await?,
            &message,
            now().plus(backoff(message.attempts)),
        )
        .await?),
    }
}

/// Why nobody needs a notice any more: what it asks for can't be done, or the browser takes no more messages.
async fn pointless(
    db: &Db,
    message: &Message,
    document: &Document,
) -> Result<Option<&'static str>> {
    let asks = message.notice.as_deref().is_some_and(Notice::asks_to_sign);
    if asks && !document.is_open(now()) {
        return Ok(Some("document closed"));
    }
    let push = message.channel == "push";
    if push && !notices::is_subscribed(db, &message.recipient).await? {
        return Ok(Some("unsubscribed"));
    }
    Ok(None)
}

/// Puts a fresh link into a text that asks for one. `None`: the document is closed, nobody needs the message.
async fn with_link(db: Db, message: &Message, document: &Document) -> Result<Option<String>> {
    if !message.text.contains(LINK_TOKEN) {
        return Ok(Some(message.text.clone()));
    }
    let at = now();
    let tx = db.begin().await?;
    if !document.is_open(at) {
        db::give_up(&tx, message, "document closed").await?;
        tx.commit().await?;
        return Ok(None);
    }
    let token = random::token()?;
    links::insert(&tx, &token, document, at).await?;
    let facts = json!({ "message_id": message.id });
    journal::append(
        &tx,
        &document.clinic_id,
        Some(&document.id),
        Event::LinkIssued,
        at,
        facts,
    )
    .await?;
    tx.commit().await?;
    Ok(Some(message.text.replace(LINK_TOKEN, &token)))
}

async fn hand_over(
    context: &Context,
    message: &Message,
    document: &Document,
    text: &str,
) -> Result<()> {
    match message.channel.as_str() {
        "sms" => {
            let body = json!({
                "id": message.id, "to": message.recipient, "text": text,
                "clinic_id": document.clinic_id, "document_id": document.id,
            });
            let body =
                serde_json::to_vec(&body).map_err(|e| Failure::internal("json", e.to_string()))?;
            let request = neighbour::request(context, "sms", axum::http::Method::POST, "/send")
                .header(axum::http::header::CONTENT_TYPE, "application/json")
                .body(axum::body::Body::from(body));
            neighbour::send(request).await.map(drop)
        }
        channel @ ("email" | "push") if vars::sandbox().await? => {
            let (db, subject) = (Db::open().await?, message.subject.as_deref());
            let (id, to) = (&message.id, &message.recipient);
            Ok(sandbox::keep(&db, id, channel, to, subject, text, now()).await?)
        }
        _ => Err(Failure::new(
            Code::Unavailable,
            "no gateway is configured for this channel",
        )),
    }
}

/// Outcome and journal entry in one step; only the holder of the lease writes it.
async fn finish(message: &Message, document: &Document, event: Event, outcome: &str) -> Result<()> {
    let at = now();
    let tx = Db::open().await?.begin().await?;
    let status = if event == Event::MessageDelivered {
        "sent"
    } else {
        "failed"
    };
    if db::finish(&tx, message, status, outcome, at).await? {
        let facts =
            json!({ "message_id": message.id, "channel": message.channel, "outcome": outcome });
        journal::append(
            &tx,
            &document.clinic_id,
            Some(&document.id),
            event,
            at,
            facts,
        )
        .await?;
    }
    Ok(tx.commit().await?)
}

/// 5 s, 10 s, 20 s … up to 10 minutes.
fn backoff(attempts: i64) -> i64 {
    (5 << attempts.clamp(1, 8).saturating_sub(1)).min(600)
}
