//! Every statement over `esia_sessions`. A session is one signing act of one browser.
//!
//! `started` → `identified` → `signed`, or `failed`. Times are Unix seconds. The identity is encrypted at rest: a token
//! of ESIA's is in it.

pub mod acceptances;
pub mod logins;

use crate::place::Place;
use crate::refused::Refused;
use podpis_kit::at_rest::Keys;
use podpis_kit::db::{DbError, Row};
use podpis_kit::store::{Document, Event, journal};
use podpis_kit::{Db, Result, Tx};
use podpis_shared::Timestamp;
use podpis_shared::problem::Code;
use podpis_shared::wire::vault::{Act, EsiaIdentity};
use serde_json::json;

/// A session as stored.
pub struct Session {
    /// SHA-256 of the `state`; also the id of the act.
    pub id: String,
    /// The document that is to be signed.
    pub document_id: String,
    /// Its hash when the act started.
    pub sha256: String,
    /// SHA-256 of the browser's cookie.
    pub browser_hash: String,
    /// What happened on our page.
    pub act: Act,
    /// Until when the person must be back from ESIA.
    pub expires_at: Timestamp,
    /// Who the person is, once every check has passed.
    pub identity: Option<EsiaIdentity>,
    /// Why the act failed for good.
    pub failure: Option<Code>,
}

/// A session that begins.
pub struct NewSession<'a> {
    /// SHA-256 of the `state`.
    pub id: &'a str,
    /// SHA-256 of the browser's cookie.
    pub browser_hash: &'a str,
    /// What happened on our page.
    pub act: &'a Act,
    /// Until when the person must be back from ESIA.
    pub expires_at: Timestamp,
    /// The personal account that it began in.
    pub account_id: Option<&'a str>,
}

/// Stores a new session with its journal entry.
///
/// # Errors
/// As the database says.
pub async fn insert(tx: &Tx, document: &Document, session: NewSession<'_>) -> Result<(), DbError> {
    let at = session.act.started_at;
    let act = serde_json::to_string(session.act).map_err(|_| DbError::corrupt("act"))?;
    tx.execute(
        "INSERT INTO esia_sessions (state_hash, document_id, sha256, browser_hash, act, created_at, expires_at, status, \
         account_id) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'started', ?8)",
        [
            session.id.into(),
            document.id.as_str().into(),
            document.hashes.sha256.as_str().into(),
            session.browser_hash.into(),
            act.into(),
            at.unix().into(),
            session.expires_at.unix().into(),
            session.account_id.into(),
        ],
    )
    .await?;
    let data = json!({"act_id": session.id, "sha256": document.hashes.sha256});
    journal::append(
        tx,
        &document.clinic_id,
        Some(&document.id),
        Event::EsiaStarted,
        at,
        data,
    )
    .await?;
    Ok(())
}

/// The session of a `state`.
///
/// # Errors
/// As the database says; where the identity can't be decrypted.
pub async fn find(db: &Db, id: &str) -> Result<Option<Session>> {
    let sql = "SELECT state_hash, document_id, sha256, browser_hash, act, expires_at, status, identity, failure \
               FROM esia_sessions WHERE state_hash = ?1";
    let Some(row) = db.first(sql, [id.into()]).await? else {
        return Ok(None);
    };
    let identity = match row.opt_text(7)? {
        Some(stored) => Some(opened(&Keys::load(db).await?, id, stored)?),
        None => None,
    };
    Ok(Some(Session::of(&row, identity)?))
}

/// Where on our pages the act of a `state` began; `None` for a `state` that nobody knows.
///
/// # Errors
/// As the database says.
pub async fn place(db: &Db, id: &str) -> Result<Option<Place>, DbError> {
    let sql = "SELECT account_id IS NOT NULL, CASE WHEN account_id IS NULL AND EXISTS (SELECT 1 FROM consultations c \
               WHERE c.document_id = s.document_id) THEN 3 ELSE 0 END FROM esia_sessions s WHERE state_hash = ?1 \
               UNION ALL SELECT 0, 1 FROM esia_logins WHERE state_hash = ?1 \
               UNION ALL SELECT 0, 2 FROM esia_acceptances WHERE state_hash = ?1";
    let row = db.first(sql, [id.into()]).await?;
    let place = |row: Row| {
        Ok(match (row.int(0)?, row.int(1)?) {
            (_, 1) => Place::Account,
            (_, 2) => Place::Agreement,
            (_, 3) => Place::Consultation,
            (1, _) => Place::Document,
            _ => Place::Link,
        })
    };
    row.map(place).transpose()
}

/// How many sessions a document got since a time.
///
/// # Errors
/// As the database says.
pub async fn count_since(db: &Db, document_id: &str, since: Timestamp) -> Result<i64, DbError> {
    let sql = "SELECT count(*) FROM esia_sessions WHERE document_id = ?1 AND created_at > ?2";
    db.first(sql, [document_id.into(), since.unix().into()])
        .await?
        .map_or(Ok(0), |row| row.int(0))
}

/// Whether somebody has been through ESIA since a time, in this browser or for this document, so that ESIA may still
/// know them. The document counts too, since a browser may have lost its cookie.
///
/// # Errors
/// As the database says.
pub async fn came_back_since(
    db: &Db,
    browser_hash: &str,
    document_id: Option<&str>,
    since: Timestamp,
) -> Result<bool, DbError> {
    let sql = "SELECT 1 FROM esia_sessions WHERE (browser_hash = ?1 OR document_id = ?2) AND created_at > ?3 \
               AND (status <> 'started' OR failure IS NOT NULL) UNION ALL SELECT 1 FROM esia_logins \
               WHERE browser_hash = ?1 AND created_at > ?3 AND (status <> 'started' OR failure IS NOT NULL) \
               UNION ALL SELECT 1 FROM esia_acceptances \
               WHERE browser_hash = ?1 AND created_at > ?3 AND (status <> 'started' OR failure IS NOT NULL) LIMIT 1";
    let values = [browser_hash.into(), document_id.into(), since.unix().into()];
    Ok(db.first(sql, values).await?.is_some())
}

