//! Notices that wait for their time: reminders before a document's end, the SMS about what nobody has opened, the message about a
//! package that is not whole, and about the end of several documents of one.
//!
//! They are planned when the document is taken in, by what its clinic had chosen then. So the tick looks at what is due and
//! at nothing else, however many documents are open.

mod fold;

use crate::daytime::{Clock, HOUR};
use crate::db::{Db, DbError, Row, Tx};
use crate::store::documents::Document;
use crate::store::settings;
use podpis_shared::{Delivery, Timestamp};

pub use fold::fold;

/// Nobody is reminded sooner after the arrival than so many hours before the end, but for short deadlines.
const QUIET_HOURS: i64 = 24;

/// Least time, in seconds, that a reminder leaves to sign.
pub(crate) const LEFT_MIN: i64 = HOUR;

/// Name of [`Kind::Expired`].
pub(crate) const EXPIRED: &str = "expired";

/// What is planned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A reminder so many hours before the end.
    Deadline(i64),
    /// An SMS where the document was not opened.
    Unopened,
    /// An SMS with a link so many hours before a consultation, where there is no consent.
    Beginning(i64),
    /// The message about a package of which some documents have not come.
    Package,
    /// The message about documents of one package that ended at about the same time.
    Expired,
}

/// Something whose time has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    /// Of which document.
    pub document_id: String,
    /// What.
    pub kind: Kind,
    /// When it was to be.
    pub at: Timestamp,
}

impl Kind {
    fn name(&self) -> String {
        match self {
            Self::Deadline(hours) => format!("deadline_{hours}"),
            Self::Unopened => "unopened".to_owned(),
            Self::Beginning(hours) => format!("beginning_{hours}"),
            Self::Package => "package".to_owned(),
            Self::Expired => EXPIRED.to_owned(),
        }
    }

    fn parse(name: &str) -> Option<Self> {
        let hours = |prefix| name.strip_prefix(prefix)?.parse().ok();
        hours("deadline_")
            .map(Self::Deadline)
            .or_else(|| hours("beginning_").map(Self::Beginning))
            .or_else(|| (name == "unopened").then_some(Self::Unopened))
            .or_else(|| (name == "package").then_some(Self::Package))
            .or_else(|| (name == EXPIRED).then_some(Self::Expired))
    }
}

impl Planned {
    /// Reads a row of document, kind and time.
    fn of(row: &Row) -> Result<Self, DbError> {
        Ok(Self {
            document_id: row.text(0)?,
            kind: Kind::parse(&row.text(1)?).ok_or_else(|| DbError::corrupt("kind"))?,
            at: Timestamp::from_unix(row.int(2)?),
        })
    }
}

/// When a document is reminded of, so many hours before its end: by day in its clinic's zone, the evening before where the
/// morning would be too late. `None` where it would come too soon after the arrival.
fn reminder_at(
    created: Timestamp,
    expires: Timestamp,
    hours: i64,
    clock: Clock,
) -> Option<Timestamp> {
    let at = expires.plus(-hours * HOUR);
    if at < created.plus(hours.min(QUIET_HOURS) * HOUR) {
        return None;
    }
    let morning = clock.by_day(at);
    if morning <= expires.plus(-LEFT_MIN) {
        return Some(morning);
    }
    Some(clock.evening_before(at)).filter(|evening| *evening >= created.plus(LEFT_MIN))
}

/// Plans the reminders of a new document by its clinic's settings.
///
/// # Errors
/// As the database says.
pub async fn reminders(tx: &Tx, document: &Document) -> Result<(), DbError> {
    if !document.status.is_open() {
        return Ok(());
    }
    let clock = clinic_clock(tx, &document.clinic_id).await?;
    before(
        tx,
        document,
        document.created_at,
        document.expires_at,
        clock,
    )
    .await
}

/// Plans the reminders of a consultation's consent in the place of those of its document: before the beginning, by the
/// clinic's settings, and by SMS where the booking asks for that. `since`: when the patient was told of the beginning.
///
/// # Errors
/// As the database says.
pub async fn beginning(
    tx: &Tx,
    consent: &Document,
    starts_at: Timestamp,
    sms_before: Option<u16>,
    since: Timestamp,
) -> Result<(), DbError> {
    let sql = "DELETE FROM planned_notices WHERE document_id = ?1";
    tx.execute(sql, [consent.id.as_str().into()]).await?;
    let clock = clinic_clock(tx, &consent.clinic_id).await?;
    before(tx, consent, since, starts_at, clock).await?;
    let hours = sms_before.map_or(0, i64::from);
    match reminder_at(since, starts_at, hours, clock).filter(|_| hours > 0) {
        Some(at) => plan(tx, &consent.id, &Kind::Beginning(hours), at).await,
        None => Ok(()),
    }
}

