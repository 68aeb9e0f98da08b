//! Reminders that are asked for: how seldom each kind goes out. Those before a deadline are planned ([`super::planned`]).

use crate::db::{Db, DbError, Tx};
use podpis_shared::Timestamp;

/// Who reminds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reminder {
    /// The clinic, by its API.
    Clinic,
}

impl Reminder {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Clinic => "clinic",
        }
    }
}

/// Notes that one goes out now; `false`, and nothing noted, where one did after `since`.
///
/// # Errors
/// As the database says.
pub async fn claim(
    tx: &Tx,
    document_id: &str,
    reminder: Reminder,
    since: Timestamp,
    now: Timestamp,
) -> Result<bool, DbError> {
    let sql = "INSERT INTO reminders (document_id, kind, at) VALUES (?1, ?2, ?3) \
               ON CONFLICT (document_id, kind) DO UPDATE SET at = ?3 WHERE at <= ?4";
    let params = [
        document_id.into(),
        reminder.as_str().into(),
        now.unix().into(),
        since.unix().into(),
    ];
    Ok(tx.execute(sql, params).await? > 0)
}

/// When the last one went out.
///
/// # Errors
/// As the database says.
pub async fn last(
    db: &Db,
    document_id: &str,
    reminder: Reminder,
) -> Result<Option<Timestamp>, DbError> {
    let sql = "SELECT at FROM reminders WHERE document_id = ?1 AND kind = ?2";
    let row = db
        .first(sql, [document_id.into(), reminder.as_str().into()])
        .await?;
    let at = row.map(|row| row.int(0)).transpose()?;
    Ok(at.map(Timestamp::from_unix))
}
