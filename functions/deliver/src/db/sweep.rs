//! What nobody needs any more, deleted by its age, a bounded part at a time. Each deletion is preceded by a look, because most ticks
//! find nothing, and a deletion takes the lock for writing.

use podpis_kit::db::{Db, DbError};
use podpis_kit::store::blobs;
use podpis_shared::Timestamp;

/// Rows of a table that one tick deletes.
const ROWS_MAX: i64 = 500;

/// What is swept by a term of the operator's: rows that tell how something was delivered. That it was, stands in the journal, in the
/// outbox and in the ledger, which are not touched.
const TABLES: [(&str, &str); 5] = [
    ("delivery_attempts", "at < ?1"),
    (
        "webhook_deliveries",
        "status <> 'queued' AND settled_at < ?1",
    ),
    ("letter_tokens", "created_at < ?1"),
    ("sandbox_messages", "at < ?1"),
    ("rate_windows", "minute < ?1"),
];

/// Before when a row of each table is swept, in its own measure: seconds, of `rate_windows` minutes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Before {
    pub(crate) delivery_attempts: i64,
    pub(crate) webhook_deliveries: i64,
    pub(crate) letter_tokens: i64,
    pub(crate) sandbox_messages: i64,
    pub(crate) rate_windows: i64,
}

/// Deletes a part of what is older.
pub(crate) async fn by_age(db: &Db, before: Before) -> Result<(), DbError> {
    let ages = [
        before.delivery_attempts,
        before.webhook_deliveries,
        before.letter_tokens,
        before.sandbox_messages,
        before.rate_windows,
    ];
    let looks = TABLES.iter().zip(1..).map(|((table, old), number)| {
        let old = old.replace("?1", &format!("?{number}"));
        format!("EXISTS (SELECT 1 FROM {table} WHERE {old})")
    });
    let look = format!("SELECT {}", looks.collect::<Vec<_>>().join(", "));
    let Some(found) = db.first(&look, ages.map(Into::into)).await? else {
        return Ok(());
    };
    for (column, ((table, old), age)) in TABLES.iter().zip(ages).enumerate() {
        if found.int(column)? == 0 {
            continue;
        }
        let sql = format!(
            "DELETE FROM {table} WHERE rowid IN (SELECT rowid FROM {table} WHERE {old} LIMIT {ROWS_MAX})"
        );
        db.execute(&sql, [age.into()]).await?;
    }
    Ok(())
}

/// Forgets files that an interrupted upload left behind.
pub(crate) async fn files(db: &Db, before: Timestamp) -> Result<(), DbError> {
    let sql = "SELECT id FROM staged_blobs WHERE created_at < ?1 LIMIT 20";
    for row in db.query(sql, [before.unix().into()]).await? {
        blobs::discard(db, &row.text(0)?).await?;
    }
    Ok(())
}

/// Forgets one-time codes: their facts stand in the evidence of what they signed (`docs/codes.md`).
pub(crate) async fn codes(db: &Db, before: Timestamp) -> Result<(), DbError> {
    older(db, "codes", "issued_at", before).await
}

/// Forgets that an account was closed (`docs/account.md`).
pub(crate) async fn erasures(db: &Db, before: Timestamp) -> Result<(), DbError> {
    older(db, "erasures", "done_at", before).await
}

/// Forgets steps of sign-ins of clinics' staff, tries that were counted, and the tokens of letters whose links have long ended
/// (`docs/staff.md`).
pub(crate) async fn sign_ins(
    db: &Db,
    steps_before: Timestamp,
    tokens_before: Timestamp,
) -> Result<(), DbError> {
    older(db, "staff_steps", "created_at", steps_before).await?;
    older(db, "staff_tries", "at", steps_before).await?;
    older(db, "staff_tokens", "created_at", tokens_before).await
}

/// Deletes a part of the rows whose `column` is before then.
async fn older(db: &Db, table: &str, column: &str, before: Timestamp) -> Result<(), DbError> {
    let old = format!("SELECT 1 FROM {table} WHERE {column} < ?1 LIMIT 1");
    if db.first(&old, [before.unix().into()]).await?.is_some() {
        let sql = format!(
            "DELETE FROM {table} WHERE rowid IN (SELECT rowid FROM {table} WHERE {column} < ?1 LIMIT {ROWS_MAX})"
        );
        db.execute(&sql, [before.unix().into()]).await?;
    }
    Ok(())
}
