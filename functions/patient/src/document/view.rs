//! `GET /patient/document`: everything that the page shows around the PDF.

use super::{Right, ways};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use podpis_kit::access::{By, Offered, Opened};
use podpis_kit::store::accounts::contacts::Contact;
use podpis_kit::store::accounts::documents::package_waiting;
use podpis_kit::store::agreements::{self, Acceptance};
use podpis_kit::store::{
    Document, branding, clinic_signatures, consultations, documents, kept_signatures, planned,
};
use podpis_kit::{Db, Failure, Result, acceptance, act, http, now};
use podpis_shared::branding::Palette;
use podpis_shared::consultation::consent_until;
use podpis_shared::wire::account::ClinicRef;
use podpis_shared::wire::consultation::ConsultationView;
use podpis_shared::wire::patient::{About, AgreementView, ClinicSigned, ClinicView, DocumentView};
use podpis_shared::{Kind, Method, Person, Phone, Status, Timestamp};

/// What the request's right reaches.
///
/// # Errors
/// Those of the right.
pub(super) async fn read(headers: HeaderMap) -> Result<Response> {
    answer(&headers).await
}

/// The answer to reading, and to everything that changes what is read.
///
/// # Errors
/// Those of the right.
pub(super) async fn answer(headers: &HeaderMap) -> Result<Response> {
    let now = now();
    let view = match Right::of(headers, now).await? {
        Right::Document(opened) => of_document(*opened, now).await?,
        Right::Agreement(offered) => of_agreement(&offered, now).await?,
    };
    http::json(StatusCode::OK, &view)
}

/// A document as the person sees it. Of a withdrawn one nothing is told but that it is withdrawn.
async fn of_document(opened: Opened, now: Timestamp) -> Result<DocumentView> {
    let Opened {
        db,
        mut document,
        by,
    } = opened;
    let withdrawn = document.status.is_withdrawn();
    if withdrawn {
        document.title = "Документ отозван".into();
        document.representative = None;
    }
    let signer = if withdrawn {
        "скрыто".into()
    } else {
        document.signer().greeting()
    };
    let ways = ways::of_document(&db, &document, &by, now).await?;
    let consultation = if withdrawn {
        None
    } else {
        consultation(&db, &document, now).await?
    };
    let in_full = !withdrawn && by.account_id().is_some();
    let only_sees = in_full && ways::only_sees(&by);
    let signed_with = if document.status.is_signed() {
        let all = documents::signatures(&db, &document.id).await?;
        let own = all.iter().find(|signature| signature.party == "patient");
        own.and_then(|own| Method::parse(&own.method))
    } else {
        None
    };
    Ok(DocumentView {
        clinic_signed: clinic_signed(&db, &document).await?,
        id: document.id.clone(),
        clinic: clinic(&db, &document.clinic_id).await?,
        signer,
        on_behalf_of: document
            .representative
            .as_ref()
            .map(|_| document.patient.greeting()),
        consent: act::consent(&document, Method::Esia),
        ways: ways.ways,
        may_act: by.may_act().is_ok(),
        about: in_full.then(|| about(&document, &by, now)),
        signed_for_me_by: only_sees.then(|| document.signer().full_name()),
        agreement_needed: ways.agreement_needed,
        agreement: None,
        waits_for: waits_for(&document),
        consultation,
        package_waiting: match by.account_id().filter(|_| in_full) {
            Some(account_id) => package_waiting(&db, account_id, &document.id, now).await?,
            None => Vec::new(),
        },
        kept_signatures: match !withdrawn && document.is_kept() {
            true => kept_signatures::of_document(&db, &document.id).await?,
            false => Vec::new(),
        },
        kept: !withdrawn && document.is_kept(),
        title: document.title,
        kind: document.kind,
        status: document.status,
        method: document.method,
        size: document.size,
        pages: document.pages,
        sha256: document.hashes.sha256,
        streebog256: document.hashes.streebog256,
        created_at: document.created_at,
        expires_at: document.expires_at,
        signed_at: document.signed_at,
        signed_with,
    })
}

