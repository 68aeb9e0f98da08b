//! Webhooks: where a clinic's events are pushed, and what becomes of each.
//!
//! A delivery is written with its event. About one document they go out in order: only the first that is not settled is
//! free to go, the others wait, and settling it frees the next.

use crate::db::{Db, DbError, Row, Tx};
use podpis_shared::Timestamp;
use podpis_shared::delivery::Reason;

/// What binds a clinic's secret to its row at rest.
pub fn purpose(clinic_id: &str) -> String {
    format!("webhooks.secret:{clinic_id}")
}

/// The variable with the keys that secrets are encrypted with.
pub const KEY_VARIABLE: &str = "webhook_key";

/// How a delivery ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The receiver has it.
    Delivered,
    /// The receiver wants nothing more.
    Failed(Reason),
    /// We gave up.
    Dead(Reason),
}

impl Ended {
    const fn status(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Failed(_) => "failed",
            Self::Dead(_) => "dead",
        }
    }

    const fn reason(self) -> Option<Reason> {
        match self {
            Self::Delivered => None,
            Self::Failed(reason) | Self::Dead(reason) => Some(reason),
        }
    }
}

/// A public event, as far as its delivery depends on it.
#[derive(Clone, Copy, Debug)]
pub struct NewEvent<'a> {
    /// Whose.
    pub clinic_id: &'a str,
    /// Its number.
    pub seq: i64,
    /// Its id, `evt_…`.
    pub id: &'a str,
    /// Its type.
    pub kind: &'a str,
    /// The document, where it is about one.
    pub document_id: Option<&'a str>,
    /// When.
    pub at: Timestamp,
}

/// Queues an event in its own transaction, where the clinic has a webhook that wants it.
///
/// # Errors
/// As the database says.
pub async fn enqueue(tx: &Tx, event: NewEvent<'_>) -> Result<(), DbError> {
    let sql = "INSERT INTO webhook_deliveries (id, clinic_id, seq, document_id, status, waits, attempts, next_at, since, \
               created_at) SELECT ?1, w.clinic_id, ?2, ?3, 'queued', \
               EXISTS (SELECT 1 FROM webhook_deliveries e WHERE e.clinic_id = w.clinic_id AND e.document_id = ?3 \
               AND e.status = 'queued'), 0, ?4, ?4, ?4 FROM webhooks w WHERE w.clinic_id = ?5 \
               AND w.disabled_at IS NULL AND (w.events IS NULL OR instr(w.events, ?6) > 0)";
    let id = event.id.strip_prefix("evt").unwrap_or(event.id);
    let params = [
        format!("dlv{id}").into(),
        event.seq.into(),
        event.document_id.unwrap_or_default().into(),
        event.at.unix().into(),
        event.clinic_id.into(),
        format!("\"{}\"", event.kind).into(),
    ];
    tx.execute(sql, params).await.map(|_| ())
}

/// Stores how a delivery ended, and frees the next one about its document. `false` where it had ended before.
///
/// # Errors
/// As the database says.
pub async fn settle(
    tx: &Tx,
    id: &str,
    ended: Ended,
    http_status: Option<u16>,
    at: Timestamp,
) -> Result<bool, DbError> {
    let sql = "UPDATE webhook_deliveries SET status = ?1, reason = ?2, http_status = coalesce(?3, http_status), \
               settled_at = ?4, lease = NULL, waits = 0 WHERE id = ?5 AND status = 'queued'";
    let params = [
        ended.status().into(),
        ended.reason().map(Reason::as_str).into(),
        http_status.map(i64::from).into(),
        at.unix().into(),
        id.into(),
    ];
    if tx.execute(sql, params).await? == 0 {
        return Ok(false);
    }
    let sql = "UPDATE webhook_deliveries SET waits = 0 WHERE id = (SELECT n.id FROM webhook_deliveries n \
               JOIN webhook_deliveries d ON d.clinic_id = n.clinic_id AND d.document_id = n.document_id \
               WHERE d.id = ?1 AND n.status = 'queued' ORDER BY n.seq LIMIT 1)";
    tx.execute(sql, [id.into()]).await?;
    Ok(true)
}

/// Ends everything of a clinic that is not delivered: its webhook is removed or disabled. It can be replayed later.
///
/// # Errors
/// As the database says.
pub async fn stop(tx: &Tx, clinic_id: &str, at: Timestamp) -> Result<(), DbError> {
    let sql = "UPDATE webhook_deliveries SET status = 'dead', reason = ?1, settled_at = ?2, lease = NULL, waits = 0 \
               WHERE clinic_id = ?3 AND status = 'queued'";
    let reason = Reason::WebhookDisabled.as_str();
    let params = [reason.into(), at.unix().into(), clinic_id.into()];
    tx.execute(sql, params).await.map(|_| ())
}

/// One try, as it is shown.
#[derive(Clone, Debug)]
pub struct Tried {
    /// Of which message or delivery.
    pub subject: String,
    /// When.
    pub at: Timestamp,
    /// What was asked.
    pub asked: String,
    /// HTTP status of the answer.
    pub status: Option<i64>,
    /// Milliseconds.
    pub ms: i64,
    /// Why it was not taken.
    pub reason: Option<String>,
}

/// The tries of some messages or deliveries, in their order.
///
/// # Errors
/// As the database says.
pub async fn tries(db: &Db, subjects: &[&str]) -> Result<Vec<Tried>, DbError> {
    if subjects.is_empty() {
        return Ok(Vec::new());
    }
    let marks: Vec<String> = (1..=subjects.len()).map(|n| format!("?{n}")).collect();
    let sql = format!(
        "SELECT subject, at, asked, status, ms, reason FROM delivery_attempts WHERE subject IN ({}) \
         ORDER BY subject, number",
        marks.join(", ")
    );
    let of = |row: &Row| {
        Ok(Tried {
            subject: row.text(0)?,
            at: Timestamp::from_unix(row.int(1)?),
            asked: row.text(2)?,
            status: row.opt_int(3)?,
            ms: row.int(4)?,
            reason: row.opt_text(5)?,
        })
    };
    let params: Vec<_> = subjects.iter().map(|subject| (*subject).into()).collect();
    db.query(&sql, params).await?.iter().map(of).collect()
}
