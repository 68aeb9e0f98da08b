//! Messages at their gateways: one row for each gateway that was asked to take a message.

use crate::gateways::{About, Refused, Sum, Taken};
use podpis_kit::Tx;
use podpis_kit::db::{Db, DbError, Row, Value};
use podpis_shared::{Sensitive, Timestamp};

/// What a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// From the outbox.
    Text,
    /// A one-time code.
    Code,
}

impl Kind {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Code => "code",
        }
    }
}

/// How a message stands at a gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    /// The request goes out, or went out and nobody knows what came of it.
    Sending,
    /// The gateway does not have it.
    Refused,
    /// The gateway has it.
    Taken,
    /// It is on the phone.
    Delivered,
    /// The gateway gave it up.
    Failed,
}

impl Status {
    const ALL: [Self; 5] = [
        Self::Sending,
        Self::Refused,
        Self::Taken,
        Self::Delivered,
        Self::Failed,
    ];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Sending => "sending",
            Self::Refused => "refused",
            Self::Taken => "taken",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }
}

/// A message at a gateway.
#[derive(Clone, Debug)]
pub(crate) struct Kept {
    pub(crate) message_id: String,
    pub(crate) gateway: String,
    pub(crate) kind: Kind,
    pub(crate) clinic_id: Option<String>,
    pub(crate) document_id: Option<String>,
    pub(crate) recipient: Sensitive<String>,
    pub(crate) reference: String,
    pub(crate) gateway_id: Option<String>,
    pub(crate) parts: u32,
    /// The gateway's own digits, in rubles.
    pub(crate) cost: Option<String>,
    pub(crate) status: Status,
    pub(crate) reason: Option<String>,
    pub(crate) asked_at: Timestamp,
    pub(crate) polls: i64,
    /// When the phone or the gateway said so.
    pub(crate) settled_at: Option<Timestamp>,
}

/// A message about to be handed over. No `Debug`: it names a person's phone.
pub(crate) struct Claim<'a> {
    pub(crate) message_id: &'a str,
    pub(crate) gateway: &'a str,
    pub(crate) kind: Kind,
    pub(crate) clinic_id: Option<&'a str>,
    pub(crate) document_id: Option<&'a str>,
    pub(crate) recipient: &'a str,
    pub(crate) reference: &'a str,
    pub(crate) parts: u32,
}

const COLUMNS: &str = "message_id, gateway, kind, clinic_id, document_id, recipient, reference, gateway_id, parts, cost, \
                       status, reason, asked_at, polls, settled_at";

fn kept(row: &Row) -> Result<Kept, DbError> {
    let corrupt = || DbError::corrupt("send");
    Ok(Kept {
        message_id: row.text(0)?,
        gateway: row.text(1)?,
        kind: match row.text(2)?.as_str() {
            "text" => Kind::Text,
            "code" => Kind::Code,
            _ => return Err(corrupt()),
        },
        clinic_id: row.opt_text(3)?,
        document_id: row.opt_text(4)?,
        recipient: Sensitive::new(row.text(5)?),
        reference: row.text(6)?,
        gateway_id: row.opt_text(7)?,
        parts: u32::try_from(row.int(8)?).map_err(|_| corrupt())?,
        cost: row.opt_text(9)?,
        status: Status::parse(&row.text(10)?).ok_or_else(corrupt)?,
        reason: row.opt_text(11)?,
        asked_at: Timestamp::from_unix(row.int(12)?),
        polls: row.int(13)?,
        settled_at: row.opt_int(14)?.map(Timestamp::from_unix),
    })
}

async fn select(
    db: &Db,
    rest: &str,
    params: impl IntoIterator<Item = Value>,
) -> Result<Vec<Kept>, DbError> {
    let sql = format!("SELECT {COLUMNS} FROM sms_sends WHERE {rest}");
    db.query(&sql, params).await?.iter().map(kept).collect()
}

/// Where a message has been handed over.
pub(crate) async fn of_message(db: &Db, id: &str) -> Result<Vec<Kept>, DbError> {
    select(db, "message_id = ?1", [id.into()]).await
}

/// The message that a receipt is about.
pub(crate) async fn find(db: &Db, gateway: &str, about: &About) -> Result<Option<Kept>, DbError> {
    let (rest, value) = match about {
        About::Reference(reference) => ("gateway = ?1 AND reference = ?2", reference),
        About::GatewayId(id) => ("gateway = ?1 AND gateway_id = ?2", id),
    };
    let found = select(db, rest, [gateway.into(), value.as_str().into()]).await?;
    Ok(found.into_iter().next())
}

