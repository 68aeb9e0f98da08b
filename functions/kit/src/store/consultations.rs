//! Bookings of telemedicine consultations (`docs/consultations.md`).
//!
//! A booking is a row beside its consent, which is a document as every other. Whether the consultation may begin is never
//! stored: it follows from the document and the clock ([`podpis_shared::consultation`]). Every event is told once, in the
//! transaction of what it tells of: [`follow`] goes with each change of the document's state.

pub mod words;

use crate::actor::Actor;
use crate::db::{Db, DbError, Row, Tx};
use crate::store::documents::Document;
use crate::store::journal::{self, Event};
use crate::store::planned;
use podpis_shared::consultation::{Facts, consent_until};
use podpis_shared::templates::TemplateRef;
use podpis_shared::wire::consultation::Doctor;
use podpis_shared::{Kind, Status, Timestamp};
use serde_json::{Value, json};

/// A row of `consultations`.
#[derive(Clone, Debug)]
pub struct Consultation {
    /// Our id.
    pub id: String,
    /// Its clinic.
    pub clinic_id: String,
    /// Its consent.
    pub document_id: String,
    /// The MIS's own id.
    pub external_id: String,
    /// Who holds it.
    pub doctor: Doctor,
    /// When it begins.
    pub starts_at: Timestamp,
    /// What the consent was made of; `None`: the clinic's file.
    pub template: Option<TemplateRef>,
    /// How many hours before the beginning an SMS reminds.
    pub sms_before: Option<u16>,
    /// When it was booked.
    pub created_at: Timestamp,
    /// When the consent was given.
    pub consented_at: Option<Timestamp>,
    /// When the clinic cancelled it.
    pub cancelled_at: Option<Timestamp>,
}

const COLUMNS: &str = "id, clinic_id, document_id, external_id, doctor, starts_at, template, template_version, \
    sms_before, created_at, consented_at, cancelled_at";

impl Consultation {
    /// What its state follows from.
    pub fn facts(&self, consent: &Document) -> Facts {
        Facts {
            consent: consent.status,
            starts_at: self.starts_at,
            cancelled: self.cancelled_at.is_some(),
        }
    }

    fn of(row: &Row) -> Result<Self, DbError> {
        let time = |column| Ok::<_, DbError>(row.opt_int(column)?.map(Timestamp::from_unix));
        let hours = |hours: i64| u16::try_from(hours).map_err(|_| DbError::corrupt("sms_before"));
        let template = match (row.opt_text(6)?, row.opt_text(7)?) {
            (Some(id), Some(version)) => Some(TemplateRef { id, version }),
            _ => None,
        };
        Ok(Self {
            id: row.text(0)?,
            clinic_id: row.text(1)?,
            document_id: row.text(2)?,
            external_id: row.text(3)?,
            doctor: serde_json::from_str(&row.text(4)?).map_err(|_| DbError::corrupt("doctor"))?,
            starts_at: Timestamp::from_unix(row.int(5)?),
            template,
            sms_before: row.opt_int(8)?.map(hours).transpose()?,
            created_at: Timestamp::from_unix(row.int(9)?),
            consented_at: time(10)?,
            cancelled_at: time(11)?,
        })
    }
}

/// Writes a new booking, after its consent, and plans its reminders.
///
/// # Errors
/// As the database says.
pub async fn insert(tx: &Tx, new: &Consultation, consent: &Document) -> Result<(), DbError> {
    let doctor = serde_json::to_string(&new.doctor).map_err(|e| DbError::host("json", e))?;
    let template = new.template.as_ref();
    let sql = "INSERT INTO consultations (id, clinic_id, document_id, external_id, doctor, starts_at, template, \
               template_version, sms_before, created_at, waits) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 1)";
    let params = [
        new.id.as_str().into(),
        new.clinic_id.as_str().into(),
        new.document_id.as_str().into(),
        new.external_id.as_str().into(),
        doctor.into(),
        new.starts_at.unix().into(),
        template.map(|template| template.id.as_str()).into(),
        template.map(|template| template.version.as_str()).into(),
        new.sms_before.map(i64::from).into(),
        new.created_at.unix().into(),
    ];
    tx.execute(sql, params).await?;
    planned::beginning(tx, consent, new.starts_at, new.sms_before, new.created_at).await
}

/// A clinic's booking.
///
/// # Errors
/// As the database says.
pub async fn find(db: &Db, clinic_id: &str, id: &str) -> Result<Option<Consultation>, DbError> {
    let sql = format!("SELECT {COLUMNS} FROM consultations WHERE id = ?1 AND clinic_id = ?2");
    let row = db.first(&sql, [id.into(), clinic_id.into()]).await?;
    row.as_ref().map(Consultation::of).transpose()
}

/// The booking whose consent a document is; `None` of every other document, without asking the database.
///
/// # Errors
/// As the database says.
pub async fn of_document(db: &Db, document: &Document) -> Result<Option<Consultation>, DbError> {
    if document.kind != Kind::TelemedConsent {
        return Ok(None);
    }
    let sql = format!("SELECT {COLUMNS} FROM consultations WHERE document_id = ?1");
    let row = db.first(&sql, [document.id.as_str().into()]).await?;
    row.as_ref().map(Consultation::of).transpose()
}

