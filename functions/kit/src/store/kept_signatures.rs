//! Signatures that came with documents for keeping (`docs/account.md`).

use crate::db::{Db, DbError, Row, Tx};
use podpis_shared::wire::kept::KeptSignature;

/// Keeps the signatures of a document as they were checked, and the detached ones as they came.
///
/// # Errors
/// As the database says.
pub async fn insert(
    tx: &Tx,
    document_id: &str,
    signatures: &[KeptSignature],
    files: Vec<Vec<u8>>,
) -> Result<(), DbError> {
    for (ordinal, signature) in (0_i64..).zip(signatures) {
        let facts = serde_json::to_string(signature).map_err(|_| DbError::corrupt("facts"))?;
        let sql = "INSERT INTO kept_signatures (document_id, ordinal, facts) VALUES (?1, ?2, ?3)";
        tx.execute(sql, [document_id.into(), ordinal.into(), facts.into()])
            .await?;
    }
    for (number, bytes) in (1_i64..).zip(files) {
        let sql =
            "INSERT INTO kept_signature_files (document_id, number, bytes) VALUES (?1, ?2, ?3)";
        tx.execute(sql, [document_id.into(), number.into(), bytes.into()])
            .await?;
    }
    Ok(())
}

/// Those of a document, in their order: inside first, then detached ones as they came.
///
/// # Errors
/// As the database says.
pub async fn of_document(db: &Db, document_id: &str) -> Result<Vec<KeptSignature>, DbError> {
    let sql = "SELECT facts FROM kept_signatures WHERE document_id = ?1 ORDER BY ordinal";
    let rows = db.query(sql, [document_id.into()]).await?;
    rows.iter().map(|row| facts(row, 0)).collect()
}

/// Those of a clinic's documents from one position to another, both included, with the documents' ids.
///
/// # Errors
/// As the database says.
pub async fn of_positions(
    db: &Db,
    clinic_id: &str,
    from: i64,
    to: i64,
) -> Result<Vec<(String, KeptSignature)>, DbError> {
    let sql = "SELECT k.document_id, k.facts FROM documents d JOIN kept_signatures k ON k.document_id = d.id \
               WHERE d.clinic_id = ?1 AND d.position BETWEEN ?2 AND ?3 ORDER BY k.document_id, k.ordinal";
    let rows = db
        .query(sql, [clinic_id.into(), from.into(), to.into()])
        .await?;
    let of = |row: &Row| Ok((row.text(0)?, facts(row, 1)?));
    rows.iter().map(of).collect()
}

/// A detached one as it came.
///
/// # Errors
/// As the database says.
pub async fn file(db: &Db, document_id: &str, number: u32) -> Result<Option<Vec<u8>>, DbError> {
    let sql = "SELECT bytes FROM kept_signature_files WHERE document_id = ?1 AND number = ?2";
    let row = db
        .first(sql, [document_id.into(), i64::from(number).into()])
        .await?;
    row.map(Row::into_bytes).transpose()
}

/// The detached ones of a document with their numbers.
///
/// # Errors
/// As the database says.
pub async fn files(db: &Db, document_id: &str) -> Result<Vec<(i64, Vec<u8>)>, DbError> {
    let sql = "SELECT number FROM kept_signature_files WHERE document_id = ?1 ORDER BY number";
    let mut files = Vec::new();
    for row in db.query(sql, [document_id.into()]).await? {
        let number = row.int(0)?;
        let sql = "SELECT bytes FROM kept_signature_files WHERE document_id = ?1 AND number = ?2";
        let row = db.first(sql, [document_id.into(), number.into()]).await?;
        files.extend(
            row.map(Row::into_bytes)
                .transpose()?
                .map(|bytes| (number, bytes)),
        );
    }
    Ok(files)
}

fn facts(row: &Row, column: usize) -> Result<KeptSignature, DbError> {
    serde_json::from_str(&row.text(column)?).map_err(|_| DbError::corrupt("facts"))
}
