//! Signed-in devices of accounts. Only the SHA-256 of a cookie is kept.

mod ends;

pub(crate) use ends::over;
pub use ends::{Why, end, end_all, ended};

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
    /// When it signed in.
    pub created_at: Timestamp,
    /// When it was last here.
    pub seen_at: Timestamp,
    /// Browser, as it names itself.
    pub user_agent: Option<String>,
}

const COLUMNS: &str = "id, account_id, how, contact_id, gate, created_at, seen_at, user_agent";

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
            created_at: Timestamp::from_unix(row.int(5)?),
            seen_at: Timestamp::from_unix(row.int(6)?),
            user_agent: row.opt_text(7)?,
        })
    }
}

/// Who signs in, and how.
#[derive(Clone, Copy, Debug)]
pub struct NewSession<'a> {
    /// The code or the sign-in at ESIA, which begins one session and no second.
    pub begun_by: &'a str,
    /// The account.
    pub account_id: &'a str,
    /// `phone`, `email` or `esia`.
    pub how: &'a str,
    /// The contact that the code came from.
    pub contact_id: Option<&'a str>,
    /// What stands before the documents.
    pub gate: Option<Gate>,
    /// When the person last proved who they are: limits and fresh proofs count from here.
    pub signed_in: Timestamp,
}

/// What became of an earlier sign-in with the same code, or the same return from ESIA.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Earlier {
    /// There was none.
    None,
    /// Its session lives, and has a new cookie now: the answer with the old one may have been lost.
    Renewed {
        /// The cookie's value.
        token: String,
        /// The account.
        account_id: String,
    },
    /// Its session has ended: what began it is of no use any more.
    Ended,
}

/// Begins a session in the place of this browser's earlier one; the cookie's value.
///
/// # Errors
/// As the database says.
pub async fn begin(
    tx: &Tx,
    new: NewSession<'_>,
    before: Option<&Session>,
    context: &Context,
    now: Timestamp,
) -> Result<String, DbError> {
    let token = random::token().map_err(|e| DbError::host("random", e))?;
    let id = random::id("ses").map_err(|e| DbError::host("random", e))?;
    let gate = new.gate.map(|gate| match gate {
        Gate::Recycled => "recycled",
        Gate::Who => "who",
    });
    let sql = "INSERT INTO account_sessions (token_hash, id, begun_by, account_id, how, contact_id, gate, created_at, \
               seen_at, expires_at, user_agent, client_addr) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";
    let params = [
        sha256_hex(token.as_bytes()).into(),
        id.as_str().into(),
        new.begun_by.into(),
        new.account_id.into(),
        new.how.into(),
        new.contact_id.into(),
        gate.into(),
        new.signed_in.unix().into(),
        now.unix().into(),
        new.signed_in.plus(ABSOLUTE_S).unix().into(),
        context.user_agent.as_deref().into(),
        context.client_addr.as_deref().into(),
    ];
    tx.execute(sql, params).await?;
    if let Some(before) = before {
        // The browser stays the same, so its push messages go on, where they are the same person's.
        let sql = "UPDATE push_subscriptions SET session_id = ?1 WHERE session_id = ?2 AND account_id = ?3";
        let params = [id.into(), before.id.as_str().into(), new.account_id.into()];
        tx.execute(sql, params).await?;
        end(tx, &before.account_id, &before.id, Why::Replaced, now).await?;
    }
    Ok(token)
}

/// Looks whether this code, or this return from ESIA, has begun a session before.
///
/// # Errors
/// As the database says.
pub async fn earlier(tx: &Tx, begun_by: &str) -> Result<Earlier, DbError> {
    let sql = "SELECT account_id, ended_at FROM account_sessions WHERE begun_by = ?1";
    let Some(row) = tx.first(sql, [begun_by.into()]).await? else {
        return Ok(Earlier::None);
    };
    if row.opt_int(1)?.is_some() {
        return Ok(Earlier::Ended);
    }
    let token = random::token().map_err(|e| DbError::host("random", e))?;
    let sql = "UPDATE account_sessions SET token_hash = ?2 WHERE begun_by = ?1";
    tx.execute(sql, [begun_by.into(), sha256_hex(token.as_bytes()).into()])
        .await?;
    Ok(Earlier::Renewed {
        token,
        account_id: row.text(0)?,
    })
}

/// Opens the gate of one session, or of all sessions of an account that stand before the same.
///
/// # Errors
/// As the database says.
pub async fn open_gate(tx: &Tx, session: &Session, gate: Gate) -> Result<(), DbError> {
    let (sql, id) = match gate {
        // Each device has to show that it is the owner's.
        Gate::Recycled => (
            "UPDATE account_sessions SET gate = NULL WHERE id = ?1",
            &session.id,
        ),
        // What was asked is answered, for all of them.
        Gate::Who => (
            "UPDATE account_sessions SET gate = NULL WHERE account_id = ?1 AND gate = 'who'",
            &session.account_id,
        ),
    };
    tx.execute(sql, [id.as_str().into()]).await.map(|_| ())
}

/// Puts a question before the documents in every session of an account that stands open.
///
/// # Errors
/// As the database says.
pub async fn ask_who(db: &Db, account_id: &str) -> Result<(), DbError> {
    let sql = "UPDATE account_sessions SET gate = 'who' WHERE account_id = ?1 AND gate IS NULL AND ended_at IS NULL";
    db.execute(sql, [account_id.into()]).await.map(|_| ())
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

/// The living session with this id, read anew inside a transaction.
///
/// # Errors
/// As the database says.
pub async fn by_id(tx: &Tx, id: &str, now: Timestamp) -> Result<Option<Session>, DbError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM account_sessions WHERE id = ?1 AND ended_at IS NULL AND expires_at > ?2"
    );
    let row = tx.first(&sql, [id.into(), now.unix().into()]).await?;
    row.as_ref().map(Session::of).transpose()
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
