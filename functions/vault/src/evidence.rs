//! The evidence bundle: what is known about a document and its signatures, as JSON.
//!
//! Version 1 of the format. Personal numbers are masked; ESIA's id of a person
//! stands as a fingerprint bound to the document.

use crate::db::{self, Clinic};
use crate::sign::Signature;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use podpis_kit::store::{Document, documents};
use podpis_kit::{Db, Failure, Result, http, now};
use podpis_shared::hash::sha256_hex;
use podpis_shared::wire::mis::Representative;
use podpis_shared::wire::vault::EsiaIdentity;
use podpis_shared::{Phone, Snils, Timestamp, policy};
use serde_json::{Value, json};

/// Name and version of the format.
const FORMAT: &str = "podpis-evidence/1";

/// `GET /documents/{id}/evidence`.
pub(crate) async fn read(Path(id): Path<String>) -> Result<Response> {
    let db = Db::open().await?;
    let document = documents::find(&db, &id)
        .await?
        .ok_or_else(Failure::not_found)?;
    let clinic = db::clinic(&db, &document.clinic_id).await?;
    let signatures = db::signature_evidence(&db, &id).await?;
    let bundle = bundle(&db, &document, &clinic, &signatures, now()).await?;
    http::json(StatusCode::OK, &bundle)
}

/// The bundle with the given signatures, as of a moment.
pub(crate) async fn bundle(
    db: &Db,
    document: &Document,
    clinic: &Clinic,
    signatures: &[String],
    as_of: Timestamp,
) -> Result<Value> {
    let parse = |text: &String| {
        serde_json::from_str::<Value>(text)
            .map_err(|e| Failure::internal("evidence", e.to_string()))
    };
    let signatures = signatures.iter().map(parse).collect::<Result<Vec<_>>>()?;
    let journal = db::journal(db, &document.id).await?.into_iter().map(|row| {
        let data = serde_json::from_str::<Value>(&row.data).unwrap_or(Value::Null);
        json!({
            "seq": row.seq, "id": row.id, "type": row.kind, "at": row.at, "data": data, "leaf_hash": row.leaf_hash,
        })
    });
    Ok(json!({
        "format": FORMAT,
        "as_of": as_of,
        "document": {
            "id": document.id, "title": document.title, "kind": document.kind, "external_id": document.external_id,
            "size": document.size, "pages": document.pages, "sha256": document.hashes.sha256,
            "streebog256": document.hashes.streebog256, "received_at": document.created_at,
            "expires_at": document.expires_at,
        },
        "clinic": { "id": document.clinic_id, "name": clinic.name, "inn": clinic.inn, "ogrn": clinic.ogrn },
        "signatures": signatures,
        "journal": journal.collect::<Vec<_>>(),
    }))
}

/// What is kept of a signature, as a JSON text.
pub(crate) fn of_signature(signature: &Signature<'_>) -> String {
    let document = signature.document;
    let signer = document.signer();
    let identity = &signature.request.identity;
    let act = &signature.request.act;
    json!({
        "id": signature.id,
        "party": "patient",
        "signed_at": signature.at,
        "method": signature.request.method,
        "signer": {
            "name": signer.full_name(),
            "birth_date": signer.birth_date,
            "snils_masked": identity.person.snils.as_ref().map(Snils::masked),
            "phone_masked": signer.phone.as_ref().map(Phone::masked),
        },
        "capacity": document.representative.as_ref().map_or_else(|| json!({"kind": "self"}), |r| of_representative(document, r)),
        "policy": { "version": policy::VERSION, "rule": signature.allowed.rule, "basis": signature.allowed.basis },
        "consent": act.consent,
        "presentation": act.presentation,
        "browser": {
            "sha256": act.hashes.sha256, "streebog256": act.hashes.streebog256,
            "client_addr": act.client_addr, "user_agent": act.user_agent, "started_at": act.started_at,
        },
        "esia": {
            "name": identity.person.full_name(),
            "subject_fingerprint": subject_fingerprint(&document.id, identity),
            "auth_time": identity.auth_time,
            "verified_at": identity.verified_at,
            "id_token": identity.id_token,
            "key_sha256": identity.key_sha256,
        },
    })
    .to_string()
}

/// A fingerprint of ESIA's id of the person that means nothing outside this document.
pub(crate) fn subject_fingerprint(document_id: &str, identity: &EsiaIdentity) -> String {
    sha256_hex(format!("podpis:esia:{document_id}:{}", identity.subject.expose()).as_bytes())
}

fn of_representative(document: &Document, representative: &Representative) -> Value {
    json!({
        "kind": "representative",
        "patient": document.patient.full_name(),
        "patient_birth_date": document.patient.birth_date,
        "basis": representative.basis,
        "record_ref": representative.record_ref,
    })
}
