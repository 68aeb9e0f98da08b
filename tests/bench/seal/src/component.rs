//! The component: `POST /<runs>` with a PDF answers what [`measure`](crate::measure) says.

use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use http_body_util::BodyExt as _;
use spin_sdk::http::Request;

#[spin_sdk::http_service]
async fn handle(request: Request) -> Response {
    let runs = request.uri().path().trim_start_matches('/').parse();
    let (Ok(runs), Ok(body)) = (runs, request.into_body().collect().await) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    match crate::measure(&body.to_bytes(), runs) {
        Ok(measured) => measured.to_string().into_response(),
        Err(error) => (StatusCode::UNPROCESSABLE_ENTITY, format!("{error:#}")).into_response(),
    }
}
