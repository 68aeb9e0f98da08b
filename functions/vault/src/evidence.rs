//! The evidence bundle: what is known about a document and its signatures (`docs/evidence.md`).
//!
//! Personal numbers are masked; their full values stand as salted hashes. The bundle is signed
//! by the operator's evidence key.

mod clinic;
mod times;

use crate::db::{self, Clinic};
use crate::making::Signature;
use crate::{code, journal, keys, settings};
use axum::extract::Path;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use podpis_evidence::{self as format, Bundle, Capacity, Hashed};
use podpis_kit::store::accounts::contacts::Contact;
use podpis_kit::store::outbox::{self, Kept};
use podpis_kit::store::{Document, clinic_signatures, documents, templates};
use podpis_kit::{Db, Failure, Result, now, random};
use podpis_shared::hash::{hex, sha256_hex};
use podpis_shared::templates::TemplateRef;
use podpis_shared::wire::vault::{CodeIdentity, EsiaIdentity, Identity};
use podpis_shared::{Email, Phone, Snils, Status, Timestamp};

/// `GET /documents/{id}/evidence`: the bundle as of now, in canonical form.
pub(crate) async fn read(Path(id): Path<String>) -> Result<Response> {
    let db = Db::open().await?;
    let bytes = of_document(&db, &id)
        .await?
        .ok_or_else(Failure::not_found)?;
    Ok(([(CONTENT_TYPE, "application/json")], bytes).into_response())
}

/// A document as a bundle tells of it.
#[derive(Clone, Copy)]
pub(crate) struct File<'a> {
    pub(crate) document: &'a Document,
    /// When its text came from the clinic.
    pub(crate) received_at: Timestamp,
    /// State at the moment of the bundle.
    pub(crate) status: Status,
}

/// The signed bundle of a document as of now; `None` where there is no such document.
pub(crate) async fn of_document(db: &Db, id: &str) -> Result<Option<Vec<u8>>> {
    let Some(document) = documents::find(db, id).await? else {
        return Ok(None);
    };
    let clinic = db::clinic(db, &document.clinic_id).await?;
    let signatures = db::signature_evidence(db, id).await?;
    let read = |text: &String| {
        serde_json::from_str(text).map_err(|e| Failure::internal("evidence", e.to_string()))
    };
    let signatures = signatures.iter().map(read).collect::<Result<Vec<_>>>()?;
    let published = db::agreement_published(db, id).await?;
    let file = File {
        document: &document,
        received_at: published.unwrap_or(document.created_at),
        status: document.status,
    };
    signed(db, file, &clinic, signatures, now()).await.map(Some)
}

/// The signed bundle with the given signatures and state, as of a moment, in canonical form.
pub(crate) async fn signed(
    db: &Db,
    file: File<'_>,
    clinic: &Clinic,
    signatures: Vec<format::Signature>,
    as_of: Timestamp,
) -> Result<Vec<u8>> {
    let internal = |e: &dyn std::fmt::Display| Failure::internal("evidence", e.to_string());
    let document = file.document;
    let messages = outbox::about(db, &document.id).await?;
    let clinic_signatures = clinic_signatures::of_document(db, &document.id).await?;
    let bundle = Bundle {
        format: format::FORMAT.into(),
        as_of,
        operator: settings::operator().await?,
        document: of_file(file, templates::of_document(db, &document.id).await?),
        clinic: format::Clinic {
            id: document.clinic_id.clone(),
            name: clinic.name.clone(),
            inn: clinic.inn.clone(),
            ogrn: clinic.ogrn.clone(),
        },
        times: times::of(file, &signatures),
        signatures,
        clinic_signatures: clinic_signatures.into_iter().map(clinic::of).collect(),
        messages: messages.into_iter().map(of_message).collect(),
        journal: journal::proofs(db, document).await?,
        signature: None,
    };
    let value = serde_json::to_value(&bundle).map_err(|e| internal(&e))?;
    let value = format::sign(value, &keys::evidence(db).await?).map_err(|e| internal(&e))?;
    format::canonical(&value).map_err(|e| internal(&e))
}

/// What is kept of a signature.
pub(crate) fn of_signature(signature: &Signature<'_>) -> Result<format::Signature> {
    let document = signature.document;
    let act = signature.act;
    let (esia, code) = match signature.identity {
        Identity::Esia(esia) => (Some(of_esia(&document.id, esia)), None),
        Identity::Code(code) => (None, Some(of_code(signature, code)?)),
    };
    Ok(format::Signature {
        id: signature.id.clone(),
        party: "patient".into(),
        signed_at: signature.at,
        method: signature.method,
        signer: signer(signature)?,
        capacity: capacity(document, signature.at),
        policy: format::Policy {
            version: signature.policy.clone(),
            rule: signature.allowed.rule.clone(),
            basis: signature.allowed.basis.clone(),
        },
        consent: act.consent.clone(),
        presentation: act.presentation.clone(),
        browser: format::Browser {
            hashes: act.hashes.clone(),
            client_addr: act.client_addr.as_ref().map(|addr| addr.expose().clone()),
            user_agent: act.user_agent.clone(),
            started_at: act.started_at,
        },
        esia,
        code,
        agreement: signature.agreement.as_ref().map(|basis| format::Agreement {
            document_id: basis.document_id.clone(),
            title: basis.title.clone(),
            sha256: basis.sha256.clone(),
            accepted_at: basis.accepted_at,
            how: basis.how.clone(),
        }),
    })
}

