//! The SQL of the staff that this function has for itself.

use podpis_kit::db::{Db, DbError, Tx};
use podpis_kit::store::staff::Member;
use podpis_shared::Timestamp;

/// Ends the sessions that act for a member.
pub(crate) async fn end_sessions(tx: &Tx, staff_id: &str, at: Timestamp) -> Result<(), DbError> {
    let sql = "UPDATE staff_sessions SET ended_at = ?2 WHERE staff_id = ?1 AND ended_at IS NULL";
    let params = [staff_id.into(), at.unix().into()];
    tx.execute(sql, params).await.map(drop)
}

/// When the clinic last had a letter sent to a person, as this member or as one that was removed.
pub(crate) async fn last_letter(db: &Db, member: &Member) -> Result<Option<Timestamp>, DbError> {
    let sql = "SELECT max(i.created_at) FROM staff_invitations i JOIN staff m ON m.id = i.staff_id \
               WHERE m.clinic_id = ?1 AND m.person_id = ?2 AND i.purpose <> 'reset'";
    let params = [
        member.clinic_id.as_str().into(),
        member.person_id.as_str().into(),
    ];
    let row = db.first(sql, params).await?;
    let last = row.map_or(Ok(None), |row| row.opt_int(0))?;
    Ok(last.map(Timestamp::from_unix))
}
