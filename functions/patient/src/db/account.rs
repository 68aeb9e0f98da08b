//! The SQL of the account.

use podpis_kit::db::{Db, DbError, Row};
use podpis_kit::store::accounts::contacts::Contact;
use podpis_kit::store::branding;
use podpis_shared::Timestamp;
use podpis_shared::wire::account::ClinicRef;
use podpis_shared::wire::code::Purpose;
use serde_json::Value;

/// Where a code was sent to.
pub(crate) async fn code_recipient(
    db: &Db,
    id: &str,
    purpose: Purpose,
) -> Result<Option<Contact>, DbError> {
    let sql = "SELECT recipient FROM codes WHERE id = ?1 AND purpose = ?2";
    let row = db.first(sql, [id.into(), purpose.as_str().into()]).await?;
    let recipient = row.map(|row| row.text(0)).transpose()?;
    Ok(recipient.and_then(|recipient| Contact::parse(&recipient)))
}

/// A line of an account's log.
pub(crate) struct Line {
    pub(crate) at: Timestamp,
    pub(crate) what: String,
    pub(crate) data: Value,
}

/// The newest lines of an account's log, the newest first.
pub(crate) async fn log(db: &Db, account_id: &str, limit: i64) -> Result<Vec<Line>, DbError> {
    let sql = "SELECT at, what, data FROM account_log WHERE account_id = ?1 ORDER BY position DESC LIMIT ?2";
    let rows = db.query(sql, [account_id.into(), limit.into()]).await?;
    let line = |row: &Row| {
        Ok(Line {
            at: Timestamp::from_unix(row.int(0)?),
            what: row.text(1)?,
            data: serde_json::from_str(&row.text(2)?).map_err(|_| DbError::corrupt("log"))?,
        })
    };
    rows.iter().map(line).collect()
}

/// The account `?1` and those that went up in it.
const OWN: &str = "WITH RECURSIVE own (id) AS (SELECT ?1 UNION SELECT m.id FROM accounts m JOIN own \
    ON m.merged_into = own.id)";

/// Clinics that have renewed their agreement since this account accepted it.
pub(crate) async fn renewed_agreements(
    db: &Db,
    account_id: &str,
) -> Result<Vec<ClinicRef>, DbError> {
    let sql = format!(
        "{OWN} SELECT c.id, c.name, c.logo FROM clinic_looks c WHERE c.id IN (SELECT clinic_id FROM acceptances \
         WHERE account_id IN (SELECT id FROM own)) AND NOT EXISTS (SELECT 1 FROM acceptances a \
         WHERE a.account_id IN (SELECT id FROM own) AND a.agreement_id = (SELECT g.id FROM agreements g \
         WHERE g.clinic_id = c.id ORDER BY g.version DESC LIMIT 1))"
    );
    clinics(&db.query(&sql, [account_id.into()]).await?)
}

/// Clinics with an agreement that have sent something which a code of this person may sign.
pub(crate) async fn clinics_that_wait_for_codes(
    db: &Db,
    account_id: &str,
    at: Timestamp,
) -> Result<Vec<ClinicRef>, DbError> {
    let sql = "SELECT c.id, c.name, c.logo FROM clinic_looks c WHERE c.id IN (SELECT d.clinic_id FROM account_documents o \
               JOIN documents d ON d.id = o.document_id WHERE o.account_id = ?1 AND o.role = 'signer' \
               AND (o.until IS NULL OR o.until > ?2) AND d.method = 'sms' AND d.status IN ('sent', 'opened') \
               AND d.expires_at > ?2) AND EXISTS (SELECT 1 FROM agreements g WHERE g.clinic_id = c.id)";
    let params = [account_id.into(), at.unix().into()];
    clinics(&db.query(sql, params).await?)
}

fn clinics(rows: &[Row]) -> Result<Vec<ClinicRef>, DbError> {
    rows.iter().map(branding::clinic).collect()
}
