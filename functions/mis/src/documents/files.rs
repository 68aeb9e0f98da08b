//! The files of a document, streamed from `vault`.

use super::read::own;
use crate::answer::{Sent, form};
use crate::auth::Session;
use podpis_kit::extract::Path;
use podpis_kit::files::stream;
use podpis_kit::{Context, Failure, Result};
use podpis_shared::problem::Code;

/// `GET /api/v1/documents/{id}/original`: the bytes received, unchanged.
pub(crate) async fn original(
    session: Session,
    context: Context,
    Path(id): Path<String>,
) -> Result<Sent<form::Pdf>> {
    let (_, document) = own(session, &id).await?;
    stream(
        &context,
        &format!("/blobs/{}", document.original_blob),
        &format!("{id}.pdf"),
    )
    .await
    .map(Sent::from)
}

/// `GET /api/v1/documents/{id}/signed`.
///
/// # Errors
/// `not_signed` before the person signed, and of what was sent for keeping.
pub(crate) async fn signed(
    session: Session,
    context: Context,
    Path(id): Path<String>,
) -> Result<Sent<form::Pdf>> {
    let (_, document) = own(session, &id).await?;
    let kept = document.is_kept();
    let blob = document.signed_blob.ok_or_else(|| {
        let detail = if kept {
            "the document was sent for keeping: nobody signs it here"
        } else {
            "the document has not been signed yet"
        };
        Failure::new(Code::NotSigned, detail)
    })?;
    stream(
        &context,
        &format!("/blobs/{blob}"),
        &format!("{id}-signed.pdf"),
    )
    .await
    .map(Sent::from)
}

/// `GET /api/v1/documents/{id}/evidence`: the bundle as of now.
pub(crate) async fn evidence(
    session: Session,
    context: Context,
    Path(id): Path<String>,
) -> Result<Sent<form::Object>> {
    own(session, &id).await?;
    stream(
        &context,
        &format!("/documents/{id}/evidence"),
        &format!("{id}-evidence.json"),
    )
    .await
    .map(Sent::from)
}
