//! The SQL of this function.

pub(crate) mod keys;
pub(crate) mod staff;
pub(crate) mod webhooks;

use crate::acts::Act;
use podpis_kit::db::{Db, DbError, Row, Tx, Value};
use podpis_kit::store::Document;
use podpis_kit::store::documents::{self, COLUMNS};
use podpis_shared::wire::mis::{self, NewClinic};
use podpis_shared::{Status, Timestamp};
use std::collections::HashMap;

/// A stored answer to a request with an idempotency key.
pub(crate) struct Answer {
    pub(crate) fingerprint: String,
    pub(crate) status: u16,
    pub(crate) body: String,
}

/// Which documents to list.
pub(crate) struct Filter {
    pub(crate) status: Option<Status>,
    pub(crate) external_id: Option<String>,
    pub(crate) search: Option<Search>,
    pub(crate) before: i64,
    pub(crate) limit: i64,
}

/// A text that a document is found by, in the spellings that it may have. No `Debug`: it may be a name.
pub(crate) struct Search(pub(crate) [String; 3]);

// --- clinics ---

pub(crate) async fn clinic_exists(db: &Db, id: &str) -> Result<bool, DbError> {
    Ok(db
        .first("SELECT 1 FROM clinics WHERE id = ?1", [id.into()])
        .await?
        .is_some())
}

pub(crate) async fn insert_clinic(
    tx: &Tx,
    id: &str,
    new: &NewClinic,
    now: Timestamp,
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO clinics (id, name, inn, ogrn, timezone, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        [
            id.into(),
            new.name.trim().into(),
            new.inn.as_str().into(),
            new.ogrn.as_deref().into(),
            new.timezone.as_deref().unwrap_or("Europe/Moscow").into(),
            now.unix().into(),
        ],
    )
    .await
    .map(|_| ())
}

/// Clinics in the order of their making, and the cursor of the next page.
pub(crate) async fn clinics(
    db: &Db,
    after: i64,
    limit: i64,
) -> Result<(Vec<mis::Clinic>, Option<String>), DbError> {
    let sql = "SELECT rowid, id, name, inn, ogrn, timezone, created_at FROM clinics WHERE rowid > ?1 \
               ORDER BY rowid LIMIT ?2";
    let mut rows = db.query(sql, [after.into(), (limit + 1).into()]).await?;
    let more = rows.len() > usize::try_from(limit).unwrap_or(usize::MAX);
    if more {
        rows.pop();
    }
    let next = if more {
        rows.last()
            .map(|row| row.int(0))
            .transpose()?
            .map(|id| id.to_string())
    } else {
        None
    };
    let of = |row: &Row| {
        Ok(mis::Clinic {
            id: row.text(1)?,
            name: row.text(2)?,
            inn: row.text(3)?,
            ogrn: row.opt_text(4)?,
            timezone: row.text(5)?,
            created_at: Timestamp::from_unix(row.int(6)?),
        })
    };
    Ok((rows.iter().map(of).collect::<Result<_, DbError>>()?, next))
}

// --- documents ---

pub(crate) async fn document(
    db: &Db,
    clinic_id: &str,
    id: &str,
) -> Result<Option<Document>, DbError> {
    let sql = format!("SELECT {COLUMNS} FROM documents WHERE id = ?1 AND clinic_id = ?2");
    db.first(&sql, [id.into(), clinic_id.into()])
        .await?
        .as_ref()
        .map(Document::of)
        .transpose()
}

