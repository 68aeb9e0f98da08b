//! Spin function `receipts`: the public address that gateways of SMS post receipts to, `/sms/receipts/{gateway}/{token}`.
//!
//! It has no database, no secret and one neighbour: `sms`, which knows tokens and signatures, has no public route. What
//! comes is passed on as it came, up to a size; nothing of it is looked at or logged here.

use axum::Router;
use axum::body::Body;
use axum::extract::Path;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use podpis_kit::{Context, Failure, Result, http, neighbour};
use spin_sdk::http::Request;
use std::sync::LazyLock;

/// Longest name of a gateway, and longest token, in characters.
const PART_MAX: usize = 128;

/// Headers that a signature may be about.
const PASSED_ON: [&str; 3] = ["content-type", "podpis-timestamp", "podpis-signature"];

static ROUTES: LazyLock<Router> = LazyLock::new(|| {
    podpis_kit::router(Router::new().route("/sms/receipts/{gateway}/{token}", post(pass_on)))
});

#[spin_sdk::http_service]
async fn handle(request: Request) -> Response {
    podpis_kit::serve(&ROUTES, request).await
}

/// Passes a receipt on; the answer is what the gateway wants to hear.
async fn pass_on(
    context: Context,
    Path((gateway, token)): Path<(String, String)>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    let plain = |part: &str| {
        let known = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        (1..=PART_MAX).contains(&part.len()) && part.bytes().all(known)
    };
    if !plain(&gateway) || !plain(&token) {
        return Err(Failure::not_found());
    }
    let body = http::read_body(body, http::JSON_MAX).await?;
    let path = format!("/receipts/{gateway}/{token}");
    let mut request = neighbour::request(&context, "sms", Method::POST, &path);
    for name in PASSED_ON {
        if let Some(value) = headers.get(name) {
            request = request.header(name, value);
        }
    }
    let answer = neighbour::send(request.body(Body::from(body))).await?;
    let plain = [(CONTENT_TYPE, "text/plain; charset=utf-8")];
    Ok((StatusCode::OK, plain, answer).into_response())
}
