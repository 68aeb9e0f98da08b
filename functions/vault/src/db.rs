//! The SQL of this function.

use podpis_kit::db::{Db, DbError, Tx};
use podpis_kit::store::Document;
use podpis_shared::Timestamp;

/// A clinic as the protocol names it.
pub(crate) struct Clinic {
    pub(crate) name: String,
    pub(crate) inn: String,
    pub(crate) ogrn: Option<String>,
}

/// What is kept of a signature.
pub(crate) struct SignatureRow<'a> {
    pub(crate) id: &'a str,
    pub(crate) name: &'a str,
    pub(crate) method: &'a str,
    pub(crate) on_behalf_of: Option<&'a str>,
    pub(crate) evidence: &'a str,
}

pub(crate) async fn blob(db: &Db, id: &str) -> Result<Option<Vec<u8>>, DbError> {
    let row = db
        .first("SELECT bytes FROM blobs WHERE id = ?1", [id.into()])
        .await?;
    row.map(podpis_kit::db::Row::into_bytes).transpose()
}

pub(crate) async fn clinic(db: &Db, id: &str) -> Result<Clinic, DbError> {
    let row = db
        .first(
            "SELECT name, inn, ogrn FROM clinics WHERE id = ?1",
            [id.into()],
        )
        .await?;
    let row = row.ok_or_else(|| DbError::corrupt("clinic"))?;
    Ok(Clinic {
        name: row.text(0)?,
        inn: row.text(1)?,
        ogrn: row.opt_text(2)?,
    })
}

/// The id of the patient's signature, if there is one.
pub(crate) async fn patient_signature(
    db: &Db,
    document_id: &str,
) -> Result<Option<String>, DbError> {
    let sql = "SELECT id FROM signatures WHERE document_id = ?1 AND party = 'patient'";
    db.first(sql, [document_id.into()])
        .await?
        .map(|row| row.text(0))
        .transpose()
}

pub(crate) async fn insert_signature(
    tx: &Tx,
    document: &Document,
    row: SignatureRow<'_>,
    at: Timestamp,
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO signatures (id, document_id, party, name, method, on_behalf_of, signed_at, evidence) \
         VALUES (?1, ?2, 'patient', ?3, ?4, ?5, ?6, ?7)",
        [
            row.id.into(),
            document.id.as_str().into(),
            row.name.into(),
            row.method.into(),
            row.on_behalf_of.into(),
            at.unix().into(),
            row.evidence.into(),
        ],
    )
    .await
    .map(|_| ())
}

pub(crate) async fn set_signed_blob(
    tx: &Tx,
    document: &Document,
    blob: &str,
) -> Result<(), DbError> {
    tx.execute(
        "UPDATE documents SET signed_blob = ?1 WHERE id = ?2",
        [blob.into(), document.id.as_str().into()],
    )
    .await
    .map(|_| ())
}

/// Evidence of the signatures of a document, as JSON texts.
pub(crate) async fn signature_evidence(db: &Db, document_id: &str) -> Result<Vec<String>, DbError> {
    let sql = "SELECT evidence FROM signatures WHERE document_id = ?1 ORDER BY signed_at, id";
    db.query(sql, [document_id.into()])
        .await?
        .iter()
        .map(|row| row.text(0))
        .collect()
}

/// One journal entry of a document.
pub(crate) struct JournalRow {
    pub(crate) seq: i64,
    pub(crate) id: String,
    pub(crate) kind: String,
    pub(crate) at: Timestamp,
    pub(crate) data: String,
    pub(crate) leaf_hash: String,
}

pub(crate) async fn journal(db: &Db, document_id: &str) -> Result<Vec<JournalRow>, DbError> {
    let sql = "SELECT seq, id, type, at, data, leaf_hash FROM journal WHERE document_id = ?1 ORDER BY seq";
    let of = |row: &podpis_kit::db::Row| {
        Ok(JournalRow {
            seq: row.int(0)?,
            id: row.text(1)?,
            kind: row.text(2)?,
            at: Timestamp::from_unix(row.int(3)?),
            data: row.text(4)?,
            leaf_hash: row.text(5)?,
        })
    };
    db.query(sql, [document_id.into()])
        .await?
        .iter()
        .map(of)
        .collect()
}
