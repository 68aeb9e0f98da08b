//! `GET /api/v1/documents/{id}/messages`: which message went where, when, and what came of it.

use super::read::own;
use crate::answer::Json;
use crate::auth::Session;
use crate::webhook::deliveries::Attempt;
use podpis_kit::Result;
use podpis_kit::extract::Path;
use podpis_kit::store::outbox::{self, Kept};
use podpis_kit::store::webhooks::{self, Tried};
use podpis_shared::{Email, Phone, Timestamp};
use serde::Serialize;

/// A message about a document.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Message {
    id: String,
    #[cfg_attr(test, schemars(extend("enum" = ["sms", "email", "push"])))]
    channel: String,
    to_masked: String,
    /// What it tells, where it is a notice.
    notice: Option<String>,
    /// `sent`: a gateway has it; `dead`: given up after the tries.
    #[cfg_attr(test, schemars(extend("enum" = ["queued", "sent", "delivered", "failed", "dead"])))]
    status: String,
    /// Why it failed.
    reason: Option<String>,
    created_at: Timestamp,
    sent_at: Option<Timestamp>,
    settled_at: Option<Timestamp>,
    next_attempt_at: Option<Timestamp>,
    attempts: Vec<Attempt>,
}

/// All messages about a document, oldest first.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(inline))]
pub(crate) struct Messages {
    items: Vec<Message>,
}

/// Messages about a document, oldest first. The recipient is masked: the clinic knows whom it named, and an account's own
/// address is not the clinic's.
///
/// # Errors
/// 404 for what is not the clinic's.
pub(crate) async fn list(session: Session, Path(id): Path<String>) -> Result<Json<Messages>> {
    let (db, document) = own(session, &id).await?;
    let messages = outbox::about(&db, &document.id).await?;
    let ids: Vec<&str> = messages.iter().map(|message| message.id.as_str()).collect();
    let tries = webhooks::tries(&db, &ids).await?;
    let items = messages.iter().map(|kept| view(kept, &tries)).collect();
    Ok(Json(Messages { items }))
}

fn view(message: &Kept, tries: &[Tried]) -> Message {
    let own = tries.iter().filter(|tried| tried.subject == message.id);
    let failed = matches!(message.status.as_str(), "failed" | "dead");
    Message {
        id: message.id.clone(),
        channel: message.channel.clone(),
        to_masked: masked(message),
        notice: message.notice.clone(),
        status: message.status.clone(),
        reason: message.outcome.clone().filter(|_| failed),
        created_at: message.created_at,
        sent_at: message.sent_at,
        settled_at: message.settled_at,
        next_attempt_at: Some(message.next_at).filter(|_| message.status == "queued"),
        attempts: own.map(Attempt::of).collect(),
    }
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
