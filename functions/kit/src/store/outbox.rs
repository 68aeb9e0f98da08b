//! The outbox: messages are rows, written in the transaction of the change that causes them.
//!
//! A message is `queued`, then `sent` (a gateway has it), then `delivered` or `failed` with a reason; or `dead`: given up
//! after its tries. [`settle`] is the only way from one to the next.
//!
//! A message tells of one document, or of several of one package: it stands in the row of the first one, the others are in
//! `outbox_documents`, and each of them has it among its messages and its events.

mod settle;

use crate::db::{Db, DbError, Row, Tx};
use crate::random;
use crate::store::documents::{COLUMNS, Document};
use podpis_shared::Timestamp;

pub use settle::{Outcome, drop_unsent, settle};

/// Stands in a message's text for the token of a link, which is made only when the message
/// is sent: no token ever lies in the database.
pub const LINK_TOKEN: &str = "{link}";

/// Way of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    /// Text message to a phone.
    Sms,
    /// E-mail.
    Email,
    /// Push to a browser that allowed it (RFC 8030); the recipient is the subscription's address.
    Push,
}

impl Channel {
    /// Name in the database, in the API and in the sandbox.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sms => "sms",
            Self::Email => "email",
            Self::Push => "push",
        }
    }

    /// Who takes a message to this recipient, where one may be away while others of the channel are not: the origin of a push
    /// service, or the one relay of letters. `sms` chooses among its gateways itself: empty.
    fn host(self, recipient: &str) -> &str {
        match self {
            Self::Sms => "",
            Self::Email => "relay",
            Self::Push => {
                let authority = recipient.find("://").map_or(0, |at| at + 3);
                let end = recipient[authority..].find('/');
                &recipient[..end.map_or(recipient.len(), |end| authority + end)]
            }
        }
    }
}

/// A message to be queued. No `Debug`: it names a person's phone or address.
#[derive(Clone, Copy)]
pub struct Outgoing<'a> {
    /// Its way.
    pub channel: Channel,
    /// Phone in E.164, e-mail, or address of a push subscription.
    pub recipient: &'a str,
    /// Subject of an e-mail, title of a push message.
    pub subject: Option<&'a str>,
    /// Its words.
    pub text: &'a str,
    /// What it tells, where the same must not be told twice on this channel: a name of [`super::notices::Notice`].
    pub notice: Option<&'a str>,
    /// From when it may go out.
    pub due: Timestamp,
    /// Ids of other documents that it tells of, too.
    pub others: &'a [String],
}

/// Queues a message about a document, and about [`Outgoing::others`]; one with the same `notice` on the same way is queued once.
///
/// # Errors
/// As the database says.
pub async fn queue(
    tx: &Tx,
    document: &Document,
    message: Outgoing<'_>,
    now: Timestamp,
) -> Result<(), DbError> {
    let id = random::id("msg").map_err(|e| DbError::host("random", e))?;
    let queued = tx.execute(
        "INSERT INTO outbox (id, clinic_id, document_id, channel, recipient, subject, text, notice, status, attempts, \
         next_at, created_at, host) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 'queued', 0, ?9, ?10, ?11) ON CONFLICT DO NOTHING",
        [
            id.as_str().into(),
            document.clinic_id.as_str().into(),
            document.id.as_str().into(),
            message.channel.as_str().into(),
            message.recipient.into(),
            message.subject.into(),
            message.text.into(),
            message.notice.into(),
            message.due.unix().into(),
            now.unix().into(),
            message.channel.host(message.recipient).into(),
        ],
    )
    .await?;
    if queued == 0 || message.others.is_empty() {
        return Ok(());
    }
    let rows: Vec<String> = (2..message.others.len() + 2)
        .map(|number| format!("(?1, ?{number})"))
        .collect();
    let sql = format!(
        "INSERT INTO outbox_documents (message_id, document_id) VALUES {}",
        rows.join(", ")
    );
    let others = message.others.iter().map(|other| other.as_str().into());
    tx.execute(&sql, std::iter::once(id.as_str().into()).chain(others))
        .await
        .map(|_| ())
}

/// The documents that a message tells of beside its own.
///
/// # Errors
/// As the database says.
pub async fn others(db: &Db, id: &str) -> Result<Vec<Document>, DbError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM documents WHERE id IN (SELECT document_id FROM outbox_documents WHERE message_id = ?1)"
    );
    let rows = db.query(&sql, [id.into()]).await?;
    rows.iter().map(Document::of).collect()
}

