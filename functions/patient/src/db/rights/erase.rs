//! Deletion of an account.

use super::OWN;
use podpis_kit::Tx;
use podpis_kit::db::{Db, DbError, Row};
use podpis_shared::account::retention::Item;
use podpis_shared::{Kind, Timestamp};
use serde_json::Value;

/// Documents of the account, as far as their terms are asked for. When something was signed elsewhere nobody has told us: its
/// term counts from the day on which it came.
pub(crate) async fn items(db: &Db, account_id: &str) -> Result<Vec<Item>, DbError> {
    let sql = "SELECT d.kind, CASE WHEN d.status IN ('patient_signed', 'completed') THEN coalesce(d.signed_at, d.completed_at) END, w.at \
               FROM account_documents o JOIN documents d ON d.id = o.document_id \
               LEFT JOIN withdrawals w ON w.document_id = d.id \
               WHERE o.account_id = ?1 AND o.role IN ('signer', 'patient')";
    let item = |row: &Row| {
        Ok(Item {
            kind: Kind::parse(&row.text(0)?).ok_or_else(|| DbError::corrupt("kind"))?,
            signed_at: row.opt_int(1)?.map(Timestamp::from_unix),
            ended_at: row.opt_int(2)?.map(Timestamp::from_unix),
        })
    };
    let rows = db.query(sql, [account_id.into()]).await?;
    rows.iter().map(item).collect()
}

/// Deletes what only the account knew, and keeps the record of it.
pub(crate) async fn erase(
    tx: &Tx,
    account_id: &str,
    record: &Value,
    at: Timestamp,
) -> Result<(), DbError> {
    // Sessions stay as closed: what began one of them must begin no second one.
    for change in [
        "UPDATE account_contacts SET ended_at = coalesce(ended_at, ?2), ended_why = 'erased', value = '', proven_at = ?2",
        "UPDATE account_sessions SET ended_at = coalesce(ended_at, ?2), user_agent = NULL, client_addr = NULL",
        "DELETE FROM push_subscriptions",
        "DELETE FROM account_documents",
        "DELETE FROM account_log",
        "DELETE FROM esia_logins",
    ] {
        let sql =
            format!("{OWN} {change} WHERE account_id IN (SELECT id FROM own) AND ?2 IS NOT NULL");
        tx.execute(&sql, [account_id.into(), at.unix().into()])
            .await?;
    }
    let sql = format!(
        "{OWN} UPDATE accounts SET person = NULL, person_source = NULL, esia_subject = NULL, utc_offset = NULL, \
         closed_at = coalesce(closed_at, ?2) WHERE id IN (SELECT id FROM own)"
    );
    tx.execute(&sql, [account_id.into(), at.unix().into()])
        .await?;
    let sql = "INSERT INTO erasures (account_id, asked_at, done_at, kept) VALUES (?1, ?2, ?2, ?3)";
    let params = [
        account_id.into(),
        at.unix().into(),
        record.to_string().into(),
    ];
    tx.execute(sql, params).await.map(|_| ())
}
