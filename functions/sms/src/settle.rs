//! A gateway's word on a message, and what follows from it: outbox, journal, event, codes and ledger, in one transaction.

use crate::db;
use crate::db::sends::{self, Kept, Kind, Status};
use crate::gateways::{Reason, Refused, Standing, Word};
use crate::poll;
use crate::send::SANDBOX;
use podpis_kit::Tx;
use podpis_kit::db::DbError;
use podpis_kit::store::ledger::{self, Entry};
use podpis_kit::store::outbox::{self, Outcome};
use podpis_shared::usage::Item;
use podpis_shared::{Timestamp, delivery};

/// Stores a word; what was settled before stays as it is.
pub(crate) async fn apply(
    tx: &Tx,
    kept: &Kept,
    word: &Word,
    now: Timestamp,
) -> Result<(), DbError> {
    let (status, why) = match &word.standing {
        Standing::Pending => (Status::Taken, None),
        Standing::Delivered => (Status::Delivered, None),
        Standing::Failed(refused) => (Status::Failed, Some(refused)),
        Standing::Missing | Standing::Unknown(_) => return Ok(()),
    };
    let poll_at = (status == Status::Taken).then(|| now.plus(poll::pause(kept.polls)));
    // Their clock may be wrong; nothing is settled before it was asked for, or tomorrow.
    let said_at = word
        .at
        .map_or(now, |at| at.clamp(kept.asked_at.min(now), now));
    let times = (now, said_at);
    if !sends::move_to(tx, kept, status, why, word.cost.as_ref(), times, poll_at).await? {
        return Ok(());
    }
    counted(tx, &kept.message_id, &kept.gateway, now).await?;
    if status != Status::Taken && kept.kind == Kind::Text {
        tell(tx, kept, why, now).await?;
    }
    Ok(())
}

/// A message is at a gateway: it is counted for its clinic, once, and a code gets its receipt.
pub(crate) async fn counted(
    tx: &Tx,
    id: &str,
    gateway: &str,
    at: Timestamp,
) -> Result<(), DbError> {
    let rows = sends::of_message(tx, id).await?;
    let Some(kept) = rows.iter().find(|row| row.gateway == gateway) else {
        return Ok(());
    };
    if kept.kind == Kind::Code {
        db::taken(tx, id, &receipt(kept), at).await?;
    }
    let Some(clinic_id) = &kept.clinic_id else {
        return Ok(());
    };
    let entry = Entry {
        clinic_id,
        item: Item::SmsPart,
        cause: id,
        document_id: kept.document_id.as_deref(),
        count: kept.parts,
        at,
    };
    ledger::record(tx, entry).await.map(drop)
}

/// No word came in the time that one may take.
pub(crate) async fn give_up(tx: &Tx, kept: &Kept, now: Timestamp) -> Result<(), DbError> {
    if kept.kind == Kind::Text && kept.status == Status::Taken {
        let outcome = Outcome::Failed(delivery::Reason::NoReceipt);
        outbox::settle(tx, &kept.message_id, outcome, now).await?;
    }
    Ok(())
}

/// Tells the outbox, and by it the clinic.
async fn tell(tx: &Tx, kept: &Kept, why: Option<&Refused>, now: Timestamp) -> Result<(), DbError> {
    let reference = reference(
        &kept.gateway,
        kept.gateway_id.as_deref().unwrap_or(&kept.reference),
    );
    let outcome = match why {
        None => Outcome::Delivered {
            reference: Some(&reference),
        },
        Some(refused) => Outcome::Failed(reason(refused.reason)),
    };
    outbox::settle(tx, &kept.message_id, outcome, now)
        .await
        .map(drop)
}

/// A message's name in outbox and evidence.
pub(crate) fn reference(gateway: &str, gateway_id: &str) -> String {
    format!("{gateway}:{gateway_id}")
}

/// What the evidence of a code says of its gateway, in one line (`docs/sms.md`): gateway and its id, how the message stands
/// there and since when, the number of SMS and the cost in the gateway's own digits.
fn receipt(kept: &Kept) -> String {
    let id = kept.gateway_id.as_deref().unwrap_or(&kept.reference);
    let name = reference(&kept.gateway, id);
    if kept.gateway == SANDBOX {
        return name;
    }
    let at = kept
        .settled_at
        .map(|at| format!(" {at}"))
        .unwrap_or_default();
    let cost = kept
        .cost
        .as_ref()
        .map(|cost| format!("; {cost} RUB"))
        .unwrap_or_default();
    format!(
        "{name}; {}{at}; {} SMS{cost}",
        kept.status.as_str(),
        kept.parts
    )
}

/// Our reason in the words that events have.
pub(crate) const fn reason(reason: Reason) -> delivery::Reason {
    match reason {
        Reason::BadNumber => delivery::Reason::NoRecipient,
        Reason::OptedOut => delivery::Reason::Blocked,
        Reason::TooOften => delivery::Reason::Limit,
        Reason::NoMoney => delivery::Reason::NoMoney,
        Reason::Down => delivery::Reason::Unavailable,
        Reason::Expired | Reason::Undelivered => delivery::Reason::Undelivered,
        Reason::Blocked
        | Reason::NoRoute
        | Reason::Auth
        | Reason::Sender
        | Reason::Request
        | Reason::Other => delivery::Reason::Rejected,
    }
}