pub(crate) async fn documents(
    db: &Db,
    clinic_id: &str,
    filter: &Filter,
) -> Result<Vec<Document>, DbError> {
    let found = [6, 7, 8].map(|n| {
        format!(
            "instr(title, ?{n}) > 0 OR instr(external_id, ?{n}) = 1 \
             OR instr(json_extract(patient, '$.last_name'), ?{n}) = 1"
        )
    });
    let found = found.join(" OR ");
    let sql = format!(
        "SELECT {COLUMNS} FROM documents WHERE clinic_id = ?1 AND position < ?2 \
         AND (?3 IS NULL OR status = ?3) AND (?4 IS NULL OR external_id = ?4) AND (?6 IS NULL OR {found}) \
         ORDER BY position DESC LIMIT ?5"
    );
    let search = |spelling: usize| {
        filter
            .search
            .as_ref()
            .map(|search| search.0[spelling].as_str())
    };
    let params: [Value; 8] = [
        clinic_id.into(),
        filter.before.into(),
        filter.status.map(Status::as_str).into(),
        filter.external_id.as_deref().into(),
        filter.limit.into(),
        search(0).into(),
        search(1).into(),
        search(2).into(),
    ];
    db.query(&sql, params)
        .await?
        .iter()
        .map(Document::of)
        .collect()
}

/// Signatures of many documents, by document.
pub(crate) async fn signatures_of(
    db: &Db,
    documents: &[Document],
) -> Result<HashMap<String, Vec<mis::Signature>>, DbError> {
    let signed: Vec<&str> = documents
        .iter()
        .filter(|d| d.signed_at.is_some())
        .map(|d| d.id.as_str())
        .collect();
    documents::signatures_of(db, &signed).await
}

// --- events ---

pub(crate) async fn events(
    db: &Db,
    clinic_id: &str,
    after: i64,
    limit: i64,
) -> Result<Vec<mis::Event>, DbError> {
    let sql = "SELECT seq, id, type, document_id, at, data FROM journal \
               WHERE clinic_id = ?1 AND public = 1 AND seq > ?2 ORDER BY seq LIMIT ?3";
    let of = |row: &Row| {
        Ok(mis::Event {
            seq: row.int(0)?,
            id: row.text(1)?,
            kind: row.text(2)?,
            document_id: row.opt_text(3)?,
            at: Timestamp::from_unix(row.int(4)?),
            data: serde_json::from_str(&row.text(5)?).map_err(|_| DbError::corrupt("event"))?,
        })
    };
    db.query(sql, [clinic_id.into(), after.into(), limit.into()])
        .await?
        .iter()
        .map(of)
        .collect()
}

/// Entries that name who acted, newest first.
pub(crate) async fn acts(
    db: &Db,
    clinic_id: &str,
    by: Option<&str>,
    before: i64,
    limit: i64,
) -> Result<Vec<Act>, DbError> {
    let sql = "SELECT seq, id, type, json_extract(data, '$.by'), document_id, at, data FROM journal \
               WHERE clinic_id = ?1 AND seq < ?3 AND json_extract(data, '$.by') IS NOT NULL \
               AND (?2 IS NULL OR json_extract(data, '$.by') = ?2) ORDER BY seq DESC LIMIT ?4";
    let of = |row: &Row| {
        Ok(Act {
            seq: row.int(0)?,
            id: row.text(1)?,
            r#type: row.text(2)?,
            by: row.text(3)?,
            document_id: row.opt_text(4)?,
            at: Timestamp::from_unix(row.int(5)?),
            data: serde_json::from_str(&row.text(6)?).map_err(|_| DbError::corrupt("entry"))?,
        })
    };
    let params = [clinic_id.into(), by.into(), before.into(), limit.into()];
    db.query(sql, params).await?.iter().map(of).collect()
}

// --- idempotency ---

pub(crate) async fn idempotent_answer(
    db: &Db,
    clinic_id: &str,
    key: &str,
) -> Result<Option<Answer>, DbError> {
    let sql = "SELECT fingerprint, status, body FROM idempotency WHERE clinic_id = ?1 AND key = ?2";
    let of = |row: Row| {
        let status = u16::try_from(row.int(1)?).map_err(|_| DbError::corrupt("status"))?;
        Ok(Answer {
            fingerprint: row.text(0)?,
            status,
            body: row.text(2)?,
        })
    };
    db.first(sql, [clinic_id.into(), key.into()])
        .await?
        .map(of)
        .transpose()
}

