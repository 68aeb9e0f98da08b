//! The evidence bundle: what is known about a document and its signatures (`docs/evidence.md`).
//!
//! Personal numbers are masked; their full values stand as salted hashes. The bundle is signed
//! by the operator's evidence key.

use crate::db::{self, Clinic, MessageRow};
use crate::sign::Signature;
use crate::{journal, keys, settings};
use axum::extract::Path;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use podpis_evidence::{self as format, Bundle, Capacity, Hashed, Moment};
use podpis_kit::store::{Document, documents};
use podpis_kit::{Db, Failure, Result, now, random};
use podpis_shared::hash::{hex, sha256_hex};
use podpis_shared::wire::vault::EsiaIdentity;
use podpis_shared::{Email, Phone, Snils, Status, Timestamp};

/// `GET /documents/{id}/evidence`: the bundle as of now, in canonical form.
pub(crate) async fn read(Path(id): Path<String>) -> Result<Response> {
    let db = Db::open().await?;
    let bytes = of_document(&db, &id)
        .await?
        .ok_or_else(Failure::not_found)?;
    Ok(([(CONTENT_TYPE, "application/json")], bytes).into_response())
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
    signed(db, &document, &clinic, signatures, document.status, now())
        .await
        .map(Some)
}

/// The signed bundle with the given signatures and state, as of a moment, in canonical form.
pub(crate) async fn signed(
    db: &Db,
    document: &Document,
    clinic: &Clinic,
    signatures: Vec<format::Signature>,
    status: Status,
    as_of: Timestamp,
) -> Result<Vec<u8>> {
    let internal = |e: &dyn std::fmt::Display| Failure::internal("evidence", e.to_string());
    let messages = db::messages(db, &document.id).await?;
    let bundle = Bundle {
        format: format::FORMAT.into(),
        as_of,
        operator: settings::operator().await?,
        document: of_file(document, status),
        clinic: format::Clinic {
            id: document.clinic_id.clone(),
            name: clinic.name.clone(),
            inn: clinic.inn.clone(),
            ogrn: clinic.ogrn.clone(),
        },
        times: times(document, &signatures),
        signatures,
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
    let signer = document.signer();
    let identity = &signature.request.identity;
    let act = &signature.request.act;
    let salt = hex(&random::bytes::<16>()?);
    let salted = |name: &str, value: &str| format::salted(&salt, name, value);
    let snils = identity.person.snils.as_ref();
    let phone = signer.phone.as_ref();
    Ok(format::Signature {
        id: signature.id.clone(),
        party: "patient".into(),
        signed_at: signature.at,
        method: signature.request.method,
        signer: format::Signer {
            name: signer.full_name(),
            birth_date: signer.birth_date,
            snils_masked: snils.map(Snils::masked),
            phone_masked: phone.map(Phone::masked),
            hashed: Hashed {
                snils: snils.map(|snils| salted("snils", snils.expose())),
                phone: phone.map(|phone| salted("phone", phone.expose())),
                esia_oid: Some(salted("esia_oid", identity.subject.expose())),
                salt: salt.clone(),
            },
        },
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
        esia: format::Esia {
            name: identity.person.full_name(),
            birth_date: identity.person.birth_date,
            subject_fingerprint: subject_fingerprint(&document.id, identity),
            auth_time: identity.auth_time,
            verified_at: identity.verified_at,
            id_token: identity.id_token.expose().clone(),
            key_sha256: identity.key_sha256.clone(),
            key_pem: identity.key_pem.clone(),
        },
    })
}

/// A fingerprint of ESIA's id of the person that means nothing outside this document.
pub(crate) fn subject_fingerprint(document_id: &str, identity: &EsiaIdentity) -> String {
    sha256_hex(format!("podpis:esia:{document_id}:{}", identity.subject.expose()).as_bytes())
}

fn of_file(document: &Document, status: Status) -> format::Document {
    format::Document {
        id: document.id.clone(),
        title: document.title.clone(),
        kind: document.kind,
        external_id: document.external_id.clone(),
        status,
        size: document.size,
        pages: document.pages,
        hashes: document.hashes.clone(),
        received_at: document.created_at,
        expires_at: document.expires_at,
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
            patient_age: Some(document.patient.birth_date.age_on(signed_at.moscow_date())),
        },
    }
}

/// Each moment with the clock that it was read from.
fn times(document: &Document, signatures: &[format::Signature]) -> Vec<Moment> {
    let moment = |what: &str, at: Timestamp, source: &str| Moment {
        what: what.into(),
        at,
        source: source.into(),
    };
    let mut times = vec![moment("received", document.created_at, "operator")];
    times.extend(
        document
            .opened_at
            .map(|at| moment("opened", at, "operator")),
    );
    for signature in signatures {
        times.extend([
            moment("sign_started", signature.browser.started_at, "operator"),
            moment("esia_sign_in", signature.esia.auth_time, "esia"),
            moment("esia_checked", signature.esia.verified_at, "operator"),
            moment("signed", signature.signed_at, "operator"),
        ]);
    }
    times.extend(
        document
            .completed_at
            .map(|at| moment("completed", at, "operator")),
    );
    times
}

fn of_message(row: MessageRow) -> format::Message {
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
