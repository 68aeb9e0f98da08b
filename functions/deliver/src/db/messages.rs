//! Messages of the outbox, as they are taken and given back.

use crate::settings::Times;
use podpis_kit::db::{Db, DbError, Row, Tx};
use podpis_kit::random;
use podpis_shared::Timestamp;

/// A message taken from the outbox. No `Debug`: it names a person's phone.
pub(crate) struct Message {
    pub(crate) id: String,
    pub(crate) document_id: String,
    pub(crate) channel: String,
    pub(crate) recipient: String,
    pub(crate) subject: Option<String>,
    pub(crate) text: String,
    /// What it tells, where it is a notice.
    pub(crate) notice: Option<String>,
    /// Tries so far, this one included.
    pub(crate) attempts: i64,
    /// When the first one was.
    pub(crate) first_at: Timestamp,
    lease: String,
}

/// Takes messages of a channel that are due, oldest first, as long as no more than `most` of it are on their way at once.
/// Nothing is taken while something earlier about its document is on the way to the same recipient.
pub(crate) async fn lease(
    db: &Db,
    channel: &str,
    now: Timestamp,
    most: i64,
    times: &Times,
) -> Result<Vec<Message>, DbError> {
    let due =
        "SELECT 1 FROM outbox WHERE status = 'queued' AND channel = ?1 AND next_at <= ?2 LIMIT 1";
    let found = db.first(due, [channel.into(), now.unix().into()]).await?;
    if found.is_none() {
        return Ok(Vec::new());
    }
    let lease = random::id("lease").map_err(|e| DbError::host("random", e))?;
    // One statement: what another tick takes meanwhile is not counted wrongly. A settled message has no lease.
    db.execute(
        "UPDATE outbox SET lease = ?1, next_at = ?2, attempts = attempts + 1, first_at = coalesce(first_at, ?3) \
         WHERE id IN (SELECT o.id FROM outbox o WHERE o.status = 'queued' AND o.channel = ?4 AND o.next_at <= ?3 \
         AND NOT EXISTS (SELECT 1 FROM outbox e WHERE e.document_id = o.document_id AND e.channel = o.channel \
         AND e.recipient = o.recipient AND e.status = 'queued' AND e.rowid < o.rowid \
         AND (e.next_at <= ?3 OR e.attempts > 0)) ORDER BY o.next_at, o.created_at, o.rowid \
         LIMIT max(0, ?5 - (SELECT count(*) FROM outbox l WHERE l.lease IS NOT NULL AND l.channel = ?4 \
         AND l.next_at > ?3)))",
        [
            lease.as_str().into(),
            now.plus(times.lease()).unix().into(),
            now.unix().into(),
            channel.into(),
            most.into(),
        ],
    )
    .await?;
    let sql = "SELECT id, document_id, channel, recipient, subject, text, notice, attempts, first_at FROM outbox \
               WHERE lease = ?1 AND channel = ?2 AND status = 'queued' ORDER BY created_at, rowid";
    let of = |row: &Row| {
        Ok(Message {
            id: row.text(0)?,
            document_id: row.opt_text(1)?.unwrap_or_default(),
            channel: row.text(2)?,
            recipient: row.text(3)?,
            subject: row.opt_text(4)?,
            text: row.text(5)?,
            notice: row.opt_text(6)?,
            attempts: row.int(7)?,
            first_at: Timestamp::from_unix(row.int(8)?),
            lease: lease.clone(),
        })
    };
    db.query(sql, [lease.as_str().into(), channel.into()])
        .await?
        .iter()
        .map(of)
        .collect()
}

/// Whether the message is still ours: the lease has not passed to somebody else, and nobody has settled it.
pub(crate) async fn is_ours(tx: &Tx, message: &Message) -> Result<bool, DbError> {
    let sql = "SELECT 1 FROM outbox WHERE id = ?1 AND lease = ?2";
    let params = [message.id.as_str().into(), message.lease.as_str().into()];
    Ok(tx.first(sql, params).await?.is_some())
}

/// Puts a message back for later.
pub(crate) async fn retry_later(db: &Db, message: &Message, at: Timestamp) -> Result<(), DbError> {
    let sql = "UPDATE outbox SET next_at = ?1, lease = NULL WHERE id = ?2 AND lease = ?3";
    let params = [
        at.unix().into(),
        message.id.as_str().into(),
        message.lease.as_str().into(),
    ];
    db.execute(sql, params).await.map(|_| ())
}
