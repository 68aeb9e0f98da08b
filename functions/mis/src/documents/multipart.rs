//! The upload's two parts, in any order: `document` is read, `file` streams through to `vault`.

use crate::upload::{self, DRAIN_MAX};
use axum::body::Body;
use axum::extract::{FromRequest, Request};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use multer::{Field, Multipart};
use podpis_kit::{Context, Failure, Result, http};
use podpis_shared::hash::sha256_hex;
use podpis_shared::problem::Code;
use podpis_shared::wire::mis::NewDocument;
use podpis_shared::wire::vault::Stored;
use std::convert::Infallible;

/// The body, not read yet.
pub(crate) struct Form(pub(super) Body);

impl<S: Sync> FromRequest<S> for Form {
    type Rejection = Infallible;
    async fn from_request(request: Request, _: &S) -> Result<Self, Infallible> {
        Ok(Self(request.into_body()))
    }
}

/// What came in.
pub(crate) struct Upload {
    /// The part `document`, checked.
    pub(crate) new: NewDocument,
    /// SHA-256 of that part's bytes.
    pub(crate) document_sha256: String,
    /// The file, inspected and stored.
    pub(crate) stored: Stored,
}

/// Receives an upload. `check` sees the document before its file is opened, where the order allows.
///
/// # Errors
/// `bad_request`, `unsupported_media_type`, `too_large`, what `check` says, what `vault` says of the file.
pub(crate) async fn receive(
    context: &Context,
    headers: &HeaderMap,
    body: Body,
    check: impl Fn(&NewDocument) -> Result<()>,
) -> Result<Upload> {
    let mut parts = open(headers, body)?;
    let mut received = Received::default();
    loop {
        match parts.next_field().await {
            Ok(None) => break,
            Ok(Some(field)) => received.take(context, field, &check).await,
            Err(e) => {
                received.refuse(unreadable(e));
                break;
            }
        }
    }
    received.finish(context).await
}

/// The parts of a multipart body.
///
/// # Errors
/// `unsupported_media_type`.
pub(crate) fn open(headers: &HeaderMap, body: Body) -> Result<Multipart<'static>> {
    let media = headers
        .get(CONTENT_TYPE)
        .and_then(|v| v.to_str().ok())
        .unwrap_or_default();
    let boundary = multer::parse_boundary(media).map_err(|_| {
        Failure::new(
            Code::UnsupportedMedia,
            "the body must be multipart/form-data with a boundary",
        )
    })?;
    let limits = multer::SizeLimit::new().whole_stream(DRAIN_MAX);
    let limits = multer::Constraints::new().size_limit(limits);
    Ok(Multipart::with_constraints(
        body.into_data_stream(),
        boundary,
        limits,
    ))
}

#[derive(Default)]
struct Received {
    document: Option<(NewDocument, String)>,
    stored: Option<Stored>,
    refusal: Option<Failure>,
}

impl Received {
    async fn take(
        &mut self,
        context: &Context,
        field: Field<'_>,
        check: &impl Fn(&NewDocument) -> Result<()>,
    ) {
        let taken = match field.name() {
            Some("document") if self.document.is_none() => self.take_document(field, check).await,
            Some("file") if self.stored.is_none() => self.take_file(context, field).await,
            _ => {
                let failure = Failure::new(
                    Code::BadRequest,
                    "the parts are one `document` and one `file`",
                );
                drain(field, 0).await.and(Err(failure))
            }
        };
        if let Err(failure) = taken {
            self.refuse(failure);
        }
    }

    async fn take_document(
        &mut self,
        field: Field<'_>,
        check: &impl Fn(&NewDocument) -> Result<()>,
    ) -> Result<()> {
        let bytes = drain(field, http::JSON_MAX).await?;
        let new: NewDocument = http::parse_json(&bytes)?;
        check(&new)?;
        self.document = Some((new, sha256_hex(&bytes)));
        Ok(())
    }

    async fn take_file(&mut self, context: &Context, field: Field<'_>) -> Result<()> {
        if self.refusal.is_some() {
            return drain(field, 0).await.map(drop);
        }
        let (stored, outcome) = upload::to_vault(context, field, unreadable).await;
        self.stored = stored;
        outcome
    }

    /// The first refusal is the answer.
    fn refuse(&mut self, failure: Failure) {
        self.refusal.get_or_insert(failure);
    }

    async fn finish(mut self, context: &Context) -> Result<Upload> {
        if self.refusal.is_none() && (self.document.is_none() || self.stored.is_none()) {
            let missing = if self.document.is_none() {
                "document"
            } else {
                "file"
            };
            self.refuse(Failure::new(
                Code::BadRequest,
                format!("the part `{missing}` is missing"),
            ));
        }
        match (self.refusal, self.document, self.stored) {
            (None, Some((new, document_sha256)), Some(stored)) => Ok(Upload {
                new,
                document_sha256,
                stored,
            }),
            (refusal, _, stored) => {
                if let Some(stored) = stored {
                    upload::discard(context, &stored).await;
                }
                Err(refusal.unwrap_or_else(Failure::not_found))
            }
        }
    }
}

/// Reads a part to its end, and keeps up to `keep` bytes of it.
pub(crate) async fn drain(mut field: Field<'_>, keep: usize) -> Result<Vec<u8>> {
    let (mut bytes, mut over) = (Vec::new(), false);
    while let Some(chunk) = field.chunk().await.map_err(unreadable)? {
        over |= bytes.len() + chunk.len() > keep;
        if !over {
            bytes.extend_from_slice(&chunk);
        }
    }
    if over && keep > 0 {
        return Err(Failure::new(
            Code::TooLarge,
            format!("a part beside the file is larger than {keep} bytes"),
        ));
    }
    Ok(bytes)
}

/// What is wrong with a multipart body.
pub(crate) fn unreadable(error: multer::Error) -> Failure {
    match error {
        multer::Error::StreamSizeExceeded { .. } => upload::too_large(),
        _ => Failure::new(Code::BadRequest, "the multipart body cannot be read"),
    }
}