/// Tells of the consultation what has become of its consent, in the transaction that moved the document's state. `by`: who did
/// it, as it stands in the document's own entry.
///
/// # Errors
/// As the database says.
pub async fn follow(
    tx: &Tx,
    document: &Document,
    to: Status,
    by: Option<Value>,
    at: Timestamp,
) -> Result<(), DbError> {
    let (column, event) = match to {
        Status::PatientSigned | Status::Completed => ("consented_at", Event::ConsultationConsented),
        Status::Declined => ("declined_at", Event::ConsultationDeclined),
        Status::Cancelled | Status::Superseded => ("cancelled_at", Event::ConsultationCancelled),
        Status::Expired => ("missed_at", Event::ConsultationMissed),
        Status::Sent | Status::Opened => return Ok(()),
    };
    let Some(consultation) = of_document(tx, document).await? else {
        return Ok(());
    };
    let sql = format!(
        "UPDATE consultations SET {column} = ?1, waits = 0 WHERE id = ?2 AND {column} IS NULL"
    );
    let params = [at.unix().into(), consultation.id.as_str().into()];
    if tx.execute(&sql, params).await? == 0 {
        return Ok(());
    }
    let late = (event == Event::ConsultationConsented).then_some(consultation.starts_at <= at);
    tell(
        tx,
        &consultation,
        event,
        at,
        json!({ "late": late, "by": by }),
    )
    .await
}

/// Tells of consultations whose beginning has come without a consent, up to `limit` of them, or only of the given one.
///
/// # Errors
/// As the database says.
pub async fn miss(db: Db, only: Option<&str>, now: Timestamp, limit: i64) -> Result<Db, DbError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM consultations WHERE waits = 1 AND starts_at <= ?1 AND (?2 IS NULL OR id = ?2) \
         ORDER BY starts_at LIMIT ?3"
    );
    let params = [now.unix().into(), only.into(), limit.into()];
    let due = db.query(&sql, params).await?;
    if due.is_empty() {
        return Ok(db);
    }
    let tx = db.begin().await?;
    for row in &due {
        let missed = Consultation::of(row)?;
        let sql = "UPDATE consultations SET missed_at = ?1, waits = 0 WHERE id = ?2 AND waits = 1 AND starts_at <= ?1";
        let params = [now.unix().into(), missed.id.as_str().into()];
        if tx.execute(sql, params).await? > 0 {
            let event = Event::ConsultationMissed;
            tell(&tx, &missed, event, now, json!({})).await?;
        }
    }
    tx.commit().await?;
    Db::open().await
}

/// Cancels a booking; `false`, and nothing changed, where it is cancelled already. Its consent is the caller's matter.
///
/// # Errors
/// As the database says.
pub async fn cancel(
    tx: &Tx,
    consultation: &Consultation,
    reason: Option<&str>,
    by: &Actor,
    at: Timestamp,
) -> Result<bool, DbError> {
    let sql = "UPDATE consultations SET cancelled_at = ?1, waits = 0 WHERE id = ?2 AND cancelled_at IS NULL";
    let params = [at.unix().into(), consultation.id.as_str().into()];
    if tx.execute(sql, params).await? == 0 {
        return Ok(false);
    }
    let event = Event::ConsultationCancelled;
    let facts = by.signed(json!({ "reason": reason }));
    tell(tx, consultation, event, at, facts).await?;
    Ok(true)
}

/// Gives a booking another beginning, and its consent, while that is open, another end; reminders are planned anew.
/// `consent` is as it is inside this transaction, and neither declined nor over.
///
/// # Errors
/// As the database says.
pub async fn reschedule(
    tx: &Tx,
    consultation: &Consultation,
    consent: &Document,
    starts_at: Timestamp,
    by: &Actor,
    at: Timestamp,
) -> Result<(), DbError> {
    let open = consent.status.is_open();
    let sql = "UPDATE consultations SET starts_at = ?1, missed_at = NULL, waits = ?2 WHERE id = ?3";
    let params = [
        starts_at.unix().into(),
        i64::from(open).into(),
        consultation.id.as_str().into(),
    ];
    tx.execute(sql, params).await?;
    if open {
        let sql =
            "UPDATE documents SET expires_at = ?1 WHERE id = ?2 AND status IN ('sent', 'opened')";
        let until = consent_until(starts_at).unix();
        tx.execute(sql, [until.into(), consent.id.as_str().into()])
            .await?;
        planned::beginning(tx, consent, starts_at, consultation.sms_before, at).await?;
    }
    let facts = by.signed(json!({ "from": consultation.starts_at }));
    let moved = Consultation {
        starts_at,
        ..consultation.clone()
    };
    tell(tx, &moved, Event::ConsultationRescheduled, at, facts).await
}

/// The event, about the document of the consent, with id and beginning of the consultation; facts that are null are left out.
async fn tell(
    tx: &Tx,
    consultation: &Consultation,
    event: Event,
    at: Timestamp,
    facts: Value,
) -> Result<(), DbError> {
    let mut data = json!({
        "consultation_id": consultation.id, "starts_at": consultation.starts_at,
    });
    for (name, fact) in facts.as_object().into_iter().flatten() {
        if !fact.is_null() {
            data[name] = fact.clone();
        }
    }
    let (clinic, document) = (&consultation.clinic_id, &consultation.document_id);
    journal::append(tx, clinic, Some(document), event, at, data)
        .await
        .map(drop)
}
