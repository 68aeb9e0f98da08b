//! Deliveries to webhooks, as they are taken and given back.

use super::breaker::BREAKER;
use crate::settings::Times;
use podpis_kit::db::{Db, DbError, Row, Tx};
use podpis_kit::random;
use podpis_kit::store::webhooks::{self, Ended};
use podpis_shared::Timestamp;
use podpis_shared::delivery::Reason;
use podpis_shared::wire::mis;
use std::collections::HashMap;

/// Events that are on their way to one origin at once, over all ticks.
const ORIGIN_MOST: i64 = 8;

/// Deliveries that a tick gives up at once.
const GIVE_UP_MAX: i64 = 200;

/// An event taken to be pushed. No `Debug`: it has secrets, encrypted.
pub(crate) struct Delivery {
    pub(crate) id: String,
    pub(crate) clinic_id: String,
    pub(crate) event_id: String,
    event: mis::Event,
    /// Requests so far, this one included, over all replays.
    pub(crate) attempts: i64,
    /// Failures since it was queued or replayed, this one included: what pauses grow by.
    pub(crate) tries: i64,
    pub(crate) since: Timestamp,
    pub(crate) url: String,
    pub(crate) origin: String,
    pub(crate) secret: String,
    pub(crate) old_secret: Option<String>,
    pub(crate) old_until: Option<Timestamp>,
    lease: String,
}

impl Delivery {
    /// The event as JSON: the same bytes at each try, and as `GET /api/v1/events` gives it.
    pub(crate) fn body(&self) -> String {
        serde_json::to_string(&self.event).unwrap_or_default()
    }
}

/// Takes events that are due, by clinic; no more than `room` and, of each origin, than it may have at once.
pub(crate) async fn lease(
    db: Db,
    now: Timestamp,
    room: i64,
    times: &Times,
) -> Result<Vec<Delivery>, DbError> {
    // Whoever is served first is left to chance, so that none is always last.
    let due = "SELECT w.clinic_id, w.origin, coalesce(o.failures, 0) FROM webhooks w \
               LEFT JOIN webhook_origins o ON o.origin = w.origin WHERE w.disabled_at IS NULL AND coalesce(o.until, 0) <= ?1 \
               AND EXISTS (SELECT 1 FROM webhook_deliveries d WHERE d.clinic_id = w.clinic_id AND d.status = 'queued' \
               AND d.waits = 0 AND d.next_at <= ?1) ORDER BY random()";
    let clinics = db.query(due, [now.unix().into()]).await?;
    if clinics.is_empty() || room <= 0 {
        return Ok(Vec::new());
    }
    let lease = random::id("lease").map_err(|e| DbError::host("random", e))?;
    // Under the write lock: two ticks together take no more than one.
    let tx = db.begin().await?;
    let busy = "SELECT w.origin, count(*) FROM webhook_deliveries d JOIN webhooks w ON w.clinic_id = d.clinic_id \
                WHERE d.lease IS NOT NULL AND d.next_at > ?1 GROUP BY w.origin";
    let mut busy = by_origin(&tx.query(busy, [now.unix().into()]).await?)?;
    let (mut room, until) = (room, now.plus(times.lease()));
    for clinic in clinics {
        let (id, origin, failures) = (clinic.text(0)?, clinic.text(1)?, clinic.int(2)?);
        // After failures one goes ahead and tries.
        let most = if failures < BREAKER { ORIGIN_MOST } else { 1 };
        let here = busy.entry(origin).or_default();
        let wanted = (most - *here).min(room);
        if wanted > 0 {
            let taken = take(&tx, &id, (lease.as_str(), until), now, wanted).await?;
            (*here, room) = (*here + taken, room - taken);
        }
    }
    let deliveries = leased(&tx, &lease).await?;
    tx.commit().await?;
    Ok(deliveries)
}

async fn take(
    tx: &Tx,
    clinic_id: &str,
    (lease, until): (&str, Timestamp),
    now: Timestamp,
    most: i64,
) -> Result<i64, DbError> {
    let sql = "UPDATE webhook_deliveries SET lease = ?1, next_at = ?2, attempts = attempts + 1 WHERE id IN \
               (SELECT id FROM webhook_deliveries WHERE clinic_id = ?3 AND status = 'queued' AND waits = 0 \
               AND next_at <= ?4 ORDER BY next_at, seq LIMIT ?5)";
    let params = [
        lease.into(),
        until.unix().into(),
        clinic_id.into(),
        now.unix().into(),
        most.into(),
    ];
    let taken = tx.execute(sql, params).await?;
    i64::try_from(taken).map_err(|_| DbError::corrupt("count"))
}

