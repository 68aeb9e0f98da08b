//! The SQL of this function.

use podpis_kit::Result;
use podpis_kit::at_rest::Keys;
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
    /// Encrypted at rest: see [`evidence_purpose`].
    pub(crate) evidence: &'a str,
    pub(crate) level: &'a str,
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
        "INSERT INTO signatures (id, document_id, party, name, method, on_behalf_of, signed_at, evidence, \
         level) VALUES (?1, ?2, 'patient', ?3, ?4, ?5, ?6, ?7, ?8)",
        [
            row.id.into(),
            document.id.as_str().into(),
            row.name.into(),
            row.method.into(),
            row.on_behalf_of.into(),
            at.unix().into(),
            row.evidence.into(),
            row.level.into(),
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

/// Completes the row of a document that was made when its agreement was accepted.
pub(crate) async fn set_accepted(
    tx: &Tx,
    document: &Document,
    at: Timestamp,
) -> Result<(), DbError> {
    let sql = "UPDATE documents SET signed_at = ?1, completed_at = ?1 WHERE id = ?2";
    let params = [at.unix().into(), document.id.as_str().into()];
    tx.execute(sql, params).await.map(|_| ())
}

/// When the clinic published the agreement whose acceptance made this document; `None` of a document that was sent.
pub(crate) async fn agreement_published(
    db: &Db,
    document_id: &str,
) -> Result<Option<Timestamp>, DbError> {
    let sql = "SELECT g.created_at FROM acceptances a JOIN agreements g ON g.id = a.agreement_id \
               WHERE a.document_id = ?1";
    let row = db.first(sql, [document_id.into()]).await?;
    row.map(|row| row.int(0).map(Timestamp::from_unix))
        .transpose()
}

/// Evidence of the signatures of a document, as JSON texts; those of an earlier version are stored plain.
pub(crate) async fn signature_evidence(db: &Db, document_id: &str) -> Result<Vec<String>> {
    let sql = "SELECT id, evidence FROM signatures WHERE document_id = ?1 ORDER BY signed_at, id";
    let rows = db.query(sql, [document_id.into()]).await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let keys = Keys::load(db).await?;
    rows.iter()
        .map(|row| Ok(keys.open_text(&evidence_purpose(&row.text(0)?), row.text(1)?)?))
        .collect()
}

/// Binds a signature's evidence to its row.
pub(crate) fn evidence_purpose(signature_id: &str) -> String {
    format!("signatures.evidence:{signature_id}")
}

// --- the seal ---

pub(crate) async fn insert_signed_revision(
    tx: &Tx,
    document: &Document,
    blob: &str,
    level: &str,
    at: Timestamp,
) -> Result<(), DbError> {
    let sql = "INSERT INTO signed_revisions (blob, document_id, level, created_at) VALUES (?1, ?2, ?3, ?4)";
    let params = [
        blob.into(),
        document.id.as_str().into(),
        level.into(),
        at.unix().into(),
    ];
    tx.execute(sql, params).await.map(|_| ())
}

/// Every form of the signed file, newest first.
pub(crate) async fn signed_revisions(db: &Db, document_id: &str) -> Result<Vec<String>, DbError> {
    let sql = "SELECT blob FROM signed_revisions WHERE document_id = ?1 ORDER BY created_at DESC";
    let rows = db.query(sql, [document_id.into()]).await?;
    rows.iter().map(|row| row.text(0)).collect()
}

/// Puts a newer file in the place of the one it starts with; `false` where that is not the newest any more, or the
/// clinic has signed its very bytes.
pub(crate) async fn replace_signed_blob(
    tx: &Tx,
    document_id: &str,
    earlier: &str,
    newer: &str,
) -> Result<bool, DbError> {
    let sql = "UPDATE documents SET signed_blob = ?1 WHERE id = ?2 AND signed_blob = ?3 AND NOT EXISTS \
               (SELECT 1 FROM clinic_signatures WHERE document_id = ?2)";
    Ok(tx
        .execute(sql, [newer.into(), document_id.into(), earlier.into()])
        .await?
        > 0)
}

pub(crate) async fn set_level(tx: &Tx, document_id: &str, level: &str) -> Result<(), DbError> {
    let sql = "UPDATE signatures SET level = ?1 WHERE document_id = ?2 AND party = 'patient'";
    tx.execute(sql, [level.into(), document_id.into()])
        .await
        .map(|_| ())
}

pub(crate) async fn queue_timestamp(
    tx: &Tx,
    document_id: &str,
    at: Timestamp,
) -> Result<(), DbError> {
    let sql = "INSERT INTO timestamp_jobs (document_id, attempts, next_at, created_at) VALUES (?1, 0, ?2, ?2)";
    tx.execute(sql, [document_id.into(), at.unix().into()])
        .await
        .map(|_| ())
}

/// Documents whose time stamp is due, with the tries so far.
pub(crate) async fn due_timestamps(
    db: &Db,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<(String, i64)>, DbError> {
    let sql = "SELECT document_id, attempts FROM timestamp_jobs WHERE next_at <= ?1 ORDER BY next_at LIMIT ?2";
    db.query(sql, [now.unix().into(), limit.into()])
        .await?
        .iter()
        .map(|row| Ok((row.text(0)?, row.int(1)?)))
        .collect()
}

/// Takes a job until `again`; `false` where somebody else has taken it.
pub(crate) async fn lease_timestamp(
    db: &Db,
    document_id: &str,
    attempts: i64,
    again: Timestamp,
) -> Result<bool, DbError> {
    let sql = "UPDATE timestamp_jobs SET attempts = attempts + 1, next_at = ?1 \
               WHERE document_id = ?2 AND attempts = ?3";
    let params = [again.unix().into(), document_id.into(), attempts.into()];
    Ok(db.execute(sql, params).await? > 0)
}

pub(crate) async fn end_timestamp(db: &Db, document_id: &str) -> Result<(), DbError> {
    let sql = "DELETE FROM timestamp_jobs WHERE document_id = ?1";
    db.execute(sql, [document_id.into()]).await.map(|_| ())
}
