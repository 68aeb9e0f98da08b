//! Requests to gateways. Nothing of a request or an answer goes to the log: both name people.

use axum::body::Body;
use axum::http::header::{ACCEPT, CONTENT_TYPE};
use axum::http::request::Builder;
use axum::http::{Request, StatusCode};
use bytes::Bytes;
use podpis_kit::outbound;
use std::time::Duration;

/// Largest answer that is read, in bytes.
const ANSWER_MAX: usize = 64 * 1024;

/// How long handing over may take: with a question after it, it stays within what `deliver` waits for.
pub(crate) const SENDING: Duration = Duration::from_secs(5);

/// How long a question may take.
pub(crate) const ASKING: Duration = Duration::from_secs(3);

/// Why there is no answer to read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Silence {
    /// The gateway has not taken the request: no connection, or turned away by its status (3xx, 4xx).
    Unsent(String),
    /// It may have.
    Lost(String),
}

/// Posts a form in UTF-8 and reads the answer of status 200.
pub(super) async fn form(
    url: String,
    pairs: &[(&str, &str)],
    timeout: Duration,
) -> Result<Bytes, Silence> {
    let body = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish();
    let request = Request::post(url).header(CONTENT_TYPE, "application/x-www-form-urlencoded");
    let (status, body) = send(request, Body::from(body), timeout).await?;
    match status.as_u16() {
        200 => Ok(body),
        300..500 => Err(Silence::Unsent(format!("status {status}"))),
        _ => Err(Silence::Lost(format!("status {status}"))),
    }
}

/// Sends a request and reads the answer of any status.
pub(super) async fn send(
    request: Builder,
    body: Body,
    timeout: Duration,
) -> Result<(StatusCode, Bytes), Silence> {
    let request = request.header(ACCEPT, "application/json").body(body);
    outbound::send(request, ANSWER_MAX, timeout)
        .await
        .map_err(|error| {
            let what = error.to_string();
            if error.unsent {
                Silence::Unsent(what)
            } else {
                Silence::Lost(what)
            }
        })
}
