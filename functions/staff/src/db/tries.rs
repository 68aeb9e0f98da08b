//! Tries that are counted against limits. Whoever counts holds the write lock, so that two at once see each other.

use crate::limits::{By, Kind, Limit};
use podpis_kit::Tx;
use podpis_kit::db::DbError;
use podpis_shared::Timestamp;

/// Where a limit is reached: when its oldest try stops counting.
pub(crate) async fn over(
    tx: &Tx,
    kind: Kind,
    limit: Limit,
    subject: &str,
    client: &str,
    now: Timestamp,
) -> Result<Option<Timestamp>, DbError> {
    let whose = match limit.by {
        By::Both => "subject = ?2 AND client = ?3",
        By::Subject => "subject = ?2 AND ?3 <> ''",
        By::Client => "client = ?3 AND ?2 <> ''",
    };
    let sql = format!(
        "SELECT count(*), min(at) FROM (SELECT at FROM staff_tries WHERE kind = ?1 AND {whose} AND failed = 1 AND at > ?4 \
         ORDER BY at DESC LIMIT ?5)"
    );
    let params = [
        kind.as_str().into(),
        subject.into(),
        client.into(),
        now.plus(-limit.window).unix().into(),
        limit.max.into(),
    ];
    let Some(row) = tx.first(&sql, params).await? else {
        return Ok(None);
    };
    if row.int(0)? < limit.max {
        return Ok(None);
    }
    let oldest = row.opt_int(1)?.unwrap_or_else(|| now.unix());
    Ok(Some(Timestamp::from_unix(oldest).plus(limit.window)))
}

/// Counts a try as wrong; gives its id.
pub(crate) async fn insert(
    tx: &Tx,
    kind: Kind,
    subject: &str,
    client: &str,
    now: Timestamp,
) -> Result<i64, DbError> {
    let sql = "INSERT INTO staff_tries (kind, subject, client, at, failed) VALUES (?1, ?2, ?3, ?4, 1) RETURNING id";
    let params = [
        kind.as_str().into(),
        subject.into(),
        client.into(),
        now.unix().into(),
    ];
    let row = tx.first(sql, params).await?;
    row.ok_or_else(|| DbError::corrupt("try"))?.int(0)
}

/// It was right after all.
pub(crate) async fn forgive(tx: &Tx, id: i64) -> Result<(), DbError> {
    let sql = "UPDATE staff_tries SET failed = 0 WHERE id = ?1";
    tx.execute(sql, [id.into()]).await.map(|_| ())
}
