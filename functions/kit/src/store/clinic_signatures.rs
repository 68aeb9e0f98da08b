//! Signatures of the clinic (УКЭП) under a document: what was accepted, and what the document demands.

use crate::db::{Db, DbError, Row, Tx, Value};
use podpis_shared::Timestamp;
use podpis_shared::clinic_signature::{Demand, Over, TimeEvidence};

/// An accepted signature of the clinic: a row of `clinic_signatures`. No `Debug`: it names a person.
#[derive(Clone)]
pub struct ClinicSignature {
    /// Our id.
    pub id: String,
    /// The document.
    pub document_id: String,
    /// Its place among the document's, from 0, in the order of acceptance.
    pub ordinal: i64,
    /// In what role it was made: one of the document's demand, `clinic` where that names none.
    pub role: String,
    /// What it is over.
    pub over: Over,
    /// The file whose bytes it is over; of [`Over::Final`], the clinic's PDF with the signature inside.
    pub blob: String,
    /// SHA-256 of `der`, lower-case hex.
    pub sha256: String,
    /// The CMS message in DER: a detached `.sig`; of [`Over::Final`], what stands inside the PDF.
    pub der: Vec<u8>,
    /// SHA-256 of the signer's certificate in DER, lower-case hex.
    pub certificate_sha256: String,
    /// The certificate's number in lower-case hex.
    pub certificate_serial: String,
    /// The certificate's owner: surname and given names where they stand there, else its common name.
    pub owner_name: String,
    /// The owner's position (`T` of the subject).
    pub position: Option<String>,
    /// The owner's organisation (`O` of the subject); none in a personal certificate.
    pub organisation: Option<String>,
    /// Who gave the certificate out: its common name, else the whole name.
    pub issuer: String,
    /// The first second of the certificate's validity.
    pub valid_from: Timestamp,
    /// The last second of the certificate's validity.
    pub valid_to: Timestamp,
    /// Such as `GOST R 34.10-2012 (256), Streebog-256`.
    pub algorithm: String,
    /// Level by ETSI EN 319 122-1: `CAdES-BES`, `CAdES-T`, …; `CMS` without the certificate's name in the signature.
    pub level: String,
    /// What `signed_at` stands on.
    pub time_evidence: TimeEvidence,
    /// When it was made; `accepted_at` where nothing says so.
    pub signed_at: Timestamp,
    /// When we took it.
    pub accepted_at: Timestamp,
    /// The technical check, JSON.
    pub report: String,
}

const COLUMNS: &str = "der, id, document_id, ordinal, role, covers, blob, sha256, certificate_sha256, certificate_serial, \
    owner_name, position, organisation, issuer, valid_from, valid_to, algorithm, level, time_evidence, signed_at, \
    accepted_at, report";

/// The document's signatures of the clinic, in the order of acceptance.
///
/// # Errors
/// As the database says.
pub async fn of_document(db: &Db, document_id: &str) -> Result<Vec<ClinicSignature>, DbError> {
    let sql =
        format!("SELECT {COLUMNS} FROM clinic_signatures WHERE document_id = ?1 ORDER BY ordinal");
    let rows = db.query(&sql, [document_id.into()]).await?;
    rows.into_iter().map(of).collect()
}

/// Whether the clinic has signed the document, once at least.
///
/// # Errors
/// As the database says.
pub async fn any(db: &Db, document_id: &str) -> Result<bool, DbError> {
    let sql = "SELECT 1 FROM clinic_signatures WHERE document_id = ?1 LIMIT 1";
    Ok(db.first(sql, [document_id.into()]).await?.is_some())
}

/// Writes an accepted signature, in the transaction of its journal entry.
///
/// # Errors
/// As the database says; [`DbError::is_conflict`] where the same bytes are there, or the place is taken.
pub async fn insert(tx: &Tx, row: &ClinicSignature) -> Result<(), DbError> {
    let sql = format!(
        "INSERT INTO clinic_signatures ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, \
         ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22)"
    );
    let params: [Value; 22] = [
        row.der.clone().into(),
        row.id.as_str().into(),
        row.document_id.as_str().into(),
        row.ordinal.into(),
        row.role.as_str().into(),
        row.over.as_str().into(),
        row.blob.as_str().into(),
        row.sha256.as_str().into(),
        row.certificate_sha256.as_str().into(),
        row.certificate_serial.as_str().into(),
        row.owner_name.as_str().into(),
        row.position.as_deref().into(),
        row.organisation.as_deref().into(),
        row.issuer.as_str().into(),
        row.valid_from.unix().into(),
        row.valid_to.unix().into(),
        row.algorithm.as_str().into(),
        row.level.as_str().into(),
        row.time_evidence.as_str().into(),
        row.signed_at.unix().into(),
        row.accepted_at.unix().into(),
        row.report.as_str().into(),
    ];
    tx.execute(&sql, params).await.map(|_| ())
}

/// What the document demands of the clinic; one signature of any role where nothing was said.
///
/// # Errors
/// As the database says.
pub async fn demand(db: &Db, document_id: &str) -> Result<Demand, DbError> {
    let sql = "SELECT roles, ordered FROM clinic_demands WHERE document_id = ?1";
    let Some(row) = db.first(sql, [document_id.into()]).await? else {
        return Ok(Demand::default());
    };
    Ok(Demand {
        roles: serde_json::from_str(&row.text(0)?).map_err(|_| DbError::corrupt("roles"))?,
        ordered: row.int(1)? != 0,
    })
}

/// Notes what the document demands, in the transaction that takes it in.
///
/// # Errors
/// As the database says.
pub async fn insert_demand(tx: &Tx, document_id: &str, demand: &Demand) -> Result<(), DbError> {
    let roles = serde_json::to_string(&demand.roles).map_err(|e| DbError::host("json", e))?;
    let sql = "INSERT INTO clinic_demands (document_id, roles, ordered) VALUES (?1, ?2, ?3)";
    let params = [
        document_id.into(),
        roles.into(),
        i64::from(demand.ordered).into(),
    ];
    tx.execute(sql, params).await.map(|_| ())
}

fn of(row: Row) -> Result<ClinicSignature, DbError> {
    let time = |column| Ok::<_, DbError>(Timestamp::from_unix(row.int(column)?));
    let unknown = || DbError::corrupt("clinic signature");
    Ok(ClinicSignature {
        id: row.text(1)?,
        document_id: row.text(2)?,
        ordinal: row.int(3)?,
        role: row.text(4)?,
        over: Over::parse(&row.text(5)?).ok_or_else(unknown)?,
        blob: row.text(6)?,
        sha256: row.text(7)?,
        certificate_sha256: row.text(8)?,
        certificate_serial: row.text(9)?,
        owner_name: row.text(10)?,
        position: row.opt_text(11)?,
        organisation: row.opt_text(12)?,
        issuer: row.text(13)?,
        valid_from: time(14)?,
        valid_to: time(15)?,
        algorithm: row.text(16)?,
        level: row.text(17)?,
        time_evidence: TimeEvidence::parse(&row.text(18)?).ok_or_else(unknown)?,
        signed_at: time(19)?,
        accepted_at: time(20)?,
        report: row.text(21)?,
        der: row.into_bytes()?,
    })
}
