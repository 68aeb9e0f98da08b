//! Handing a message to the gateways: at most one of them has it, whatever crashes or hangs.
//!
//! A row says `sending` before the request goes out. Who finds such a row later asks the gateway before anything is sent
//! again ([`decide`]); a second gateway is asked only once the first has said that it does not have the message.

mod decide;

use crate::db::sends::{self, Claim, Kept, Kind, Status};
use crate::gateways::{self, Errand, Gateway, Reason, Refused, Sent, Standing, Taken, Then};
use crate::settings::low_below;
use crate::text_limits;
use crate::{poll, settle};
use decide::{Next, decide};
use podpis_kit::store::{sandbox, sms_gateways};
use podpis_kit::{Db, Failure, Result, Tx, now, vars};
use podpis_shared::problem::Code;
use podpis_shared::sms_parts::parts;
use std::time::Duration;

/// Where a sandbox's messages go.
pub(crate) const SANDBOX: &str = "sandbox";

/// From a request that got no answer to the question what came of it.
const PAUSE: Duration = Duration::from_millis(500);

/// References that are tried before one is free.
const REFERENCES: usize = 4;

/// A message to be sent. No `Debug`: it names a person's phone, and may hold a code.
#[derive(Clone, Copy)]
pub(crate) struct Message<'a> {
    /// Sent once for this id.
    pub(crate) id: &'a str,
    pub(crate) kind: Kind,
    /// Who pays for it.
    pub(crate) clinic_id: Option<&'a str>,
    pub(crate) document_id: Option<&'a str>,
    /// E.164.
    pub(crate) to: &'a str,
    pub(crate) text: &'a str,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// A gateway has it; how it says so.
    Taken { gateway: String, gateway_id: String },
    /// It is on the phone.
    Delivered { gateway: String, gateway_id: String },
    /// No other try would do better.
    Failed(Reason),
    /// A gateway may have it. The same message may be handed over again later.
    Unknown,
}

/// Hands a message over. Repeating it sends nothing twice that a gateway may have.
///
/// # Errors
/// `too_many_requests` past a limit of texts; `unavailable` where no gateway took it, for now.
pub(crate) async fn send(message: &Message<'_>) -> Result<Outcome> {
    if vars::sandbox().await? {
        return in_sandbox(message).await;
    }
    let gateways = gateways::configured().await?;
    if gateways.is_empty() {
        return Err(Failure::new(
            Code::Unavailable,
            "Отправка сообщений не подключена.",
        ));
    }
    let mut tried: Vec<&str> = Vec::new();
    loop {
        match claim_next(message, &gateways, &tried).await? {
            Claimed::Done(outcome) => return Ok(outcome),
            Claimed::Ask(gateway, kept) => {
                if !ask(gateway, &kept).await? {
                    return Ok(Outcome::Unknown);
                }
            }
            Claimed::Send(gateway, reference) => {
                tried.push(gateway.name());
                if !hand_over(gateway, message, &reference).await? {
                    return Ok(Outcome::Unknown);
                }
            }
        }
    }
}

/// What is to be done next, with the row that says so already written.
enum Claimed<'a> {
    Done(Outcome),
    Ask(&'a Gateway, Box<Kept>),
    Send(&'a Gateway, String),
}

async fn claim_next<'a>(
    message: &Message<'_>,
    gateways: &'a [Gateway],
    tried: &[&str],
) -> Result<Claimed<'a>> {
    let (tx, at) = (Db::open().await?.begin().await?, now());
    let rows = sends::of_message(&tx, message.id).await?;
    let named = |name: &str| gateways.iter().find(|gateway| gateway.name() == name);
    let order: Vec<(&str, bool)> = gateways
        .iter()
        .map(|gateway| (gateway.name(), gateway.knows_references()))
        .collect();
    let next = match decide(&rows, &order, tried, at) {
        Next::Done(row) => Ok(Claimed::Done(outcome(row))),
        Next::Failed(reason) => Ok(Claimed::Done(Outcome::Failed(reason))),
        Next::Wait => Ok(Claimed::Done(Outcome::Unknown)),
        Next::NobodyNow => Err(Failure::busy()),
        Next::Ask(row) => Ok(named(&row.gateway).map_or_else(
            || Claimed::Done(Outcome::Unknown),
            |gateway| Claimed::Ask(gateway, Box::new(row.clone())),
        )),
        Next::Send(name) => match (named(name), message.kind) {
            (None, _) => Err(Failure::busy()),
            (Some(gateway), kind) => {
                let full = if kind == Kind::Text && rows.is_empty() {
                    text_limits::check(&tx, message, at).await
                } else {
                    Ok(())
                };
                match full {
                    Ok(()) => claim(&tx, gateway, message)
                        .await
                        .map(|reference| Claimed::Send(gateway, reference)),
                    Err(refused) => Err(refused),
                }
            }
        },
    };
    tx.commit().await?;
    next
}

