//! The SQL of this function.

use podpis_kit::db::{Db, DbError, Row, Tx};
use podpis_kit::random;
use podpis_kit::store::blobs;
use podpis_shared::Timestamp;

/// How long a lease holds, in seconds; whoever took it has died by then.
const LEASE: i64 = 60;

/// A message taken from the outbox. No `Debug`: it names a person's phone.
pub(crate) struct Message {
    pub(crate) id: String,
    pub(crate) document_id: String,
    pub(crate) channel: String,
    pub(crate) recipient: String,
    pub(crate) text: String,
    /// Tries so far, this one included.
    pub(crate) attempts: i64,
    lease: String,
}

/// Takes messages that are due, oldest first.
pub(crate) async fn lease(db: &Db, now: Timestamp, limit: i64) -> Result<Vec<Message>, DbError> {
    let due = "SELECT 1 FROM outbox WHERE status = 'queued' AND next_at <= ?1 LIMIT 1";
    if db.first(due, [now.unix().into()]).await?.is_none() {
        return Ok(Vec::new());
    }
    let lease = random::id("lease").map_err(|e| DbError::host("random", e))?;
    db.execute(
        "UPDATE outbox SET lease = ?1, next_at = ?2, attempts = attempts + 1 WHERE id IN \
         (SELECT id FROM outbox WHERE status = 'queued' AND next_at <= ?3 ORDER BY next_at, created_at LIMIT ?4)",
        [lease.as_str().into(), now.plus(LEASE).unix().into(), now.unix().into(), limit.into()],
    )
    .await?;
    let sql = "SELECT id, document_id, channel, recipient, text, attempts FROM outbox \
               WHERE lease = ?1 AND status = 'queued' ORDER BY created_at, rowid";
    let of = |row: &Row| {
        Ok(Message {
            id: row.text(0)?,
            document_id: row.opt_text(1)?.unwrap_or_default(),
            channel: row.text(2)?,
            recipient: row.text(3)?,
            text: row.text(4)?,
            attempts: row.int(5)?,
            lease: lease.clone(),
        })
    };
    db.query(sql, [lease.as_str().into()])
        .await?
        .iter()
        .map(of)
        .collect()
}

/// Stores the outcome; `false` where the lease has passed to somebody else.
pub(crate) async fn finish(
    tx: &Tx,
    message: &Message,
    status: &str,
    outcome: &str,
    at: Timestamp,
) -> Result<bool, DbError> {
    let sql = "UPDATE outbox SET status = ?1, outcome = ?2, sent_at = ?3, lease = NULL WHERE id = ?4 AND lease = ?5";
    let params = [
        status.into(),
        outcome.into(),
        at.unix().into(),
        message.id.as_str().into(),
        message.lease.as_str().into(),
    ];
    Ok(tx.execute(sql, params).await? > 0)
}

/// Ends a message that nobody needs any more.
pub(crate) async fn give_up(db: &Db, message: &Message, why: &str) -> Result<(), DbError> {
    let sql = "UPDATE outbox SET status = 'failed', outcome = ?1, lease = NULL WHERE id = ?2";
    db.execute(sql, [why.into(), message.id.as_str().into()])
        .await
        .map(|_| ())
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

/// Forgets files that an interrupted upload left behind.
pub(crate) async fn sweep(db: &Db, before: Timestamp) -> Result<(), DbError> {
    for row in db
        .query(
            "SELECT id FROM staged_blobs WHERE created_at < ?1 LIMIT 20",
            [before.unix().into()],
        )
        .await?
    {
        blobs::discard(db, &row.text(0)?).await?;
    }
    Ok(())
}
