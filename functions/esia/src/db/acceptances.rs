//! Every statement over `esia_acceptances`. A row is one act of accepting a clinic's agreement, by one browser and account.
//!
//! `started` → `identified` → `bound` → `accepted`, or `failed`. The identity is encrypted at rest.

use podpis_kit::at_rest::Keys;
use podpis_kit::db::{DbError, Row};
use podpis_kit::{Db, Result, Tx};
use podpis_shared::Timestamp;
use podpis_shared::problem::Code;
use podpis_shared::wire::vault::{Act, EsiaIdentity};

/// An act as stored.
pub struct Acceptance {
    /// SHA-256 of the `state`; also the id of the act.
    pub id: String,
    /// SHA-256 of the browser's cookie.
    pub browser_hash: String,
    /// The version that was read.
    pub agreement_id: String,
    /// The account that it began in.
    pub account_id: String,
    /// What happened on our page.
    pub act: Act,
    /// Until when the person must be back from ESIA.
    pub expires_at: Timestamp,
    /// Who came back.
    pub identity: Option<EsiaIdentity>,
    /// Why it failed for good.
    pub failure: Option<Code>,
}

/// An act that begins.
pub struct NewAcceptance<'a> {
    /// SHA-256 of the `state`.
    pub id: &'a str,
    /// SHA-256 of the browser's cookie.
    pub browser_hash: &'a str,
    /// The version that was read.
    pub agreement_id: &'a str,
    /// The account.
    pub account_id: &'a str,
    /// What happened on our page.
    pub act: &'a Act,
    /// Until when the person must be back from ESIA.
    pub expires_at: Timestamp,
}

/// Stores a new act.
///
/// # Errors
/// As the database says.
pub async fn insert(tx: &Tx, new: NewAcceptance<'_>) -> Result<(), DbError> {
    let act = serde_json::to_string(new.act).map_err(|_| DbError::corrupt("act"))?;
    let sql = "INSERT INTO esia_acceptances (state_hash, browser_hash, agreement_id, account_id, act, created_at, \
               expires_at, status) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'started')";
    let params = [
        new.id.into(),
        new.browser_hash.into(),
        new.agreement_id.into(),
        new.account_id.into(),
        act.into(),
        new.act.started_at.unix().into(),
        new.expires_at.unix().into(),
    ];
    tx.execute(sql, params).await.map(|_| ())
}

/// The act of a `state`.
///
/// # Errors
/// As the database says; where the identity can't be decrypted.
pub async fn find(db: &Db, id: &str) -> Result<Option<Acceptance>> {
    let sql = "SELECT state_hash, browser_hash, agreement_id, account_id, act, expires_at, status, identity, failure \
               FROM esia_acceptances WHERE state_hash = ?1";
    let Some(row) = db.first(sql, [id.into()]).await? else {
        return Ok(None);
    };
    let identity = match row.opt_text(7)? {
        Some(sealed) => {
            let json = Keys::load(db).await?.open_text(&purpose(id), sealed)?;
            Some(serde_json::from_str(&json).map_err(|_| DbError::corrupt("identity"))?)
        }
        None => None,
    };
    Ok(Some(Acceptance::of(&row, identity)?))
}

/// How many acts an account has begun for a version since a time.
///
/// # Errors
/// As the database says.
pub async fn count_since(
    db: &Db,
    account_id: &str,
    agreement_id: &str,
    since: Timestamp,
) -> Result<i64, DbError> {
    let sql = "SELECT count(*) FROM esia_acceptances WHERE account_id = ?1 AND agreement_id = ?2 AND created_at > ?3";
    let params = [account_id.into(), agreement_id.into(), since.unix().into()];
    db.first(sql, params).await?.map_or(Ok(0), |row| row.int(0))
}

/// Keeps who came back; from now on a crash loses nothing. `false` where the act has been decided meanwhile.
///
/// # Errors
/// As the database says; `unavailable` where there is no storage key.
pub async fn identify(db: &Db, id: &str, identity: &EsiaIdentity) -> Result<bool> {
    let json = serde_json::to_string(identity).map_err(|_| DbError::corrupt("identity"))?;
    let sealed = Keys::load(db).await?.seal_text(&purpose(id), &json)?;
    let sql = "UPDATE esia_acceptances SET status = 'identified', identity = ?2, failure = NULL \
               WHERE state_hash = ?1 AND status = 'started'";
    Ok(db.execute(sql, [id.into(), sealed.into()]).await? == 1)
}

/// The account is this person's. `false` where the act has been decided meanwhile.
///
/// # Errors
/// As the database says.
pub async fn bind(tx: &Tx, id: &str, account_id: &str) -> Result<bool, DbError> {
    let sql = "UPDATE esia_acceptances SET status = 'bound', account_id = ?2 \
               WHERE state_hash = ?1 AND status = 'identified'";
    Ok(tx.execute(sql, [id.into(), account_id.into()]).await? == 1)
}

/// Marks an act whose agreement is accepted.
///
/// # Errors
/// As the database says.
pub async fn accepted(db: &Db, id: &str) -> Result<(), DbError> {
    let sql = "UPDATE esia_acceptances SET status = 'accepted' WHERE state_hash = ?1 AND status = 'bound'";
    db.execute(sql, [id.into()]).await.map(|_| ())
}

/// Keeps a refusal, and forgets who it was. One that is not final leaves the act open for a repeat.
///
/// # Errors
/// As the database says.
pub async fn refuse(db: &Db, id: &str, code: Code, is_final: bool) -> Result<(), DbError> {
    let status = if is_final { "failed" } else { "started" };
    let sql = "UPDATE esia_acceptances SET status = ?2, failure = ?3, identity = NULL \
               WHERE state_hash = ?1 AND (status = 'started' OR (status = 'identified' AND ?2 = 'failed'))";
    let params = [id.into(), status.into(), code.as_str().into()];
    db.execute(sql, params).await.map(|_| ())
}

/// Forgets acts, and the personal data in them, that ran out before a time.
///
/// # Errors
/// As the database says.
pub async fn forget(tx: &Tx, before: Timestamp) -> Result<(), DbError> {
    let sql = "DELETE FROM esia_acceptances WHERE expires_at < ?1";
    tx.execute(sql, [before.unix().into()]).await.map(|_| ())
}

/// Binds what is sealed to its row.
fn purpose(id: &str) -> String {
    format!("esia_acceptances.identity:{id}")
}

impl Acceptance {
    fn of(row: &Row, identity: Option<EsiaIdentity>) -> Result<Self, DbError> {
        let failure = row
            .opt_text(8)?
            .filter(|_| row.text(6).is_ok_and(|status| status == "failed"));
        Ok(Self {
            id: row.text(0)?,
            browser_hash: row.text(1)?,
            agreement_id: row.text(2)?,
            account_id: row.text(3)?,
            act: serde_json::from_str(&row.text(4)?).map_err(|_| DbError::corrupt("act"))?,
            expires_at: Timestamp::from_unix(row.int(5)?),
            identity,
            failure: failure.map(|text| Code::parse(&text).unwrap_or(Code::EsiaSession)),
        })
    }
}
