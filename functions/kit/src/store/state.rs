//! How the installation stands, in numbers: what `GET /api/health` and `GET /api/metrics` read.

use crate::db::{Db, DbError, Row};
use podpis_shared::Timestamp;

/// A number with what it is counted by, in the order of the columns asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted<const N: usize> {
    /// Values of the columns.
    pub by: [String; N],
    /// The number.
    pub count: i64,
}

/// Seconds that the message longest due has been waiting, by channel; a channel with nothing due is not there.
///
/// # Errors
/// As the database says.
pub async fn overdue(db: &Db, now: Timestamp) -> Result<Vec<Counted<1>>, DbError> {
    let sql = "SELECT channel, ?1 - min(next_at) FROM outbox WHERE status = 'queued' AND lease IS NULL \
               AND next_at <= ?1 GROUP BY channel ORDER BY channel";
    let rows = db.query(sql, [now.unix().into()]).await?;
    rows.iter().map(counted).collect()
}

/// Messages by channel and status. Reads an index of all of them.
///
/// # Errors
/// As the database says.
pub async fn messages(db: &Db) -> Result<Vec<Counted<2>>, DbError> {
    let sql = "SELECT channel, status, count(*) FROM outbox GROUP BY channel, status ORDER BY 1, 2";
    db.query(sql, []).await?.iter().map(counted).collect()
}

/// Events that are to be pushed to webhooks, and how many seconds ago the oldest of them happened; 0 where there is none.
///
/// # Errors
/// As the database says.
pub async fn events(db: &Db, now: Timestamp) -> Result<(i64, i64), DbError> {
    let sql = "SELECT count(*), coalesce(?1 - min(since), 0) FROM webhook_deliveries WHERE status = 'queued'";
    let row = db.first(sql, [now.unix().into()]).await?;
    row.map_or(Ok((0, 0)), |row| Ok((row.int(0)?, row.int(1)?)))
}

/// Tries since then that a gateway or a receiver of events did not take, by channel and reason.
///
/// # Errors
/// As the database says.
pub async fn refused(db: &Db, since: Timestamp) -> Result<Vec<Counted<2>>, DbError> {
    let sql = "SELECT coalesce(o.channel, 'webhook'), a.reason, count(*) FROM delivery_attempts a \
               LEFT JOIN outbox o ON o.id = a.subject \
               WHERE a.at >= ?1 AND a.reason IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2";
    let rows = db.query(sql, [since.unix().into()]).await?;
    rows.iter().map(counted).collect()
}

/// Documents by status. Reads an index of all of them.
///
/// # Errors
/// As the database says.
pub async fn documents(db: &Db) -> Result<Vec<Counted<1>>, DbError> {
    let sql = "SELECT status, count(*) FROM documents GROUP BY status ORDER BY 1";
    db.query(sql, []).await?.iter().map(counted).collect()
}

/// Signatures by party, method and level of their seal.
///
/// # Errors
/// As the database says.
pub async fn signatures(db: &Db) -> Result<Vec<Counted<3>>, DbError> {
    let sql = "SELECT party, method, coalesce(level, ''), count(*) FROM signatures GROUP BY 1, 2, 3 ORDER BY 1, 2, 3";
    db.query(sql, []).await?.iter().map(counted).collect()
}

/// One-time codes of the last day by purpose, channel and status; older ones are forgotten.
///
/// # Errors
/// As the database says.
pub async fn codes(db: &Db) -> Result<Vec<Counted<3>>, DbError> {
    let sql =
        "SELECT purpose, channel, status, count(*) FROM codes GROUP BY 1, 2, 3 ORDER BY 1, 2, 3";
    db.query(sql, []).await?.iter().map(counted).collect()
}

/// Entries of all journals.
///
/// # Errors
/// As the database says.
pub async fn journal_entries(db: &Db) -> Result<i64, DbError> {
    one(
        db,
        "SELECT CAST(coalesce(sum(size), 0) AS BIGINT) FROM journal_heads",
    )
    .await
}

/// Size of the database in bytes.
///
/// # Errors
/// As the database says.
pub async fn bytes(db: &Db) -> Result<i64, DbError> {
    one(
        db,
        "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
    )
    .await
}

async fn one(db: &Db, sql: &str) -> Result<i64, DbError> {
    let row = db.first(sql, []).await?;
    row.map_or(Ok(0), |row| row.int(0))
}

fn counted<const N: usize>(row: &Row) -> Result<Counted<N>, DbError> {
    let mut by = [const { String::new() }; N];
    for (column, value) in by.iter_mut().enumerate() {
        *value = row.text(column)?;
    }
    Ok(Counted {
        by,
        count: row.int(N)?,
    })
}
