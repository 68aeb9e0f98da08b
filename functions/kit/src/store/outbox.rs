//! The outbox: messages are rows, written in the transaction of the change that causes them.

use crate::db::{DbError, Tx};
use crate::random;
use crate::store::documents::Document;
use podpis_shared::Timestamp;

/// Stands in a message's text for the token of a link, which is made only when the message
/// is sent: no token ever lies in the database.
pub const LINK_TOKEN: &str = "{link}";

/// Way of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    /// Text message to a phone.
    Sms,
    /// E-mail.
    Email,
}

impl Channel {
    /// Name in the database and in the sandbox.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sms => "sms",
            Self::Email => "email",
        }
    }
}

/// Queues a message about a document.
///
/// # Errors
/// As the database says.
pub async fn enqueue(
    tx: &Tx,
    document: &Document,
    channel: Channel,
    recipient: &str,
    text: &str,
    now: Timestamp,
) -> Result<(), DbError> {
    let id = random::id("msg").map_err(|e| DbError::host("random", e))?;
    tx.execute(
        "INSERT INTO outbox (id, clinic_id, document_id, channel, recipient, text, status, attempts, next_at, \
         created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'queued', 0, ?7, ?7)",
        [
            id.into(),
            document.clinic_id.as_str().into(),
            document.id.as_str().into(),
            channel.as_str().into(),
            recipient.into(),
            text.into(),
            now.unix().into(),
        ],
    )
    .await
    .map(|_| ())
}
