//! Notices to a document's signer: by e-mail and push, which cost nothing. An SMS goes out only with a link, or where the
//! clinic pays for one about what was not opened.
//!
//! Whose account it is decides by its settings. Where nobody is known yet, the e-mail that the clinic gave is the only
//! way, so that a person learns of the first document at all.

mod words;

use crate::daytime::Clock;
use crate::db::{Db, DbError, Tx};
use crate::store::documents::Document;
use crate::store::letters;
use crate::store::outbox::{self, Channel, Outgoing};
use crate::store::planned;
use podpis_shared::wire::account::Notices;
use podpis_shared::{Delivery, Timestamp};

/// What there is to tell. Each is told once on each way, but for a reminder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    /// A document for the account has come, to be signed.
    Arrived,
    /// So many documents for the account, of one package, have come to be signed; `About::document` is the one that ends first.
    Package(u32),
    /// A document for the account has come, to be kept.
    Kept,
    /// Its deadline nears.
    Deadline,
    /// The consultation that it is the consent to nears.
    Beginning,
    /// The clinic reminds of it.
    Reminder,
    /// It was signed.
    Signed,
    /// The clinic has signed it too: there is a final version.
    Completed,
    /// The clinic took it back.
    Cancelled,
    /// Its time ran out.
    Expired,
    /// Nobody has opened it: the one notice that goes by SMS, where the clinic pays for it.
    Unopened,
}

/// Name of the notice about a package in the outbox: it is pointless only when every document of it is closed.
pub const PACKAGE: &str = "package";

impl Notice {
    /// Its name in the outbox.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Arrived => "arrived",
            Self::Package(_) => PACKAGE,
            Self::Kept => "kept",
            Self::Deadline => "deadline",
            Self::Beginning => "beginning",
            Self::Reminder => "reminder",
            Self::Signed => "signed",
            Self::Completed => "completed",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
            Self::Unopened => "unopened",
        }
    }

    /// Whether it waits for the day on this way. A reminder does on each. What has happened is told by letter at any hour, since a
    /// letter wakes nobody; a push message waits, but for one about a signature: whoever did not sign must learn of it.
    const fn waits_for_the_day(self, channel: Channel) -> bool {
        match self {
            Self::Deadline | Self::Reminder | Self::Expired | Self::Unopened => true,
            Self::Arrived | Self::Package(_) | Self::Kept | Self::Completed | Self::Cancelled => {
                matches!(channel, Channel::Push)
            }
            // Planned by day in the clinic's zone already: later it might come after the beginning.
            Self::Beginning | Self::Signed => false,
        }
    }

    /// Whether a notice with this name in the outbox asks to sign.
    pub fn asks_to_sign(name: &str) -> bool {
        [
            Self::Arrived,
            Self::Package(0),
            Self::Deadline,
            Self::Beginning,
            Self::Reminder,
            Self::Unopened,
        ]
        .iter()
        .any(|notice| notice.as_str() == name)
    }

    /// Whether a notice with this name in the outbox has become pointless: what it asks to sign is closed, or what it tells
    /// of is withdrawn.
    pub fn is_pointless(name: &str, document: &Document, now: Timestamp) -> bool {
        if Self::asks_to_sign(name) {
            return !document.is_open(now);
        }
        name == Self::Kept.as_str() && document.status.is_withdrawn()
    }
}

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
        send(tx, &about, Channel::Email, &address, &subject, &text, now).await?;
        ways.push(Channel::Email);
        first = Some(about.due);
    }
    let text = words::sentence(&about);
    let about = About {
        due: due(Channel::Push),
        ..about
    };
    for endpoint in endpoints(tx, &readers).await? {
        send(tx, &about, Channel::Push, &endpoint, &subject, &text, now).await?;
        ways.push(Channel::Push);
    }
    ways.dedup();
    let due = first.unwrap_or(about.due);
    Ok(Queued { ways, due })
}

/// Queues the SMS about a document that nobody has opened; it is told once. `false` where the clinic gave no phone.
///
/// # Errors
/// As the database says.
pub async fn queue_sms(tx: &Tx, about: About<'_>, now: Timestamp) -> Result<bool, DbError> {
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
    };
    outbox::queue(tx, about.document, message, now).await?;
    Ok(true)
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
    channel: Channel,
    recipient: &str,
    subject: &str,
    text: &str,
    now: Timestamp,
) -> Result<(), DbError> {
    let message = Outgoing {
        channel,
        recipient,
        subject: Some(subject),
        text,
        notice: Some(about.notice.as_str()),
        due: about.due,
    };
    outbox::queue(tx, about.document, message, now).await
}

/// An account that may be the signer's, with its settings.
struct Reader {
    account_id: String,
    wants: Notices,
    /// It holds the e-mail that the clinic gave.
    holds_email: bool,
    /// Minutes by which its person's clock is ahead of UTC, where a browser has told.
    utc_offset: Option<i64>,
}

