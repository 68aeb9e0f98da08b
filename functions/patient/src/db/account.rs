//! The SQL of the account.

use podpis_kit::db::{Db, DbError};
use podpis_kit::store::accounts::contacts::Contact;
use podpis_shared::wire::code::Purpose;

/// Where a code was sent to.
pub(crate) async fn code_recipient(
    db: &Db,
    id: &str,
    purpose: Purpose,
) -> Result<Option<Contact>, DbError> {
    let sql = "SELECT recipient FROM codes WHERE id = ?1 AND purpose = ?2";
    let row = db.first(sql, [id.into(), purpose.as_str().into()]).await?;
    let recipient = row.map(|row| row.text(0)).transpose()?;
    Ok(recipient.and_then(|recipient| Contact::parse(&recipient)))
}
