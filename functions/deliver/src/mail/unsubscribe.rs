//! The address in a notice that ends such letters with one click (RFC 8058).

use super::settings::Settings;
use crate::db::messages::Message;
use podpis_kit::store::letters;
use podpis_kit::{Db, Result, now, random};

/// Makes one for a message; `None` where this installation's own address is not known. Each try of a message has its own:
/// only the token's hash is kept.
pub(super) async fn address(
    db: Db,
    message: &Message,
    settings: &Settings,
) -> Result<Option<String>> {
    if settings.base_url.is_empty() {
        return Ok(None);
    }
    let token = random::token()?;
    letters::insert(&db, &token, &message.id, now()).await?;
    Ok(Some(format!(
        "{}/patient/unsubscribe/{token}",
        settings.base_url
    )))
}
