//! `POST /api/v1/documents`: a MIS sends a document.

use super::multipart::{self, Upload};
use super::read::view;
use super::tell;
use crate::auth::{Clinic, Session};
use crate::idempotency;
use crate::upload::discard;
use axum::body::Body;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use podpis_kit::store::notices::Notice;
use podpis_kit::store::{Document, Event, blobs, intake, journal};
use podpis_kit::{Context, Db, Failure, Result, neighbour, now, random, vars};
use podpis_shared::policy::{self, Agreement, Question, Table};
use podpis_shared::problem::Code;
use podpis_shared::wire::mis::{EXTERNAL_ID_MAX, NewDocument, Representative, TITLE_MAX};
use podpis_shared::wire::vault::Stored;
use podpis_shared::{Delivery, Method, Status, Timestamp};
use serde_json::json;

/// Time to sign where the MIS gives none, in seconds: 30 days.
const TIME_DEFAULT: i64 = 30 * 24 * 3600;

/// Longest time to sign, in seconds: a year.
const TIME_MAX: i64 = 366 * 24 * 3600;

/// Largest `metadata` as JSON, in bytes.
const METADATA_MAX: usize = 8 * 1024;

/// Takes a document in. Nothing of a refused upload is kept.
///
/// # Errors
/// Those of the contract: `invalid`, `policy`, and what `vault` says of the file.
pub(crate) async fn create(
    Session { clinic, db }: Session,
    context: Context,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    // An upload may take minutes: others use the handle meanwhile.
    drop(db);
    let at = now();
    let table = podpis_kit::policy::table().await?;
    let Upload {
        new,
        document_sha256,
        stored,
    } = multipart::receive(&context, &headers, body, |new| check(&table, new, at)).await?;
    let content = format!("{document_sha256}:{}", stored.hashes.sha256);
    let once = idempotency::of(&headers, &clinic.id, "/documents", content.as_bytes());
    let outcome = match once {
        Ok(once) => {
            let version = table.version();
            store(&clinic, &headers, new, &stored, once.as_ref(), version, at).await
        }
        Err(failure) => Err(failure),
    };
    match outcome {
        Ok(Outcome::Created(answer)) => {
            neighbour::nudge_delivery(&context);
            Ok(answer)
        }
        Ok(Outcome::Replayed(answer)) => {
            discard(&context, &stored).await;
            Ok(answer)
        }
        Err(failure) => {
            discard(&context, &stored).await;
            Err(failure)
        }
    }
}

enum Outcome {
    Created(Response),
    Replayed(Response),
}

/// The atomic step: document, journal entry, message, answer.
async fn store(
    clinic: &Clinic,
    headers: &HeaderMap,
    new: NewDocument,
    stored: &Stored,
    once: Option<&idempotency::Request>,
    policy: &str,
    at: Timestamp,
) -> Result<Outcome> {
    let base_url = vars::base_url(headers).await?;
    let mut document = document(clinic, new, stored, at)?;
    let tx = Db::open().await?.begin().await?;
    if let Some(once) = once
        && let Some(first) = once.replay(&tx).await?
    {
        return Ok(Outcome::Replayed(first));
    }
    if !blobs::claim(&tx, &stored.blob).await? {
        return Err(Failure::busy());
    }
    document.position = intake::next_position(&tx, &clinic.id).await?;
    intake::insert(&tx, &document).await?;
    let facts = json!({
        "kind": document.kind, "delivery": document.delivery, "method": document.method,
        "sha256": document.hashes.sha256, "policy": policy,
    });
    journal::append(&tx, &clinic.id, Some(&document.id), Event::Sent, at, facts).await?;
    tell::signer(&tx, &document, Notice::Arrived, &clinic.name, &base_url, at).await?;
    let answer = view(document, Vec::new());
    let answer =
        serde_json::to_string(&answer).map_err(|e| Failure::internal("json", e.to_string()))?;
    if let Some(once) = once {
        once.keep(&tx, StatusCode::CREATED, &answer).await?;
    }
    tx.commit().await?;
    Ok(Outcome::Created(idempotency::answer(201, answer)))
}

fn document(clinic: &Clinic, new: NewDocument, stored: &Stored, at: Timestamp) -> Result<Document> {
    Ok(Document {
        id: random::id("doc")?,
        clinic_id: clinic.id.clone(),
        position: 0,
        kind: new.kind,
        title: new.title.trim().to_owned(),
        external_id: new.external_id,
        patient: new.patient,
        representative: new.representative,
        delivery: new.delivery,
        method: new.method,
        parties: new.parties,
        metadata: serde_json::Value::Object(new.metadata.unwrap_or_default()).to_string(),
        status: Status::Sent,
        original_blob: stored.blob.clone(),
        signed_blob: None,
        hashes: stored.hashes.clone(),
        size: stored.size,
        pages: stored.pages,
        created_at: at,
        expires_at: new.expires_at.unwrap_or_else(|| at.plus(TIME_DEFAULT)),
        opened_at: None,
        signed_at: None,
        completed_at: None,
    })
}

/// What can be said of a document before its file is looked at.
fn check(table: &Table, new: &NewDocument, at: Timestamp) -> Result<()> {
    let invalid = |detail: &str| Err(Failure::new(Code::Invalid, detail));
    let title = new.title.trim();
    if title.is_empty() || title.chars().count() > TITLE_MAX || title.chars().any(char::is_control)
    {
        return invalid("title is 1 to 300 characters");
    }
    if new
        .external_id
        .as_ref()
        .is_some_and(|id| id.chars().count() > EXTERNAL_ID_MAX)
    {
        return invalid("external_id is longer than 200 characters");
    }
    new.patient
        .check()
        .map_err(|e| Failure::new(Code::Invalid, format!("patient.{e}")))?;
    if let Some(representative) = &new.representative {
        representative
            .person
            .check()
            .map_err(|e| Failure::new(Code::Invalid, format!("representative.{e}")))?;
        for (field, text) in [
            ("basis", &representative.basis),
            ("record_ref", &representative.record_ref),
        ] {
            if text.trim().is_empty() || text.chars().count() > TITLE_MAX {
                return invalid(&format!("representative.{field} is 1 to 300 characters"));
            }
        }
    }
    let metadata = new
        .metadata
        .as_ref()
        .and_then(|m| serde_json::to_string(m).ok())
        .unwrap_or_default();
    if metadata.len() > METADATA_MAX {
        return invalid("metadata is larger than 8 KiB");
    }
    if new
        .expires_at
        .is_some_and(|end| end <= at || end > at.plus(TIME_MAX))
    {
        return invalid("expires_at is not within a year from now");
    }
    if new.method == Method::Email {
        return invalid("method is `esia` or `sms`");
    }
    let question = Question {
        kind: new.kind,
        delivery: new.delivery,
        method: new.method,
        patient_born: new.patient.birth_date,
        acting: new.representative.as_ref().map(Representative::acting),
        agreement: Agreement::NotAsked,
        today: at.moscow_date(),
    };
    policy::decide(table, question)?;
    let signer = new
        .representative
        .as_ref()
        .map_or(&new.patient, |r| &r.person);
    match new.delivery {
        Delivery::Link if signer.phone.is_none() => {
            invalid("delivery `link` needs the signer's phone")
        }
        Delivery::Account
            if signer.phone.is_none() && signer.email.is_none() && signer.snils.is_none() =>
        {
            invalid("delivery `account` needs the signer's phone, email or snils to find them by")
        }
        Delivery::Link | Delivery::Account => Ok(()),
    }
}
