//! `GET /api/v1/documents/{id}/messages`: which message went where, when, and what came of it.

use super::read::own;
use crate::auth::Session;
use crate::webhook::deliveries::attempt;
use axum::http::StatusCode;
use axum::response::Response;
use podpis_kit::extract::Path;
use podpis_kit::store::outbox::{self, Kept};
use podpis_kit::store::webhooks::{self, Tried};
use podpis_kit::{Result, http};
use podpis_shared::{Email, Phone};
use serde_json::{Value, json};

/// Messages about a document, oldest first. The recipient is masked: the clinic knows whom it named, and an account's own
/// address is not the clinic's.
///
/// # Errors
/// 404 for what is not the clinic's.
pub(crate) async fn list(session: Session, Path(id): Path<String>) -> Result<Response> {
    let (db, document) = own(session, &id).await?;
    let messages = outbox::about(&db, &document.id).await?;
    let ids: Vec<&str> = messages.iter().map(|message| message.id.as_str()).collect();
    let tries = webhooks::tries(&db, &ids).await?;
    let items: Vec<Value> = messages.iter().map(|kept| view(kept, &tries)).collect();
    http::json(StatusCode::OK, &json!({ "items": items }))
}

fn view(message: &Kept, tries: &[Tried]) -> Value {
    let own = tries.iter().filter(|tried| tried.subject == message.id);
    let failed = matches!(message.status.as_str(), "failed" | "dead");
    json!({
        "id": message.id,
        "channel": message.channel,
        "to_masked": masked(message),
        "notice": message.notice,
        "status": message.status,
        "reason": message.outcome.as_deref().filter(|_| failed),
        "created_at": message.created_at,
        "sent_at": message.sent_at,
        "settled_at": message.settled_at,
        "next_attempt_at": Some(message.next_at).filter(|_| message.status == "queued"),
        "attempts": own.map(attempt).collect::<Vec<_>>(),
    })
}

fn masked(message: &Kept) -> String {
    let masked = match message.channel.as_str() {
        "sms" => Phone::parse(&message.recipient).map(|phone| phone.masked()),
        "email" => Email::parse(&message.recipient).map(|email| email.masked()),
        // The address of a push subscription lets whoever has it send to the browser.
        _ => Some("***".to_owned()),
    };
    masked.unwrap_or_else(|| "***".to_owned())
}
