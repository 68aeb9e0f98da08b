//! Health, and the API's description.

use crate::auth::Operator;
use crate::limits::Public;
use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse as _, Response};
use podpis_kit::store::{esia_health, journal, sms_gateways, state};
use podpis_kit::{Context, Db, Result, http, neighbour, now, policy};
use podpis_shared::Timestamp;
use podpis_shared::policy::expiry;
use podpis_shared::wire::vault::{Health, SealState};
use serde_json::{Value, json};

/// Seconds that a message may be overdue before delivery counts as late. Retries of a gateway that is away are not due
/// meanwhile, so what waits so long is waiting for nobody.
const LATE: i64 = 600;

/// `GET /api/health`: 200 with the database reached. `degraded` where something is broken that somebody has to mend: a
/// journal doesn't add up, the operator's rows of the policy can't be taken, nothing can be sealed, or messages are not
/// being sent. `esia` tells how the last calls went: nobody asks ESIA for it, and where ESIA is away everything else
/// works, and so with `sms`, the gateways without their balances. `policy` warns of acts that end: `docs/policy.md`.
pub(crate) async fn read(_: Public, context: Context) -> Result<Response> {
    let (db, at) = (Db::open().await?, now());
    let totals = journal::totals(&db, at).await?;
    let esia = esia_health::read(&db).await?;
    let sms: Vec<Value> = sms_gateways::list(&db).await?.iter().map(public).collect();
    let overdue = state::overdue(&db, at).await?;
    let overdue = overdue.iter().map(|row| row.count).max().unwrap_or(0);
    // Not held while `vault` is asked.
    drop(db);
    let seal = seal(&context).await;
    let (decides, policy) = policy_now(at).await?;
    let late = overdue > LATE;
    let fine = decides && totals.broken == 0 && seal == SealState::Ok.as_str() && !late;
    http::json(
        StatusCode::OK,
        &json!({
            "status": if fine { "ok" } else { "degraded" }, "version": env!("CARGO_PKG_VERSION"),
            "journal": {
                "state": totals.state(), "checked_at": totals.checked_at, "clinics_broken": totals.broken,
            },
            "seal": { "state": seal },
            "outbox": { "state": if late { "late" } else { "ok" }, "overdue_seconds": overdue },
            "esia": esia, "policy": policy, "sms": sms,
        }),
    )
}

/// What `vault` says of its keys; `unreachable` where it says nothing.
async fn seal(context: &Context) -> &'static str {
    let request = neighbour::request(context, "vault", Method::GET, "/health").body(Body::empty());
    let answer = neighbour::send(request).await.ok();
    let health = answer.and_then(|bytes| serde_json::from_slice::<Health>(&bytes).ok());
    health.map_or("unreachable", |health| health.seal.as_str())
}

/// `GET /api/v1/operator/sms`: balances too, which are nobody else's business.
pub(crate) async fn sms(_: Operator) -> Result<Response> {
    let gateways = sms_gateways::list(&Db::open().await?).await?;
    http::json(StatusCode::OK, &json!({ "gateways": gateways }))
}

fn public(gateway: &sms_gateways::Health) -> Value {
    json!({
        "name": gateway.name, "state": gateway.state, "last_ok_at": gateway.last_ok_at, "last_error": gateway.last_error,
    })
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
    ([(CONTENT_TYPE, "application/json")], crate::docs::OPENAPI).into_response()
}
