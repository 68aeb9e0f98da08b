//! The SQL of this function.

use podpis_kit::db::{Db, DbError, Row, Tx};
use podpis_kit::random;
use podpis_kit::store::blobs;
use podpis_kit::store::documents::{COLUMNS, Document};
use podpis_shared::Timestamp;

/// How long a lease holds, in seconds; whoever took it has died by then.
const LEASE: i64 = 60;

/// What a reminder says of a clinic, and when it may go out there.
pub(crate) struct Clinic {
    pub(crate) name: String,
    /// IANA name.
    pub(crate) timezone: String,
}

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
    let sql = "SELECT id, document_id, channel, recipient, subject, text, notice, attempts FROM outbox \
               WHERE lease = ?1 AND status = 'queued' ORDER BY created_at, rowid";
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

/// Open documents that end in `(now, until]`, had at least `time_min` seconds from the start, and were not reminded of.
pub(crate) async fn nearing(
    db: &Db,
    now: Timestamp,
    until: Timestamp,
    time_min: i64,
    limit: i64,
) -> Result<Vec<Document>, DbError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM documents WHERE status IN ('sent', 'opened') AND expires_at > ?1 AND expires_at <= ?2 \
         AND expires_at - created_at >= ?3 AND NOT EXISTS (SELECT 1 FROM reminders r \
         WHERE r.document_id = documents.id AND r.kind = 'deadline') ORDER BY expires_at LIMIT ?4"
    );
    let params = [
        now.unix().into(),
        until.unix().into(),
        time_min.into(),
        limit.into(),
    ];
    db.query(&sql, params)
        .await?
        .iter()
        .map(Document::of)
        .collect()
}

/// The clinic with this id.
pub(crate) async fn clinic(db: &Db, id: &str) -> Result<Clinic, DbError> {
    let sql = "SELECT name, timezone FROM clinics WHERE id = ?1";
    let row = db.first(sql, [id.into()]).await?;
    let row = row.ok_or_else(|| DbError::corrupt("clinic"))?;
    Ok(Clinic {
        name: row.text(0)?,
        timezone: row.text(1)?,
    })
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

/// Forgets one-time codes: their facts stand in the evidence of what they signed (`docs/codes.md`).
pub(crate) async fn sweep_codes(db: &Db, before: Timestamp) -> Result<(), DbError> {
    // Reading first: most ticks find nothing, and a deletion takes the lock for writing.
    let old = "SELECT 1 FROM codes WHERE issued_at < ?1 LIMIT 1";
    if db.first(old, [before.unix().into()]).await?.is_some() {
        let sql =
            "DELETE FROM codes WHERE id IN (SELECT id FROM codes WHERE issued_at < ?1 LIMIT 1000)";
        db.execute(sql, [before.unix().into()]).await?;
    }
    Ok(())
}
