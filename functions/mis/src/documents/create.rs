//! `POST /api/v1/documents`: a MIS sends a document.

mod check;
mod row;

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
use podpis_kit::{Context, Db, Failure, Result, Tx, neighbour, now, vars};
use podpis_shared::Timestamp;
use podpis_shared::hash::sha256_hex;
use podpis_shared::problem::Code;
use podpis_shared::templates::Template;
use podpis_shared::wire::mis::{self, NewDocument, Package};
use podpis_shared::wire::vault::Stored;
use serde_json::json;

pub(crate) use check::check;
pub(crate) use row::document;

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
    let demand = row::demand(&new);
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