/// Notes that a message is about to be handed over, before it is; `poll_at`: when to ask about it if nothing more is heard.
///
/// # Errors
/// [`DbError::is_conflict`] where the reference stands for another message already.
pub(crate) async fn claim(
    tx: &Tx,
    claim: &Claim<'_>,
    at: Timestamp,
    poll_at: Option<Timestamp>,
) -> Result<(), DbError> {
    // Not as one upsert: the reference may be unique against the very row that it stands in.
    let again = "UPDATE sms_sends SET reference = ?3, parts = ?4, status = 'sending', reason = NULL, gateway_code = NULL, \
                 asked_at = ?5, next_poll_at = ?6, polls = 0 WHERE message_id = ?1 AND gateway = ?2";
    let params = [
        claim.message_id.into(),
        claim.gateway.into(),
        claim.reference.into(),
        claim.parts.into(),
        at.unix().into(),
        poll_at.map(Timestamp::unix).into(),
    ];
    if tx.execute(again, params).await? > 0 {
        return Ok(());
    }
    let first = "INSERT INTO sms_sends (message_id, gateway, kind, clinic_id, document_id, recipient, reference, parts, \
                 status, created_at, asked_at, next_poll_at, polls) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 'sending', ?9, ?9, ?10, 0)";
    let params = [
        claim.message_id.into(),
        claim.gateway.into(),
        claim.kind.as_str().into(),
        claim.clinic_id.into(),
        claim.document_id.into(),
        claim.recipient.into(),
        claim.reference.into(),
        claim.parts.into(),
        at.unix().into(),
        poll_at.map(Timestamp::unix).into(),
    ];
    tx.execute(first, params).await.map(drop)
}

/// The gateway has it. What a receipt has said meanwhile stays. `false` where the row is at another try by now.
pub(crate) async fn taken(
    tx: &Tx,
    row: (&str, &str, &str),
    taken: &Taken,
    at: Timestamp,
    poll_at: Timestamp,
) -> Result<bool, DbError> {
    let sql = "UPDATE sms_sends SET gateway_id = ?4, gateway_parts = ?5, cost = coalesce(?6, cost), \
               cost_kopecks = coalesce(?7, cost_kopecks), taken_at = coalesce(taken_at, ?8), \
               next_poll_at = CASE status WHEN 'sending' THEN ?9 ELSE next_poll_at END, \
               status = CASE status WHEN 'sending' THEN 'taken' ELSE status END \
               WHERE message_id = ?1 AND gateway = ?2 AND reference = ?3 AND status <> 'refused'";
    let (id, gateway, reference) = row;
    let params = [
        id.into(),
        gateway.into(),
        reference.into(),
        taken.gateway_id.as_str().into(),
        taken.parts.map(i64::from).into(),
        taken.cost.as_ref().map(|cost| cost.said.as_str()).into(),
        taken.cost.as_ref().map(|cost| cost.kopecks).into(),
        at.unix().into(),
        poll_at.unix().into(),
    ];
    Ok(tx.execute(sql, params).await? > 0)
}

/// The gateway does not have it.
pub(crate) async fn refused(
    tx: &Tx,
    row: (&str, &str, &str),
    refused: &Refused,
) -> Result<bool, DbError> {
    let sql = "UPDATE sms_sends SET status = 'refused', reason = ?4, gateway_code = ?5, next_poll_at = NULL \
               WHERE message_id = ?1 AND gateway = ?2 AND reference = ?3 AND status = 'sending'";
    let (id, gateway, reference) = row;
    let params = [
        id.into(),
        gateway.into(),
        reference.into(),
        refused.reason.as_str().into(),
        refused.code.as_str().into(),
    ];
    Ok(tx.execute(sql, params).await? > 0)
}