/// A clinic's agreement as a document that waits to be accepted.
async fn of_agreement(offered: &Offered, now: Timestamp) -> Result<DocumentView> {
    let (reader, agreement) = (&offered.reader, &offered.agreement);
    let held = ways::chosen(&reader.contacts, &reader.session);
    let all = agreements::acceptances_of_account(&reader.db, &reader.account.id).await?;
    let contact = held.map(|held| &held.contact);
    let stands = |one: &Acceptance| acceptance::stands(one, &agreement.id, contact);
    let accepted = all.into_iter().find(stands);
    let phone = match &accepted {
        Some(accepted) => accepted.phone.as_deref().and_then(Phone::parse),
        None => acceptance::phone(&reader.contacts, now).cloned(),
    };
    let person = reader.account.person.as_ref();
    let method = held.map_or(Method::Sms, |held| ways::method(&held.contact));
    let clinic = clinic(&reader.db, &agreement.clinic_id).await?;
    let name = clinic.name.clone();
    Ok(DocumentView {
        id: agreement.id.clone(),
        clinic,
        title: agreement.title.clone(),
        kind: Kind::UserAgreement,
        kept: false,
        status: if accepted.is_some() {
            Status::Completed
        } else {
            Status::Opened
        },
        method,
        size: agreement.size,
        pages: agreement.pages,
        sha256: agreement.hashes.sha256.clone(),
        streebog256: agreement.hashes.streebog256.clone(),
        created_at: agreement.created_at,
        expires_at: Timestamp::MAX,
        signed_at: accepted.as_ref().map(|accepted| accepted.accepted_at),
        signed_with: accepted.as_ref().map(|accepted| accepted.method),
        signer: match (person, held.map(|held| held.contact.clone())) {
            (Some(person), _) => person.greeting(),
            (None, Some(Contact::Phone(phone))) => Person::holder(Some(phone), None).greeting(),
            (None, Some(Contact::Email(email))) => Person::holder(None, Some(email)).greeting(),
            (None, None) => "вы".into(),
        },
        on_behalf_of: None,
        consent: acceptance::words(person, method),
        ways: match accepted {
            Some(_) => Vec::new(),
            None => ways::of_agreement(offered, now).await?,
        },
        may_act: true,
        about: None,
        signed_for_me_by: None,
        agreement_needed: None,
        agreement: Some(AgreementView {
            version: agreement.version,
            clinic: ClinicRef {
                id: agreement.clinic_id.clone(),
                name,
                logo: None,
            },
            accepted: accepted.map(|accepted| accepted.document_id),
            phone: phone.map(|phone| phone.masked()),
        }),
        waits_for: None,
        clinic_signed: Vec::new(),
        consultation: None,
        package_waiting: Vec::new(),
        kept_signatures: Vec::new(),
    })
}

/// The clinic's signatures, once every one is there.
async fn clinic_signed(db: &Db, document: &Document) -> Result<Vec<ClinicSigned>> {
    if document.status != Status::Completed {
        return Ok(Vec::new());
    }
    let all = clinic_signatures::of_document(db, &document.id).await?;
    let told = all.into_iter().map(|signature| ClinicSigned {
        name: signature.owner_name,
        position: signature.position,
        at: signature.accepted_at,
    });
    Ok(told.collect())
}

/// The clinic with its look.
async fn clinic(db: &Db, id: &str) -> Result<ClinicView> {
    let look = branding::look(db, id).await?;
    let look = look.ok_or_else(|| Failure::internal("clinics", format!("{id} is not there")))?;
    Ok(ClinicView {
        registered_name: Some(look.registered_name).filter(|registered| *registered != look.name),
        name: look.name,
        logo: look.logo,
        palette: look.color.map(Palette::of),
        support_phone: look.support_phone.map(|phone| phone.expose().to_owned()),
        support_email: look.support_email.map(|email| email.expose().to_owned()),
    })
}

/// The consultation that a document is the consent to.
async fn consultation(
    db: &Db,
    document: &Document,
    now: Timestamp,
) -> Result<Option<ConsultationView>> {
    let Some(booked) = consultations::of_document(db, document).await? else {
        return Ok(None);
    };
    let clock = planned::clinic_clock(db, &document.clinic_id).await?;
    Ok(Some(ConsultationView {
        status: booked.facts(document).status(now),
        doctor: booked.doctor.line(),
        starts_at: booked.starts_at,
        consent_until: consent_until(booked.starts_at),
        utc_offset: clock.minutes(),
    }))
}

/// Whom the document is about, for whoever is known to be its signer or its patient.
fn about(document: &Document, by: &By, now: Timestamp) -> About {
    let patient = &document.patient;
    About {
        you: document.representative.is_none() || ways::only_sees(by),
        name: patient.full_name(),
        birth_date: patient.birth_date.map(|born| born.dotted()),
        age: patient
            .birth_date
            .map(|born| born.age_on(now.moscow_date())),
    }
}

/// Whose signature is still missing after the person's own.
fn waits_for(document: &Document) -> Option<String> {
    let who = match document.status {
        Status::PatientSigned if document.kind.needs_medic() => "медицинский работник (УКЭП)",
        Status::PatientSigned => "клиника",
        _ => return None,
    };
    Some(who.into())
}
