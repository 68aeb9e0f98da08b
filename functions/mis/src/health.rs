//! Health, and the API's description.

use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use podpis_kit::store::{esia_health, journal};
use podpis_kit::{Db, Result, http, now};
use serde_json::json;

/// `GET /api/health`: 200 with the database reached; `degraded` where a journal doesn't add up. `esia` tells how the last
/// calls went: nobody asks ESIA for it, and where ESIA is away everything else works.
pub(crate) async fn read() -> Result<Response> {
    let db = Db::open().await?;
    let totals = journal::totals(&db, now()).await?;
    let esia = esia_health::read(&db).await?;
    let (state, broken) = (totals.state(), totals.broken);
    let status = if broken > 0 { "degraded" } else { "ok" };
    http::json(
        StatusCode::OK,
        &json!({
            "status": status, "version": env!("CARGO_PKG_VERSION"),
            "journal": { "state": state, "checked_at": totals.checked_at, "clinics_broken": broken },
            "esia": esia,
        }),
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
