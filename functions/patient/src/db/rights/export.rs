//! What is stored about a person.

use super::OWN;
use podpis_kit::db::{Db, DbError, Row};
use podpis_shared::Timestamp;
use serde_json::{Map, Value};

/// When the account was made.
pub(crate) async fn created_at(db: &Db, account_id: &str) -> Result<Timestamp, DbError> {
    let sql = "SELECT created_at FROM accounts WHERE id = ?1";
    let row = db.first(sql, [account_id.into()]).await?;
    let row = row.ok_or_else(|| DbError::corrupt("account"))?;
    row.int(0).map(Timestamp::from_unix)
}

/// Phones and e-mails, those of earlier times too.
pub(crate) async fn contacts(db: &Db, account_id: &str) -> Result<Vec<Value>, DbError> {
    let sql = "SELECT kind, value, since, proven_at, ended_at, ended_why FROM account_contacts \
               WHERE account_id IN (SELECT id FROM own) ORDER BY since";
    let columns = [
        ("kind", Text),
        ("value", Text),
        ("since", Time),
        ("proven_at", Time),
        ("ended_at", Time),
        ("ended_why", Text),
    ];
    objects(db, sql, account_id, &columns).await
}

/// Signed-in devices, those of earlier times too.
pub(crate) async fn sessions(db: &Db, account_id: &str) -> Result<Vec<Value>, DbError> {
    let sql = "SELECT how, user_agent, client_addr, created_at, seen_at, ended_at FROM account_sessions \
               WHERE account_id IN (SELECT id FROM own) ORDER BY created_at";
    let columns = [
        ("how", Text),
        ("user_agent", Text),
        ("network_address", Text),
        ("created_at", Time),
        ("seen_at", Time),
        ("ended_at", Time),
    ];
    objects(db, sql, account_id, &columns).await
}

/// Browsers that take push messages.
pub(crate) async fn push(db: &Db, account_id: &str) -> Result<Vec<Value>, DbError> {
    let sql = "SELECT endpoint, created_at FROM push_subscriptions WHERE account_id IN (SELECT id FROM own)";
    objects(
        db,
        sql,
        account_id,
        &[("endpoint", Text), ("created_at", Time)],
    )
    .await
}

/// Documents that the account may see.
pub(crate) async fn documents(
    db: &Db,
    account_id: &str,
    at: Timestamp,
) -> Result<Vec<Value>, DbError> {
    let sql = format!(
        "SELECT d.id, c.name, d.kind, d.title, d.status, o.role, d.patient, d.representative, d.sha256, d.created_at, \
         nullif(d.expires_at, 253402300799), d.opened_at, d.signed_at, d.completed_at, o.seen_at, d.purpose FROM account_documents o \
         JOIN documents d ON d.id = o.document_id JOIN clinics c ON c.id = d.clinic_id \
         WHERE o.account_id = ?1 AND o.role IN ('signer', 'patient') AND (o.until IS NULL OR o.until > {}) \
         AND d.status NOT IN ('cancelled', 'superseded') ORDER BY d.created_at, d.id",
        at.unix()
    );
    let columns = [
        ("id", Text),
        ("clinic", Text),
        ("kind", Text),
        ("title", Text),
        ("status", Text),
        ("role", Text),
        ("patient", Json),
        ("representative", Json),
        ("sha256", Text),
        ("created_at", Time),
        ("expires_at", Time),
        ("opened_at", Time),
        ("signed_at", Time),
        ("completed_at", Time),
        ("read_at", Time),
        ("purpose", Text),
    ];
    objects(db, &sql, account_id, &columns).await
}

/// Accepted agreements.
pub(crate) async fn agreements(db: &Db, account_id: &str) -> Result<Vec<Value>, DbError> {
    let sql = "SELECT a.document_id, c.name, g.title, g.version, a.phone, a.email, a.accepted_at FROM acceptances a \
               JOIN agreements g ON g.id = a.agreement_id JOIN clinics c ON c.id = a.clinic_id \
               WHERE a.account_id IN (SELECT id FROM own) ORDER BY a.accepted_at";
    let columns = [
        ("document_id", Text),
        ("clinic", Text),
        ("title", Text),
        ("version", Int),
        ("phone", Text),
        ("email", Text),
        ("accepted_at", Time),
    ];
    objects(db, sql, account_id, &columns).await
}

/// One-time codes to the account's own contacts; they are kept for a day.
pub(crate) async fn codes(db: &Db, account_id: &str) -> Result<Vec<Value>, DbError> {
    let sql = "SELECT k.purpose, k.channel, k.recipient, k.client, k.text, k.issued_at, k.sent_at, k.verified_at \
               FROM codes k JOIN account_contacts c ON c.value = k.recipient AND c.ended_at IS NULL \
               AND c.since <= k.issued_at WHERE c.account_id IN (SELECT id FROM own) ORDER BY k.issued_at";
    let columns = [
        ("purpose", Text),
        ("channel", Text),
        ("to", Text),
        ("network_address", Text),
        ("text", Text),
        ("issued_at", Time),
        ("sent_at", Time),
        ("verified_at", Time),
    ];
    objects(db, sql, account_id, &columns).await
}

/// What a column holds.
#[derive(Clone, Copy)]
enum Column {
    Text,
    Int,
    Time,
    Json,
}

use Column::{Int, Json, Text, Time};

/// Rows as objects: `?1` is the account, `own` it and those that went up in it.
async fn objects(
    db: &Db,
    sql: &str,
    account_id: &str,
    columns: &[(&str, Column)],
) -> Result<Vec<Value>, DbError> {
    let rows = db
        .query(&format!("{OWN} {sql}"), [account_id.into()])
        .await?;
    let object = |row: &Row| {
        let mut object = Map::new();
        for (at, (name, column)) in columns.iter().enumerate() {
            let value = match column {
                Text => row.opt_text(at)?.into(),
                Int => row.opt_int(at)?.into(),
                Time => {
                    let time = row.opt_int(at)?.map(Timestamp::from_unix);
                    time.map(|time| time.to_string()).into()
                }
                Json => match row.opt_text(at)? {
                    Some(text) => {
                        serde_json::from_str(&text).map_err(|_| DbError::corrupt("json"))?
                    }
                    None => Value::Null,
                },
            };
            object.insert((*name).to_owned(), value);
        }
        Ok(Value::Object(object))
    };
    rows.iter().map(object).collect()
}
