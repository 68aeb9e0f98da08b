//! What is stored about a person: the statements of the export's parts (`super::parts`), and rows as JSON objects.

use super::OWN;
use super::parts::{self, Part};
use podpis_kit::db::{Db, DbError, Row};
use podpis_shared::Timestamp;
use serde_json::{Map, Value};

/// What parts are selected from, beside the tables. `own`: the account and those that went up in it. `held`: documents that it may
/// see now; `mine`: those of them that their clinic has not withdrawn, of which nothing is told. `letters`: messages about `held` to
/// this very person: to a browser or a contact of the account, or to where the clinic wrote to them. `typed`: codes to the account's
/// contacts, while they were its own, and the one that began it.
pub(crate) const FROM: &str = "held (id, role, until, seen_at) AS (SELECT document_id, role, until, seen_at FROM account_documents \
    WHERE account_id = ?1 AND role IN ('signer', 'patient') AND (until IS NULL OR until > ?2)), \
    mine (id, role, until, seen_at) AS (SELECT h.id, h.role, h.until, h.seen_at FROM held h JOIN documents d ON d.id = h.id \
    WHERE d.status NOT IN ('cancelled', 'superseded')), \
    letters (id) AS (SELECT m.id FROM held h JOIN outbox m ON m.document_id = h.id JOIN documents d ON d.id = h.id \
    WHERE (m.channel = 'push' AND m.recipient IN (SELECT endpoint FROM push_subscriptions WHERE account_id IN (SELECT id FROM own))) \
    OR EXISTS (SELECT 1 FROM account_contacts k WHERE k.account_id IN (SELECT id FROM own) AND k.value = lower(m.recipient) \
    AND k.since <= m.created_at AND (k.ended_at IS NULL OR k.ended_at > m.created_at)) \
    OR EXISTS (SELECT 1 FROM addressees a WHERE a.kind IN ('phone', 'email') AND a.value = lower(m.recipient) \
    AND a.document_id = h.id AND a.role = CASE WHEN h.role = 'signer' AND d.representative IS NOT NULL \
    THEN 'representative' ELSE 'patient' END)), \
    typed (id) AS (SELECT k.id FROM account_contacts c JOIN codes k ON k.recipient = c.value AND k.issued_at >= c.since \
    AND (c.ended_at IS NULL OR c.ended_at > k.issued_at) WHERE c.account_id IN (SELECT id FROM own) \
    UNION SELECT begun_by FROM account_sessions WHERE account_id IN (SELECT id FROM own))";

/// What a column holds.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Column {
    Text,
    Int,
    Flag,
    Time,
    Json,
}

/// Every part with its rows, in their order.
pub(crate) async fn parts(
    db: &Db,
    account_id: &str,
    at: Timestamp,
) -> Result<Vec<(&'static str, Vec<Value>)>, DbError> {
    let mut told = Vec::new();
    for part in parts::all() {
        told.push((part.name, rows(db, part, account_id, at).await?));
    }
    Ok(told)
}

/// When the account was made.
pub(crate) async fn created_at(db: &Db, account_id: &str) -> Result<Timestamp, DbError> {
    let sql = "SELECT created_at FROM accounts WHERE id = ?1";
    let row = db.first(sql, [account_id.into()]).await?;
    let row = row.ok_or_else(|| DbError::corrupt("account"))?;
    row.int(0).map(Timestamp::from_unix)
}

async fn rows(
    db: &Db,
    part: &Part,
    account_id: &str,
    at: Timestamp,
) -> Result<Vec<Value>, DbError> {
    let sql = format!("{OWN}, {FROM} {}", part.sql);
    let rows = db
        .query(&sql, [account_id.into(), at.unix().into()])
        .await?;
    let object = |row: &Row| {
        let cell = |(place, (name, column)): (usize, &(&str, Column))| {
            Ok(((*name).to_owned(), cell(row, place, *column)?))
        };
        let cells = part.columns.iter().enumerate().map(cell);
        cells
            .collect::<Result<Map<_, _>, DbError>>()
            .map(Value::Object)
    };
    rows.iter().map(object).collect()
}

fn cell(row: &Row, place: usize, column: Column) -> Result<Value, DbError> {
    Ok(match column {
        Column::Text => row.opt_text(place)?.into(),
        Column::Int => row.opt_int(place)?.into(),
        Column::Flag => row.opt_int(place)?.map(|flag| flag != 0).into(),
        Column::Time => {
            let time = row.opt_int(place)?.map(Timestamp::from_unix);
            time.map(|time| time.to_string()).into()
        }
        Column::Json => match row.opt_text(place)? {
            Some(text) => serde_json::from_str(&text).map_err(|_| DbError::corrupt("json"))?,
            None => Value::Null,
        },
    })
}
