//! The upload's parts, in any order: one of JSON (`document`, say) is read, `file` streams through to `vault`; `signature` may come
//! along with what is for keeping.

use crate::upload::{self, DRAIN_MAX};
use axum::body::Body;
use axum::extract::{FromRequest, Request};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use multer::{Field, Multipart};
use podpis_kit::{Context, Failure, Result, http};
use podpis_shared::Purpose;
use podpis_shared::hash::sha256_hex;
use podpis_shared::problem::Code;
use podpis_shared::wire::consultation::NewConsultation;
use podpis_shared::wire::kept::{DETACHED_ALL_MAX, DETACHED_BYTES_MAX, DETACHED_MAX};
use podpis_shared::wire::mis::NewDocument;
use podpis_shared::wire::vault::Stored;
use serde::de::DeserializeOwned;
use std::convert::Infallible;
use std::marker::PhantomData;

/// The body, not read yet: a `T` with a file.
pub(crate) struct Form<T>(pub(crate) Body, PhantomData<fn() -> T>);

impl<T, S: Sync> FromRequest<S> for Form<T> {
    type Rejection = Infallible;
    async fn from_request(request: Request, _: &S) -> Result<Self, Infallible> {
        Ok(Self(request.into_body(), PhantomData))
    }
}

/// A part of JSON, beside which a file stands.
pub(crate) trait Part: DeserializeOwned {
    /// Its file is made of a template or is that of another document: then there is no part `file`.
    fn has_a_file(&self) -> bool;

    /// Whether parts `signature` may come along.
    fn brings_signatures(&self) -> bool {
        false
    }
}

impl Part for NewDocument {
    fn has_a_file(&self) -> bool {
        self.template.is_some() || self.file_of.is_some()
    }

    fn brings_signatures(&self) -> bool {
        self.purpose == Purpose::Keeping
    }
}

/// A booking without a file has no parts at all.
impl Part for NewConsultation {
    fn has_a_file(&self) -> bool {
        false
    }
}

/// What came in.
pub(crate) struct Upload<T> {
    /// The part of JSON, checked.
    pub(crate) new: T,
    /// SHA-256 of that part's bytes.
    pub(crate) document_sha256: String,
    /// The file, inspected and stored; none where the document names a template or another document.
    pub(crate) stored: Option<Stored>,
    /// Detached signatures, in their order.
    pub(crate) signatures: Vec<Vec<u8>>,
}

/// Receives an upload. `part`: name of the part of JSON. `check` sees it before its file is opened, where the order allows.
///
/// # Errors
/// `bad_request`, `unsupported_media_type`, `too_large`, what `check` says, what `vault` says of the file; `invalid` for a part
/// `signature` that has no place there.
pub(crate) async fn receive<T: Part>(
    context: &Context,
    headers: &HeaderMap,
    body: Body,
    part: &'static str,
    check: impl Fn(&T) -> Result<()>,
) -> Result<Upload<T>> {
    let mut parts = open(headers, body)?;
    let mut received = Received {
        part,
        document: None,
        stored: None,
        signatures: Vec::new(),
        refusal: None,
    };
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

struct Received<T> {
    part: &'static str,
    document: Option<(T, String)>,
    stored: Option<Stored>,
    signatures: Vec<Vec<u8>>,
    refusal: Option<Failure>,
}

impl<T: Part> Received<T> {
    async fn take(
        &mut self,
        context: &Context,
        field: Field<'_>,
        check: &impl Fn(&T) -> Result<()>,
    ) {
        let taken = match field.name() {
            Some(name) if name == self.part && self.document.is_none() => {
                self.take_document(field, check).await
            }
            Some("file") if self.stored.is_none() => self.take_file(context, field).await,
            Some("signature") => self.take_signature(field).await,
            _ => {
                let detail = format!("the parts are one `{}` and one `file`", self.part);
                let failure = Failure::new(Code::BadRequest, detail);
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
        check: &impl Fn(&T) -> Result<()>,
    ) -> Result<()> {
        let bytes = drain(field, http::JSON_MAX).await?;
        let new: T = http::parse_json(&bytes)?;
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

    async fn take_signature(&mut self, field: Field<'_>) -> Result<()> {
        if self.refusal.is_some() {
            return drain(field, 0).await.map(drop);
        }
        if self.signatures.len() == DETACHED_MAX {
            let detail = format!("signature: at most {DETACHED_MAX} of them");
            drain(field, 0).await?;
            return Err(Failure::new(Code::Invalid, detail));
        }
        let bytes = drain(field, DETACHED_BYTES_MAX).await?;
        let before: usize = self.signatures.iter().map(Vec::len).sum();
        if before + bytes.len() > DETACHED_ALL_MAX {
            let detail =
                format!("the parts `signature` are larger than {DETACHED_ALL_MAX} bytes together");
            return Err(Failure::new(Code::TooLarge, detail));
        }
        self.signatures.push(bytes);
        Ok(())
    }

    /// The first refusal is the answer.
    fn refuse(&mut self, failure: Failure) {
        self.refusal.get_or_insert(failure);
    }

    async fn finish(mut self, context: &Context) -> Result<Upload<T>> {
        let part = self.part;
        let document = self.document.as_ref();
        let bring = document.is_none_or(|(new, _)| new.brings_signatures());
        if !bring && !self.signatures.is_empty() {
            let detail = "signature: only what is sent with purpose `keeping` brings signatures";
            self.refuse(Failure::new(Code::Invalid, detail));
        }
        let made = self.document.as_ref().map(|(new, _)| new.has_a_file());
        let wrong = match (made, &self.stored) {
            (None, _) => Some(format!("the part `{part}` is missing")),
            (Some(false), None) => Some("the part `file` is missing".to_owned()),
            (Some(true), Some(_)) => Some(format!(
                "a {part} with `template` or `file_of` has no part `file`"
            )),
            (Some(_), _) => None,
        };
        if let Some(detail) = wrong {
            self.refuse(Failure::new(Code::BadRequest, detail));
        }
        match (self.refusal, self.document, self.stored) {
            (None, Some((new, document_sha256)), stored) => Ok(Upload {
                new,
                document_sha256,
                stored,
                signatures: self.signatures,
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
