//! What the audits of all journals have found, in numbers.

use crate::db::{Db, DbError, Row};
use podpis_shared::Timestamp;

/// Age of a full audit past which a journal counts as unchecked, in seconds: two days, the audit being daily.
const STALE: i64 = 2 * 86_400;

/// Numbers over all clinics.
#[derive(Clone, Copy, Debug)]
pub struct Totals {
    /// Clinics.
    pub clinics: i64,
    /// Entries that the last audits have looked at.
    pub entries: i64,
    /// Clinics whose journal doesn't add up.
    pub broken: i64,
    /// Clinics whose journal was not audited in full for two days, or never.
    pub unchecked: i64,
    /// When the oldest of the last audits was.
    pub checked_at: Option<Timestamp>,
}

impl Totals {
    /// `broken`, `unchecked` or `ok`: the worst that holds.
    pub const fn state(&self) -> &'static str {
        match (self.broken, self.unchecked) {
            (0, 0) => "ok",
            (0, _) => "unchecked",
            _ => "broken",
        }
    }
}

/// The numbers as of `now`.
///
/// # Errors
/// As the database says.
pub async fn totals(db: &Db, now: Timestamp) -> Result<Totals, DbError> {
    let sql = "SELECT count(*), CAST(coalesce(sum(a.size), 0) AS BIGINT), \
               count(CASE WHEN a.state = 'broken' THEN 1 END), count(CASE WHEN a.full_at >= ?1 THEN 1 END), \
               min(a.checked_at) FROM clinics c LEFT JOIN journal_audits a ON a.clinic_id = c.id";
    let of = |row: Row| {
        let clinics = row.int(0)?;
        Ok::<_, DbError>(Totals {
            clinics,
            entries: row.int(1)?,
            broken: row.int(2)?,
            unchecked: clinics - row.int(3)?,
            checked_at: row.opt_int(4)?.map(Timestamp::from_unix),
        })
    };
    let row = db.first(sql, [now.plus(-STALE).unix().into()]).await?;
    row.map(of)
        .transpose()?
        .ok_or_else(|| DbError::corrupt("audits"))
}
