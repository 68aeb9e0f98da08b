//! Whose personal certificates sign for a clinic: its medics, as the MIS names them. A removed one signs nothing new.

use crate::db::{Db, DbError, Row};
use podpis_shared::{Snils, Timestamp};

/// A row of `clinic_signers` that counts. No `Debug`: it names a person.
#[derive(Clone)]
pub struct ClinicSigner {
    /// Our id.
    pub id: String,
    /// Name, for the clinic's own list.
    pub name: String,
    /// The person's SNILS, as it stands in the certificate.
    pub snils: Option<Snils>,
    /// SHA-256 of the certificate in DER, lower-case hex: then this one and no other.
    pub certificate_sha256: Option<String>,
    /// The only role that the person signs in; any where absent.
    pub role: Option<String>,
    /// Since when.
    pub created_at: Timestamp,
}

/// The clinic's list, oldest first.
///
/// # Errors
/// As the database says.
pub async fn all(db: &Db, clinic_id: &str) -> Result<Vec<ClinicSigner>, DbError> {
    let sql = "SELECT id, name, snils, certificate_sha256, role, created_at FROM clinic_signers \
               WHERE clinic_id = ?1 AND removed_at IS NULL ORDER BY created_at, id";
    let of = |row: &Row| {
        let snils = row.opt_text(2)?;
        let read = |text: String| Snils::parse(&text).ok_or_else(|| DbError::corrupt("snils"));
        Ok(ClinicSigner {
            id: row.text(0)?,
            name: row.text(1)?,
            snils: snils.map(read).transpose()?,
            certificate_sha256: row.opt_text(3)?,
            role: row.opt_text(4)?,
            created_at: Timestamp::from_unix(row.int(5)?),
        })
    };
    db.query(sql, [clinic_id.into()])
        .await?
        .iter()
        .map(of)
        .collect()
}

/// Adds a person.
///
/// # Errors
/// As the database says.
pub async fn insert(db: &Db, clinic_id: &str, signer: &ClinicSigner) -> Result<(), DbError> {
    let sql = "INSERT INTO clinic_signers (id, clinic_id, name, snils, certificate_sha256, role, created_at) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    let params = [
        signer.id.as_str().into(),
        clinic_id.into(),
        signer.name.as_str().into(),
        signer.snils.as_ref().map(Snils::expose).into(),
        signer.certificate_sha256.as_deref().into(),
        signer.role.as_deref().into(),
        signer.created_at.unix().into(),
    ];
    db.execute(sql, params).await.map(|_| ())
}

/// Removes a person. `None`: the clinic has no such; `false`: removed before, and nothing changed.
///
/// # Errors
/// As the database says.
pub async fn remove(
    db: &Db,
    clinic_id: &str,
    id: &str,
    at: Timestamp,
) -> Result<Option<bool>, DbError> {
    let sql = "UPDATE clinic_signers SET removed_at = ?3 WHERE clinic_id = ?1 AND id = ?2 AND removed_at IS NULL";
    let params = [clinic_id.into(), id.into(), at.unix().into()];
    if db.execute(sql, params).await? > 0 {
        return Ok(Some(true));
    }
    let sql = "SELECT 1 FROM clinic_signers WHERE clinic_id = ?1 AND id = ?2";
    let known = db.first(sql, [clinic_id.into(), id.into()]).await?;
    Ok(known.map(|_| false))
}
