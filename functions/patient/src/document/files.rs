//! The files: as the clinic sent it, as signed, as completed by the clinic, and what proves it.

use super::Right;
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use podpis_kit::extract::Path;
use podpis_kit::files::stream;
use podpis_kit::store::{Document, final_versions, kept_signatures};
use podpis_kit::{Context, Failure, Result, access, act, now};
use podpis_shared::problem::Code;

/// `GET /patient/document/file`: the exact bytes that the clinic sent.
///
/// # Errors
/// Those of the right; `invalid_state` once the clinic has withdrawn the document.
pub(super) async fn original(headers: HeaderMap, context: Context) -> Result<Response> {
    let blob = match Right::of(&headers, now()).await? {
        Right::Document(opened) if opened.document.status.is_withdrawn() => {
            return Err(withdrawn());
        }
        Right::Document(opened) => opened.document.original_blob,
        Right::Agreement(offered) => offered.agreement.blob,
    };
    stream(&context, &format!("/blobs/{blob}"), "document.pdf").await
}

/// `GET /patient/document/signed`: the person's own copy.
///
/// # Errors
/// Those of the right; `not_signed` before the signature.
pub(super) async fn signed(headers: HeaderMap, context: Context) -> Result<Response> {
    let document = access::open(&headers, now()).await?.document;
    let refusal = not_signed(&document);
    let blob = document.signed_blob.ok_or(refusal)?;
    stream(&context, &format!("/blobs/{blob}"), "document-signed.pdf").await
}

/// `GET /patient/document/final`: the final version, once the clinic has signed.
///
/// # Errors
/// Those of the right; `not_completed` while a signature is missing, `not_signed` of what was sent for keeping.
pub(super) async fn last(headers: HeaderMap, context: Context) -> Result<Response> {
    let opened = access::open(&headers, now()).await?;
    final_versions::signatures(&opened.db, &opened.document).await?;
    let path = format!("/documents/{}/final", opened.document.id);
    stream(&context, &path, "document-final.pdf").await
}

/// `GET /patient/document/evidence`: the evidence bundle as of now.
///
/// # Errors
/// Those of the right; `not_signed` before the signature.
pub(super) async fn evidence(headers: HeaderMap, context: Context) -> Result<Response> {
    let document = access::open(&headers, now()).await?.document;
    if document.signed_blob.is_none() {
        return Err(not_signed(&document));
    }
    let path = format!("/documents/{}/evidence", document.id);
    stream(&context, &path, "evidence.json").await
}

/// `GET /patient/document/kept-signatures/{number}`: a detached signature that came with what is kept, byte for byte.
///
/// # Errors
/// Those of the right; `invalid_state` once the clinic has withdrawn the document, `not_found`.
pub(super) async fn kept_signature(
    headers: HeaderMap,
    Path(number): Path<u32>,
) -> Result<Response> {
    let opened = access::open(&headers, now()).await?;
    if opened.document.status.is_withdrawn() {
        return Err(withdrawn());
    }
    let bytes = kept_signatures::file(&opened.db, &opened.document.id, number).await?;
    let bytes = bytes.ok_or_else(Failure::not_found)?;
    let name = format!("attachment; filename=\"document-{number}.sig\"");
    let headers = [
        (CONTENT_TYPE, "application/pkcs7-signature".to_owned()),
        (CONTENT_DISPOSITION, name),
    ];
    Ok((headers, bytes).into_response())
}

fn withdrawn() -> Failure {
    Failure::new(Code::InvalidState, "Клиника отозвала документ.")
}

fn not_signed(document: &Document) -> Failure {
    let detail = if document.is_kept() {
        act::KEPT
    } else {
        "Документ ещё не подписан."
    };
    Failure::new(Code::NotSigned, detail)
}
