//! Signed-in devices of accounts. Only the SHA-256 of a cookie is kept.

use crate::db::{Db, DbError, Row, Tx};
use crate::http::Context;
use crate::random;
use crate::session::{ABSOLUTE_S, IDLE_S};
use podpis_shared::Timestamp;
use podpis_shared::hash::sha256_hex;
use podpis_shared::wire::account::Gate;

/// How often a session's last use is written down, in seconds.
const SEEN_STEP_S: i64 = 300;

/// A living session.
#[derive(Clone, Debug)]
pub struct Session {
    /// Our id, for the list of devices.
    pub id: String,
    /// Whose.
    pub account_id: String,
    /// `phone`, `email` or `esia`.
    pub how: String,
    /// The contact that it signed in with.
    pub contact_id: Option<String>,
    /// What stands before the documents.
    pub gate: Option<Gate>,
    /// Wrong answers at the gate.
    pub gate_tries: i64,
    /// When it signed in.
    pub created_at: Timestamp,
    /// When it was last here.
    pub seen_at: Timestamp,
    /// Browser, as it names itself.
    pub user_agent: Option<String>,
}

const COLUMNS: &str =
    "id, account_id, how, contact_id, gate, gate_tries, created_at, seen_at, user_agent";

impl Session {
    fn of(row: &Row) -> Result<Self, DbError> {
        Ok(Self {
            id: row.text(0)?,
            account_id: row.text(1)?,
            how: row.text(2)?,
            contact_id: row.opt_text(3)?,
            gate: match row.opt_text(4)?.as_deref() {
                None => None,
                Some("who") => Some(Gate::Who),
                // What a later version wrote keeps the documents closed.
                Some(_) => Some(Gate::Recycled),
            },
            gate_tries: row.int(5)?,
            created_at: Timestamp::from_unix(row.int(6)?),
            seen_at: Timestamp::from_unix(row.int(7)?),
            user_agent: row.opt_text(8)?,
        })
    }
}

/// Who signs in, and how.
#[derive(Clone, Copy, Debug)]
pub struct NewSession<'a> {
    /// The account.
    pub account_id: &'a str,
    /// `phone`, `email` or `esia`.
    pub how: &'a str,
    /// The contact that the code came from.
    pub contact_id: Option<&'a str>,
    /// What stands before the documents.
    pub gate: Option<Gate>,
}

/// Begins a session; the cookie's value.
///
/// # Errors
/// As the database says.
pub async fn begin(
    tx: &Tx,
    new: NewSession<'_>,
    context: &Context,
    now: Timestamp,
) -> Result<String, DbError> {
    let token = random::token().map_err(|e| DbError::host("random", e))?;
    let id = random::id("ses").map_err(|e| DbError::host("random", e))?;
    let gate = new.gate.map(|gate| match gate {
        Gate::Recycled => "recycled",
        Gate::Who => "who",
    });
    let sql = "INSERT INTO account_sessions (token_hash, id, account_id, how, contact_id, gate, gate_tries, created_at, \
               seen_at, expires_at, user_agent, client_addr) VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, ?7, ?7, ?8, ?9, ?10)";
    let params = [
        sha256_hex(token.as_bytes()).into(),
        id.into(),
        new.account_id.into(),
        new.how.into(),
        new.contact_id.into(),
        gate.into(),
        now.unix().into(),
        now.plus(ABSOLUTE_S).unix().into(),
        context.user_agent.as_deref().into(),
        context.client_addr.as_deref().into(),
    ];
    tx.execute(sql, params).await?;
    Ok(token)
}

/// The living session of a cookie.
///
/// # Errors
/// As the database says.
pub async fn find(db: &Db, token_hash: &str, now: Timestamp) -> Result<Option<Session>, DbError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM account_sessions WHERE token_hash = ?1 AND ended_at IS NULL AND expires_at > ?2 \
         AND seen_at > ?3"
    );
    let params = [
        token_hash.into(),
        now.unix().into(),
        now.plus(-IDLE_S).unix().into(),
    ];
    let Some(row) = db.first(&sql, params).await? else {
        return Ok(None);
    };
    let session = Session::of(&row)?;
    if session.seen_at.plus(SEEN_STEP_S) <= now {
        let sql = "UPDATE account_sessions SET seen_at = ?2 WHERE token_hash = ?1 AND seen_at < ?2";
        db.execute(sql, [token_hash.into(), now.unix().into()])
            .await?;
    }
    Ok(Some(session))
}

/// Living sessions of an account, newest first.
///
/// # Errors
/// As the database says.
pub async fn of_account(
    db: &Db,
    account_id: &str,
    now: Timestamp,
) -> Result<Vec<Session>, DbError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM account_sessions WHERE account_id = ?1 AND ended_at IS NULL AND expires_at > ?2 \
         AND seen_at > ?3 ORDER BY created_at DESC, id"
    );
    let params = [
        account_id.into(),
        now.unix().into(),
        now.plus(-IDLE_S).unix().into(),
    ];
    db.query(&sql, params)
        .await?
        .iter()
        .map(Session::of)
        .collect()
}

/// Ends one session of an account; `false` where there is no such one.
///
/// # Errors
/// As the database says.
pub async fn end(db: &Db, account_id: &str, id: &str, now: Timestamp) -> Result<bool, DbError> {
    let sql = "UPDATE account_sessions SET ended_at = ?3 WHERE account_id = ?1 AND id = ?2 AND ended_at IS NULL";
    let params = [account_id.into(), id.into(), now.unix().into()];
    Ok(db.execute(sql, params).await? > 0)
}

/// Ends all sessions of an account, but for one where it is given.
///
/// # Errors
/// As the database says.
pub async fn end_all(
    db: &Db,
    account_id: &str,
    but: Option<&str>,
    now: Timestamp,
) -> Result<(), DbError> {
    let sql = "UPDATE account_sessions SET ended_at = ?3 \
               WHERE account_id = ?1 AND ended_at IS NULL AND (?2 IS NULL OR id <> ?2)";
    let params = [account_id.into(), but.into(), now.unix().into()];
    db.execute(sql, params).await.map(|_| ())
}

/// Counts a wrong answer at the gate.
///
/// # Errors
/// As the database says.
pub async fn count_try(db: &Db, id: &str) -> Result<(), DbError> {
    let sql = "UPDATE account_sessions SET gate_tries = gate_tries + 1 WHERE id = ?1";
    db.execute(sql, [id.into()]).await.map(|_| ())
}
