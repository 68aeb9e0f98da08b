//! `POST /api/v1/documents`: a MIS sends a document.

use super::kept;
use super::multipart::{self, Form, Upload};
use super::read::view;
use super::tell;
use crate::auth::{Clinic, Session};
use crate::db;
use crate::idempotency::{self, Kept};
use crate::templates;
use crate::upload::discard;
use axum::http::HeaderMap;
use podpis_kit::store::notices::Notice;
use podpis_kit::store::packages::{self, Place};
use podpis_kit::store::{
    Document, Event, blobs, clinic_signatures, intake, journal, planned, templates as made_of,
};
use podpis_kit::{Context, Db, Failure, Result, Tx, neighbour, now, random, vars};
use podpis_shared::clinic_signature::Demand;
use podpis_shared::document::status_after_patient;
use podpis_shared::hash::sha256_hex;
use podpis_shared::policy::{self, Agreement, Question, Table};
use podpis_shared::problem::Code;
use podpis_shared::templates::Template;
use podpis_shared::wire::mis::{
    self, EXTERNAL_ID_MAX, NewDocument, Package, Representative, SMS_FALLBACK_MAX, TITLE_MAX,
};
use podpis_shared::wire::vault::Stored;
use podpis_shared::{Delivery, Method, Parties, Purpose, Status, Timestamp};
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
    key: idempotency::Key,
    body: Form<NewDocument>,
) -> Result<Kept<mis::Document, 201>> {
    // An upload may take minutes: others use the handle meanwhile.
    drop(db);
    let at = now();
    let table = podpis_kit::policy::table().await?;
    let Upload {
        new,
        document_sha256,
        stored,
        signatures,
    } = multipart::receive(
        &context,
        &headers,
        body.0,
        "document",
        |new: &NewDocument| check(&table, new, at),
    )
    .await?;
    // A template's file has the day in it: what the caller sent is the part `document` alone.
    let mut content = match &stored {
        Some(stored) => format!("{document_sha256}:{}", stored.hashes.sha256),
        None if new.file_of.is_some() => format!("{document_sha256}:file_of"),
        None => format!("{document_sha256}:template"),
    };
    for signature in &signatures {
        content.push(':');
        content.push_str(&sha256_hex(signature));
    }
    let stored = match (stored, &new.template, &new.file_of) {
        (None, Some(chosen), _) => templates::make(&context, &clinic.id, &new, chosen, at).await?,
        (None, None, Some(other)) => file_of(&clinic.id, other).await?,
        (stored, ..) => stored.ok_or_else(|| Failure::internal("multipart", "no file"))?,
    };
    let once = idempotency::of(&key, &clinic, "/documents", content.as_bytes());
    let outcome = match once {
        Ok(once) => {
            let policy = table.version();
            match kept::check(&context, &new, &stored, signatures).await {
                Ok(kept) => {
                    let taken = Taken {
                        clinic: &clinic,
                        stored: &stored,
                        policy,
                        kept,
                        at,
                    };
                    store(taken, &headers, new, once.as_ref()).await
                }
                Err(failure) => Err(failure),
            }
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

/// The file of another document of the clinic. Both share one row: what a document uses is never deleted.
///
/// # Errors
/// `invalid`: there is none, or it was made for its patient.
async fn file_of(clinic_id: &str, id: &str) -> Result<Stored> {
    let db = Db::open().await?;
    let other = db::document(&db, clinic_id, id).await?;
    let invalid = |detail: &str| Failure::new(Code::Invalid, format!("file_of: {detail}"));
    let other = other.ok_or_else(|| invalid("there is no document with this id"))?;
    if made_of::of_document(&db, id).await?.is_some() {
        return Err(invalid(
            "the document was made of a template for its patient",
        ));
    }
    Ok(Stored {
        blob: other.original_blob,
        hashes: other.hashes,
        size: other.size,
        pages: other.pages,
    })
}

enum Outcome {
    Created(Kept<mis::Document, 201>),
    Replayed(Kept<mis::Document, 201>),
}

/// What is taken in beside the request itself.
struct Taken<'a> {
    clinic: &'a Clinic,
    stored: &'a Stored,
    policy: &'a str,
    kept: kept::Checked,
    at: Timestamp,
}

/// The atomic step: document, journal entry, message, answer.
async fn store(
    taken: Taken<'_>,
    headers: &HeaderMap,
    new: NewDocument,
    once: Option<&idempotency::Request>,
) -> Result<Outcome> {
    let Taken {
        clinic,
        stored,
        policy,
        kept,
        at,
    } = taken;
    let base_url = vars::base_url(headers).await?;
    let (sms_fallback, package) = (new.sms_fallback_after_hours, new.package.clone());
    let new_file = new.file_of.is_none();
    let demand = demand(&new);
    let template = new.template.as_ref();
    let template = template.map(|chosen| templates::of_document(&new, chosen, at));
    let template = template.transpose()?.map(Template::reference);
    let mut document = document(clinic, new, stored, at)?;
    let tx = Db::open().await?.begin().await?;
    if let Some(once) = once
        && let Some(first) = once.replay(&tx).await?
    {
        return Ok(Outcome::Replayed(first));
    }
    if new_file && !blobs::claim(&tx, &stored.blob).await? {
        return Err(Failure::busy());
    }
    document.position = intake::next_position(&tx, &clinic.id).await?;
    intake::insert(&tx, &document).await?;
    if let Some(demand) = &demand {
        clinic_signatures::insert_demand(&tx, &document.id, demand).await?;
    }
    if let Some(template) = &template {
        made_of::note(&tx, &document.id, template).await?;
    }
    let last = match &package {
        Some(package) => place(&tx, &document, package).await?,
        None => true,
    };
    planned::sms_fallback(&tx, &document, sms_fallback).await?;
    let mut facts = json!({
        "kind": document.kind, "delivery": document.delivery, "sha256": document.hashes.sha256, "policy": policy,
    });
    if let Some(template) = &template {
        facts["template"] = json!(template);
    }
    let kept_signatures = kept.keep(&tx, &document.id, &mut facts).await?;
    let notice = if document.is_kept() {
        facts["purpose"] = json!(document.purpose);
        Notice::Kept
    } else {
        facts["method"] = json!(document.method);
        Notice::Arrived
    };
    let (id, facts) = (Some(document.id.as_str()), clinic.by.signed(facts));
    journal::append(&tx, &clinic.id, id, Event::Sent, at, facts).await?;
    if package.is_none() {
        tell::signer(&tx, &document, notice, &clinic.name, &base_url, at).await?;
    } else if last {
        packages::tell(&tx, &document.id, &clinic.name, &base_url, at).await?;
    }
    let answer = Kept::new(&mis::Document {
        template,
        package,
        kept_signatures,
        ..view(document, Vec::new())
    })?;
    if let Some(once) = once {
        once.keep(&tx, &answer).await?;
    }
    tx.commit().await?;
    Ok(Outcome::Created(answer))
}

/// Puts the document into its package; whether it is the last one there.
///
/// # Errors
/// `invalid`.
async fn place(tx: &Tx, document: &Document, package: &Package) -> Result<bool> {
    let detail = match packages::put(tx, document, package).await? {
        Place::Taken { last } => return Ok(last),
        Place::Full => "package: all its documents for this signer have come".to_owned(),
        Place::OtherSize(size) => {
            format!("package.of was {size} in an earlier document of it for this signer")
        }
    };
    Err(Failure::new(Code::Invalid, detail))
}

/// The row of a document that is taken in.
pub(crate) fn document(
    clinic: &Clinic,
    new: NewDocument,
    stored: &Stored,
    at: Timestamp,
) -> Result<Document> {
    // What is kept was complete before it came, and stays.
    let (status, ends_at, completed_at) = match new.purpose {
        Purpose::Signing => (Status::Sent, at.plus(TIME_DEFAULT), None),
        Purpose::Keeping => (Status::Completed, Timestamp::MAX, Some(at)),
    };
    Ok(Document {
        id: random::id("doc")?,
        clinic_id: clinic.id.clone(),
        position: 0,
        kind: new.kind,
        title: new.title.trim().to_owned(),
        external_id: new.external_id,
        patient: new.patient,
        representative: new.representative,
        purpose: new.purpose,
        delivery: new.delivery,
        method: new.method.unwrap_or(Method::Esia),
        parties: new.parties.unwrap_or(Parties::Patient),
        metadata: serde_json::Value::Object(new.metadata.unwrap_or_default()).to_string(),
        status,
        original_blob: stored.blob.clone(),
        signed_blob: None,
        hashes: stored.hashes.clone(),
        size: stored.size,
        pages: stored.pages,
        created_at: at,
        expires_at: new.expires_at.unwrap_or(ends_at),
        opened_at: None,
        signed_at: None,
        completed_at,
    })
}

/// What the MIS said of the clinic's own signatures.
fn demand(new: &NewDocument) -> Option<Demand> {
    let signers = new.clinic_signers.as_ref()?;
    Some(Demand {
        roles: signers.iter().map(|signer| signer.role.clone()).collect(),
        ordered: new.clinic_signers_ordered,
    })
}

/// What can be said of a document before its file is looked at.
///
/// # Errors
/// `invalid`, `policy`.
pub(crate) fn check(table: &Table, new: &NewDocument, at: Timestamp) -> Result<()> {
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
    if let Some(chosen) = &new.template {
        if new.file_of.is_some() {
            return invalid("file_of contradicts template");
        }
        templates::of_document(new, chosen, at)?;
    }
    if let Some(package) = &new.package {
        package
            .check()
            .map_err(|detail| Failure::new(Code::Invalid, detail))?;
        if new.delivery != Delivery::Account {
            return invalid("package needs delivery `account`");
        }
    }
    match new.purpose {
        Purpose::Signing => check_signing(table, new, at)?,
        Purpose::Keeping => check_keeping(table, new, at)?,
    }
    let signer = new
        .representative
        .as_ref()
        .map_or(&new.patient, |r| &r.person);
    if let Some(hours) = new.sms_fallback_after_hours {
        if hours > SMS_FALLBACK_MAX {
            return invalid("sms_fallback_after_hours is 0 to 720");
        }
        if hours > 0 && (new.delivery != Delivery::Account || signer.phone.is_none()) {
            return invalid(
                "sms_fallback_after_hours needs delivery `account` and the signer's phone",
            );
        }
    }
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

/// What is to be signed says how, by whom and until when; the law lets it be signed so.
fn check_signing(table: &Table, new: &NewDocument, at: Timestamp) -> Result<()> {
    let invalid = |detail: &str| Err(Failure::new(Code::Invalid, detail));
    let Some(method) = new.method.filter(|method| *method != Method::Email) else {
        return invalid("method is `esia` or `sms`");
    };
    if new.parties.is_none() {
        return invalid("parties is `patient` or `patient_and_clinic`");
    }
    if let Some(demand) = demand(new) {
        demand
            .check()
            .map_err(|detail| Failure::new(Code::Invalid, detail))?;
        let parties = new.parties.unwrap_or(Parties::Patient);
        if status_after_patient(new.kind, parties) == Status::Completed {
            return invalid(
                "clinic_signers contradicts parties `patient` for this kind: the clinic does not sign it",
            );
        }
    } else if new.clinic_signers_ordered {
        return invalid("clinic_signers_ordered needs clinic_signers");
    }
    if new
        .expires_at
        .is_some_and(|end| end <= at || end > at.plus(TIME_MAX))
    {
        return invalid("expires_at is not within a year from now");
    }
    let question = Question {
        kind: new.kind,
        delivery: new.delivery,
        method,
        patient_born: new.patient.birth_date,
        acting: new.representative.as_ref().map(Representative::acting),
        agreement: Agreement::NotAsked,
        today: at.moscow_date(),
    };
    policy::decide(table, question)?;
    Ok(())
}

/// What is to be kept says nothing of a signature: no method, no parties, no deadline. A link leads to a signature and ends,
/// so it is for the account alone; and it goes to nobody who might not decide on it.
fn check_keeping(table: &Table, new: &NewDocument, at: Timestamp) -> Result<()> {
    let contradicts = [
        ("method", new.method.is_some()),
        ("parties", new.parties.is_some()),
        ("expires_at", new.expires_at.is_some()),
        ("clinic_signers", new.clinic_signers.is_some()),
        ("package", new.package.is_some()),
        (
            "sms_fallback_after_hours",
            new.sms_fallback_after_hours.is_some(),
        ),
    ];
    if let Some((field, _)) = contradicts.iter().find(|(_, given)| *given) {
        let detail =
            format!("{field} contradicts purpose `keeping`: nobody signs the document here");
        return Err(Failure::new(Code::Invalid, detail));
    }
    if new.delivery != Delivery::Account {
        let detail = "purpose `keeping` needs delivery `account`";
        return Err(Failure::new(Code::Invalid, detail));
    }
    let acting = new.representative.as_ref().map(Representative::acting);
    let (born, today) = (new.patient.birth_date, at.moscow_date());
    Ok(policy::may_receive(table, new.kind, born, acting, today)?)
}
