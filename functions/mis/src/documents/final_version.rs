//! `GET /api/v1/documents/{id}/final`: the final version, as a PDF or with everything that belongs to it as a ZIP archive
//! (`docs/final.md`).

use super::read::own;
use crate::answer::{Sent, form};
use crate::archive::{Archive, Sender};
use crate::auth::Session;
use axum::BoxError;
use axum::body::Body;
use axum::http::header::{ACCEPT, CONTENT_DISPOSITION, CONTENT_TYPE, VARY};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use futures::channel::mpsc;
use futures::{StreamExt as _, future, stream};
use podpis_kit::extract::{Path, Query};
use podpis_kit::files::{fetch, stream as file};
use podpis_kit::store::Document;
use podpis_kit::store::clinic_signatures::ClinicSignature;
use podpis_kit::store::final_versions;
use podpis_kit::{Context, Failure, Result, vars};
use podpis_shared::Timestamp;
use podpis_shared::clinic_signature::Over;
use podpis_shared::problem::Code;
use serde::Deserialize;

#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct FinalQuery {
    /// Without it the header `Accept: application/zip` asks for the archive.
    #[cfg_attr(test, schemars(extend("enum" = ["pdf", "zip"])))]
    format: Option<String>,
}

/// The final version. `format` is `pdf` or `zip`; without it the header `Accept: application/zip` asks for the archive.
///
/// # Errors
/// `not_completed` while a signature is missing, `not_signed` of what was sent for keeping, `bad_request` for another
/// format. What fails after the archive has begun cuts the answer: such an archive has no end.
pub(crate) async fn read(
    session: Session,
    context: Context,
    headers: HeaderMap,
    Path(id): Path<String>,
    Query(query): Query<FinalQuery>,
) -> Result<Sent<form::PdfOrZip>> {
    let (db, document) = own(session, &id).await?;
    let wants_zip = match query.format.as_deref() {
        Some("pdf") => false,
        Some("zip") => true,
        None => accepts_zip(&headers),
        Some(_) => return Err(Failure::new(Code::BadRequest, "format is pdf or zip")),
    };
    let signatures = final_versions::signatures(&db, &document).await?;
    drop(db);
    let mut response = if wants_zip {
        let base_url = vars::base_url(&headers).await?;
        archive(context, document, signatures, base_url).await?
    } else {
        let path = format!("/documents/{id}/final");
        file(&context, &path, &format!("{id}-final.pdf")).await?
    };
    let vary = HeaderValue::from_static("accept");
    response.headers_mut().insert(VARY, vary);
    Ok(response.into())
}

/// Whether the caller names the archive's type and not the PDF's.
fn accepts_zip(headers: &HeaderMap) -> bool {
    let accepts = |name: &str| {
        headers
            .get_all(ACCEPT)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .any(|one| one.split(';').next().unwrap_or_default().trim() == name)
    };
    accepts("application/zip") && !accepts("application/pdf")
}

/// The archive, whose PDF is fetched before the answer begins: so what can't be made has an answer of its own.
async fn archive(
    context: Context,
    document: Document,
    signatures: Vec<ClinicSignature>,
    base_url: String,
) -> Result<Response> {
    let id = document.id.clone();
    let last = fetch(&context, &format!("/documents/{id}/final")).await?;
    let evidence = fetch(&context, &format!("/documents/{id}/final/evidence")).await?;
    // Nothing of the archive depends on when it is asked for.
    let at = signatures
        .last()
        .map(|signature| signature.accepted_at)
        .or(document.signed_at)
        .unwrap_or(document.created_at);
    let parts = Parts {
        context,
        document,
        signatures,
        last,
        evidence,
        base_url,
        at,
    };
    let (to, chunks) = mpsc::channel(1);
    let ended = stream::once(write(parts, to)).filter_map(future::ready);
    let mut response = Response::new(Body::from_stream(stream::select(chunks, ended)));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/zip"));
    let name = format!("attachment; filename=\"{id}-final.zip\"");
    let name =
        HeaderValue::from_str(&name).map_err(|e| Failure::internal("final", e.to_string()))?;
    headers.insert(CONTENT_DISPOSITION, name);
    Ok(response)
}

/// What goes into the archive.
struct Parts {
    context: Context,
    document: Document,
    signatures: Vec<ClinicSignature>,
    last: Vec<Bytes>,
    evidence: Vec<Bytes>,
    base_url: String,
    at: Timestamp,
}

/// Writes the archive; gives what cuts the answer, if something does.
async fn write(parts: Parts, to: Sender) -> Option<Result<Bytes, BoxError>> {
    let archive = Archive::new(parts.at, to);
    let failure = parts.write(archive).await.err()?;
    // It is too late for an answer, but the log takes it.
    drop(failure.into_response());
    Some(Err("the archive failed".into()))
}

impl Parts {
    async fn write(self, mut archive: Archive) -> Result<()> {
        let readme = include_str!("final.README.ru.txt").replace("{base_url}", &self.base_url);
        let readme = format!("\u{feff}{}", readme.replace('\n', "\r\n"));
        archive
            .add("README.ru.txt".into(), vec![readme.into()])
            .await?;
        if let Some(blob) = &self.document.signed_blob {
            let signed = fetch(&self.context, &format!("/blobs/{blob}")).await?;
            archive.add("signed.pdf".into(), signed).await?;
        }
        // What stands inside the clinic's own PDF is no file beside it.
        let own = final_versions::of_clinic(&self.signatures).is_some();
        for (number, signature) in (1..).zip(&self.signatures) {
            if !own || signature.over != Over::Final {
                let name = format!("podpis-clinic-{number}.sig");
                let der = Bytes::from(signature.der.clone());
                archive.add(name, vec![der]).await?;
            }
        }
        archive.add("final.pdf".into(), self.last).await?;
        archive.add("evidence.json".into(), self.evidence).await?;
        archive.finish().await
    }
}