/// Writes down that a gateway is about to be asked; our name for the message there.
async fn claim(tx: &Tx, gateway: &Gateway, message: &Message<'_>) -> Result<String> {
    let at = now();
    for _ in 0..REFERENCES {
        let reference = gateway.reference(message.id)?;
        let claim = Claim {
            message_id: message.id,
            gateway: gateway.name(),
            kind: message.kind,
            clinic_id: message.clinic_id,
            document_id: message.document_id,
            recipient: message.to,
            reference: &reference,
            parts: parts(message.text),
        };
        // Nobody hands a code over again, so the tick asks what came of it; a message of the outbox comes again by itself.
        let poll_at = (message.kind == Kind::Code && gateway.knows_references())
            .then_some(at.plus(decide::IN_PROGRESS));
        match sends::claim(tx, &claim, at, poll_at).await {
            Err(e) if e.is_conflict() => {}
            other => return Ok(other.map(|()| reference)?),
        }
    }
    Err(Failure::busy())
}

/// Sends to one gateway and stores what came of it; `false` where nobody knows.
async fn hand_over(gateway: &Gateway, message: &Message<'_>, reference: &str) -> Result<bool> {
    let errand = Errand {
        reference,
        to: message.to,
        text: message.text,
        parts: parts(message.text),
    };
    let row = (message.id, gateway.name(), reference);
    match gateway.send(&errand).await {
        Sent::Taken(taken) => store_taken(row, &taken).await.map(|()| true),
        Sent::Refused(refused) => store_refused(row, &refused).await.map(|()| true),
        Sent::Unknown(what) => {
            eprintln!("error at gateway {}: {what}", gateway.name());
            failing(gateway.name(), &Refused::new(Reason::Down, what)).await?;
            if !gateway.knows_references() {
                return Ok(false);
            }
            spin_sdk::time::sleep(PAUSE).await;
            let rows = sends::of_message(&Db::open().await?, message.id).await?;
            let mine = rows.iter().find(|row| row.gateway == gateway.name());
            match mine.filter(|row| row.status == Status::Sending && row.reference == reference) {
                Some(row) => ask(gateway, row).await,
                // A receipt was faster.
                None => Ok(true),
            }
        }
    }
}

/// Asks a gateway whether it has a message, and stores what it says; `false` where it says nothing.
pub(crate) async fn ask(gateway: &Gateway, kept: &Kept) -> Result<bool> {
    let word = gateway
        .status(
            &kept.reference,
            kept.gateway_id.as_deref(),
            kept.recipient.expose(),
        )
        .await;
    match &word.standing {
        Standing::Unknown(what) => {
            eprintln!("error at gateway {}: {what}", gateway.name());
            Ok(false)
        }
        Standing::Missing if kept.status == Status::Sending => {
            let row = (
                kept.message_id.as_str(),
                gateway.name(),
                kept.reference.as_str(),
            );
            store_refused(row, &Refused::new(Reason::Down, "not found")).await?;
            Ok(true)
        }
        _ => {
            let tx = Db::open().await?.begin().await?;
            settle::apply(&tx, kept, &word, now()).await?;
            sms_gateways::ok(&tx, gateway.name(), None, 0, now()).await?;
            tx.commit().await?;
            Ok(true)
        }
    }
}

