//! The SQL of webhooks.

use podpis_kit::db::{Db, DbError, Row, Tx};
use podpis_kit::webhook_url::WebhookUrl;
use podpis_shared::Timestamp;
use podpis_shared::wire::mis;

/// A clinic's webhook. No `Debug`: its secret is in it, encrypted.
pub(crate) struct Webhook {
    pub(crate) url: String,
    pub(crate) events: Option<Vec<String>>,
    pub(crate) secret: String,
    pub(crate) old_until: Option<Timestamp>,
    pub(crate) created_at: Timestamp,
    pub(crate) disabled_at: Option<Timestamp>,
    pub(crate) disabled_why: Option<String>,
    /// The host failed too often, and is left alone until then.
    pub(crate) paused_until: Option<Timestamp>,
}

/// Which deliveries to list.
pub(crate) struct Filter {
    pub(crate) status: Option<String>,
    pub(crate) document_id: Option<String>,
    pub(crate) before: i64,
    pub(crate) limit: i64,
}

/// A delivery with its event.
pub(crate) struct Pushed {
    pub(crate) id: String,
    pub(crate) event: mis::Event,
    pub(crate) status: String,
    pub(crate) waits: bool,
    pub(crate) next_at: Timestamp,
    pub(crate) created_at: Timestamp,
    pub(crate) settled_at: Option<Timestamp>,
    pub(crate) http_status: Option<i64>,
    pub(crate) reason: Option<String>,
}

/// The clinic's webhook.
pub(crate) async fn find(db: &Db, clinic_id: &str) -> Result<Option<Webhook>, DbError> {
    let sql = "SELECT w.url, w.events, w.secret, w.old_until, w.created_at, w.disabled_at, w.disabled_why, o.until \
               FROM webhooks w LEFT JOIN webhook_origins o ON o.origin = w.origin WHERE w.clinic_id = ?1";
    let of = |row: Row| {
        let time = |column| Ok::<_, DbError>(row.opt_int(column)?.map(Timestamp::from_unix));
        let events = row.opt_text(1)?;
        let events = events.map(|text| serde_json::from_str(&text));
        Ok(Webhook {
            url: row.text(0)?,
            events: events.transpose().map_err(|_| DbError::corrupt("events"))?,
            secret: row.text(2)?,
            old_until: time(3)?,
            created_at: Timestamp::from_unix(row.int(4)?),
            disabled_at: time(5)?,
            disabled_why: row.opt_text(6)?,
            paused_until: time(7)?,
        })
    };
    db.first(sql, [clinic_id.into()]).await?.map(of).transpose()
}

/// Sets a webhook; the secret of one that is there stays.
pub(crate) async fn put(
    tx: &Tx,
    clinic_id: &str,
    target: &WebhookUrl,
    events: Option<&[String]>,
    secret: &str,
    at: Timestamp,
) -> Result<(), DbError> {
    let sql = "INSERT INTO webhooks (clinic_id, url, origin, events, secret, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6) \
               ON CONFLICT (clinic_id) DO UPDATE SET url = ?2, origin = ?3, events = ?4, disabled_at = NULL, \
               disabled_why = NULL";
    let events = events.map(serde_json::to_string).transpose();
    let params = [
        clinic_id.into(),
        target.url.as_str().into(),
        target.origin.as_str().into(),
        events.map_err(|_| DbError::corrupt("events"))?.into(),
        secret.into(),
        at.unix().into(),
    ];
    tx.execute(sql, params).await.map(|_| ())
}

/// Removes it; `false` where there was none.
pub(crate) async fn delete(tx: &Tx, clinic_id: &str) -> Result<bool, DbError> {
    let sql = "DELETE FROM webhooks WHERE clinic_id = ?1";
    Ok(tx.execute(sql, [clinic_id.into()]).await? > 0)
}

/// A new secret; the one so far signs too until `until`. `false` where there is no webhook.
pub(crate) async fn rotate(
    tx: &Tx,
    clinic_id: &str,
    secret: &str,
    until: Timestamp,
) -> Result<bool, DbError> {
    let sql =
        "UPDATE webhooks SET old_secret = secret, secret = ?1, old_until = ?2 WHERE clinic_id = ?3";
    let params = [secret.into(), until.unix().into(), clinic_id.into()];
    Ok(tx.execute(sql, params).await? > 0)
}

const COLUMNS: &str = "SELECT d.id, j.seq, j.id, j.type, j.document_id, j.at, j.data, d.status, d.waits, d.next_at, \
    d.created_at, d.settled_at, d.http_status, d.reason FROM webhook_deliveries d \
    JOIN journal j ON j.clinic_id = d.clinic_id AND j.seq = d.seq";

/// Deliveries, newest event first.
pub(crate) async fn deliveries(
    db: &Db,
    clinic_id: &str,
    filter: &Filter,
) -> Result<Vec<Pushed>, DbError> {
    let sql = format!(
        "{COLUMNS} WHERE d.clinic_id = ?1 AND d.seq < ?2 AND (?3 IS NULL OR d.status = ?3) \
         AND (?4 IS NULL OR d.document_id = ?4) ORDER BY d.seq DESC LIMIT ?5"
    );
    let params = [
        clinic_id.into(),
        filter.before.into(),
        filter.status.as_deref().into(),
        filter.document_id.as_deref().into(),
        filter.limit.into(),
    ];
    db.query(&sql, params).await?.iter().map(pushed).collect()
}

/// One of the clinic's own.
pub(crate) async fn delivery(
    db: &Db,
    clinic_id: &str,
    id: &str,
) -> Result<Option<Pushed>, DbError> {
    let sql = format!("{COLUMNS} WHERE d.clinic_id = ?1 AND d.id = ?2");
    let row = db.first(&sql, [clinic_id.into(), id.into()]).await?;
    row.as_ref().map(pushed).transpose()
}

/// Queues a delivery anew; one that is queued already goes out at once, unless it is on its way.
pub(crate) async fn replay(tx: &Tx, id: &str, at: Timestamp) -> Result<(), DbError> {
    let sql = "UPDATE webhook_deliveries SET waits = CASE WHEN status = 'queued' THEN waits ELSE EXISTS (\
               SELECT 1 FROM webhook_deliveries e WHERE e.clinic_id = webhook_deliveries.clinic_id \
               AND e.document_id = webhook_deliveries.document_id AND e.status = 'queued') END, \
               status = 'queued', next_at = ?1, since = ?1, settled_at = NULL WHERE id = ?2 AND lease IS NULL";
    tx.execute(sql, [at.unix().into(), id.into()])
        .await
        .map(|_| ())
}

fn pushed(row: &Row) -> Result<Pushed, DbError> {
    Ok(Pushed {
        id: row.text(0)?,
        event: mis::Event {
            seq: row.int(1)?,
            id: row.text(2)?,
            kind: row.text(3)?,
            document_id: row.opt_text(4)?,
            at: Timestamp::from_unix(row.int(5)?),
            data: serde_json::from_str(&row.text(6)?).map_err(|_| DbError::corrupt("event"))?,
        },
        status: row.text(7)?,
        waits: row.int(8)? != 0,
        next_at: Timestamp::from_unix(row.int(9)?),
        created_at: Timestamp::from_unix(row.int(10)?),
        settled_at: row.opt_int(11)?.map(Timestamp::from_unix),
        http_status: row.opt_int(12)?,
        reason: row.opt_text(13)?,
    })
}
