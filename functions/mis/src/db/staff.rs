//! The SQL of the staff that this function has for itself.

use podpis_kit::db::{Db, DbError, Tx};
use podpis_shared::Timestamp;

/// Ends the sessions that act for a member.
pub(crate) async fn end_sessions(tx: &Tx, staff_id: &str, at: Timestamp) -> Result<(), DbError> {
    let sql = "UPDATE staff_sessions SET ended_at = ?2 WHERE staff_id = ?1 AND ended_at IS NULL";
    let params = [staff_id.into(), at.unix().into()];
    tx.execute(sql, params).await.map(drop)
}

/// When the clinic last had a letter sent to a member.
pub(crate) async fn last_letter(db: &Db, staff_id: &str) -> Result<Option<Timestamp>, DbError> {
    let sql =
        "SELECT max(created_at) FROM staff_invitations WHERE staff_id = ?1 AND purpose <> 'reset'";
    let row = db.first(sql, [staff_id.into()]).await?;
    let last = row.map_or(Ok(None), |row| row.opt_int(0))?;
    Ok(last.map(Timestamp::from_unix))
}
