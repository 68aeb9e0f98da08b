//! The outcome of a message, with its journal entry: one compare-and-set.

use crate::db::{Db, DbError, Tx};
use crate::store::journal::{self, Event};
use podpis_shared::Timestamp;
use podpis_shared::delivery::Reason;
use serde_json::json;

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome<'a> {
    /// A gateway has it, and will tell what becomes of it: no event yet.
    Sent {
        /// The gateway's own number of it.
        reference: &'a str,
    },
    /// It was taken on a channel that gives no receipts: more will never be known. The event says `sent`.
    SentForGood {
        /// The gateway's own number of it.
        reference: Option<&'a str>,
    },
    /// The recipient has it.
    Delivered {
        /// The gateway's own number of it; where `None`, the one that is known stays.
        reference: Option<&'a str>,
    },
    /// It never will be: a gateway's word.
    Failed(Reason),
    /// We gave up; the reason of the last try.
    Dead(Reason),
}

impl Outcome<'_> {
    /// Status in the database.
    const fn status(self) -> &'static str {
        match self {
            Self::Sent { .. } | Self::SentForGood { .. } => "sent",
            Self::Delivered { .. } => "delivered",
            Self::Failed(_) => "failed",
            Self::Dead(_) => "dead",
        }
    }

    /// The word in `outcome`, in the event and in the evidence.
    const fn word(self) -> &'static str {
        match self {
            Self::Failed(reason) | Self::Dead(reason) => reason.as_str(),
            other => other.status(),
        }
    }

    const fn reference(&self) -> Option<&str> {
        match self {
            Self::Sent { reference } => Some(reference),
            Self::SentForGood { reference } | Self::Delivered { reference } => *reference,
            Self::Failed(_) | Self::Dead(_) => None,
        }
    }

    /// What the clinic is told.
    const fn event(self) -> Option<Event> {
        match self {
            Self::Sent { .. } => None,
            Self::SentForGood { .. } | Self::Delivered { .. } => Some(Event::MessageDelivered),
            Self::Failed(_) | Self::Dead(_) => Some(Event::MessageFailed),
        }
    }

    /// Statuses that it may follow. A receipt may come after we lost the answer to the sending.
    const fn follows(self) -> &'static str {
        match self {
            Self::Sent { .. } | Self::SentForGood { .. } | Self::Dead(_) => "'queued'",
            Self::Delivered { .. } | Self::Failed(_) => "'queued', 'sent'",
        }
    }
}

/// Stores what became of a message, and appends the event to the journal, of each document that it tells of, in one step.
///
/// `false`, and nothing changed, where the message is not there or its state has no edge to this one: a receipt that comes
/// twice, or after another one, is told once. So anybody may call it, at any time: `deliver` after sending, `sms` with a receipt.
///
/// # Errors
/// As the database says.
pub async fn settle(
    tx: &Tx,
    id: &str,
    outcome: Outcome<'_>,
    at: Timestamp,
) -> Result<bool, DbError> {
    let sql = format!(
        "UPDATE outbox SET status = ?1, outcome = ?2, settled_at = ?3, sent_at = coalesce(sent_at, ?4), \
         reference = coalesce(?5, reference), lease = NULL WHERE id = ?6 AND status IN ({})",
        outcome.follows()
    );
    let taken = !matches!(outcome, Outcome::Failed(_) | Outcome::Dead(_));
    let params = [
        outcome.status().into(),
        outcome.word().into(),
        at.unix().into(),
        taken.then_some(at.unix()).into(),
        outcome.reference().into(),
        id.into(),
    ];
    if tx.execute(&sql, params).await? == 0 {
        return Ok(false);
    }
    let Some(event) = outcome.event() else {
        return Ok(true);
    };
    let sql = "SELECT clinic_id, document_id, channel, invitation_id FROM outbox WHERE id = ?1 \
               UNION ALL SELECT o.clinic_id, s.document_id, o.channel, o.invitation_id FROM outbox o \
               JOIN outbox_documents s ON s.message_id = o.id WHERE o.id = ?1";
    for row in tx.query(sql, [id.into()]).await? {
        if row.opt_text(3)?.is_some() {
            // A letter to the clinic's own staff: nothing that its MIS waits for.
            continue;
        }
        let (clinic, document, channel) = (row.text(0)?, row.opt_text(1)?, row.text(2)?);
        let facts = json!({ "message_id": id, "channel": channel, "outcome": outcome.word() });
        journal::append(tx, &clinic, document.as_deref(), event, at, facts).await?;
    }
    Ok(true)
}

/// Ends a message that nobody needs any more, before it was sent. The clinic is not told: it is no failure.
///
/// # Errors
/// As the database says.
pub async fn drop_unsent(db: &Db, id: &str, why: Reason, at: Timestamp) -> Result<bool, DbError> {
    let sql = "UPDATE outbox SET status = 'failed', outcome = ?1, settled_at = ?2, lease = NULL \
               WHERE id = ?3 AND status = 'queued'";
    let params = [why.as_str().into(), at.unix().into(), id.into()];
    Ok(db.execute(sql, params).await? > 0)
}