/// Plans what the clinic's settings ask for before an end.
async fn before(
    tx: &Tx,
    document: &Document,
    since: Timestamp,
    end: Timestamp,
    clock: Clock,
) -> Result<(), DbError> {
    let settings = settings::of_clinic(tx, &document.clinic_id).await?;
    for hours in settings.reminders_before_hours {
        let hours = i64::from(hours);
        if let Some(at) = reminder_at(since, end, hours, clock) {
            plan(tx, &document.id, &Kind::Deadline(hours), at).await?;
        }
    }
    Ok(())
}

/// Plans the SMS about a new document for the account that nobody opens: after `own` hours (0: never), or after those of its
/// clinic's settings where the document has none of its own.
///
/// # Errors
/// As the database says.
pub async fn sms_fallback(tx: &Tx, document: &Document, own: Option<u16>) -> Result<(), DbError> {
    let may_go = document.status.is_open() && document.delivery == Delivery::Account;
    if !may_go || document.signer().phone.is_none() {
        return Ok(());
    }
    let hours = match own {
        Some(hours) => Some(hours).filter(|hours| *hours > 0),
        None => {
            settings::of_clinic(tx, &document.clinic_id)
                .await?
                .sms_fallback_after_hours
        }
    };
    let Some(hours) = hours else {
        return Ok(());
    };
    let at = document.created_at.plus(i64::from(hours) * HOUR);
    plan(tx, &document.id, &Kind::Unopened, at).await
}

/// Plans, or plans anew.
///
/// # Errors
/// As the database says.
pub async fn plan(tx: &Tx, document_id: &str, kind: &Kind, at: Timestamp) -> Result<(), DbError> {
    let sql = "INSERT INTO planned_notices (document_id, kind, at) VALUES (?1, ?2, ?3) \
               ON CONFLICT (document_id, kind) DO UPDATE SET at = ?3";
    let params = [document_id.into(), kind.name().into(), at.unix().into()];
    tx.execute(sql, params).await.map(|_| ())
}

/// Takes back what was planned.
///
/// # Errors
/// As the database says.
pub async fn forget(tx: &Tx, document_id: &str, kind: &Kind) -> Result<(), DbError> {
    let sql = "DELETE FROM planned_notices WHERE document_id = ?1 AND kind = ?2";
    tx.execute(sql, [document_id.into(), kind.name().into()])
        .await
        .map(|_| ())
}

/// What is due, the oldest first.
///
/// # Errors
/// As the database says.
pub async fn due(db: &Db, now: Timestamp, limit: i64) -> Result<Vec<Planned>, DbError> {
    let sql = "SELECT document_id, kind, at FROM planned_notices WHERE at <= ?1 ORDER BY at, document_id LIMIT ?2";
    let rows = db.query(sql, [now.unix().into(), limit.into()]).await?;
    rows.iter().map(Planned::of).collect()
}

/// Takes what is due, so that it is done once; `false` where it is not there any more. With a reminder all others of its
/// document that are due go too: after a pause of ours one is enough.
///
/// # Errors
/// As the database says.
pub async fn claim(tx: &Tx, planned: &Planned, now: Timestamp) -> Result<bool, DbError> {
    let kinds = match planned.kind {
        Kind::Deadline(_) => "deadline_%".to_owned(),
        Kind::Beginning(_) => "beginning_%".to_owned(),
        Kind::Unopened | Kind::Package | Kind::Expired => planned.kind.name(),
    };
    let sql = "DELETE FROM planned_notices WHERE document_id = ?1 AND kind LIKE ?2 AND at <= ?3";
    let params = [
        planned.document_id.as_str().into(),
        kinds.into(),
        now.unix().into(),
    ];
    Ok(tx.execute(sql, params).await? > 0)
}

/// The clock on a clinic's wall.
///
/// # Errors
/// As the database says.
pub async fn clinic_clock(db: &Db, clinic_id: &str) -> Result<Clock, DbError> {
    let sql = "SELECT timezone FROM clinics WHERE id = ?1";
    let row = db.first(sql, [clinic_id.into()]).await?;
    let row = row.ok_or_else(|| DbError::corrupt("clinic"))?;
    Ok(Clock::of_zone(&row.text(0)?))
}

#[cfg(test)]
mod tests;
