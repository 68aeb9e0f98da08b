//! The clinic's user agreement: what a patient accepts when registering, and what a signature by code rests on.

pub(crate) mod acceptances;
pub(crate) mod upload;

use self::upload::{File, Upload};
use crate::answer::{Json, Sent, form};
use crate::auth::{Clinic, Session};
use crate::upload::discard;
use axum::http::HeaderMap;
use podpis_kit::extract::Query;
use podpis_kit::files::stream;
use podpis_kit::store::agreements::{self, Agreement};
use podpis_kit::store::{Event, blobs, journal};
use podpis_kit::{Context, Db, Failure, Result, now};
use podpis_shared::problem::Code;
use podpis_shared::wire::mis::{self, TITLE_MAX};
use serde::Deserialize;
use serde_json::json;

/// Title where the clinic gives none.
const TITLE: &str = "Пользовательское соглашение";

#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct PutQuery {
    /// Title that the patient sees.
    #[cfg_attr(test, schemars(length(min = 1, max = TITLE_MAX), extend("default" = TITLE)))]
    title: Option<String>,
}

/// `PUT /api/v1/agreement`: publishes a version. The bytes of the version in force again change nothing, so the title stays
/// too: who has accepted them is not asked again.
///
/// # Errors
/// `unsupported_media_type`, `too_large`, `invalid`, and what `vault` says of the file.
pub(crate) async fn put(
    Session { clinic, db }: Session,
    context: Context,
    Query(query): Query<PutQuery>,
    headers: HeaderMap,
    File(body): File,
) -> Result<Json<mis::Agreement>> {
    // An upload may take minutes: others use the handle meanwhile.
    drop(db);
    let upload = upload::receive(&context, &headers, body).await?;
    let title = upload.title.clone().or(query.title);
    let outcome = match checked(title) {
        Ok(title) => publish(&clinic, &title, &upload).await,
        Err(failure) => Err(failure),
    };
    match outcome {
        Ok(agreement) => {
            if agreement.blob != upload.stored.blob {
                discard(&context, &upload.stored).await;
            }
            Ok(Json(view(agreement)))
        }
        Err(failure) => {
            discard(&context, &upload.stored).await;
            Err(failure)
        }
    }
}

/// `GET /api/v1/agreement`: the version in force.
///
/// # Errors
/// 404 where none was published.
pub(crate) async fn read(Session { clinic, db }: Session) -> Result<Json<mis::Agreement>> {
    Ok(Json(view(current(&db, &clinic.id).await?)))
}

/// `GET /api/v1/agreement/file`: the bytes received, unchanged.
///
/// # Errors
/// As [`read`].
pub(crate) async fn file(
    Session { clinic, db }: Session,
    context: Context,
) -> Result<Sent<form::Pdf>> {
    let agreement = current(&db, &clinic.id).await?;
    let name = format!("agreement-{}.pdf", agreement.version);
    let path = format!("/blobs/{}", agreement.blob);
    stream(&context, &path, &name).await.map(Sent::from)
}

async fn current(db: &Db, clinic_id: &str) -> Result<Agreement> {
    let current = agreements::current(db, clinic_id).await?;
    current.ok_or_else(Failure::not_found)
}

/// The atomic step: file, version, journal entry.
async fn publish(clinic: &Clinic, title: &str, upload: &Upload) -> Result<Agreement> {
    let (stored, at) = (&upload.stored, now());
    let tx = Db::open().await?.begin().await?;
    if let Some(current) = agreements::current(&tx, &clinic.id).await?
        && current.hashes == stored.hashes
    {
        return Ok(current);
    }
    if !blobs::claim(&tx, &stored.blob).await? {
        return Err(Failure::busy());
    }
    let agreement = agreements::insert(&tx, &clinic.id, title, stored, at).await?;
    let facts = clinic.by.signed(json!({
        "agreement_id": agreement.id, "version": agreement.version, "sha256": agreement.hashes.sha256,
    }));
    journal::append(&tx, &clinic.id, None, Event::AgreementPublished, at, facts).await?;
    tx.commit().await?;
    Ok(agreement)
}

fn checked(title: Option<String>) -> Result<String> {
    let title = title.unwrap_or_else(|| TITLE.to_owned());
    let title = title.trim();
    if title.is_empty() || title.chars().count() > TITLE_MAX || title.chars().any(char::is_control)
    {
        return Err(Failure::new(Code::Invalid, "title is 1 to 300 characters"));
    }
    Ok(title.to_owned())
}

fn view(agreement: Agreement) -> mis::Agreement {
    mis::Agreement {
        id: agreement.id,
        version: agreement.version,
        title: agreement.title,
        hashes: agreement.hashes,
        size: agreement.size,
        pages: agreement.pages,
        created_at: agreement.created_at,
    }
}
