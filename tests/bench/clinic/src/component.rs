//! The component: `POST /` with a [`Turn`] answers what it takes.

use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use http_body_util::BodyExt as _;
use spin_sdk::http::Request;

use crate::Turn;

#[spin_sdk::http_service]
async fn handle(request: Request) -> Response {
    let Ok(body) = request.into_body().collect().await else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let measured = serde_json::from_slice::<Turn>(&body.to_bytes())
        .map_err(Into::into)
        .and_then(|turn| turn.measure());
    match measured {
        Ok(millis) => millis.to_string().into_response(),
        Err(error) => (StatusCode::UNPROCESSABLE_ENTITY, format!("{error:#}")).into_response(),
    }
}