/// Accounts of the signer: those that have the document already, those that hold a contact of the signer's, and
/// confirmed ones that have an earlier document of the same SNILS. Looser than the right to see a document, which
/// compares people: a notice names nobody.
async fn readers(db: &Db, document: &Document, now: Timestamp) -> Result<Vec<Reader>, DbError> {
    let sql = "SELECT a.id, a.notices, EXISTS (SELECT 1 FROM account_contacts e WHERE e.account_id = a.id \
               AND e.kind = 'email' AND e.value = ?4 AND e.ended_at IS NULL), a.utc_offset FROM accounts a \
               WHERE a.closed_at IS NULL AND a.merged_into IS NULL AND a.id IN (\
               SELECT account_id FROM account_documents WHERE document_id = ?1 AND role = 'signer' \
               AND (until IS NULL OR until > ?2) \
               UNION SELECT account_id FROM account_contacts WHERE ended_at IS NULL AND documents_from <= ?6 \
               AND ((kind = 'phone' AND value = ?3) OR (kind = 'email' AND value = ?4)) \
               UNION SELECT o.account_id FROM addressees s JOIN documents d ON d.id = s.document_id \
               JOIN account_documents o ON o.document_id = d.id \
               JOIN accounts c ON c.id = o.account_id AND c.level = 'confirmed' \
               WHERE s.kind = 'snils' AND s.value = ?5 AND ((o.role = 'patient' AND s.role = 'patient') \
               OR (o.role = 'signer' AND s.role = CASE WHEN d.representative IS NULL THEN 'patient' \
               ELSE 'representative' END))) ORDER BY a.created_at, a.id";
    let signer = document.signer();
    let email = signer.email.as_ref().map(|e| e.expose().to_lowercase());
    let params = [
        document.id.as_str().into(),
        now.unix().into(),
        signer.phone.as_ref().map(|p| p.expose()).into(),
        email.into(),
        signer.snils.as_ref().map(|s| s.expose()).into(),
        document.created_at.unix().into(),
    ];
    let mut readers = Vec::new();
    for row in db.query(sql, params).await? {
        readers.push(Reader {
            account_id: row.text(0)?,
            wants: serde_json::from_str(&row.text(1)?).map_err(|_| DbError::corrupt("notices"))?,
            holds_email: row.int(2)? != 0,
            utc_offset: row.opt_int(3)?,
        });
    }
    Ok(readers)
}

/// The one address that a letter goes to: the clinic's before the account's, because the clinic named the person to it.
async fn email(db: &Db, about: &About<'_>, readers: &[Reader]) -> Result<Option<String>, DbError> {
    if let Some(email) = &about.document.signer().email {
        let holder = readers.iter().find(|reader| reader.holds_email);
        let wanted = match holder {
            Some(holder) => holder.wants.email,
            // Whoever did not sign must learn of a signature.
            None if about.notice != Notice::Signed
                && letters::is_stopped(db, email.expose()).await? =>
            {
                false
            }
            None if readers.is_empty() => tells_strangers(about),
            None => readers.iter().any(|reader| reader.wants.email),
        };
        return Ok(wanted.then(|| email.expose().to_owned()));
    }
    let sql = "SELECT value FROM account_contacts WHERE account_id = ?1 AND kind = 'email' AND ended_at IS NULL \
               ORDER BY since, id LIMIT 1";
    for reader in readers.iter().filter(|reader| reader.wants.email) {
        let row = db.first(sql, [reader.account_id.as_str().into()]).await?;
        if let Some(row) = row {
            return row.text(0).map(Some);
        }
    }
    Ok(None)
}

/// Whether somebody without an account gets a letter: of a document for the account, because it is the only way there;
/// of a signature always, because whoever did not sign must learn of it; of the final version, because it is the copy that
/// a person should have.
fn tells_strangers(about: &About<'_>) -> bool {
    about.document.delivery == Delivery::Account
        || matches!(about.notice, Notice::Signed | Notice::Completed)
}

/// Browsers that take push messages, but for those that were signed out.
async fn endpoints(db: &Db, readers: &[Reader]) -> Result<Vec<String>, DbError> {
    let sql = "SELECT p.endpoint FROM push_subscriptions p JOIN account_sessions s ON s.id = p.session_id \
               WHERE p.account_id = ?1 AND s.ended_at IS NULL ORDER BY p.created_at, p.endpoint";
    let mut endpoints = Vec::new();
    for reader in readers.iter().filter(|reader| reader.wants.push) {
        for row in db.query(sql, [reader.account_id.as_str().into()]).await? {
            endpoints.push(row.text(0)?);
        }
    }
    Ok(endpoints)
}

/// Whether a browser still takes push messages.
///
/// # Errors
/// As the database says.
pub async fn is_subscribed(db: &Db, endpoint: &str) -> Result<bool, DbError> {
    let sql = "SELECT 1 FROM push_subscriptions p JOIN account_sessions s ON s.id = p.session_id \
               WHERE p.endpoint = ?1 AND s.ended_at IS NULL";
    Ok(db.first(sql, [endpoint.into()]).await?.is_some())
}