pub(crate) async fn insert_idempotent_answer(
    tx: &Tx,
    clinic_id: &str,
    key: &str,
    answer: &Answer,
    now: Timestamp,
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO idempotency (clinic_id, key, fingerprint, status, body, created_at) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        [
            clinic_id.into(),
            key.into(),
            answer.fingerprint.as_str().into(),
            i64::from(answer.status).into(),
            answer.body.as_str().into(),
            now.unix().into(),
        ],
    )
    .await
    .map(|_| ())
}

// --- export ---

/// A document to export: its place, and the size of its files in bytes.
pub(crate) struct Exported {
    pub(crate) id: String,
    pub(crate) position: i64,
    pub(crate) size: u64,
}

/// Documents behind a position, oldest first.
pub(crate) async fn documents_to_export(
    db: &Db,
    clinic_id: &str,
    after: i64,
    limit: i64,
) -> Result<Vec<Exported>, DbError> {
    let sql = "SELECT d.id, d.position, d.size + coalesce((SELECT sum(b.size) FROM blobs b WHERE b.id IN \
               (SELECT r.blob FROM signed_revisions r WHERE r.document_id = d.id UNION SELECT d.signed_blob)), 0) \
               FROM documents d WHERE d.clinic_id = ?1 AND d.position > ?2 ORDER BY d.position LIMIT ?3";
    let of = |row: &Row| {
        Ok(Exported {
            id: row.text(0)?,
            position: row.int(1)?,
            size: u64::try_from(row.int(2)?).map_err(|_| DbError::corrupt("size"))?,
        })
    };
    db.query(sql, [clinic_id.into(), after.into(), limit.into()])
        .await?
        .iter()
        .map(of)
        .collect()
}

/// Every form that a document's signed PDF has had, the first one first.
pub(crate) async fn signed_revisions(db: &Db, document_id: &str) -> Result<Vec<String>, DbError> {
    let sql = "SELECT r.blob FROM signed_revisions r JOIN blobs b ON b.id = r.blob \
               WHERE r.document_id = ?1 ORDER BY b.size, r.created_at";
    db.query(sql, [document_id.into()])
        .await?
        .iter()
        .map(|row| row.text(0))
        .collect()
}

/// An entry of the journal as it is hashed, and the hash of its leaf.
pub(crate) struct Recorded {
    pub(crate) seq: i64,
    pub(crate) id: String,
    pub(crate) kind: String,
    pub(crate) document_id: Option<String>,
    pub(crate) at: Timestamp,
    pub(crate) data: serde_json::Value,
    pub(crate) leaf_hash: String,
}

/// All entries of a clinic's journal in a range of numbers, both ends included.
pub(crate) async fn journal(
    db: &Db,
    clinic_id: &str,
    from: i64,
    to: i64,
) -> Result<Vec<Recorded>, DbError> {
    let sql = "SELECT seq, id, type, document_id, at, data, leaf_hash FROM journal \
               WHERE clinic_id = ?1 AND seq >= ?2 AND seq <= ?3 ORDER BY seq";
    let of = |row: &Row| {
        Ok(Recorded {
            seq: row.int(0)?,
            id: row.text(1)?,
            kind: row.text(2)?,
            document_id: row.opt_text(3)?,
            at: Timestamp::from_unix(row.int(4)?),
            data: serde_json::from_str(&row.text(5)?).map_err(|_| DbError::corrupt("entry"))?,
            leaf_hash: row.text(6)?,
        })
    };
    db.query(sql, [clinic_id.into(), from.into(), to.into()])
        .await?
        .iter()
        .map(of)
        .collect()
}

/// Number of the last entry of a clinic's journal; 0 where it is empty.
pub(crate) async fn journal_size(db: &Db, clinic_id: &str) -> Result<i64, DbError> {
    let sql = "SELECT coalesce(max(seq), 0) FROM journal WHERE clinic_id = ?1";
    db.first(sql, [clinic_id.into()])
        .await?
        .map_or(Ok(0), |row| row.int(0))
}