/// Keeps the identity of a session; from now on a crash loses nothing. One statement.
///
/// Gives `false` where the session has been decided meanwhile.
///
/// # Errors
/// As the database says; `unavailable` where there is no storage key.
pub async fn identify(db: &Db, id: &str, identity: &EsiaIdentity) -> Result<bool> {
    let json = serde_json::to_string(identity).map_err(|_| DbError::corrupt("identity"))?;
    let sealed = Keys::load(db).await?.seal_text(&purpose(id), &json)?;
    let sql = "UPDATE esia_sessions SET status = 'identified', identity = ?2, failure = NULL \
               WHERE state_hash = ?1 AND status = 'started'";
    Ok(db.execute(sql, [id.into(), sealed.into()]).await? == 1)
}

/// Marks a session whose document is signed.
///
/// # Errors
/// As the database says.
pub async fn signed(db: &Db, id: &str) -> Result<(), DbError> {
    let sql = "UPDATE esia_sessions SET status = 'signed' WHERE state_hash = ?1 AND status = 'identified'";
    db.execute(sql, [id.into()]).await.map(|_| ())
}

/// Keeps a refusal with its journal entry; the same refusal again changes nothing.
///
/// A refusal that is not final leaves the session open for a repeat.
///
/// # Errors
/// As the database says.
pub async fn refuse(
    db: Db,
    document: &Document,
    id: &str,
    refused: &Refused,
    at: Timestamp,
) -> Result<(), DbError> {
    let status = if refused.is_final() {
        "failed"
    } else {
        "started"
    };
    let tx = db.begin().await?;
    let sql = "UPDATE esia_sessions SET status = ?2, failure = ?3 \
               WHERE state_hash = ?1 AND status = 'started' AND coalesce(failure, '') <> ?3";
    if tx
        .execute(
            sql,
            [id.into(), status.into(), refused.code().as_str().into()],
        )
        .await?
        == 1
    {
        let data = refused.entry(id);
        journal::append(
            &tx,
            &document.clinic_id,
            Some(&document.id),
            Event::EsiaFailed,
            at,
            data,
        )
        .await?;
    }
    tx.commit().await
}

/// Forgets sessions, and the personal data in them, that ran out before a time.
///
/// # Errors
/// As the database says.
pub async fn forget(tx: &Tx, before: Timestamp) -> Result<(), DbError> {
    tx.execute(
        "DELETE FROM esia_sessions WHERE expires_at < ?1",
        [before.unix().into()],
    )
    .await
    .map(|_| ())
}

/// The identity as stored; sessions of an earlier version hold it as plain JSON.
fn opened(keys: &Keys, id: &str, stored: String) -> Result<EsiaIdentity> {
    let json = keys.open_text(&purpose(id), stored)?;
    Ok(serde_json::from_str(&json).map_err(|_| DbError::corrupt("identity"))?)
}

/// Binds an identity to its session.
fn purpose(id: &str) -> String {
    format!("esia_sessions.identity:{id}")
}

impl Session {
    fn of(row: &Row, identity: Option<EsiaIdentity>) -> Result<Self, DbError> {
        let failure = row
            .opt_text(8)?
            .filter(|_| row.text(6).is_ok_and(|status| status == "failed"));
        Ok(Self {
            id: row.text(0)?,
            document_id: row.text(1)?,
            sha256: row.text(2)?,
            browser_hash: row.text(3)?,
            act: serde_json::from_str(&row.text(4)?).map_err(|_| DbError::corrupt("act"))?,
            expires_at: Timestamp::from_unix(row.int(5)?),
            identity,
            // A code that an earlier version wrote and this one no longer has: the act is over all the same.
            failure: failure.map(|text| Code::parse(&text).unwrap_or(Code::EsiaSession)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use podpis_shared::{Person, Sensitive};
    use serde_json::from_value;

    fn identity() -> EsiaIdentity {
        let person =
            json!({"last_name": "Петров", "first_name": "Пётр", "birth_date": "1990-07-01"});
        EsiaIdentity {
            person: from_value::<Person>(person).unwrap(),
            subject: Sensitive::new("1000".into()),
            session: Sensitive::new("sid".into()),
            auth_time: Timestamp::from_unix(1),
            id_token: Sensitive::new("a.b.c".into()),
            key_sha256: String::new(),
            key_pem: String::new(),
            verified_at: Timestamp::from_unix(2),
        }
    }

    #[test]
    fn an_identity_opens_in_its_own_session_only() {
        let keys = Keys::parse(&"1".repeat(64)).unwrap();
        let json = serde_json::to_string(&identity()).unwrap();
        let sealed = keys.seal_text(&purpose("s1"), &json).unwrap();
        assert!(!sealed.contains("a.b.c"));
        let opened_here = opened(&keys, "s1", sealed.clone()).unwrap();
        assert_eq!(opened_here.id_token.expose(), "a.b.c");
        assert!(opened(&keys, "s2", sealed).is_err());
    }

    #[test]
    fn an_identity_of_an_earlier_version_is_read() {
        let keys = Keys::parse(&"1".repeat(64)).unwrap();
        let json = serde_json::to_string(&identity()).unwrap();
        let opened = opened(&keys, "s1", json).unwrap();
        assert_eq!(opened.subject.expose(), "1000");
    }
}
