//! The PDF itself: as the clinic sent it, and as signed.

use axum::http::HeaderMap;
use axum::response::Response;
use podpis_kit::files::stream;
use podpis_kit::store::links;
use podpis_kit::{Context, Failure, Result, now};
use podpis_shared::problem::Code;

/// `GET /patient/document/file`: the exact bytes that the clinic sent.
///
/// # Errors
/// `invalid_state` once the clinic has withdrawn the document.
pub(crate) async fn original(headers: HeaderMap, context: Context) -> Result<Response> {
    let (_, document) = links::open(&headers, now()).await?;
    if document.status.is_withdrawn() {
        return Err(Failure::new(
            Code::InvalidState,
            "Клиника отозвала документ.",
        ));
    }
    stream(
        &context,
        &format!("/blobs/{}", document.original_blob),
        "document.pdf",
    )
    .await
}

/// `GET /patient/document/signed`: the person's own copy.
///
/// # Errors
/// `not_signed` before the signature.
pub(crate) async fn signed(headers: HeaderMap, context: Context) -> Result<Response> {
    let (_, document) = links::open(&headers, now()).await?;
    let blob = document
        .signed_blob
        .ok_or_else(|| Failure::new(Code::NotSigned, "Документ ещё не подписан."))?;
    stream(&context, &format!("/blobs/{blob}"), "document-signed.pdf").await
}
