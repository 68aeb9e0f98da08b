//! Every statement over `esia_logins`. A login is one sign-in at ESIA for the personal account, by one browser.
//!
//! `started` → `identified` → `done`, or `failed`. Whoever came back is kept encrypted, and only until the account is found.

use podpis_kit::at_rest::Keys;
use podpis_kit::db::{DbError, Row};
use podpis_kit::{Db, Result, Tx};
use podpis_shared::problem::Code;
use podpis_shared::wire::account::LoginPurpose;
use podpis_shared::{Person, Timestamp};
use serde::{Deserialize, Serialize};

/// A login as stored.
pub struct Login {
    /// SHA-256 of the `state`; also what its session has begun by.
    pub id: String,
    /// SHA-256 of the browser's cookie.
    pub browser_hash: String,
    /// What for.
    pub purpose: LoginPurpose,
    /// The account that was signed in, where it is to be confirmed.
    pub account_id: Option<String>,
    /// When it began.
    pub created_at: Timestamp,
    /// Until when the person must be back from ESIA.
    pub expires_at: Timestamp,
    /// Its account is found, and a session begun.
    pub done: bool,
    /// Who came back, until then.
    pub identified: Option<Identified>,
    /// Why it failed for good.
    pub failure: Option<Code>,
}

/// Who came back from ESIA.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Identified {
    /// Name, date of birth, SNILS as ESIA gave them.
    pub person: Person,
    /// Keyed hash of ESIA's number of the person.
    pub subject: String,
}

/// A login that begins.
pub struct NewLogin<'a> {
    /// SHA-256 of the `state`.
    pub id: &'a str,
    /// SHA-256 of the browser's cookie.
    pub browser_hash: &'a str,
    /// What for.
    pub purpose: LoginPurpose,
    /// The account that is to be confirmed.
    pub account_id: Option<&'a str>,
    /// Network address of the browser.
    pub client: Option<&'a str>,
    /// Until when the person must be back from ESIA.
    pub expires_at: Timestamp,
}

/// Stores a new login.
///
/// # Errors
/// As the database says.
pub async fn insert(tx: &Tx, login: NewLogin<'_>, at: Timestamp) -> Result<(), DbError> {
    let purpose = match login.purpose {
        LoginPurpose::SignIn => "sign_in",
        LoginPurpose::Bind => "bind",
    };
    let sql = "INSERT INTO esia_logins (state_hash, browser_hash, purpose, account_id, client, created_at, expires_at, \
               status) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'started')";
    let params = [
        login.id.into(),
        login.browser_hash.into(),
        purpose.into(),
        login.account_id.into(),
        login.client.into(),
        at.unix().into(),
        login.expires_at.unix().into(),
    ];
    tx.execute(sql, params).await.map(|_| ())
}

/// The login of a `state`.
///
/// # Errors
/// As the database says; where it can't be decrypted.
pub async fn find(db: &Db, id: &str) -> Result<Option<Login>> {
    let sql = "SELECT state_hash, browser_hash, purpose, account_id, created_at, expires_at, status, outcome, failure \
               FROM esia_logins WHERE state_hash = ?1";
    let Some(row) = db.first(sql, [id.into()]).await? else {
        return Ok(None);
    };
    let identified = match row.opt_text(7)? {
        Some(sealed) => {
            let json = Keys::load(db).await?.open_text(&purpose_of(id), sealed)?;
            Some(serde_json::from_str(&json).map_err(|_| DbError::corrupt("outcome"))?)
        }
        None => None,
    };
    Ok(Some(Login::of(&row, identified)?))
}

/// How many logins were begun from a network address since a time.
///
/// # Errors
/// As the database says.
pub async fn count_since(db: &Db, client: &str, since: Timestamp) -> Result<i64, DbError> {
    let sql = "SELECT count(*) FROM esia_logins WHERE client = ?1 AND created_at > ?2";
    db.first(sql, [client.into(), since.unix().into()])
        .await?
        .map_or(Ok(0), |row| row.int(0))
}

/// Keeps who came back; from now on a crash loses nothing. `false` where the login has been decided meanwhile.
///
/// # Errors
/// As the database says; `unavailable` where there is no storage key.
pub async fn identify(db: &Db, id: &str, identified: &Identified) -> Result<bool> {
    let json = serde_json::to_string(identified).map_err(|_| DbError::corrupt("outcome"))?;
    let sealed = Keys::load(db).await?.seal_text(&purpose_of(id), &json)?;
    let sql = "UPDATE esia_logins SET status = 'identified', outcome = ?2, failure = NULL \
               WHERE state_hash = ?1 AND status = 'started'";
    Ok(db.execute(sql, [id.into(), sealed.into()]).await? == 1)
}

/// Marks a login whose session has begun, and forgets who it was.
///
/// # Errors
/// As the database says.
pub async fn done(tx: &Tx, id: &str) -> Result<(), DbError> {
    let sql = "UPDATE esia_logins SET status = 'done', outcome = NULL WHERE state_hash = ?1";
    tx.execute(sql, [id.into()]).await.map(|_| ())
}

/// Keeps a refusal. One that is not final leaves the login open for a repeat.
///
/// # Errors
/// As the database says.
pub async fn refuse(db: &Db, id: &str, code: Code, is_final: bool) -> Result<(), DbError> {
    let status = if is_final { "failed" } else { "started" };
    let sql = "UPDATE esia_logins SET status = ?2, failure = ?3, outcome = NULL \
               WHERE state_hash = ?1 AND status IN ('started', 'identified')";
    let params = [id.into(), status.into(), code.as_str().into()];
    db.execute(sql, params).await.map(|_| ())
}

/// Forgets logins that ran out before a time.
///
/// # Errors
/// As the database says.
pub async fn forget(tx: &Tx, before: Timestamp) -> Result<(), DbError> {
    let sql = "DELETE FROM esia_logins WHERE expires_at < ?1";
    tx.execute(sql, [before.unix().into()]).await.map(|_| ())
}

/// Binds what is sealed to its row.
fn purpose_of(id: &str) -> String {
    format!("esia_logins.outcome:{id}")
}

impl Login {
    fn of(row: &Row, identified: Option<Identified>) -> Result<Self, DbError> {
        let status = row.text(6)?;
        let failure = row.opt_text(8)?.filter(|_| status == "failed");
        Ok(Self {
            id: row.text(0)?,
            browser_hash: row.text(1)?,
            purpose: match row.text(2)?.as_str() {
                "bind" => LoginPurpose::Bind,
                _ => LoginPurpose::SignIn,
            },
            account_id: row.opt_text(3)?,
            created_at: Timestamp::from_unix(row.int(4)?),
            expires_at: Timestamp::from_unix(row.int(5)?),
            done: status == "done",
            identified,
            failure: failure.map(|text| Code::parse(&text).unwrap_or(Code::EsiaSession)),
        })
    }
}
