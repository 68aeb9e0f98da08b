//! Calls to other components by Spin's local service chaining.

use crate::http::{Context, Failure, REQUEST_ID, Result};
use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{Method, Request, StatusCode};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Limited};
use podpis_shared::problem::{Code, Problem};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Largest answer that is read from a neighbour, in bytes; files are streamed, not read.
const ANSWER_MAX: usize = 1024 * 1024;

/// Posts JSON to a neighbour and reads JSON back.
///
/// # Errors
/// A problem that the neighbour answers is passed on, with its `Retry-After`; `unavailable` when there is no answer.
pub async fn post_json<T: DeserializeOwned>(
    context: &Context,
    component: &str,
    path: &str,
    body: &impl Serialize,
) -> Result<T> {
    let body = serde_json::to_vec(body).map_err(|e| Failure::internal("json", e.to_string()))?;
    let request = request(context, component, Method::POST, path)
        .header(CONTENT_TYPE, "application/json")
        .body(Body::from(body));
    let bytes = send(request).await?;
    serde_json::from_slice(&bytes)
        .map_err(|e| Failure::internal("neighbour", format!("{component}{path}: {e}")))
}

/// Sends any request to a neighbour and reads its whole answer.
///
/// # Errors
/// As [`post_json`].
pub async fn send(request: axum::http::Result<Request<Body>>) -> Result<Bytes> {
    let response = open(request).await?;
    read(response).await
}

/// Starts building a request to a neighbour.
pub fn request(
    context: &Context,
    component: &str,
    method: Method,
    path: &str,
) -> axum::http::request::Builder {
    Request::builder()
        .method(method)
        .uri(format!("http://{component}.spin.internal{path}"))
        .header(REQUEST_ID, &context.request_id)
}

/// Sends a request to a neighbour and gives the answer's body as a stream.
///
/// # Errors
/// As [`post_json`].
pub async fn open(request: axum::http::Result<Request<Body>>) -> Result<spin_sdk::http::Response> {
    let request = request.map_err(|e| Failure::internal("neighbour", e.to_string()))?;
    let id = request.headers().get(REQUEST_ID).cloned();
    let response = spin_sdk::http::send(request).await.map_err(|e| {
        let id = id.as_ref().and_then(|id| id.to_str().ok());
        eprintln!("error at neighbour (request {}): {e}", id.unwrap_or("-"));
        Failure::busy()
    })?;
    if response.status().is_success() {
        return Ok(response);
    }
    let status = response.status();
    let retry_after = response
        .headers()
        .get(RETRY_AFTER)
        .and_then(|v| v.to_str().ok()?.parse().ok());
    let bytes = read(response).await?;
    Err(match serde_json::from_slice::<Problem>(&bytes) {
        // What a runtime says of a stopped neighbour (500, 504) is not in our table.
        Ok(problem) if Code::parse(&problem.code).is_some() => {
            let failure = Failure::from(problem);
            match retry_after {
                Some(seconds) => failure.retry_after(seconds),
                None => failure,
            }
        }
        _ if status == StatusCode::SERVICE_UNAVAILABLE || status == StatusCode::GATEWAY_TIMEOUT => {
            Failure::busy()
        }
        _ => Failure::internal("neighbour", format!("status {status}")),
    })
}

/// Asks `deliver` to look at the outbox now, after this request has been answered.
///
/// Only a nudge: what it misses, the next tick finds.
pub fn nudge_delivery(context: &Context) {
    nudge(context, "deliver");
}

/// Has a neighbour tick beside the answer to this request.
pub fn nudge(context: &Context, component: &str) {
    let request = request(context, component, Method::POST, "/tick").body(Body::empty());
    spin_sdk::wasip3::spawn(async move {
        if let Ok(request) = request {
            let _ = spin_sdk::http::send(request).await;
        }
    });
}

async fn read(response: spin_sdk::http::Response) -> Result<Bytes> {
    match Limited::new(response.into_body(), ANSWER_MAX)
        .collect()
        .await
    {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(e) => Err(Failure::internal("neighbour", e.to_string())),
    }
}
