//! Codes by e-mail: `deliver` sends them, which knows the mail relay. It keeps nothing of such a letter.
//!
//! The sandbox keeps it for the developer to read.

use podpis_kit::store::sandbox;
use podpis_kit::{Context, Db, Failure, Result, neighbour, now, vars};
use podpis_shared::problem::Code;
use podpis_shared::wire::handed::Handed;
use serde_json::json;

/// A letter on its way. No `Debug`: it names a person's address, and a code.
pub(crate) struct Letter<'a> {
    /// Sent once for this id.
    pub(crate) id: &'a str,
    pub(crate) to: &'a str,
    pub(crate) subject: &'a str,
    pub(crate) text: &'a str,
}

/// Gives a letter away; its receipt.
///
/// # Errors
/// `unavailable`: it was not taken. `invalid`: it never will be.
pub(crate) async fn hand_over(context: &Context, letter: &Letter<'_>) -> Result<String> {
    let Letter {
        id,
        to,
        subject,
        text,
    } = *letter;
    if vars::sandbox().await? {
        let db = Db::open().await?;
        sandbox::keep(&db, id, "email", to, Some(subject), text, now()).await?;
        return Ok(format!("sandbox:{id}"));
    }
    let body = json!({ "id": id, "to": to, "subject": subject, "text": text });
    match neighbour::post_json(context, "deliver", "/mail", &body).await {
        Ok(Handed::Sent { reference }) => Ok(format!("email:{reference}")),
        Ok(Handed::Delivered { reference }) => {
            Ok(format!("email:{}", reference.as_deref().unwrap_or(id)))
        }
        Ok(Handed::Failed { .. }) => Err(Failure::new(
            Code::Invalid,
            "Письмо на этот адрес не доставить. Проверьте адрес.",
        )),
        Err(_) => Err(Failure::new(
            Code::Unavailable,
            "Письмо отправить не удалось. Попробуйте позже.",
        )),
    }
}
