//! The SQL of this function.

pub(crate) mod account;
pub(crate) mod document;
pub(crate) mod push;
pub(crate) mod rights;

use podpis_kit::db::{Db, DbError};

/// The name of a clinic that a stored row names.
pub(crate) async fn clinic_name(db: &Db, id: &str) -> Result<String, DbError> {
    let name = find_clinic_name(db, id).await?;
    name.ok_or_else(|| DbError::corrupt("clinic"))
}

/// The name of a clinic; `None` where there is no such one.
pub(crate) async fn find_clinic_name(db: &Db, id: &str) -> Result<Option<String>, DbError> {
    let row = db
        .first("SELECT name FROM clinics WHERE id = ?1", [id.into()])
        .await?;
    row.map(|row| row.text(0)).transpose()
}
