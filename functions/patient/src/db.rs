//! The SQL of this function.

pub(crate) mod account;
pub(crate) mod document;
pub(crate) mod push;
pub(crate) mod rights;

use podpis_kit::db::{Db, DbError};
use podpis_kit::store::branding;
use podpis_shared::wire::account::ClinicRef;

/// The registered name of a clinic that a stored row names: what a message with a code says.
pub(crate) async fn clinic_name(db: &Db, id: &str) -> Result<String, DbError> {
    let sql = "SELECT name FROM clinics WHERE id = ?1";
    let row = db.first(sql, [id.into()]).await?;
    row.ok_or_else(|| DbError::corrupt("clinic"))?.text(0)
}

/// A clinic as pages show it.
pub(crate) async fn look_name(db: &Db, id: &str) -> Result<String, DbError> {
    let clinic = find_clinic(db, id).await?;
    clinic
        .map(|clinic| clinic.name)
        .ok_or_else(|| DbError::corrupt("clinic"))
}

/// Likewise, with its logo; `None` where there is no such one.
pub(crate) async fn find_clinic(db: &Db, id: &str) -> Result<Option<ClinicRef>, DbError> {
    let sql = "SELECT id, name, logo FROM clinic_looks WHERE id = ?1";
    let row = db.first(sql, [id.into()]).await?;
    row.as_ref().map(branding::clinic).transpose()
}
