//! The sandbox's gateway: messages are kept for the developer to read instead of being sent.

use crate::db::{Db, DbError};
use podpis_shared::Timestamp;

/// Keeps a message. Repeating it with the same id changes nothing.
///
/// # Errors
/// As the database says.
pub async fn keep(
    db: &Db,
    id: &str,
    channel: &str,
    recipient: &str,
    subject: Option<&str>,
    text: &str,
    at: Timestamp,
) -> Result<(), DbError> {
    db.execute(
        "INSERT INTO sandbox_messages (id, channel, recipient, subject, text, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6) \
         ON CONFLICT (id) DO NOTHING",
        [id.into(), channel.into(), recipient.into(), subject.into(), text.into(), at.unix().into()],
    )
    .await
    .map(|_| ())
}
