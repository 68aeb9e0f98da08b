//! The SQL of this function.

pub(crate) mod breaker;
pub(crate) mod messages;
pub(crate) mod push;
pub(crate) mod webhooks;

use podpis_kit::db::{Db, DbError};
use podpis_kit::store::blobs;
use podpis_kit::store::documents::{COLUMNS, Document};
use podpis_shared::Timestamp;

/// What a reminder says of a clinic, and when it may go out there.
pub(crate) struct Clinic {
    pub(crate) name: String,
    /// IANA name.
    pub(crate) timezone: String,
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
