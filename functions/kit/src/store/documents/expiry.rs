//! The end of a document that nobody signed in time.

use super::{COLUMNS, Document, transition};
use crate::daytime::HOUR;
use crate::db::{Db, DbError, Tx};
use crate::store::journal::Event;
use crate::store::notices::{self, About, Notice};
use crate::store::packages;
use crate::store::planned::{self, Kind};
use podpis_shared::{Status, Timestamp};
use serde_json::json;

/// How long others of its package are waited for, in seconds: documents of one visit came within minutes, and end so.
const TOGETHER: i64 = HOUR;

/// Closes open documents whose time is over, up to `limit` of them, or only the given one; both sides are told.
///
/// # Errors
/// As the database says.
pub async fn expire(db: Db, only: Option<&str>, now: Timestamp, limit: i64) -> Result<Db, DbError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM documents WHERE status IN ('sent', 'opened') AND expires_at <= ?1 \
         AND (?2 IS NULL OR id = ?2) LIMIT ?3"
    );
    let due = db
        .query(&sql, [now.unix().into(), only.into(), limit.into()])
        .await?;
    if due.is_empty() {
        return Ok(db);
    }
    let tx = db.begin().await?;
    for row in &due {
        let document = Document::of(row)?;
        let (to, event) = (Status::Expired, Event::Expired);
        if transition(&tx, &document, to, event, now, json!({})).await? {
            tell(&tx, &document, now).await?;
        }
    }
    tx.commit().await?;
    Db::open().await
}

/// The clinic has the event; its person gets a notice, by day. Documents of one package that end about now get one together, so
/// that is planned.
async fn tell(tx: &Tx, document: &Document, now: Timestamp) -> Result<(), DbError> {
    // Who knows nothing of it yet need not learn that it is over.
    if packages::is_untold(tx, &document.id).await? {
        return Ok(());
    }
    let until = now.plus(TOGETHER);
    if packages::others_end(tx, &document.id, until).await? {
        return planned::plan(tx, &document.id, &Kind::Expired, until).await;
    }
    let sql = "SELECT name FROM clinics WHERE id = ?1";
    let row = tx.first(sql, [document.clinic_id.as_str().into()]).await?;
    let clinic = row.ok_or_else(|| DbError::corrupt("clinic"))?.text(0)?;
    let about = About {
        notice: Notice::Expired,
        document,
        clinic: &clinic,
        // Nothing is to be done any more.
        base_url: "",
        due: now,
    };
    notices::queue(tx, about, now).await.map(|_| ())
}
