//! The gateways: whoever takes a message off our hands.
//!
//! The sandbox keeps it for the developer to read. Outside the sandbox there is none yet, and the answer says so.

use podpis_kit::store::sandbox;
use podpis_kit::{Db, Failure, Result, now, vars};
use podpis_shared::problem::Code;
use podpis_shared::wire::code::Channel;

/// A message on its way. No `Debug`: it names a person's phone, and a code.
pub(crate) struct Parcel<'a> {
    /// Sent once for this id.
    pub(crate) id: &'a str,
    pub(crate) channel: Channel,
    /// E.164, or an e-mail address.
    pub(crate) to: &'a str,
    /// Of an e-mail.
    pub(crate) subject: Option<&'a str>,
    pub(crate) text: &'a str,
}

/// Gives a message to the gateway; its receipt.
///
/// # Errors
/// `unavailable`: it was not taken.
pub(crate) async fn hand_over(db: &Db, parcel: &Parcel<'_>) -> Result<String> {
    if !vars::sandbox().await? {
        return Err(Failure::new(
            Code::Unavailable,
            "Отправка сообщений не подключена.",
        ));
    }
    let Parcel {
        id,
        channel,
        to,
        subject,
        text,
    } = *parcel;
    sandbox::keep(db, id, channel.as_str(), to, subject, text, now()).await?;
    Ok(format!("sandbox:{id}"))
}
