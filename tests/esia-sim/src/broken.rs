//! The simulator itself failed: no randomness, no `openssl` program.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

/// Answered with status 500 and the reason: nothing here is secret.
pub(crate) struct Broken(anyhow::Error);

impl<E: Into<anyhow::Error>> From<E> for Broken {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for Broken {
    fn into_response(self) -> Response {
        (StatusCode::INTERNAL_SERVER_ERROR, format!("{:#}", self.0)).into_response()
    }
}
