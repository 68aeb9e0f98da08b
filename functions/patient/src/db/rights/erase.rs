//! Deletion of an account.

use super::OWN;
use podpis_kit::Tx;
use podpis_kit::db::{Db, DbError, Row};
use podpis_shared::account::retention::Item;
use podpis_shared::{Kind, Timestamp};
use serde_json::Value;

/// What goes, table by table, in this order: what happens to the rest, and why, stands in `crate::stored`. `?1` is the account, `?2`
/// the moment.
pub(crate) const CHANGES: &[(&str, &str)] = &[
    // Where browsers take messages: of those that went out about documents of this account to no browser of anybody else's.
    (
        "outbox",
        "UPDATE outbox SET recipient = 'erased:' || id WHERE channel = 'push' AND recipient NOT LIKE 'erased:%' \
         AND document_id IN (SELECT document_id FROM account_documents WHERE account_id IN (SELECT id FROM own) \
         AND role IN ('signer', 'patient')) AND recipient NOT IN (SELECT endpoint FROM push_subscriptions \
         WHERE account_id NOT IN (SELECT id FROM own))",
    ),
    (
        "account_contacts",
        "UPDATE account_contacts SET ended_at = coalesce(ended_at, ?2), ended_why = 'erased', value = '', proven_at = ?2 \
         WHERE account_id IN (SELECT id FROM own)",
    ),
    // Those that came through ESIA, before their sessions forget it; sessions stay as closed: what began one of them must begin no
    // second one.
    (
        "esia_logins",
        "DELETE FROM esia_logins WHERE account_id IN (SELECT id FROM own) OR state_hash IN \
         (SELECT begun_by FROM account_sessions WHERE account_id IN (SELECT id FROM own))",
    ),
    (
        "account_sessions",
        "UPDATE account_sessions SET ended_at = coalesce(ended_at, ?2), user_agent = NULL, client_addr = NULL \
         WHERE account_id IN (SELECT id FROM own)",
    ),
    (
        "push_subscriptions",
        "DELETE FROM push_subscriptions WHERE account_id IN (SELECT id FROM own)",
    ),
    (
        "account_documents",
        "DELETE FROM account_documents WHERE account_id IN (SELECT id FROM own)",
    ),
    (
        "account_log",
        "DELETE FROM account_log WHERE account_id IN (SELECT id FROM own)",
    ),
    (
        "esia_sessions",
        "DELETE FROM esia_sessions WHERE account_id IN (SELECT id FROM own)",
    ),
    (
        "esia_acceptances",
        "DELETE FROM esia_acceptances WHERE account_id IN (SELECT id FROM own)",
    ),
    (
        "accounts",
        "UPDATE accounts SET level = 'contact', person = NULL, person_source = NULL, esia_subject = NULL, confirmed_at = NULL, \
         utc_offset = NULL, notices = '{\"email\":true,\"push\":true}', closed_at = coalesce(closed_at, ?2) \
         WHERE id IN (SELECT id FROM own)",
    ),
];

/// Deletes what only the account knew, and keeps the record of it.
pub(crate) async fn erase(
    tx: &Tx,
    account_id: &str,
    record: &Value,
    at: Timestamp,
) -> Result<(), DbError> {
    for (_, change) in CHANGES {
        // Every statement names both parameters.
        let sql = format!("{OWN}, moment (at) AS (SELECT ?2) {change}");
        tx.execute(&sql, [account_id.into(), at.unix().into()])
            .await?;
    }
    let sql = "INSERT INTO erasures (account_id, asked_at, done_at, kept) VALUES (?1, ?2, ?2, ?3)";
    let params = [
        account_id.into(),
        at.unix().into(),
        record.to_string().into(),
    ];
    tx.execute(sql, params).await.map(|_| ())
}

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
