//! Push messages. The sandbox keeps them for the developer to read.

use crate::attempt::{Failed, Receipt};
use crate::send::Parcel;
use podpis_shared::delivery::Reason;

/// Sends one.
pub(crate) async fn send(parcel: Parcel<'_>) -> Result<Receipt, Failed> {
    if let Some(receipt) = crate::sandbox::keep(parcel).await? {
        return Ok(receipt);
    }
    Err(Failed::for_now(Reason::NotConfigured))
}
