//! Health, and the API's description.

use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use podpis_kit::store::{esia_health, journal};
use podpis_kit::{Db, Result, http, now, policy};
use podpis_shared::Timestamp;
use podpis_shared::policy::expiry;
use serde_json::{Value, json};

/// `GET /api/health`: 200 with the database reached; `degraded` where a journal doesn't add up, or the operator's rows of
/// the policy can't be taken. `esia` tells how the last calls went: nobody asks ESIA for it, and where ESIA is away
/// everything else works. `policy` warns of acts that end: `docs/policy.md`.
pub(crate) async fn read() -> Result<Response> {
    let (db, at) = (Db::open().await?, now());
    let totals = journal::totals(&db, at).await?;
    let esia = esia_health::read(&db).await?;
    let (state, broken) = (totals.state(), totals.broken);
    let (decides, policy) = policy_now(at).await?;
    let status = if decides && broken == 0 {
        "ok"
    } else {
        "degraded"
    };
    http::json(
        StatusCode::OK,
        &json!({
            "status": status, "version": env!("CARGO_PKG_VERSION"),
            "journal": { "state": state, "checked_at": totals.checked_at, "clinics_broken": broken },
            "esia": esia, "policy": policy,
        }),
    )
}

/// Whether the policy decides at all, and what is told of it.
async fn policy_now(at: Timestamp) -> Result<(bool, Value)> {
    let table = match policy::configured().await? {
        Ok(table) => table,
        Err(error) => {
            // The page is public, and the text may quote what stands in the variable.
            eprintln!("error at policy_rows: {error}");
            let invalid =
                json!({ "state": "invalid", "version": null, "expiring": [], "expired": [] });
            return Ok((false, invalid));
        }
    };
    let terms = expiry(&table, at.moscow_date());
    let told = json!({
        "state": "ok", "version": table.version(), "expiring": terms.expiring, "expired": terms.expired,
    });
    Ok((true, told))
}

/// `GET /api/openapi.json`.
pub(crate) async fn openapi() -> Response {
    (
        [(CONTENT_TYPE, "application/json")],
        include_str!("../../../docs/openapi.json"),
    )
        .into_response()
}
