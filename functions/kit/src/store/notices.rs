//! Notices to a document's signer: by e-mail and push, which cost nothing. An SMS goes out only with a link, or where the
//! clinic pays for one about what was not opened.
//!
//! Whose account it is decides by its settings. Where nobody is known yet, the e-mail that the clinic gave is the only
//! way, so that a person learns of the first document at all.

mod kinds;
mod readers;
mod words;

use self::readers::{Reader, email, endpoints, readers};
use crate::daytime::Clock;
use crate::db::{Db, DbError, Tx};
use crate::store::documents::Document;
use crate::store::outbox::{self, Channel, Outgoing};
use crate::store::planned;
use podpis_shared::Timestamp;

pub use kinds::Notice;
pub use readers::is_subscribed;

/// A notice about a document.
#[derive(Clone, Copy, Debug)]
pub struct About<'a> {
    /// What it tells.
    pub notice: Notice,
    /// The document.
    pub document: &'a Document,
    /// Name of its clinic.
    pub clinic: &'a str,
    /// Address of this installation, without a slash at the end; empty: no link in the text.
    pub base_url: &'a str,
    /// When there was something to tell; it may go out later ([`queue`]).
    pub due: Timestamp,
}

/// What was queued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Queued {
    /// The ways; none where nobody knows yet where to reach the person.
    pub ways: Vec<Channel>,
    /// From when the first of them may go out.
    pub due: Timestamp,
}

/// Queues a notice on every way that its person wants, in the transaction of the change that it tells of. What must not wake
/// anybody waits for the day.
///
/// # Errors
/// As the database says.
pub async fn queue(tx: &Tx, about: About<'_>, now: Timestamp) -> Result<Queued, DbError> {
    queue_together(tx, about, &[], now).await
}

/// Likewise a notice that tells of other documents of the same package, too.
///
/// # Errors
/// As the database says.
pub async fn queue_together(
    tx: &Tx,
    about: About<'_>,
    others: &[String],
    now: Timestamp,
) -> Result<Queued, DbError> {
    let readers = readers(tx, about.document, now).await?;
    let day = day(tx, about.document, &readers, about.due).await?;
    let day = match about.notice {
        Notice::Reminder => before_the_end(about.document, day, about.due),
        _ => day,
    };
    let due = |channel| match about.notice.waits_for_the_day(channel) {
        true => day,
        false => about.due,
    };
    let subject = words::subject(&about);
    let (mut ways, mut first) = (Vec::new(), None);
    if let Some(address) = email(tx, &about, &readers).await? {
        let text = words::letter(&about, !readers.is_empty());
        let about = About {
            due: due(Channel::Email),
            ..about
        };
        let way = (Channel::Email, address.as_str());
        send(tx, &about, others, way, (&subject, &text), now).await?;
        ways.push(Channel::Email);
        first = Some(about.due);
    }
    let text = words::sentence(&about);
    let about = About {
        due: due(Channel::Push),
        ..about
    };
    for endpoint in endpoints(tx, &readers).await? {
        let way = (Channel::Push, endpoint.as_str());
        send(tx, &about, others, way, (&subject, &text), now).await?;
        ways.push(Channel::Push);
    }
    ways.dedup();
    let due = first.unwrap_or(about.due);
    Ok(Queued { ways, due })
}

/// Queues the SMS about a document that nobody has opened, and about others of the same package; it is told once. `false` where
/// the clinic gave no phone.
///
/// # Errors
/// As the database says.
pub async fn queue_sms(
    tx: &Tx,
    about: About<'_>,
    others: &[String],
    now: Timestamp,
) -> Result<bool, DbError> {
    let Some(phone) = &about.document.signer().phone else {
        return Ok(false);
    };
    let message = Outgoing {
        channel: Channel::Sms,
        recipient: phone.expose(),
        subject: None,
        text: &words::sms(&about),
        notice: Some(about.notice.as_str()),
        due: about.due,
        others,
    };
    outbox::queue(tx, about.document, message, now).await?;
    Ok(true)
}

/// Subject and words of a notice on a way (a name of [`Channel`]), for a message that has waited: as they are now.
///
/// # Errors
/// As the database says.
pub async fn worded(
    db: &Db,
    about: About<'_>,
    channel: &str,
    now: Timestamp,
) -> Result<(String, String), DbError> {
    let text = if channel == Channel::Email.as_str() {
        let readers = readers(db, about.document, now).await?;
        words::letter(&about, !readers.is_empty())
    } else if channel == Channel::Sms.as_str() {
        words::sms(&about)
    } else {
        words::sentence(&about)
    };
    Ok((words::subject(&about), text))
}

/// When a notice that can wait may go out: by day where the signer is, as their browser has told; where it has not, in the
/// clinic's zone.
///
/// # Errors
/// As the database says.
pub async fn by_day(db: &Db, document: &Document, now: Timestamp) -> Result<Timestamp, DbError> {
    let readers = readers(db, document, now).await?;
    day(db, document, &readers, now).await
}

/// When a reminder that the clinic asks for now may go out: by day; at once where the morning would leave less than an hour, since
/// nothing else is left then.
///
/// # Errors
/// As the database says.
pub async fn reminder_at(
    db: &Db,
    document: &Document,
    now: Timestamp,
) -> Result<Timestamp, DbError> {
    let day = by_day(db, document, now).await?;
    Ok(before_the_end(document, day, now))
}

fn before_the_end(document: &Document, day: Timestamp, now: Timestamp) -> Timestamp {
    if day <= document.expires_at.plus(-planned::LEFT_MIN) {
        day
    } else {
        now
    }
}

async fn day(
    db: &Db,
    document: &Document,
    readers: &[Reader],
    now: Timestamp,
) -> Result<Timestamp, DbError> {
    let clock = match readers.iter().find_map(|reader| reader.utc_offset) {
        Some(minutes) => Clock::of_minutes(minutes),
        None => planned::clinic_clock(db, &document.clinic_id).await?,
    };
    Ok(clock.by_day(now))
}

async fn send(
    tx: &Tx,
    about: &About<'_>,
    others: &[String],
    (channel, recipient): (Channel, &str),
    (subject, text): (&str, &str),
    now: Timestamp,
) -> Result<(), DbError> {
    let message = Outgoing {
        channel,
        recipient,
        subject: Some(subject),
        text,
        notice: Some(about.notice.as_str()),
        due: about.due,
        others,
    };
    outbox::queue(tx, about.document, message, now).await
}