/// Queues an SMS about a document, to go out from `due` on.
///
/// # Errors
/// As the database says.
pub async fn queue_sms(
    tx: &Tx,
    document: &Document,
    phone: &str,
    text: &str,
    due: Timestamp,
    now: Timestamp,
) -> Result<(), DbError> {
    let message = Outgoing {
        channel: Channel::Sms,
        recipient: phone,
        subject: None,
        text,
        notice: None,
        due,
        others: &[],
    };
    queue(tx, document, message, now).await
}

/// One try to deliver a message or an event.
#[derive(Clone, Copy, Debug)]
pub struct Attempt<'a> {
    /// Id of the message or the delivery.
    pub subject: &'a str,
    /// Which try, from 1.
    pub number: i64,
    /// When it began.
    pub at: Timestamp,
    /// What was asked of whom, without anybody's data.
    pub asked: &'a str,
    /// Status of the answer, where there was one.
    pub status: Option<u16>,
    /// How long it took, in milliseconds.
    pub ms: i64,
    /// Why it was not taken; a name of [`podpis_shared::delivery::Reason`].
    pub reason: Option<&'a str>,
}

/// Notes a try. Noting the same one again changes nothing.
///
/// # Errors
/// As the database says.
pub async fn note_attempt(db: &Db, attempt: Attempt<'_>) -> Result<(), DbError> {
    let sql = "INSERT INTO delivery_attempts (subject, number, at, asked, status, ms, reason) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING";
    let params = [
        attempt.subject.into(),
        attempt.number.into(),
        attempt.at.unix().into(),
        attempt.asked.into(),
        attempt.status.map(i64::from).into(),
        attempt.ms.into(),
        attempt.reason.into(),
    ];
    db.execute(sql, params).await.map(|_| ())
}

/// A message as it is kept. No `Debug`: it names a person's phone or address.
pub struct Kept {
    /// Our id.
    pub id: String,
    /// Its way: a name of [`Channel`].
    pub channel: String,
    /// Phone, e-mail, or address of a push subscription.
    pub recipient: String,
    /// What it tells, where it is a notice.
    pub notice: Option<String>,
    /// `queued`, `sent`, `delivered`, `failed` or `dead`.
    pub status: String,
    /// The same, or why not.
    pub outcome: Option<String>,
    /// When it was written.
    pub created_at: Timestamp,
    /// When a gateway took it.
    pub sent_at: Option<Timestamp>,
    /// The last change of status.
    pub settled_at: Option<Timestamp>,
    /// From when it may go out, as long as it is queued.
    pub next_at: Timestamp,
    /// Tries so far.
    pub attempts: i64,
}

/// Messages about a document, those that tell of others too among them, oldest first.
///
/// # Errors
/// As the database says.
pub async fn about(db: &Db, document_id: &str) -> Result<Vec<Kept>, DbError> {
    let sql = "SELECT id, channel, recipient, notice, status, outcome, created_at, sent_at, settled_at, next_at, \
               attempts FROM outbox WHERE document_id = ?1 OR id IN (SELECT message_id FROM outbox_documents \
               WHERE document_id = ?1) ORDER BY created_at, rowid";
    let of = |row: &Row| {
        let time = |column| Ok::<_, DbError>(row.opt_int(column)?.map(Timestamp::from_unix));
        Ok(Kept {
            id: row.text(0)?,
            channel: row.text(1)?,
            recipient: row.text(2)?,
            notice: row.opt_text(3)?,
            status: row.text(4)?,
            outcome: row.opt_text(5)?,
            created_at: Timestamp::from_unix(row.int(6)?),
            sent_at: time(7)?,
            settled_at: time(8)?,
            next_at: Timestamp::from_unix(row.int(9)?),
            attempts: row.int(10)?,
        })
    };
    db.query(sql, [document_id.into()])
        .await?
        .iter()
        .map(of)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_takes_a_message() {
        for (channel, recipient, host) in [
            (Channel::Sms, "+79160000001", ""),
            (Channel::Email, "m@example.ru", "relay"),
            (
                Channel::Push,
                "https://fcm.googleapis.com/fcm/send/abc",
                "https://fcm.googleapis.com",
            ),
            (
                Channel::Push,
                "http://localhost:4000/1",
                "http://localhost:4000",
            ),
            (
                Channel::Push,
                "https://push.example",
                "https://push.example",
            ),
        ] {
            assert_eq!(channel.host(recipient), host, "{recipient}");
        }
    }
}
