//! The SQL of this function.

pub(crate) mod breaker;
pub(crate) mod messages;
pub(crate) mod push;
pub(crate) mod webhooks;

use podpis_kit::db::{Db, DbError};
use podpis_kit::store::blobs;
use podpis_shared::Timestamp;

/// Name of the clinic with this id.
pub(crate) async fn clinic_name(db: &Db, id: &str) -> Result<String, DbError> {
    let sql = "SELECT name FROM clinics WHERE id = ?1";
    let row = db.first(sql, [id.into()]).await?;
    row.ok_or_else(|| DbError::corrupt("clinic"))?.text(0)
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