async fn store_taken(row: (&str, &str, &str), taken: &Taken) -> Result<()> {
    let (id, gateway, _) = row;
    let low_below = low_below().await?;
    let (tx, at) = (Db::open().await?.begin().await?, now());
    if sends::taken(&tx, row, taken, at, at.plus(poll::pause(0))).await? {
        settle::counted(&tx, id, gateway, at).await?;
    }
    let balance = taken.balance.as_ref().map(|balance| balance.kopecks);
    sms_gateways::ok(&tx, gateway, balance, low_below, at).await?;
    Ok(tx.commit().await?)
}

async fn store_refused(row: (&str, &str, &str), refused: &Refused) -> Result<()> {
    let (tx, at) = (Db::open().await?.begin().await?, now());
    sends::refused(&tx, row, refused).await?;
    // A refusal of the message says nothing against the gateway.
    if refused.reason.then() == Then::Next {
        sms_gateways::failed(&tx, row.1, &error_code(refused), at).await?;
        eprintln!("error at gateway {}: {}", row.1, error_code(refused));
    } else {
        sms_gateways::ok(&tx, row.1, None, 0, at).await?;
    }
    Ok(tx.commit().await?)
}

/// Notes that a gateway does not work as it should.
pub(crate) async fn failing(name: &str, refused: &Refused) -> Result<()> {
    Ok(sms_gateways::failed(&Db::open().await?, name, &error_code(refused), now()).await?)
}

fn error_code(refused: &Refused) -> String {
    format!("{} {}", refused.reason.as_str(), refused.code)
        .trim_end()
        .to_owned()
}

fn outcome(row: &Kept) -> Outcome {
    let gateway = row.gateway.clone();
    let gateway_id = row
        .gateway_id
        .clone()
        .unwrap_or_else(|| row.reference.clone());
    let reason = || {
        row.reason
            .as_deref()
            .and_then(Reason::parse)
            .unwrap_or(Reason::Other)
    };
    match row.status {
        Status::Delivered => Outcome::Delivered {
            gateway,
            gateway_id,
        },
        Status::Taken => Outcome::Taken {
            gateway,
            gateway_id,
        },
        Status::Failed | Status::Refused => Outcome::Failed(reason()),
        Status::Sending => Outcome::Unknown,
    }
}

/// Keeps a message for the developer to read; it counts as delivered.
async fn in_sandbox(message: &Message<'_>) -> Result<Outcome> {
    let (tx, at) = (Db::open().await?.begin().await?, now());
    let outcome = Outcome::Delivered {
        gateway: SANDBOX.to_owned(),
        gateway_id: message.id.to_owned(),
    };
    if !sends::of_message(&tx, message.id).await?.is_empty() {
        tx.commit().await?;
        return Ok(outcome);
    }
    if message.kind == Kind::Text
        && let Err(refused) = text_limits::check(&tx, message, at).await
    {
        tx.commit().await?;
        return Err(refused);
    }
    let claim = Claim {
        message_id: message.id,
        gateway: SANDBOX,
        kind: message.kind,
        clinic_id: message.clinic_id,
        document_id: message.document_id,
        recipient: message.to,
        reference: message.id,
        parts: parts(message.text),
    };
    sends::claim(&tx, &claim, at, None).await?;
    let channel = "sms";
    sandbox::keep(&tx, message.id, channel, message.to, None, message.text, at).await?;
    let taken = Taken {
        gateway_id: message.id.to_owned(),
        ..Taken::default()
    };
    sends::taken(&tx, (message.id, SANDBOX, message.id), &taken, at, at).await?;
    settle::counted(&tx, message.id, SANDBOX, at).await?;
    sends::delivered_in_sandbox(&tx, message.id, at).await?;
    tx.commit().await?;
    Ok(outcome)
}
