//! Files on their way from `vault` to a caller.

use crate::http::{Context, Failure, Result};
use crate::neighbour;
use axum::body::Body;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderValue, Method};
use axum::response::Response;
use bytes::Bytes;
use futures::TryStreamExt as _;

/// Streams what `vault` answers at a path, to be saved under an ASCII name.
///
/// # Errors
/// What `vault` says; `unavailable` when it does not answer.
pub async fn stream(context: &Context, path: &str, name: &str) -> Result<Response> {
    let request = neighbour::request(context, "vault", Method::GET, path).body(Body::empty());
    let (parts, body) = neighbour::open(request).await?.into_parts();
    let mut response = Response::new(Body::new(body));
    for header in [CONTENT_TYPE, CONTENT_LENGTH] {
        if let Some(value) = parts.headers.get(&header) {
            response.headers_mut().insert(header, value.clone());
        }
    }
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        response.headers_mut().insert(CONTENT_DISPOSITION, value);
    }
    Ok(response)
}

/// What `vault` answers at a path, in the pieces in which it comes.
///
/// # Errors
/// As [`stream`].
pub async fn fetch(context: &Context, path: &str) -> Result<Vec<Bytes>> {
    let request = neighbour::request(context, "vault", Method::GET, path).body(Body::empty());
    let answer = Body::new(neighbour::open(request).await?.into_body()).into_data_stream();
    let chunks = answer.try_collect().await;
    chunks.map_err(|e: axum::Error| Failure::internal("vault", format!("{path}: {e}")))
}
