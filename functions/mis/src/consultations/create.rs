//! `POST /api/v1/consultations`: a MIS books a consultation, and its patient is asked for the consent.

use super::incoming::{self, Incoming, consent};
use super::read::view;
use crate::auth::{Clinic, Session};
use crate::documents::multipart::Form;
use crate::documents::{create, tell};
use crate::idempotency::{self, Kept};
use crate::templates;
use crate::upload::discard;
use axum::http::HeaderMap;
use podpis_kit::store::consultations::{self, Consultation};
use podpis_kit::store::notices::Notice;
use podpis_kit::store::{Event, blobs, intake, journal, templates as made_of};
use podpis_kit::{Context, Db, Failure, Result, neighbour, now, random, vars};
use podpis_shared::templates::TemplateRef;
use podpis_shared::wire::consultation::{self as wire, NewConsultation};
use podpis_shared::wire::templates::UseTemplate;
use podpis_shared::wire::vault::Stored;
use podpis_shared::{Sensitive, Timestamp};
use serde_json::json;
use std::collections::BTreeMap;

/// The template of the default consent.
const TEMPLATE: &str = "telemed_consent";

/// Takes a booking in. Nothing of a refused one is kept.
///
/// # Errors
/// `bad_request`, `invalid`, `policy`, and what `vault` says of the file.
pub(crate) async fn create(
    Session { clinic, db }: Session,
    context: Context,
    headers: HeaderMap,
    key: idempotency::Key,
    body: Form<NewConsultation>,
) -> Result<Kept<wire::Consultation, 201>> {
    // A file may take minutes: others use the handle meanwhile.
    drop(db);
    let at = now();
    let table = podpis_kit::policy::table().await?;
    let Incoming { new, content, file } =
        incoming::receive(&context, &headers, body.0, &table, at).await?;
    let (stored, template) = match file {
        Some(stored) => (stored, None),
        None => made(&context, &clinic, &new, at).await?,
    };
    let booking = Booking {
        clinic: &clinic,
        stored: &stored,
        template,
        policy: table.version(),
        at,
    };
    let once = idempotency::of(&key, &clinic, "/consultations", content.as_bytes());
    let outcome = match once {
        Ok(once) => booking.store(&headers, new, once.as_ref()).await,
        Err(failure) => Err(failure),
    };
    match outcome {
        Ok((answer, true)) => {
            neighbour::nudge_delivery(&context);
            Ok(answer)
        }
        Ok((answer, false)) => {
            discard(&context, &stored).await;
            Ok(answer)
        }
        Err(failure) => {
            discard(&context, &stored).await;
            Err(failure)
        }
    }
}

/// The default consent, of the template in force, made by `vault`. It does not name the time, so that a consultation that is
/// moved needs no other consent; another doctor does.
async fn made(
    context: &Context,
    clinic: &Clinic,
    new: &NewConsultation,
    at: Timestamp,
) -> Result<(Stored, Option<TemplateRef>)> {
    let mut fields = BTreeMap::new();
    let doctor = &new.doctor;
    fields.insert(
        "medic.full_name".to_owned(),
        Sensitive::new(doctor.full_name.clone()),
    );
    if let Some(position) = &doctor.position {
        fields.insert(
            "medic.position".to_owned(),
            Sensitive::new(position.clone()),
        );
    }
    let chosen = UseTemplate {
        id: TEMPLATE.into(),
        version: None,
        fields,
    };
    let document = consent(new);
    let template = templates::of_document(&document, &chosen, at)?.reference();
    let stored = templates::make(context, &clinic.id, &document, &chosen, at).await?;
    Ok((stored, Some(template)))
}

/// A booking whose consent is stored.
struct Booking<'a> {
    clinic: &'a Clinic,
    stored: &'a Stored,
    template: Option<TemplateRef>,
    /// Version of the policy's table.
    policy: &'a str,
    at: Timestamp,
}

impl Booking<'_> {
    /// The atomic step: consent, booking, journal entry, message, answer. `false`: it is the first answer again.
    async fn store(
        self,
        headers: &HeaderMap,
        new: NewConsultation,
        once: Option<&idempotency::Request>,
    ) -> Result<(Kept<wire::Consultation, 201>, bool)> {
        let base_url = vars::base_url(headers).await?;
        let (clinic, at) = (self.clinic, self.at);
        let mut document = create::document(clinic, consent(&new), self.stored, at)?;
        let consultation = Consultation {
            id: random::id("cons")?,
            clinic_id: clinic.id.clone(),
            document_id: document.id.clone(),
            external_id: new.external_id,
            doctor: new.doctor,
            starts_at: new.starts_at,
            template: self.template,
            sms_before: new.sms_reminder_before_hours.filter(|hours| *hours > 0),
            created_at: at,
            consented_at: None,
            cancelled_at: None,
        };
        let tx = Db::open().await?.begin().await?;
        if let Some(once) = once
            && let Some(first) = once.replay(&tx).await?
        {
            return Ok((first, false));
        }
        if !blobs::claim(&tx, &self.stored.blob).await? {
            return Err(Failure::busy());
        }
        document.position = intake::next_position(&tx, &clinic.id).await?;
        intake::insert(&tx, &document).await?;
        if let Some(template) = &consultation.template {
            made_of::note(&tx, &document.id, template).await?;
        }
        consultations::insert(&tx, &consultation, &document).await?;
        let mut facts = json!({
            "kind": document.kind, "delivery": document.delivery, "method": document.method,
            "sha256": document.hashes.sha256, "policy": self.policy,
            "consultation_id": consultation.id, "starts_at": consultation.starts_at,
        });
        if let Some(template) = &consultation.template {
            facts["template"] = json!(template);
        }
        let (id, facts) = (Some(document.id.as_str()), clinic.by.signed(facts));
        journal::append(&tx, &clinic.id, id, Event::Sent, at, facts).await?;
        let notice = Notice::Arrived;
        tell::signer(&tx, &document, notice, &clinic.name, &base_url, at).await?;
        let answer = Kept::new(&view(consultation, &document, at))?;
        if let Some(once) = once {
            once.keep(&tx, &answer).await?;
        }
        tx.commit().await?;
        Ok((answer, true))
    }
}
