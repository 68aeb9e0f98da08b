//! The sandbox in place of a mail relay and of push services.

use crate::attempt::{Failed, Known, Receipt};
use crate::send::Parcel;
use podpis_kit::store::sandbox;
use podpis_kit::{Db, Result, now, vars};
use podpis_shared::delivery::Reason;

/// Keeps a message for the developer to read; `None` outside the sandbox.
pub(crate) async fn keep(parcel: Parcel<'_>) -> Result<Option<Receipt>, Failed> {
    if !vars::sandbox().await.map_err(|_| internal())? {
        return Ok(None);
    }
    let message = parcel.message;
    let (subject, text) = (message.subject.as_deref(), parcel.text);
    let db = Db::open().await.map_err(|_| internal())?;
    sandbox::keep(
        &db,
        &message.id,
        &message.channel,
        &message.recipient,
        subject,
        text,
        now(),
    )
    .await
    .map_err(|_| internal())?;
    Ok(Some(Receipt {
        reference: None,
        known: Known::NoMore,
        status: None,
    }))
}

const fn internal() -> Failed {
    Failed::for_now(Reason::Internal)
}
