//! The component: `GET /<set>/<runs>` answers what [`measure`](crate::measure) says.

use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use spin_sdk::http::Request;

#[spin_sdk::http_service]
async fn handle(request: Request) -> Response {
    let path = request.uri().path().trim_start_matches('/');
    let parts = path.split_once('/');
    let Some((set, Ok(runs))) = parts.map(|(set, runs)| (set, runs.parse())) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    match crate::measure(set, runs) {
        Ok(measured) => measured.to_string().into_response(),
        Err(error) => (StatusCode::UNPROCESSABLE_ENTITY, format!("{error:#}")).into_response(),
    }
}
