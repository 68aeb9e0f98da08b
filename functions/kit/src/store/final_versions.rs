//! Final versions of documents that their clinics signed (`docs/final.md`).

use super::Document;
use super::clinic_signatures::{self, ClinicSignature};
use crate::db::{Db, DbError, Tx};
use crate::http::{Failure, Result};
use podpis_shared::clinic_signature::Over;
use podpis_shared::problem::Code;
use podpis_shared::{Status, Timestamp};

/// A final version that was made.
pub struct FinalVersion {
    /// The PDF.
    pub blob: String,
    /// The evidence that goes with it, encrypted at rest: see [`evidence_purpose`].
    pub evidence: String,
}

/// The clinic's signatures under a completed document, in the order of acceptance; none where it needed none.
///
/// # Errors
/// `not_completed` while a signature is missing, and of a document that ended without one; `not_signed` of what was sent
/// for keeping.
pub async fn signatures(db: &Db, document: &Document) -> Result<Vec<ClinicSignature>> {
    if document.status != Status::Completed {
        let detail = "Документ ещё не завершён: не все нужные подписи собраны.";
        return Err(Failure::new(Code::NotCompleted, detail));
    }
    if document.signed_blob.is_none() {
        let detail = "Документ прислан на хранение: здесь его никто не подписывает.";
        return Err(Failure::new(Code::NotSigned, detail));
    }
    Ok(clinic_signatures::of_document(db, &document.id).await?)
}

/// The clinic's own final PDF, where it sent one: the newest.
#[must_use]
pub fn of_clinic(signatures: &[ClinicSignature]) -> Option<&ClinicSignature> {
    let mut newest = signatures.iter().rev();
    newest.find(|signature| signature.over == Over::Final)
}

/// The final version that was made.
///
/// # Errors
/// As the database says.
pub async fn find(db: &Db, document_id: &str) -> Result<Option<FinalVersion>, DbError> {
    let sql = "SELECT blob, evidence FROM final_versions WHERE document_id = ?1";
    let row = db.first(sql, [document_id.into()]).await?;
    row.map(|row| {
        Ok(FinalVersion {
            blob: row.text(0)?,
            evidence: row.text(1)?,
        })
    })
    .transpose()
}

/// Keeps a final version; `false` where there is one already, which stays.
///
/// # Errors
/// As the database says.
pub async fn insert(
    tx: &Tx,
    document_id: &str,
    made: &FinalVersion,
    now: Timestamp,
) -> Result<bool, DbError> {
    let sql = "INSERT INTO final_versions (document_id, blob, evidence, created_at) VALUES (?1, ?2, ?3, ?4) \
               ON CONFLICT (document_id) DO NOTHING";
    let params = [
        document_id.into(),
        made.blob.as_str().into(),
        made.evidence.as_str().into(),
        now.unix().into(),
    ];
    Ok(tx.execute(sql, params).await? > 0)
}

/// Binds the evidence to its row.
#[must_use]
pub fn evidence_purpose(document_id: &str) -> String {
    format!("final_versions.evidence:{document_id}")
}
