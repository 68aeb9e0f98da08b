//! Files: inspected before anything of them is stored.

use crate::keys;
use axum::body::Body;
use axum::extract::Path;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use podpis_kit::at_rest::Keys;
use podpis_kit::store::blobs::{self, Content};
use podpis_kit::{Db, Failure, Result, http, now, random};
use podpis_shared::problem::Code;
use podpis_shared::templates;
use podpis_shared::wire::vault::{Stored, Typeset};
use podpis_shared::{DOCUMENT_MAX, Hashes};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Files being taken in by this instance at the same time; more would not fit its memory.
const INTAKE_MAX: usize = 4;

static INTAKE: AtomicUsize = AtomicUsize::new(0);

/// `POST /blobs`: the bytes of a PDF of up to [`DOCUMENT_MAX`] bytes.
///
/// # Errors
/// `too_large`, `not_pdf`, `encrypted_pdf`, `active_content`, `broken_pdf`: nothing is stored then.
pub(crate) async fn create(body: Body) -> Result<Response> {
    let _place = Place::take()?;
    can_seal().await?;
    let bytes = http::read_body(body, DOCUMENT_MAX).await?;
    http::json(StatusCode::CREATED, &stage(bytes.into()).await?)
}

/// `POST /typeset`: makes the PDF of a template's version and stores it, inspected as every other.
///
/// # Errors
/// `invalid` for a template that there is none of, and for fields that are missing, unknown, or have signs that the font
/// lacks: nothing is stored then.
pub(crate) async fn typeset(headers: HeaderMap, body: Body) -> Result<Response> {
    let _place = Place::take()?;
    can_seal().await?;
    let Typeset { template, values } = http::read_json(&headers, body).await?;
    let invalid = |detail: String| Failure::new(Code::Invalid, detail);
    let version = templates::version(&template.id, &template.version)
        .ok_or_else(|| invalid(format!("there is no template {}", template.id)))?;
    let filled = version.fill(&values).map_err(|e| invalid(e.to_string()))?;
    let pdf = podpis_pdf::template::typeset(&filled).map_err(|e| invalid(e.to_string()))?;
    http::json(StatusCode::CREATED, &stage(pdf).await?)
}

/// Without a seal, or a key to keep the evidence with, nothing could ever be signed: say so when it is sent, not when the person
/// signs.
async fn can_seal() -> Result<()> {
    let db = Db::open().await?;
    keys::seal(&db).await?;
    Keys::load(&db).await?;
    Ok(())
}

/// Inspects a file, and stores it until a document claims it.
async fn stage(bytes: Vec<u8>) -> Result<Stored> {
    let inspected = podpis_pdf::inspect(&bytes).map_err(|refusal| {
        Failure::new(
            Code::parse(refusal.code()).unwrap_or(Code::BrokenPdf),
            refusal.to_string(),
        )
    })?;
    let stored = Stored {
        blob: random::id("blob")?,
        hashes: Hashes::of(&bytes),
        size: bytes.len() as u64,
        pages: inspected.pages,
    };
    let tx = Db::open().await?.begin().await?;
    let content = Content::plain(bytes);
    blobs::insert(&tx, &stored, content, now()).await?;
    blobs::stage(&tx, &stored.blob, now()).await?;
    tx.commit().await?;
    Ok(stored)
}

/// `GET /blobs/{id}`.
pub(crate) async fn read(Path(id): Path<String>) -> Result<Response> {
    let bytes = blobs::find(&Db::open().await?, &id)
        .await?
        .ok_or_else(Failure::not_found)?;
    Ok(([(CONTENT_TYPE, "application/pdf")], bytes).into_response())
}

/// `DELETE /blobs/{id}`: repeating it is harmless; what a document uses stays.
pub(crate) async fn discard(Path(id): Path<String>) -> Result<StatusCode> {
    blobs::discard(&Db::open().await?, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A place among the files being taken in; given back when dropped.
struct Place;

impl Place {
    fn take() -> Result<Self> {
        let place = Self;
        if INTAKE.fetch_add(1, Ordering::Relaxed) < INTAKE_MAX {
            Ok(place)
        } else {
            Err(Failure::busy())
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        INTAKE.fetch_sub(1, Ordering::Relaxed);
    }
}