/// The person who signed, numbers masked and hashed.
fn signer(signature: &Signature<'_>) -> Result<format::Signer> {
    let person = signature.document.signer();
    let salt = hex(&random::bytes::<16>()?);
    let salted = |name: &str, value: &str| format::salted(&salt, name, value);
    let (snils, oid, contact) = match signature.identity {
        Identity::Esia(esia) => {
            let oid = salted("esia_oid", esia.subject.expose());
            (esia.person.snils.as_ref(), Some(oid), None)
        }
        Identity::Code(code) => (None, None, Some(code::contact(code)?)),
    };
    let (phone, email) = match &contact {
        Some(Contact::Phone(phone)) => (Some(phone), None),
        Some(Contact::Email(email)) => (person.phone.as_ref(), Some(email)),
        None => (person.phone.as_ref(), None),
    };
    Ok(format::Signer {
        name: code::public_name(person),
        birth_date: person.birth_date,
        snils_masked: snils.map(Snils::masked),
        phone_masked: phone.map(Phone::masked),
        hashed: Hashed {
            snils: snils.map(|snils| salted("snils", snils.expose())),
            phone: phone.map(|phone| salted("phone", phone.expose())),
            email: email.map(|email| salted("email", email.expose())),
            esia_oid: oid,
            salt: salt.clone(),
        },
    })
}

fn of_esia(document_id: &str, identity: &EsiaIdentity) -> format::Esia {
    format::Esia {
        name: identity.person.full_name(),
        birth_date: identity.person.birth_date,
        subject_fingerprint: subject_fingerprint(document_id, identity),
        auth_time: identity.auth_time,
        verified_at: identity.verified_at,
        id_token: identity.id_token.expose().clone(),
        key_sha256: identity.key_sha256.clone(),
        key_pem: identity.key_pem.clone(),
    }
}

fn of_code(signature: &Signature<'_>, identity: &CodeIdentity) -> Result<format::Code> {
    let document = signature.document;
    let contact = code::contact(identity)?;
    let (named_by, source) = code::source(signature, &contact);
    Ok(format::Code {
        channel: identity.channel.clone(),
        to_masked: contact.masked(),
        document_sha256: document.hashes.sha256.clone(),
        named_by,
        source: source.into(),
        account_fingerprint: format::account_fingerprint(&document.id, &identity.account_id),
        contact_since: identity.contact_since,
        esia_confirmed_at: identity.esia_confirmed_at,
        text: identity.text.clone(),
        issued_at: identity.issued_at,
        sent_at: identity.sent_at,
        receipt: identity.receipt.clone(),
        verified_at: identity.verified_at,
        wrong_tries: identity.wrong_tries,
        round: identity.round,
    })
}

/// A fingerprint of ESIA's id of the person that means nothing outside this document.
pub(crate) fn subject_fingerprint(document_id: &str, identity: &EsiaIdentity) -> String {
    sha256_hex(format!("podpis:esia:{document_id}:{}", identity.subject.expose()).as_bytes())
}

fn of_file(file: File<'_>, template: Option<TemplateRef>) -> format::Document {
    let document = file.document;
    format::Document {
        id: document.id.clone(),
        title: document.title.clone(),
        kind: document.kind,
        external_id: document.external_id.clone(),
        status: file.status,
        size: document.size,
        pages: document.pages,
        hashes: document.hashes.clone(),
        received_at: file.received_at,
        expires_at: (!document.is_kept()).then_some(document.expires_at),
        purpose: document.is_kept().then_some(document.purpose),
        template,
    }
}

fn capacity(document: &Document, signed_at: Timestamp) -> Capacity {
    match &document.representative {
        None => Capacity::Own,
        Some(representative) => Capacity::Representative {
            patient: document.patient.full_name(),
            patient_birth_date: document.patient.birth_date,
            basis: representative.basis.clone(),
            record_ref: representative.record_ref.clone(),
            ground: Some(representative.ground),
            patient_age: document
                .patient
                .birth_date
                .map(|born| born.age_on(signed_at.moscow_date())),
        },
    }
}

fn of_message(row: Kept) -> format::Message {
    let masked = match row.channel.as_str() {
        "email" => Email::parse(&row.recipient).map(|email| email.masked()),
        _ => Phone::parse(&row.recipient).map(|phone| phone.masked()),
    };
    format::Message {
        id: row.id,
        channel: row.channel,
        to_masked: masked.unwrap_or_else(|| "***".into()),
        status: row.status,
        attempts: row.attempts,
        queued_at: row.created_at,
        sent_at: row.sent_at,
        receipt: row.outcome,
    }
}