async fn leased(tx: &Tx, lease: &str) -> Result<Vec<Delivery>, DbError> {
    let sql = "SELECT d.id, d.clinic_id, j.seq, j.id, j.type, j.document_id, j.at, j.data, d.attempts, d.since, w.url, \
               w.origin, w.secret, w.old_secret, w.old_until, (SELECT count(*) FROM delivery_attempts a \
               WHERE a.subject = d.id AND a.at >= d.since) + 1 FROM webhook_deliveries d \
               JOIN journal j ON j.clinic_id = d.clinic_id AND j.seq = d.seq \
               JOIN webhooks w ON w.clinic_id = d.clinic_id WHERE d.lease = ?1 AND d.status = 'queued'";
    let of = |row: &Row| {
        let event = mis::Event {
            seq: row.int(2)?,
            id: row.text(3)?,
            kind: row.text(4)?,
            document_id: row.opt_text(5)?,
            at: Timestamp::from_unix(row.int(6)?),
            data: serde_json::from_str(&row.text(7)?).map_err(|_| DbError::corrupt("event"))?,
        };
        Ok(Delivery {
            id: row.text(0)?,
            clinic_id: row.text(1)?,
            event_id: event.id.clone(),
            event,
            attempts: row.int(8)?,
            since: Timestamp::from_unix(row.int(9)?),
            url: row.text(10)?,
            origin: row.text(11)?,
            secret: row.text(12)?,
            old_secret: row.opt_text(13)?,
            old_until: row.opt_int(14)?.map(Timestamp::from_unix),
            tries: row.int(15)?,
            lease: lease.to_owned(),
        })
    };
    let rows = tx.query(sql, [lease.into()]).await?;
    rows.iter().map(of).collect()
}

fn by_origin(rows: &[Row]) -> Result<HashMap<String, i64>, DbError> {
    rows.iter()
        .map(|row| Ok((row.text(0)?, row.int(1)?)))
        .collect()
}

/// Whether a delivery is still ours: its lease has not passed to somebody else, and nobody has settled it.
pub(crate) async fn is_ours(tx: &Tx, delivery: &Delivery) -> Result<bool, DbError> {
    let sql = "SELECT 1 FROM webhook_deliveries WHERE id = ?1 AND lease = ?2";
    let params = [delivery.id.as_str().into(), delivery.lease.as_str().into()];
    Ok(tx.first(sql, params).await?.is_some())
}

/// Puts a delivery back for later.
pub(crate) async fn retry_later(
    tx: &Tx,
    delivery: &Delivery,
    http_status: Option<u16>,
    reason: Reason,
    next: Timestamp,
) -> Result<(), DbError> {
    let sql = "UPDATE webhook_deliveries SET next_at = ?1, http_status = ?2, reason = ?3, lease = NULL WHERE id = ?4";
    let params = [
        next.unix().into(),
        http_status.map(i64::from).into(),
        reason.as_str().into(),
        delivery.id.as_str().into(),
    ];
    tx.execute(sql, params).await.map(|_| ())
}

/// Gives up what has waited too long for a host whose breaker is open; what is sent, is given up when it fails.
pub(crate) async fn give_up(db: Db, now: Timestamp, times: &Times) -> Result<Db, DbError> {
    let sql = "SELECT d.id FROM webhook_deliveries d JOIN webhooks w ON w.clinic_id = d.clinic_id \
               JOIN webhook_origins o ON o.origin = w.origin WHERE d.status = 'queued' AND d.since <= ?1 \
               AND o.until > ?2 AND (d.lease IS NULL OR d.next_at <= ?2) ORDER BY d.since LIMIT ?3";
    let params = [
        now.plus(-times.event_for).unix().into(),
        now.unix().into(),
        GIVE_UP_MAX.into(),
    ];
    let late = db.query(sql, params).await?;
    if late.is_empty() {
        return Ok(db);
    }
    let tx = db.begin().await?;
    for row in late {
        let ended = Ended::Dead(Reason::Unavailable);
        webhooks::settle(&tx, &row.text(0)?, ended, None, now).await?;
    }
    tx.commit().await?;
    Db::open().await
}

/// The receiver wants nothing more.
pub(crate) async fn disable(
    tx: &Tx,
    clinic_id: &str,
    why: Reason,
    at: Timestamp,
) -> Result<(), DbError> {
    let sql = "UPDATE webhooks SET disabled_at = ?1, disabled_why = ?2 WHERE clinic_id = ?3";
    let params = [at.unix().into(), why.as_str().into(), clinic_id.into()];
    tx.execute(sql, params).await.map(|_| ())
}