/// A word on a message: on its way, on the phone, or given up. `false` where it stood so, or was settled, before.
pub(crate) async fn move_to(
    tx: &Tx,
    kept: &Kept,
    status: Status,
    why: Option<&Refused>,
    cost: Option<&Sum>,
    (at, said_at): (Timestamp, Timestamp),
    poll_at: Option<Timestamp>,
) -> Result<bool, DbError> {
    let sql = "UPDATE sms_sends SET status = ?4, reason = ?5, gateway_code = ?6, cost = coalesce(?7, cost), \
               cost_kopecks = coalesce(?8, cost_kopecks), taken_at = coalesce(taken_at, ?9), settled_at = ?10, \
               next_poll_at = ?11 \
               WHERE message_id = ?1 AND gateway = ?2 AND reference = ?3 AND status IN ('sending', 'taken') AND status <> ?4";
    let params = [
        kept.message_id.as_str().into(),
        kept.gateway.as_str().into(),
        kept.reference.as_str().into(),
        status.as_str().into(),
        why.map(|why| why.reason.as_str()).into(),
        why.map(|why| why.code.as_str()).into(),
        cost.map(|cost| cost.said.as_str()).into(),
        cost.map(|cost| cost.kopecks).into(),
        at.unix().into(),
        (status != Status::Taken).then_some(said_at.unix()).into(),
        poll_at.map(Timestamp::unix).into(),
    ];
    Ok(tx.execute(sql, params).await? > 0)
}

/// Messages that are to be asked about.
pub(crate) async fn due(db: &Db, now: Timestamp, limit: i64) -> Result<Vec<Kept>, DbError> {
    let rest = "next_poll_at <= ?1 ORDER BY next_poll_at LIMIT ?2";
    select(db, rest, [now.unix().into(), limit.into()]).await
}

/// Takes a question upon oneself; `false` where somebody else did. `None`: it is the last one.
pub(crate) async fn postpone(
    db: &Db,
    kept: &Kept,
    poll_at: Option<Timestamp>,
) -> Result<bool, DbError> {
    let sql = "UPDATE sms_sends SET next_poll_at = ?4, polls = polls + 1 \
               WHERE message_id = ?1 AND gateway = ?2 AND polls = ?3 AND next_poll_at IS NOT NULL";
    let params = [
        kept.message_id.as_str().into(),
        kept.gateway.as_str().into(),
        kept.polls.into(),
        poll_at.map(Timestamp::unix).into(),
    ];
    Ok(db.execute(sql, params).await? > 0)
}

/// From when a limit of texts leaves room again; `None` where it does now.
pub(crate) async fn full_until(
    db: &Db,
    whose: &str,
    key: Option<&str>,
    window: i64,
    max: u32,
    now: Timestamp,
) -> Result<Option<Timestamp>, DbError> {
    if max == 0 {
        return Ok(Some(now.plus(window)));
    }
    // The one that has to leave the window first.
    let sql = format!(
        "SELECT created_at FROM sms_sends WHERE {whose} created_at > ?2 AND kind = 'text' AND status <> 'refused' \
         ORDER BY created_at DESC LIMIT 1 OFFSET ?3"
    );
    let params = [
        key.into(),
        now.plus(-window).unix().into(),
        i64::from(max - 1).into(),
    ];
    let row = db.first(&sql, params).await?;
    row.map(|row| Ok(Timestamp::from_unix(row.int(0)?).plus(window)))
        .transpose()
}

/// Forgets codes' messages, whose facts stand in the evidence of what they signed, and the phones of texts, which the outbox
/// has.
pub(crate) async fn sweep(db: &Db, before: Timestamp) -> Result<(), DbError> {
    // Reading first: most ticks find nothing, and a change takes the lock for writing.
    let old = "SELECT 1 FROM sms_sends WHERE recipient <> '' AND created_at < ?1 LIMIT 1";
    if db.first(old, [before.unix().into()]).await?.is_some() {
        let codes =
            "DELETE FROM sms_sends WHERE recipient <> '' AND created_at < ?1 AND kind = 'code'";
        db.execute(codes, [before.unix().into()]).await?;
        let texts = "UPDATE sms_sends SET recipient = '' WHERE recipient <> '' AND created_at < ?1";
        db.execute(texts, [before.unix().into()]).await?;
    }
    Ok(())
}

/// A sandbox's message is on the phone at once.
pub(crate) async fn delivered_in_sandbox(tx: &Tx, id: &str, at: Timestamp) -> Result<(), DbError> {
    let sql = "UPDATE sms_sends SET status = 'delivered', settled_at = ?2, next_poll_at = NULL WHERE message_id = ?1";
    tx.execute(sql, [id.into(), at.unix().into()])
        .await
        .map(drop)
}
