//! The way of one message: whether it is still wanted, its link, the try, and what came of it.

use crate::attempt::{Failed, Known, Receipt};
use crate::db::breaker;
use crate::db::messages::{self, Message};
use crate::limited::limited;
use crate::recount;
use crate::send::{self, Parcel};
use crate::settings::Times;
use podpis_kit::store::notices::{self, Notice};
use podpis_kit::store::outbox::{self, Attempt, LINK_TOKEN, Outcome};
use podpis_kit::store::staff::invitations;
use podpis_kit::store::{Document, Event, documents, journal, links};
use podpis_kit::{Context, Db, Result, Tx, now, random};
use podpis_shared::Timestamp;
use podpis_shared::delivery::Reason;
use serde_json::json;
use std::time::Instant;

/// Sends a leased message; stores what came of it. A crash before the outcome is stored lets the lease run out, and the
/// message goes out again: at least once.
///
/// # Errors
/// Only what the database says: a gateway's failure is an outcome.
pub(crate) async fn deliver(context: &Context, message: Message, times: Times) -> Result<()> {
    let db = Db::open().await?;
    if let Some(invitation) = &message.invitation_id {
        let Some(text) = to_staff(db, &message, invitation).await? else {
            return Ok(());
        };
        return try_once(context, &message, None, &text, times).await;
    }
    let Some(document) = documents::find(&db, &message.document_id).await? else {
        return Ok(
            outbox::drop_unsent(&db, &message.id, Reason::DocumentGone, now())
                .await
                .map(drop)?,
        );
    };
    let (message, document) = recount::as_of_now(&db, message, document).await?;
    if let Some(why) = pointless(&db, &message, &document).await? {
        return Ok(outbox::drop_unsent(&db, &message.id, why, now())
            .await
            .map(drop)?);
    }
    let Some(text) = with_link(db, &message, &document).await? else {
        return Ok(());
    };
    try_once(context, &message, Some(&document), &text, times).await
}

/// One try, and what came of it.
async fn try_once(
    context: &Context,
    message: &Message,
    document: Option<&Document>,
    text: &str,
    times: Times,
) -> Result<()> {
    let (at, clock) = (now(), Instant::now());
    let parcel = Parcel {
        context,
        message,
        document,
        text,
    };
    let sent = limited(times.timeout(), send::send(parcel)).await;
    let sent = sent.unwrap_or(Err(Failed::for_now(Reason::Timeout)));
    let ms = i64::try_from(clock.elapsed().as_millis()).unwrap_or(i64::MAX);
    let tx = Db::open().await?.begin().await?;
    note(&tx, message, &sent, at, ms).await?;
    store(&tx, message, &sent, &times).await?;
    Ok(tx.commit().await?)
}

/// Puts a fresh token into the letter of an invitation. `None`: it opens nothing any more, nobody needs the letter.
async fn to_staff(db: Db, message: &Message, invitation: &str) -> Result<Option<String>> {
    let (at, token) = (now(), random::token()?);
    let tx = db.begin().await?;
    let wanted = invitations::insert_token(&tx, &token, invitation, at).await?;
    if !wanted {
        outbox::drop_unsent(&tx, &message.id, Reason::InvitationEnded, at).await?;
    }
    tx.commit().await?;
    Ok(wanted.then(|| message.text.replace(LINK_TOKEN, &token)))
}

/// Why nobody needs a message any more: what it asks for or tells of is over, or the browser takes no more messages.
async fn pointless(db: &Db, message: &Message, document: &Document) -> Result<Option<Reason>> {
    if let Some(name) = message.notice.as_deref()
        && Notice::is_pointless(name, document, now())
    {
        return Ok(Some(Reason::DocumentClosed));
    }
    let push = message.channel == "push";
    if push && !notices::is_subscribed(db, &message.recipient).await? {
        return Ok(Some(Reason::Unsubscribed));
    }
    Ok(None)
}

/// Puts a fresh link into a text that asks for one. `None`: the document is closed, nobody needs the message; but to the final
/// version a link leads then too.
async fn with_link(db: Db, message: &Message, document: &Document) -> Result<Option<String>> {
    if !message.text.contains(LINK_TOKEN) {
        return Ok(Some(message.text.clone()));
    }
    let at = now();
    let tx = db.begin().await?;
    let to_final = message.notice.as_deref() == Some(Notice::Completed.as_str());
    if !to_final && !document.is_open(at) {
        outbox::drop_unsent(&tx, &message.id, Reason::DocumentClosed, at).await?;
        tx.commit().await?;
        return Ok(None);
    }
    let token = random::token()?;
    links::insert(&tx, &token, document, at).await?;
    let (clinic, id) = (&document.clinic_id, Some(document.id.as_str()));
    let facts = json!({ "message_id": message.id });
    journal::append(&tx, clinic, id, Event::LinkIssued, at, facts).await?;
    tx.commit().await?;
    Ok(Some(message.text.replace(LINK_TOKEN, &token)))
}

async fn note(
    tx: &Tx,
    message: &Message,
    sent: &Result<Receipt, Failed>,
    at: Timestamp,
    ms: i64,
) -> Result<()> {
    let attempt = Attempt {
        subject: &message.id,
        number: message.attempts,
        at,
        asked: &message.channel,
        status: sent.as_ref().map_or_else(|f| f.status, |r| r.status),
        ms,
        reason: sent.as_ref().err().map(|failed| failed.reason.as_str()),
    };
    Ok(outbox::note_attempt(tx, attempt).await?)
}

/// Outcome and journal entry in one step. What was taken is true whoever holds the lease; a failure is only told by its holder.
async fn store(
    tx: &Tx,
    message: &Message,
    sent: &Result<Receipt, Failed>,
    times: &Times,
) -> Result<()> {
    let at = now();
    if sent.is_err() && !messages::is_ours(tx, message).await? {
        return Ok(());
    }
    judge_host(tx, message, sent, at, times).await?;
    let outcome = match sent {
        Ok(receipt) => taken(receipt),
        Err(failed) if !failed.retry => Outcome::Failed(failed.reason),
        Err(failed) => {
            let pause = times.pause(message.attempts).max(failed.after.unwrap_or(0));
            let next = at.plus(pause);
            if next < message.first_at.plus(times.message_for) {
                return Ok(messages::retry_later(tx, message, next).await?);
            }
            Outcome::Dead(failed.reason)
        }
    };
    outbox::settle(tx, &message.id, outcome, at).await?;
    Ok(())
}

/// What a try says of who takes such messages: a push service or relay that fails again and again is left alone for a while.
async fn judge_host(
    tx: &Tx,
    message: &Message,
    sent: &Result<Receipt, Failed>,
    at: Timestamp,
    times: &Times,
) -> Result<()> {
    let Some(breaker) = message.breaker() else {
        return Ok(());
    };
    match sent {
        Err(failed) if failed.is_hosts_fault() => {
            breaker::host_fails(tx, &breaker, at, times).await?;
        }
        // Something on our side says nothing of anybody else.
        Err(failed) if failed.status.is_none() => {}
        _ => breaker::host_answers(tx, &breaker).await?,
    }
    Ok(())
}

fn taken(receipt: &Receipt) -> Outcome<'_> {
    let reference = receipt.reference.as_deref();
    match (receipt.known, reference) {
        (Known::Delivered, _) => Outcome::Delivered { reference },
        (Known::Later, Some(reference)) => Outcome::Sent { reference },
        // Without a number no receipt finds its message.
        (Known::NoMore | Known::Later, _) => Outcome::SentForGood { reference },
    }
}
