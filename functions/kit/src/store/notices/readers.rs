//! Who is told, and where they are reached.

use super::{About, Notice};
use crate::db::{Db, DbError};
use crate::store::documents::Document;
use crate::store::letters;
use podpis_shared::wire::account::Notices;
use podpis_shared::{Delivery, Timestamp};

/// An account that may be the signer's, with its settings.
pub(super) struct Reader {
    account_id: String,
    wants: Notices,
    /// It holds the e-mail that the clinic gave.
    holds_email: bool,
    /// Minutes by which its person's clock is ahead of UTC, where a browser has told.
    pub(super) utc_offset: Option<i64>,
}

/// Accounts of the signer: those that have the document already, those that hold a contact of the signer's, and
/// confirmed ones that have an earlier document of the same SNILS. Looser than the right to see a document, which
/// compares people: a notice names nobody.
pub(super) async fn readers(
    db: &Db,
    document: &Document,
    now: Timestamp,
) -> Result<Vec<Reader>, DbError> {
    let sql = "SELECT a.id, a.notices, EXISTS (SELECT 1 FROM account_contacts e WHERE e.account_id = a.id \
               AND e.kind = 'email' AND e.value = ?4 AND e.ended_at IS NULL), a.utc_offset FROM accounts a \
               WHERE a.closed_at IS NULL AND a.merged_into IS NULL AND a.id IN (\
               SELECT account_id FROM account_documents WHERE document_id = ?1 AND role = 'signer' \
               AND (until IS NULL OR until > ?2) \
               UNION SELECT account_id FROM account_contacts WHERE ended_at IS NULL AND documents_from <= ?6 \
               AND ((kind = 'phone' AND value = ?3) OR (kind = 'email' AND value = ?4)) \
               UNION SELECT o.account_id FROM addressees s JOIN documents d ON d.id = s.document_id \
               JOIN account_documents o ON o.document_id = d.id \
               JOIN accounts c ON c.id = o.account_id AND c.level = 'confirmed' \
               WHERE s.kind = 'snils' AND s.value = ?5 AND ((o.role = 'patient' AND s.role = 'patient') \
               OR (o.role = 'signer' AND s.role = CASE WHEN d.representative IS NULL THEN 'patient' \
               ELSE 'representative' END))) ORDER BY a.created_at, a.id";
    let signer = document.signer();
    let email = signer.email.as_ref().map(|e| e.expose().to_lowercase());
    let params = [
        document.id.as_str().into(),
        now.unix().into(),
        signer.phone.as_ref().map(|p| p.expose()).into(),
        email.into(),
        signer.snils.as_ref().map(|s| s.expose()).into(),
        document.created_at.unix().into(),
    ];
    let mut readers = Vec::new();
    for row in db.query(sql, params).await? {
        readers.push(Reader {
            account_id: row.text(0)?,
            wants: serde_json::from_str(&row.text(1)?).map_err(|_| DbError::corrupt("notices"))?,
            holds_email: row.int(2)? != 0,
            utc_offset: row.opt_int(3)?,
        });
    }
    Ok(readers)
}

/// The one address that a letter goes to: the clinic's before the account's, because the clinic named the person to it.
pub(super) async fn email(
    db: &Db,
    about: &About<'_>,
    readers: &[Reader],
) -> Result<Option<String>, DbError> {
    if let Some(email) = &about.document.signer().email {
        let holder = readers.iter().find(|reader| reader.holds_email);
        let wanted = match holder {
            Some(holder) => holder.wants.email,
            // Whoever did not sign must learn of a signature.
            None if about.notice != Notice::Signed
                && letters::is_stopped(db, email.expose()).await? =>
            {
                false
            }
            None if readers.is_empty() => tells_strangers(about),
            None => readers.iter().any(|reader| reader.wants.email),
        };
        return Ok(wanted.then(|| email.expose().to_owned()));
    }
    let sql = "SELECT value FROM account_contacts WHERE account_id = ?1 AND kind = 'email' AND ended_at IS NULL \
               ORDER BY since, id LIMIT 1";
    for reader in readers.iter().filter(|reader| reader.wants.email) {
        let row = db.first(sql, [reader.account_id.as_str().into()]).await?;
        if let Some(row) = row {
            return row.text(0).map(Some);
        }
    }
    Ok(None)
}

/// Whether somebody without an account gets a letter: of a document for the account, because it is the only way there;
/// of a signature always, because whoever did not sign must learn of it; of the final version, because it is the copy that
/// a person should have.
fn tells_strangers(about: &About<'_>) -> bool {
    about.document.delivery == Delivery::Account
        || matches!(about.notice, Notice::Signed | Notice::Completed)
}

/// Browsers that take push messages, but for those that were signed out.
pub(super) async fn endpoints(db: &Db, readers: &[Reader]) -> Result<Vec<String>, DbError> {
    let sql = "SELECT p.endpoint FROM push_subscriptions p JOIN account_sessions s ON s.id = p.session_id \
               WHERE p.account_id = ?1 AND s.ended_at IS NULL ORDER BY p.created_at, p.endpoint";
    let mut endpoints = Vec::new();
    for reader in readers.iter().filter(|reader| reader.wants.push) {
        for row in db.query(sql, [reader.account_id.as_str().into()]).await? {
            endpoints.push(row.text(0)?);
        }
    }
    Ok(endpoints)
}

/// Whether a browser still takes push messages.
///
/// # Errors
/// As the database says.
pub async fn is_subscribed(db: &Db, endpoint: &str) -> Result<bool, DbError> {
    let sql = "SELECT 1 FROM push_subscriptions p JOIN account_sessions s ON s.id = p.session_id \
               WHERE p.endpoint = ?1 AND s.ended_at IS NULL";
    Ok(db.first(sql, [endpoint.into()]).await?.is_some())
}
