//! Taking a document in: its row, and the rows by which its people are found.

use crate::db::{DbError, Tx};
use crate::store::documents::Document;
use crate::store::ledger::{self, Entry};
use crate::store::planned;
use podpis_shared::usage::Item;
use podpis_shared::{Person, Timestamp};

/// The place of the clinic's next document.
///
/// # Errors
/// As the database says.
pub async fn next_position(tx: &Tx, clinic_id: &str) -> Result<i64, DbError> {
    let sql = "SELECT coalesce(max(position), 0) + 1 FROM documents WHERE clinic_id = ?1";
    tx.first(sql, [clinic_id.into()])
        .await?
        .map_or(Ok(1), |row| row.int(0))
}

/// Writes a new document, its addressees, its row in the ledger, and when it is reminded of. What happens to it later
/// (opened, signed) is not written here.
///
/// # Errors
/// As the database says.
pub async fn insert(tx: &Tx, document: &Document) -> Result<(), DbError> {
    let json = |value: serde_json::Result<String>| value.map_err(|e| DbError::host("json", e));
    let patient = json(serde_json::to_string(&document.patient))?;
    let representative = document
        .representative
        .as_ref()
        .map(|r| json(serde_json::to_string(r)))
        .transpose()?;
    tx.execute(
        "INSERT INTO documents (id, clinic_id, position, kind, title, external_id, patient, representative, \
         delivery, method, parties, metadata, status, original_blob, sha256, streebog256, size, pages, created_at, \
         expires_at, completed_at, purpose) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, \
         ?18, ?19, ?20, ?21, ?22)",
        [
            document.id.as_str().into(),
            document.clinic_id.as_str().into(),
            document.position.into(),
            document.kind.as_str().into(),
            document.title.as_str().into(),
            document.external_id.as_deref().into(),
            patient.into(),
            representative.into(),
            document.delivery.as_str().into(),
            document.method.as_str().into(),
            document.parties.as_str().into(),
            document.metadata.as_str().into(),
            document.status.as_str().into(),
            document.original_blob.as_str().into(),
            document.hashes.sha256.as_str().into(),
            document.hashes.streebog256.as_str().into(),
            i64::try_from(document.size).unwrap_or(i64::MAX).into(),
            document.pages.into(),
            document.created_at.unix().into(),
            document.expires_at.unix().into(),
            document.completed_at.map(Timestamp::unix).into(),
            document.purpose.as_str().into(),
        ],
    )
    .await?;
    addressees(tx, document, "patient", &document.patient).await?;
    if let Some(representative) = &document.representative {
        addressees(tx, document, "representative", &representative.person).await?;
    }
    let entry = Entry {
        clinic_id: &document.clinic_id,
        item: Item::Storage,
        cause: &document.id,
        document_id: Some(&document.id),
        count: 1,
        at: document.created_at,
    };
    ledger::record(tx, entry).await?;
    planned::reminders(tx, document).await
}

async fn addressees(
    tx: &Tx,
    document: &Document,
    role: &str,
    person: &Person,
) -> Result<(), DbError> {
    let numbers = [
        (
            "phone",
            person.phone.as_ref().map(|p| p.expose().to_owned()),
        ),
        (
            "email",
            person.email.as_ref().map(|e| e.expose().to_lowercase()),
        ),
        (
            "snils",
            person.snils.as_ref().map(|s| s.expose().to_owned()),
        ),
    ];
    for (kind, value) in numbers {
        if let Some(value) = value {
            addressee(tx, &document.id, role, kind, &value, document.created_at).await?;
        }
    }
    Ok(())
}

/// Makes a document found by a number of one of its people. `role`: patient or representative; `kind`: phone (E.164), email
/// (lower case) or snils.
///
/// # Errors
/// As the database says.
pub async fn addressee(
    tx: &Tx,
    document_id: &str,
    role: &str,
    kind: &str,
    value: &str,
    at: Timestamp,
) -> Result<(), DbError> {
    let sql = "INSERT INTO addressees (document_id, role, kind, value, created_at) VALUES (?1, ?2, ?3, ?4, ?5) \
               ON CONFLICT DO NOTHING";
    let params = [
        document_id.into(),
        role.into(),
        kind.into(),
        value.into(),
        at.unix().into(),
    ];
    tx.execute(sql, params).await.map(|_| ())
}
