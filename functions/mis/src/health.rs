//! Health, and the API's description.

use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use podpis_kit::{Db, Result, http};
use serde_json::json;

/// `GET /api/health`: 200 with the database reached.
pub(crate) async fn read() -> Result<Response> {
    Db::open().await?.query("SELECT 1", []).await?;
    http::json(
        StatusCode::OK,
        &json!({ "status": "ok", "version": env!("CARGO_PKG_VERSION") }),
    )
}

/// `GET /api/openapi.json`.
pub(crate) async fn openapi() -> Response {
    (
        [(CONTENT_TYPE, "application/json")],
        include_str!("../../../docs/openapi.json"),
    )
        .into_response()
}
