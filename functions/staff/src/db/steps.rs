//! Sign-ins of which the first step is done. What they bring takes effect with the second one.

use podpis_kit::db::{DbError, Row, Tx};
use podpis_kit::random;
use podpis_kit::staff::STEP_S;
use podpis_shared::Timestamp;
use podpis_shared::hash::sha256_hex;

/// Wrong answers in the life of a step.
const TRIES_MAX: i64 = 5;

/// What the second step has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A factor that the person has.
    Prove,
    /// A first code of a new one.
    Enrol,
}

impl Kind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Prove => "prove",
            Self::Enrol => "enrol",
        }
    }
}

/// A first step. No `Debug`: it holds secrets.
#[derive(Default)]
pub(crate) struct Step {
    pub(crate) person_id: String,
    /// The letter that it came by.
    pub(crate) invitation_id: Option<String>,
    /// Where the session is to begin, where that is known.
    pub(crate) staff_id: Option<String>,
    /// New name.
    pub(crate) name: Option<String>,
    /// New password.
    pub(crate) password_hash: Option<String>,
    /// New secret of the program on the phone, encrypted at rest.
    pub(crate) totp: Option<String>,
    /// What a passkey is to sign.
    pub(crate) challenge: Option<String>,
}

/// Begins one; gives its token.
pub(crate) async fn begin(
    tx: &Tx,
    kind: Kind,
    step: &Step,
    now: Timestamp,
) -> Result<String, DbError> {
    let token = random::token().map_err(|e| DbError::host("random", e))?;
    let sql = "INSERT INTO staff_steps (token_hash, kind, person_id, invitation_id, staff_id, name, password_hash, totp, \
               challenge, tries, created_at, expires_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 0, ?10, ?11)";
    let params = [
        sha256_hex(token.as_bytes()).into(),
        kind.as_str().into(),
        step.person_id.as_str().into(),
        step.invitation_id.as_deref().into(),
        step.staff_id.as_deref().into(),
        step.name.as_deref().into(),
        step.password_hash.as_deref().into(),
        step.totp.as_deref().into(),
        step.challenge.as_deref().into(),
        now.unix().into(),
        now.plus(STEP_S).unix().into(),
    ];
    tx.execute(sql, params).await?;
    Ok(token)
}

/// Counts a try of the second step, and gives the first; `None` where it has ended, or was tried too often.
pub(crate) async fn try_once(
    tx: &Tx,
    kind: Kind,
    token: &str,
    now: Timestamp,
) -> Result<Option<Step>, DbError> {
    let sql = "UPDATE staff_steps SET tries = tries + 1 WHERE token_hash = ?1 AND kind = ?2 AND ended_at IS NULL \
               AND expires_at > ?3 AND tries < ?4 \
               RETURNING person_id, invitation_id, staff_id, name, password_hash, totp, challenge";
    let params = [
        sha256_hex(token.as_bytes()).into(),
        kind.as_str().into(),
        now.unix().into(),
        TRIES_MAX.into(),
    ];
    let of = |row: &Row| {
        Ok(Step {
            person_id: row.text(0)?,
            invitation_id: row.opt_text(1)?,
            staff_id: row.opt_text(2)?,
            name: row.opt_text(3)?,
            password_hash: row.opt_text(4)?,
            totp: row.opt_text(5)?,
            challenge: row.opt_text(6)?,
        })
    };
    tx.first(sql, params).await?.as_ref().map(of).transpose()
}

/// What a passkey was to sign is used, whatever came of it.
pub(crate) async fn forget_challenge(tx: &Tx, token: &str) -> Result<(), DbError> {
    let sql = "UPDATE staff_steps SET challenge = NULL WHERE token_hash = ?1";
    tx.execute(sql, [sha256_hex(token.as_bytes()).into()])
        .await
        .map(|_| ())
}

/// Its session has begun.
pub(crate) async fn end(tx: &Tx, token: &str, now: Timestamp) -> Result<(), DbError> {
    let sql = "UPDATE staff_steps SET ended_at = ?2, password_hash = NULL, totp = NULL WHERE token_hash = ?1";
    let params = [sha256_hex(token.as_bytes()).into(), now.unix().into()];
    tx.execute(sql, params).await.map(|_| ())
}

/// All steps of a person end: what they rest on has changed.
pub(crate) async fn end_all(tx: &Tx, person_id: &str, now: Timestamp) -> Result<(), DbError> {
    let sql = "UPDATE staff_steps SET ended_at = ?2, password_hash = NULL, totp = NULL \
               WHERE person_id = ?1 AND ended_at IS NULL";
    let params = [person_id.into(), now.unix().into()];
    tx.execute(sql, params).await.map(|_| ())
}
