//! Requests to hosts that the manifest allows: bounded in time and size.

use axum::body::Body;
use axum::http::{HeaderMap, Request, Response, StatusCode};
use bytes::Bytes;
use futures::future::{Either, select};
use http_body_util::{BodyExt as _, Limited};
use podpis_shared::delivery::Reason;
use spin_sdk::wasip3::http::types::ErrorCode;
use std::fmt;
use std::pin::pin;
use std::time::Duration;

/// Why there is no answer. It shows as a text for the log, which has nothing of the request in it.
#[derive(Debug)]
pub struct SendError {
    /// No connection came about, so the other side has seen nothing and sending anew is safe for any request.
    pub unsent: bool,
    /// The same as a stable code.
    pub reason: Reason,
    what: String,
}

impl fmt::Display for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

/// Sends a request and reads its whole answer.
///
/// # Errors
/// No connection, no answer within `timeout`, a broken one, or more than `limit` bytes.
pub async fn send(
    request: axum::http::Result<Request<Body>>,
    limit: usize,
    timeout: Duration,
) -> Result<(StatusCode, Bytes), SendError> {
    let answer = exchange(request, limit, timeout).await?;
    Ok((answer.status(), answer.into_body()))
}

/// Sends a request and reads its whole answer, with its headers.
///
/// # Errors
/// As [`send`].
pub async fn exchange(
    request: axum::http::Result<Request<Body>>,
    limit: usize,
    timeout: Duration,
) -> Result<Response<Bytes>, SendError> {
    let failed = |what: String| SendError {
        unsent: false,
        reason: Reason::Connection,
        what,
    };
    let request = request.map_err(|e| failed(e.to_string()))?;
    let answer = pin!(async {
        let response = spin_sdk::http::send(request).await.map_err(|e| SendError {
            unsent: before_connection(&e),
            reason: reason(&e),
            what: e.to_string(),
        })?;
        let (parts, body) = response.into_parts();
        let body = Limited::new(body, limit)
            .collect()
            .await
            .map_err(|e| failed(e.to_string()))?;
        Ok(Response::from_parts(parts, body.to_bytes()))
    });
    match select(answer, pin!(spin_sdk::time::sleep(timeout))).await {
        Either::Left((answer, _)) => answer,
        Either::Right(_) => Err(late()),
    }
}

/// Sends a request where only the answer's status and headers count. Of the body up to `limit` bytes are read, as long as
/// there is time, so that an honest receiver can finish; what it says changes nothing, and what is longer is cut off.
///
/// # Errors
/// No connection, or no answer within `timeout`.
pub async fn status(
    request: axum::http::Result<Request<Body>>,
    limit: usize,
    timeout: Duration,
) -> Result<(StatusCode, HeaderMap), SendError> {
    let failed = |what: String| SendError {
        unsent: true,
        reason: Reason::Internal,
        what,
    };
    let request = request.map_err(|e| failed(e.to_string()))?;
    let answer = pin!(spin_sdk::http::send(request));
    let (answer, sleep) = match select(answer, Box::pin(spin_sdk::time::sleep(timeout))).await {
        Either::Left(done) => done,
        Either::Right(_) => return Err(late()),
    };
    let response = answer.map_err(|e| SendError {
        unsent: before_connection(&e),
        reason: reason(&e),
        what: e.to_string(),
    })?;
    let (parts, body) = response.into_parts();
    let rest = pin!(Limited::new(body, limit).collect());
    drop(select(rest, sleep).await);
    Ok((parts.status, parts.headers))
}

fn late() -> SendError {
    SendError {
        unsent: false,
        reason: Reason::Timeout,
        what: "no answer in time".into(),
    }
}

/// The host's error as a stable code.
const fn reason(error: &ErrorCode) -> Reason {
    match error {
        ErrorCode::DnsTimeout | ErrorCode::DnsError(_) | ErrorCode::DestinationNotFound => {
            Reason::Dns
        }
        ErrorCode::ConnectionTimeout | ErrorCode::HttpResponseTimeout => Reason::Timeout,
        ErrorCode::TlsProtocolError
        | ErrorCode::TlsCertificateError
        | ErrorCode::TlsAlertReceived(_) => Reason::Tls,
        ErrorCode::DestinationIpProhibited | ErrorCode::HttpRequestDenied => Reason::AddressRefused,
        _ => Reason::Connection,
    }
}

/// Whether the host gave up while it looked for the other side.
const fn before_connection(error: &ErrorCode) -> bool {
    matches!(
        error,
        ErrorCode::ConnectionRefused | ErrorCode::DnsTimeout | ErrorCode::DnsError(_)
    )
}
