//! Telling the signer of a document that waits for them.

use super::sms;
use podpis_kit::store::Document;
use podpis_kit::store::notices::{self, About, Notice, Queued};
use podpis_kit::store::outbox::{self, Channel};
use podpis_kit::{Result, Tx};
use podpis_shared::{Delivery, Timestamp};

/// A link by SMS where the delivery is one; else notices to the account, which cost nothing. A first link goes out at any hour: its
/// person may be standing at the desk. A reminder waits for the day.
pub(crate) async fn signer(
    tx: &Tx,
    document: &Document,
    notice: Notice,
    clinic: &str,
    base_url: &str,
    at: Timestamp,
) -> Result<Queued> {
    if document.delivery == Delivery::Account {
        let about = About {
            notice,
            document,
            clinic,
            base_url,
            due: at,
        };
        return Ok(notices::queue(tx, about, at).await?);
    }
    let Some(phone) = &document.signer().phone else {
        return Ok(Queued {
            ways: Vec::new(),
            due: at,
        });
    };
    let (text, due) = match notice {
        Notice::Reminder => (
            sms::reminder(clinic, base_url, document.expires_at),
            notices::reminder_at(tx, document, at).await?,
        ),
        _ => (sms::link(clinic, base_url, document.expires_at), at),
    };
    outbox::queue_sms(tx, document, phone.expose(), &text, due, at).await?;
    Ok(Queued {
        ways: vec![Channel::Sms],
        due,
    })
}
