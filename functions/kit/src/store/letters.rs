//! Ending letters from a letter: one click, without signing in (RFC 8058).
//!
//! The address in a letter proves that its reader has the mailbox, and nothing more. So it turns letters off in accounts that
//! hold that address, and for the address where no account holds it; the next clinic that names it changes nothing.

use crate::db::{Db, DbError, Tx};
use crate::store::accounts;
use podpis_shared::Timestamp;
use podpis_shared::hash::sha256_hex;
use podpis_shared::wire::account::Notices;
use serde_json::json;

/// Stores the token of a message's letter, hashed.
///
/// # Errors
/// As the database says.
pub async fn insert(db: &Db, token: &str, message: &str, at: Timestamp) -> Result<(), DbError> {
    let sql = "INSERT INTO letter_tokens (token_hash, message_id, created_at) VALUES (?1, ?2, ?3)";
    let params = [
        sha256_hex(token.as_bytes()).into(),
        message.into(),
        at.unix().into(),
    ];
    db.execute(sql, params).await.map(|_| ())
}

/// The mailbox that a letter with this token went to.
///
/// # Errors
/// As the database says.
pub async fn mailbox(db: &Db, token: &str) -> Result<Option<String>, DbError> {
    let sql = "SELECT o.recipient FROM letter_tokens t JOIN outbox o ON o.id = t.message_id WHERE t.token_hash = ?1";
    let row = db.first(sql, [sha256_hex(token.as_bytes()).into()]).await?;
    row.map(|row| row.text(0).map(|address| address.to_lowercase()))
        .transpose()
}

/// Turns letters to a mailbox off. Doing it again changes nothing.
///
/// # Errors
/// As the database says.
pub async fn stop(tx: &Tx, mailbox: &str, at: Timestamp) -> Result<(), DbError> {
    let sql = "INSERT INTO letter_stops (mailbox_hash, at) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
    tx.execute(sql, [hash(mailbox).into(), at.unix().into()])
        .await?;
    let sql = "SELECT a.id, a.notices FROM accounts a JOIN account_contacts c ON c.account_id = a.id \
               WHERE c.kind = 'email' AND c.value = ?1 AND c.ended_at IS NULL AND a.closed_at IS NULL";
    for row in tx.query(sql, [mailbox.into()]).await? {
        let (account, notices) = (row.text(0)?, row.text(1)?);
        let mut notices: Notices =
            serde_json::from_str(&notices).map_err(|_| DbError::corrupt("notices"))?;
        if !std::mem::take(&mut notices.email) {
            continue;
        }
        accounts::set_notices(tx, &account, notices).await?;
        accounts::log(tx, &account, "notices_chosen", &json!(notices), at).await?;
    }
    Ok(())
}

/// Whether letters to a mailbox that no account holds were turned off.
///
/// # Errors
/// As the database says.
pub async fn is_stopped(db: &Db, mailbox: &str) -> Result<bool, DbError> {
    Ok(stopped_at(db, mailbox).await?.is_some())
}

/// When letters to a mailbox were turned off, with or without an account that holds it.
///
/// # Errors
/// As the database says.
pub async fn stopped_at(db: &Db, mailbox: &str) -> Result<Option<Timestamp>, DbError> {
    let sql = "SELECT at FROM letter_stops WHERE mailbox_hash = ?1";
    let row = db.first(sql, [hash(mailbox).into()]).await?;
    let at = row.map(|row| row.int(0)).transpose()?;
    Ok(at.map(Timestamp::from_unix))
}

fn hash(mailbox: &str) -> String {
    sha256_hex(mailbox.to_lowercase().as_bytes())
}
