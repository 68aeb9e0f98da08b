//! What handlers take and give. Each says its type, so that a handler's signature says all that `docs/openapi.json` tells of
//! its bodies and answers.

use axum::body::Body;
use axum::extract::{FromRequest, Request};
use axum::http::header::VARY;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use podpis_kit::http::{self, JSON_MAX};
use podpis_kit::{Failure, Result};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::convert::Infallible;
use std::marker::PhantomData;

/// A JSON body of up to `MAX` bytes. Without it: `unsupported_media_type`, `too_large`, `bad_request`, `invalid`.
pub(crate) struct FromJson<T, const MAX: usize = JSON_MAX>(pub(crate) T);

impl<T: DeserializeOwned, S: Sync, const MAX: usize> FromRequest<S> for FromJson<T, MAX> {
    type Rejection = Failure;
    async fn from_request(request: Request, _: &S) -> Result<Self> {
        let (parts, body) = request.into_parts();
        http::read_json_up_to(&parts.headers, body, MAX)
            .await
            .map(Self)
    }
}

/// A JSON body that may be left out: then the default. `bytes` is what came, for an idempotency key.
pub(crate) struct MaybeJson<T> {
    pub(crate) value: T,
    pub(crate) bytes: Bytes,
}

impl<T: DeserializeOwned + Default, S: Sync> FromRequest<S> for MaybeJson<T> {
    type Rejection = Failure;
    async fn from_request(request: Request, _: &S) -> Result<Self> {
        let bytes = http::read_body(request.into_body(), JSON_MAX).await?;
        let value = if bytes.is_empty() {
            T::default()
        } else {
            http::parse_json(&bytes)?
        };
        Ok(Self { value, bytes })
    }
}

/// A JSON body that is read later: what is not the caller's is not there, whatever the body says.
pub(crate) struct LaterJson<T> {
    body: Body,
    of: PhantomData<fn() -> T>,
}

impl<T, S: Sync> FromRequest<S> for LaterJson<T> {
    type Rejection = Infallible;
    async fn from_request(request: Request, _: &S) -> Result<Self, Infallible> {
        let of = PhantomData;
        Ok(Self {
            body: request.into_body(),
            of,
        })
    }
}

impl<T> LaterJson<T> {
    /// What came, read to its end: so the caller sees the answer.
    ///
    /// # Errors
    /// `unsupported_media_type`, `too_large`.
    pub(crate) async fn bytes(self, headers: &HeaderMap) -> Result<Later<T>> {
        http::expect_json(headers)?;
        let bytes = http::read_body(self.body, JSON_MAX).await?;
        let of = self.of;
        Ok(Later { bytes, of })
    }
}

/// A JSON body that is read, and not yet understood.
pub(crate) struct Later<T> {
    /// What came, for an idempotency key.
    pub(crate) bytes: Bytes,
    of: PhantomData<fn() -> T>,
}

impl<T: DeserializeOwned> Later<T> {
    /// What it says.
    ///
    /// # Errors
    /// `bad_request`, `invalid`.
    pub(crate) fn value(&self) -> Result<T> {
        http::parse_json(&self.bytes)
    }
}

/// An answer with JSON.
pub(crate) struct Json<T, const STATUS: u16 = 200>(pub(crate) T);

/// Something was made.
pub(crate) type Made<T> = Json<T, 201>;

impl<T: Serialize, const STATUS: u16> IntoResponse for Json<T, STATUS> {
    fn into_response(self) -> Response {
        http::json(status(STATUS), &self.0).into_response()
    }
}

/// It is done, and there is nothing to say.
pub(crate) struct Done;

impl IntoResponse for Done {
    fn into_response(self) -> Response {
        StatusCode::NO_CONTENT.into_response()
    }
}

/// An answer of a form that is not, or not only, JSON.
pub(crate) struct Sent<F>(Response, PhantomData<fn() -> F>);

impl<F> From<Response> for Sent<F> {
    fn from(response: Response) -> Self {
        Self(response, PhantomData)
    }
}

impl<F> IntoResponse for Sent<F> {
    fn into_response(self) -> Response {
        self.0
    }
}

/// Forms of answers.
pub(crate) mod form {
    /// A PDF.
    pub(crate) struct Pdf;
    /// A part of an archive.
    pub(crate) struct Zip;
    /// A PDF, or an archive that it lies in.
    pub(crate) struct PdfOrZip;
    /// A detached signature.
    pub(crate) struct Signature;
    /// A page.
    pub(crate) struct Html;
    /// Prometheus' text.
    pub(crate) struct Text;
    /// A JSON object whose form is told elsewhere.
    pub(crate) struct Object;
}

/// JSON, or the same for accounting; a cache must not mix the two.
pub(crate) enum OrCsv<T> {
    Json(T),
    Csv(Response),
}

impl<T: Serialize> IntoResponse for OrCsv<T> {
    fn into_response(self) -> Response {
        let mut response = match self {
            Self::Json(value) => Json::<T>(value).into_response(),
            Self::Csv(response) => response,
        };
        let accept = HeaderValue::from_static("accept");
        response.headers_mut().insert(VARY, accept);
        response
    }
}

/// The status of a number that stands in the code.
pub(crate) fn status(number: u16) -> StatusCode {
    StatusCode::from_u16(number).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}
