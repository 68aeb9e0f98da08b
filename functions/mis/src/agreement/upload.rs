//! The agreement's file: the body itself, or the part `file` of a form with an optional part `title`.

use crate::documents::multipart::{self, drain, unreadable};
use crate::upload;
use axum::body::Body;
use axum::extract::{FromRequest, Request};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use multer::Field;
use podpis_kit::{Context, Failure, Result};
use podpis_shared::problem::Code;
use podpis_shared::wire::mis::TITLE_MAX;
use podpis_shared::wire::vault::Stored;
use std::convert::Infallible;

/// The body, not read yet.
pub(crate) struct File(pub(super) Body);

impl<S: Sync> FromRequest<S> for File {
    type Rejection = Infallible;
    async fn from_request(request: Request, _: &S) -> Result<Self, Infallible> {
        Ok(Self(request.into_body()))
    }
}

/// What came in.
pub(super) struct Upload {
    /// The file, inspected and staged.
    pub(super) stored: Stored,
    /// The part `title`.
    pub(super) title: Option<String>,
}

/// Receives it. Nothing of a refused upload is kept.
///
/// # Errors
/// `unsupported_media_type`, `bad_request`, `too_large`, what `vault` says of the file.
pub(super) async fn receive(context: &Context, headers: &HeaderMap, body: Body) -> Result<Upload> {
    let (mut stored, mut title) = (None, None);
    let outcome = if is_pdf(headers) {
        let broken = |_| Failure::new(Code::BadRequest, "the body ended too early");
        let (file, outcome) = upload::to_vault(context, body.into_data_stream(), broken).await;
        stored = file;
        outcome
    } else {
        let mut outcome = Ok(());
        let mut parts = multipart::open(headers, body)?;
        // A refusal does not stop the reading: the first one is the answer.
        loop {
            let taken = match parts.next_field().await {
                Ok(None) => break,
                Ok(Some(field)) => take(context, field, &mut stored, &mut title).await,
                Err(e) => {
                    outcome = outcome.and(Err(unreadable(e)));
                    break;
                }
            };
            outcome = outcome.and(taken);
        }
        outcome
    };
    match (outcome, stored) {
        (Ok(()), Some(stored)) => Ok(Upload { stored, title }),
        (Ok(()), None) => Err(Failure::new(Code::BadRequest, "the part `file` is missing")),
        (Err(failure), stored) => {
            if let Some(stored) = stored {
                upload::discard(context, &stored).await;
            }
            Err(failure)
        }
    }
}

async fn take(
    context: &Context,
    field: Field<'_>,
    stored: &mut Option<Stored>,
    title: &mut Option<String>,
) -> Result<()> {
    match field.name() {
        Some("file") if stored.is_none() => {
            let (file, outcome) = upload::to_vault(context, field, unreadable).await;
            *stored = file;
            outcome
        }
        Some("title") if title.is_none() => {
            // A character has up to four bytes.
            let bytes = drain(field, 4 * TITLE_MAX).await?;
            let text = String::from_utf8(bytes);
            *title = Some(text.map_err(|_| Failure::new(Code::Invalid, "title is not UTF-8"))?);
            Ok(())
        }
        _ => {
            let parts = Failure::new(Code::BadRequest, "the parts are one `file` and one `title`");
            drain(field, 0).await.and(Err(parts))
        }
    }
}

fn is_pdf(headers: &HeaderMap) -> bool {
    let media = headers.get(CONTENT_TYPE).and_then(|v| v.to_str().ok());
    let kind = media.and_then(|media| media.split(';').next());
    kind.is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/pdf"))
}
