//! The SQL of a document's page.

use podpis_kit::db::{Db, DbError, Row, Tx};
use podpis_shared::Timestamp;
use serde_json::Value;

/// An entry of the journal about a document.
pub(crate) struct Entry {
    pub(crate) kind: String,
    pub(crate) at: Timestamp,
    pub(crate) data: Value,
}

/// What the journal tells of a document, in its order.
pub(crate) async fn entries(db: &Db, document_id: &str) -> Result<Vec<Entry>, DbError> {
    let sql = "SELECT type, at, data FROM journal WHERE document_id = ?1 ORDER BY seq";
    let of = |row: &Row| {
        let data = serde_json::from_str(&row.text(2)?);
        Ok(Entry {
            kind: row.text(0)?,
            at: Timestamp::from_unix(row.int(1)?),
            data: data.map_err(|_| DbError::corrupt("journal"))?,
        })
    };
    let rows = db.query(sql, [document_id.into()]).await?;
    rows.iter().map(of).collect()
}

/// Whether a code for this document was typed wrong too often.
pub(crate) async fn is_locked(db: &Db, document_id: &str, code_id: &str) -> Result<bool, DbError> {
    let sql = "SELECT 1 FROM codes WHERE id = ?1 AND document_id = ?2 AND status = 'locked'";
    let row = db.first(sql, [code_id.into(), document_id.into()]).await?;
    Ok(row.is_some())
}

/// Whether the journal says so already.
pub(crate) async fn has_failed(tx: &Tx, document_id: &str, code_id: &str) -> Result<bool, DbError> {
    let entries = entries(tx, document_id).await?;
    let failed = |entry: &Entry| entry.kind == "code.failed" && entry.data["act_id"] == code_id;
    Ok(entries.iter().any(failed))
}
