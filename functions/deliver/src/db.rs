//! The SQL of this function.

pub(crate) mod breaker;
pub(crate) mod messages;
pub(crate) mod push;
pub(crate) mod sweep;
pub(crate) mod webhooks;

use podpis_kit::db::{Db, DbError};

/// Name of the clinic with this id.
pub(crate) async fn clinic_name(db: &Db, id: &str) -> Result<String, DbError> {
    let sql = "SELECT name FROM clinics WHERE id = ?1";
    let row = db.first(sql, [id.into()]).await?;
    row.ok_or_else(|| DbError::corrupt("clinic"))?.text(0)
}
