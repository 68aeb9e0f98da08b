//! What a document was made of, and what its clinic says of itself in it.

use crate::db::{Db, DbError, Row, Tx};
use crate::store::settings;
use podpis_shared::templates::{ClinicFacts, TemplateRef};

/// Keeps which template a document was made of.
///
/// # Errors
/// As the database says.
pub async fn note(tx: &Tx, document_id: &str, template: &TemplateRef) -> Result<(), DbError> {
    let sql = "INSERT INTO document_templates (document_id, template, version) VALUES (?1, ?2, ?3)";
    let params = [
        document_id.into(),
        template.id.as_str().into(),
        template.version.as_str().into(),
    ];
    tx.execute(sql, params).await.map(|_| ())
}

/// The template that a document was made of; `None` where its clinic sent a file.
///
/// # Errors
/// As the database says.
pub async fn of_document(db: &Db, document_id: &str) -> Result<Option<TemplateRef>, DbError> {
    let sql = "SELECT template, version FROM document_templates WHERE document_id = ?1";
    let row = db.first(sql, [document_id.into()]).await?;
    row.map(|row| reference(&row, 0)).transpose()
}

/// The templates of a clinic's documents from one position to another, both included, by the documents' ids.
///
/// # Errors
/// As the database says.
pub async fn of_positions(
    db: &Db,
    clinic_id: &str,
    from: i64,
    to: i64,
) -> Result<Vec<(String, TemplateRef)>, DbError> {
    let sql = "SELECT t.document_id, t.template, t.version FROM documents d \
               JOIN document_templates t ON t.document_id = d.id \
               WHERE d.clinic_id = ?1 AND d.position BETWEEN ?2 AND ?3";
    let rows = db
        .query(sql, [clinic_id.into(), from.into(), to.into()])
        .await?;
    rows.iter()
        .map(|row| Ok((row.text(0)?, reference(row, 1)?)))
        .collect()
}

/// A clinic as its documents name it.
///
/// # Errors
/// As the database says.
pub async fn clinic(db: &Db, clinic_id: &str) -> Result<ClinicFacts, DbError> {
    let sql = "SELECT name, inn, ogrn FROM clinics WHERE id = ?1";
    let row = db.first(sql, [clinic_id.into()]).await?;
    let row = row.ok_or_else(|| DbError::corrupt("clinic"))?;
    Ok(ClinicFacts {
        name: row.text(0)?,
        inn: row.text(1)?,
        ogrn: row.opt_text(2)?,
        details: settings::of_clinic(db, clinic_id).await?.details,
    })
}

fn reference(row: &Row, first: usize) -> Result<TemplateRef, DbError> {
    Ok(TemplateRef {
        id: row.text(first)?,
        version: row.text(first + 1)?,
    })
}
