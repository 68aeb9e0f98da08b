//! Telling the signer of a document that waits for them.

use super::sms;
use podpis_kit::store::consultations::words::{self, Sms};
use podpis_kit::store::notices::{self, About, Notice, Queued};
use podpis_kit::store::outbox::{self, Channel};
use podpis_kit::store::{Document, consultations};
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
    let due = match notice {
        Notice::Reminder => notices::reminder_at(tx, document, at).await?,
        _ => at,
    };
    let ways = vec![Channel::Sms];
    if let Some(consultation) = consultations::of_document(tx, document).await? {
        let about = match notice {
            Notice::Reminder => Sms::Reminder,
            _ => Sms::Booked,
        };
        words::queue(tx, document, &consultation, about, base_url, due, at).await?;
        return Ok(Queued { ways, due });
    }
    let text = match notice {
        Notice::Reminder => sms::reminder(clinic, base_url, document.expires_at),
        _ => sms::link(clinic, base_url, document.expires_at),
    };
    outbox::queue_sms(tx, document, phone.expose(), &text, due, at).await?;
    Ok(Queued { ways, due })
}
