//! The SQL of this function.

pub(crate) mod account;
pub(crate) mod push;

use podpis_kit::db::{Db, DbError};

pub(crate) async fn clinic_name(db: &Db, id: &str) -> Result<String, DbError> {
    let row = db
        .first("SELECT name FROM clinics WHERE id = ?1", [id.into()])
        .await?;
    row.ok_or_else(|| DbError::corrupt("clinic"))?.text(0)
}
