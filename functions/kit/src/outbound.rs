//! Requests to hosts that the manifest allows: bounded in time and size.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use bytes::Bytes;
use futures::future::{Either, select};
use http_body_util::{BodyExt as _, Limited};
use std::pin::pin;
use std::time::Duration;

/// Sends a request and reads its whole answer.
///
/// # Errors
/// What went wrong, for the log: no connection, no answer within `timeout`, more than `limit` bytes.
pub async fn send(
    request: axum::http::Result<Request<Body>>,
    limit: usize,
    timeout: Duration,
) -> Result<(StatusCode, Bytes), String> {
    let request = request.map_err(|e| e.to_string())?;
    let answer = pin!(async {
        let response = spin_sdk::http::send(request)
            .await
            .map_err(|e| e.to_string())?;
        let status = response.status();
        let body = Limited::new(response.into_body(), limit)
            .collect()
            .await
            .map_err(|e| e.to_string())?;
        Ok((status, body.to_bytes()))
    });
    match select(answer, pin!(spin_sdk::time::sleep(timeout))).await {
        Either::Left((answer, _)) => answer,
        Either::Right(_) => Err("no answer in time".into()),
    }
}
