//! One message, on its channel. A channel is a module with one function that tries once.

use crate::attempt::{Failed, Receipt};
use crate::db::messages::Message;
use crate::{mail, push, sms};
use podpis_kit::Context;
use podpis_kit::store::Document;
use podpis_shared::delivery::Reason;

/// Channels, in the order in which a tick looks at them.
pub(crate) const CHANNELS: [&str; 3] = ["sms", "email", "push"];

/// A message with all that a channel may want. No `Debug`: it names a person.
#[derive(Clone, Copy)]
pub(crate) struct Parcel<'a> {
    pub(crate) context: &'a Context,
    pub(crate) message: &'a Message,
    /// What it is about; a letter to a clinic's staff is about none.
    pub(crate) document: Option<&'a Document>,
    /// The words, with a link of its own where they have one.
    pub(crate) text: &'a str,
}

/// Tries once. Whoever calls bounds the time.
pub(crate) async fn send(parcel: Parcel<'_>) -> Result<Receipt, Failed> {
    match parcel.message.channel.as_str() {
        "sms" => sms::send(parcel).await,
        "email" => mail::send(parcel).await,
        "push" => push::send(parcel).await,
        _ => Err(Failed::for_good(Reason::NotConfigured)),
    }
}
