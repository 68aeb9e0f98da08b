//! Signed-in browsers of the staff. Only the SHA-256 of a cookie is kept.

use crate::db::{Db, DbError, Row, Tx};
use crate::http::Context;
use crate::random;
use crate::staff::{ABSOLUTE_S, IDLE_S};
use crate::store::accounts::sessions::over;
use podpis_shared::Timestamp;
use podpis_shared::hash::sha256_hex;
use podpis_shared::staff::Role;
use podpis_shared::wire::account::Ended;

/// How often a session's last use is written down, in seconds.
const SEEN_STEP_S: i64 = 300;

/// A living session. No `Debug`: it names a person.
pub struct StaffSession {
    /// Our id of it.
    pub session_id: String,
    /// Who signed in.
    pub person_id: String,
    /// That person in the clinic that the session acts for.
    pub staff_id: String,
    /// The clinic.
    pub clinic_id: String,
    /// Its name.
    pub clinic_name: String,
    /// Role there.
    pub role: Role,
    /// Name there.
    pub name: String,
    /// E-mail.
    pub email: String,
    /// When it signed in.
    pub created_at: Timestamp,
}

impl StaffSession {
    fn of(row: &Row) -> Result<Self, DbError> {
        Ok(Self {
            session_id: row.text(0)?,
            person_id: row.text(1)?,
            staff_id: row.text(2)?,
            clinic_id: row.text(3)?,
            clinic_name: row.text(4)?,
            role: super::role(row, 5)?,
            name: row.text(6)?,
            email: row.text(7)?,
            created_at: Timestamp::from_unix(row.int(8)?),
        })
    }
}

/// The living session of a cookie, of somebody who is still of the clinic's staff.
///
/// # Errors
/// As the database says.
pub async fn find(
    db: &Db,
    token_hash: &str,
    now: Timestamp,
) -> Result<Option<StaffSession>, DbError> {
    let sql = "SELECT s.id, s.person_id, m.id, c.id, c.name, m.role, m.name, p.email, s.created_at, s.seen_at \
               FROM staff_sessions s JOIN staff m ON m.id = s.staff_id JOIN clinics c ON c.id = m.clinic_id \
               JOIN staff_people p ON p.id = s.person_id WHERE s.token_hash = ?1 AND s.ended_at IS NULL \
               AND s.expires_at > ?2 AND s.seen_at > ?3 AND m.removed_at IS NULL AND m.joined_at IS NOT NULL";
    let params = [
        token_hash.into(),
        now.unix().into(),
        now.plus(-IDLE_S).unix().into(),
    ];
    let Some(row) = db.first(sql, params).await? else {
        return Ok(None);
    };
    if row.int(9)? + SEEN_STEP_S <= now.unix() {
        let sql = "UPDATE staff_sessions SET seen_at = ?2 WHERE token_hash = ?1 AND seen_at < ?2";
        db.execute(sql, [token_hash.into(), now.unix().into()])
            .await?;
    }
    StaffSession::of(&row).map(Some)
}

/// Why the session of a cookie is over, for the browser that still has the cookie: one that is signed out in loses it. `None` for a living
/// one, for a cookie that nobody knows, and for whoever is not of the staff any more.
///
/// # Errors
/// As the database says.
pub async fn ended(db: &Db, token_hash: &str, now: Timestamp) -> Result<Option<Ended>, DbError> {
    let sql = "SELECT ended_at, seen_at, expires_at FROM staff_sessions WHERE token_hash = ?1";
    let Some(row) = db.first(sql, [token_hash.into()]).await? else {
        return Ok(None);
    };
    if row.opt_int(0)?.is_some() {
        return Ok(Some(Ended::Other));
    }
    let idle_at = Timestamp::from_unix(row.int(1)?).plus(IDLE_S);
    Ok(over(idle_at, Timestamp::from_unix(row.int(2)?), now))
}

/// Begins a session, in the place of this browser's earlier one; the cookie's value.
///
/// # Errors
/// As the database says.
pub async fn begin(
    tx: &Tx,
    person_id: &str,
    staff_id: &str,
    before: Option<&StaffSession>,
    context: &Context,
    now: Timestamp,
) -> Result<String, DbError> {
    let token = random::token().map_err(|e| DbError::host("random", e))?;
    let id = random::id("sts").map_err(|e| DbError::host("random", e))?;
    let sql = "INSERT INTO staff_sessions (token_hash, id, person_id, staff_id, created_at, seen_at, expires_at, user_agent, \
               client_addr) VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?6, ?7, ?8)";
    let params = [
        sha256_hex(token.as_bytes()).into(),
        id.into(),
        person_id.into(),
        staff_id.into(),
        now.unix().into(),
        now.plus(ABSOLUTE_S).unix().into(),
        context.user_agent.as_deref().into(),
        context.client_addr.as_deref().into(),
    ];
    tx.execute(sql, params).await?;
    if let Some(before) = before {
        end(tx, &before.session_id, now).await?;
    }
    Ok(token)
}

/// Ends one session.
///
/// # Errors
/// As the database says.
pub async fn end(db: &Db, id: &str, now: Timestamp) -> Result<(), DbError> {
    let sql = "UPDATE staff_sessions SET ended_at = ?2 WHERE id = ?1 AND ended_at IS NULL";
    db.execute(sql, [id.into(), now.unix().into()])
        .await
        .map(|_| ())
}

/// Ends all sessions of a person, but for one where it is given.
///
/// # Errors
/// As the database says.
pub async fn end_all(
    db: &Db,
    person_id: &str,
    but: Option<&str>,
    now: Timestamp,
) -> Result<(), DbError> {
    let sql = "UPDATE staff_sessions SET ended_at = ?3 \
               WHERE person_id = ?1 AND ended_at IS NULL AND (?2 IS NULL OR id <> ?2)";
    let params = [person_id.into(), but.into(), now.unix().into()];
    db.execute(sql, params).await.map(|_| ())
}
