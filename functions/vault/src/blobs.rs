//! Files: inspected before anything of them is stored.

use crate::keys;
use axum::body::Body;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use podpis_kit::at_rest::Keys;
use podpis_kit::store::blobs::{self, Content};
use podpis_kit::{Db, Failure, Result, http, now, random};
use podpis_shared::problem::Code;
use podpis_shared::wire::vault::Stored;
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
    check_keys().await?;
    let bytes = http::read_body(body, DOCUMENT_MAX).await?;
    http::json(StatusCode::CREATED, &stage(bytes.into()).await?)
}

/// Without a seal, or a key to keep the evidence with, nothing could ever be signed: it is said when a document is sent,
/// not when the person signs.
///
/// # Errors
/// `unavailable`.
pub(crate) async fn check_keys() -> Result<()> {
    let db = Db::open().await?;
    keys::seal(&db).await?;
    Keys::load(&db).await?;
    Ok(())
}

/// Inspects a file and stores it until a document claims it.
///
/// # Errors
/// As [`create`].
pub(crate) async fn stage(bytes: Vec<u8>) -> Result<Stored> {
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
pub(crate) struct Place;

impl Place {
    pub(crate) fn take() -> Result<Self> {
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
