//! The ledger of what a clinic pays for: one row for each thing that happened, written where it happens.

use crate::db::{Db, DbError, Row, Tx};
use podpis_shared::usage::{Counted, Item, Month};
use podpis_shared::{Timestamp, sms_parts};

/// Seconds of a day, and how far Moscow is ahead of UTC.
const DAY: i64 = 86_400;
const MOSCOW: i64 = 3 * 3600;

/// Something that happened.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// Whose account.
    pub clinic_id: &'a str,
    /// What it counts as.
    pub item: Item,
    /// What made it happen, unique for the item: the document's or the message's id. However often it is recorded, there is
    /// one row.
    pub cause: &'a str,
    /// The document that it is about.
    pub document_id: Option<&'a str>,
    /// How many; 0 leaves no row.
    pub count: u32,
    /// When it happened.
    pub at: Timestamp,
}

/// A row of the ledger.
#[derive(Clone, Debug)]
pub struct Kept {
    /// Order within the clinic, from 1: the cursor of lists.
    pub position: i64,
    /// What it counts as.
    pub item: Item,
    /// How many.
    pub count: u64,
    /// The document that it is about.
    pub document_id: Option<String>,
    /// The MIS's own id of that.
    pub external_id: Option<String>,
    /// When it happened.
    pub at: Timestamp,
    /// When it was recorded.
    pub recorded_at: Timestamp,
}

/// Records something in the transaction in which it happens; `false` where it was recorded before.
///
/// # Errors
/// As the database says; then the transaction must not be committed.
pub async fn record(tx: &Tx, entry: Entry<'_>) -> Result<bool, DbError> {
    if entry.count == 0 {
        return Ok(false);
    }
    // By the clock under the write lock: what was counted before a month closes is committed before it does.
    let recorded = crate::now();
    let sql = "INSERT INTO usage_rows (clinic_id, position, item, cause, document_id, count, at, recorded_at, month) \
               SELECT ?1, coalesce(max(position), 0) + 1, ?2, ?3, ?4, ?5, ?6, ?7, ?8 FROM usage_rows \
               WHERE clinic_id = ?1 ON CONFLICT (item, cause) DO NOTHING";
    let params = [
        entry.clinic_id.into(),
        entry.item.as_str().into(),
        entry.cause.into(),
        entry.document_id.into(),
        entry.count.into(),
        entry.at.unix().into(),
        recorded.unix().into(),
        Month::of_row(entry.at, recorded).number().into(),
    ];
    Ok(tx.execute(sql, params).await? > 0)
}

/// Records an SMS that a gateway took, by its parts, in the transaction that stores so. `message_id`: one SMS, however often it
/// is retried.
///
/// # Errors
/// As [`record`].
pub async fn record_sms(
    tx: &Tx,
    clinic_id: &str,
    document_id: Option<&str>,
    message_id: &str,
    text: &str,
    at: Timestamp,
) -> Result<bool, DbError> {
    let entry = Entry {
        clinic_id,
        item: Item::SmsPart,
        cause: message_id,
        document_id,
        count: sms_parts::parts(text),
        at,
    };
    record(tx, entry).await
}

/// A month's counts, by item and day.
///
/// # Errors
/// As the database says.
pub async fn counts(db: &Db, clinic_id: &str, month: Month) -> Result<Vec<Counted>, DbError> {
    let sql = "SELECT item, (at + ?3) / ?4, sum(count) FROM usage_rows WHERE clinic_id = ?1 AND month = ?2 \
               GROUP BY 1, 2 ORDER BY 2, 1";
    let params = [
        clinic_id.into(),
        month.number().into(),
        MOSCOW.into(),
        DAY.into(),
    ];
    let of = |row: &Row| {
        Ok(Counted {
            item: item(&row.text(0)?)?,
            at: Timestamp::from_unix(row.int(1)? * DAY - MOSCOW),
            count: count(row.int(2)?)?,
        })
    };
    db.query(sql, params).await?.iter().map(of).collect()
}

/// A month's rows behind a position, oldest first.
///
/// # Errors
/// As the database says.
pub async fn rows(
    db: &Db,
    clinic_id: &str,
    month: Month,
    after: i64,
    limit: i64,
) -> Result<Vec<Kept>, DbError> {
    let sql = "SELECT u.position, u.item, u.count, u.document_id, d.external_id, u.at, u.recorded_at FROM usage_rows u \
               LEFT JOIN documents d ON d.id = u.document_id \
               WHERE u.clinic_id = ?1 AND u.month = ?2 AND u.position > ?3 ORDER BY u.position LIMIT ?4";
    let params = [
        clinic_id.into(),
        month.number().into(),
        after.into(),
        limit.into(),
    ];
    let of = |row: &Row| {
        Ok(Kept {
            position: row.int(0)?,
            item: item(&row.text(1)?)?,
            count: count(row.int(2)?)?,
            document_id: row.opt_text(3)?,
            external_id: row.opt_text(4)?,
            at: Timestamp::from_unix(row.int(5)?),
            recorded_at: Timestamp::from_unix(row.int(6)?),
        })
    };
    db.query(sql, params).await?.iter().map(of).collect()
}

fn item(name: &str) -> Result<Item, DbError> {
    Item::parse(name).ok_or_else(|| DbError::corrupt("item"))
}

fn count(number: i64) -> Result<u64, DbError> {
    u64::try_from(number).map_err(|_| DbError::corrupt("count"))
}
