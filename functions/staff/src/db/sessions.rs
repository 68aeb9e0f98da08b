//! What a person does with their sessions.

use podpis_kit::db::{Db, DbError, Row, Tx};
use podpis_kit::staff::IDLE_S;
use podpis_shared::Timestamp;

/// A signed-in browser.
pub(crate) struct Session {
    pub(crate) id: String,
    pub(crate) user_agent: Option<String>,
    pub(crate) created_at: Timestamp,
    pub(crate) seen_at: Timestamp,
}

/// Living sessions of a person, newest first.
pub(crate) async fn of_person(
    db: &Db,
    person_id: &str,
    now: Timestamp,
) -> Result<Vec<Session>, DbError> {
    let sql = "SELECT s.id, s.user_agent, s.created_at, s.seen_at FROM staff_sessions s JOIN staff m ON m.id = s.staff_id \
               WHERE s.person_id = ?1 AND s.ended_at IS NULL AND s.expires_at > ?2 AND s.seen_at > ?3 \
               AND m.removed_at IS NULL ORDER BY s.created_at DESC, s.id";
    let params = [
        person_id.into(),
        now.unix().into(),
        now.plus(-IDLE_S).unix().into(),
    ];
    let of = |row: &Row| {
        Ok(Session {
            id: row.text(0)?,
            user_agent: row.opt_text(1)?,
            created_at: Timestamp::from_unix(row.int(2)?),
            seen_at: Timestamp::from_unix(row.int(3)?),
        })
    };
    db.query(sql, params).await?.iter().map(of).collect()
}

/// For whom a person's last session acted.
pub(crate) async fn last_staff(db: &Db, person_id: &str) -> Result<Option<String>, DbError> {
    let sql = "SELECT staff_id FROM staff_sessions WHERE person_id = ?1 ORDER BY created_at DESC, rowid DESC LIMIT 1";
    let row = db.first(sql, [person_id.into()]).await?;
    row.map(|row| row.text(0)).transpose()
}

/// Has a session act for another clinic.
pub(crate) async fn act_for(tx: &Tx, id: &str, staff_id: &str) -> Result<bool, DbError> {
    let sql = "UPDATE staff_sessions SET staff_id = ?2 WHERE id = ?1 AND ended_at IS NULL";
    Ok(tx.execute(sql, [id.into(), staff_id.into()]).await? > 0)
}

/// Keeps what a passkey that is being added has to name.
pub(crate) async fn set_challenge(
    db: &Db,
    id: &str,
    challenge: &str,
    until: Timestamp,
) -> Result<(), DbError> {
    let sql = "UPDATE staff_sessions SET challenge = ?2, challenge_until = ?3 WHERE id = ?1";
    let params = [id.into(), challenge.into(), until.unix().into()];
    db.execute(sql, params).await.map(|_| ())
}

/// Takes it, once.
pub(crate) async fn take_challenge(
    tx: &Tx,
    id: &str,
    now: Timestamp,
) -> Result<Option<String>, DbError> {
    let sql = "SELECT challenge FROM staff_sessions WHERE id = ?1 AND challenge_until > ?2";
    let row = tx.first(sql, [id.into(), now.unix().into()]).await?;
    let sql = "UPDATE staff_sessions SET challenge = NULL, challenge_until = NULL WHERE id = ?1";
    tx.execute(sql, [id.into()]).await?;
    row.map_or(Ok(None), |row| row.opt_text(0))
}
