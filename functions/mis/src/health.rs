//! Health, and the API's description.

mod view;

use self::view::{
    Gateways, Health, Journal, Outbox, OutboxState, Overall, Policy, PolicyState, Seal, SealState,
};
use crate::answer::{Json, Sent, form};
use crate::auth::Operator;
use crate::limits::Public;
use axum::body::Body;
use axum::http::Method;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse as _;
use podpis_kit::store::{esia_health, journal, sms_gateways, state};
use podpis_kit::{Context, Db, Result, neighbour, now, policy};
use podpis_shared::Timestamp;
use podpis_shared::policy::{Expiry, expiry};
use podpis_shared::wire::vault;

/// Seconds that a message may be overdue before delivery counts as late. Retries of a gateway that is away are not due
/// meanwhile, so what waits so long is waiting for nobody.
const LATE: i64 = 600;

/// `GET /api/health`: 200 with the database reached. `degraded` where something is broken that somebody has to mend: a
/// journal doesn't add up, the operator's rows of the policy can't be taken, nothing can be sealed, or messages are not
/// being sent. `esia` tells how the last calls went: nobody asks ESIA for it, and where ESIA is away everything else
/// works, and so with `sms`, the gateways without their balances. `policy` warns of acts that end: `docs/policy.md`.
pub(crate) async fn read(_: Public, context: Context) -> Result<Json<Health>> {
    let (db, at) = (Db::open().await?, now());
    let totals = journal::totals(&db, at).await?;
    let esia = esia_health::read(&db).await?;
    let sms = sms_gateways::list(&db).await?;
    let overdue = state::overdue(&db, at).await?;
    let overdue = overdue.iter().map(|row| row.count).max().unwrap_or(0);
    // Not held while `vault` is asked.
    drop(db);
    let seal = seal(&context).await;
    let policy = policy_now(at).await?;
    let late = overdue > LATE;
    let decides = policy.state == PolicyState::Ok;
    let fine = decides && totals.broken == 0 && seal == SealState::Ok && !late;
    Ok(Json(Health {
        status: if fine { Overall::Ok } else { Overall::Degraded },
        version: env!("CARGO_PKG_VERSION"),
        journal: Journal {
            state: totals.state(),
            checked_at: totals.checked_at,
            clinics_broken: totals.broken,
        },
        seal: Seal { state: seal },
        outbox: Outbox {
            state: if late {
                OutboxState::Late
            } else {
                OutboxState::Ok
            },
            overdue_seconds: overdue,
        },
        esia,
        policy,
        sms: sms.into_iter().map(Into::into).collect(),
    }))
}

/// What `vault` says of its keys; `unreachable` where it says nothing.
async fn seal(context: &Context) -> SealState {
    let request = neighbour::request(context, "vault", Method::GET, "/health").body(Body::empty());
    let answer = neighbour::send(request).await.ok();
    let health = answer.and_then(|bytes| serde_json::from_slice::<vault::Health>(&bytes).ok());
    health.map_or(SealState::Unreachable, |health| health.seal.into())
}

/// `GET /api/v1/operator/sms`: balances too, which are nobody else's business.
pub(crate) async fn sms(_: Operator) -> Result<Json<Gateways>> {
    let gateways = sms_gateways::list(&Db::open().await?).await?;
    Ok(Json(Gateways { gateways }))
}

/// Whether the policy decides at all, and what is told of it.
async fn policy_now(at: Timestamp) -> Result<Policy> {
    let table = match policy::configured().await? {
        Ok(table) => table,
        Err(error) => {
            // The page is public, and the text may quote what stands in the variable.
            eprintln!("error at policy_rows: {error}");
            return Ok(Policy {
                state: PolicyState::Invalid,
                version: None,
                expiring: Vec::new(),
                expired: Vec::new(),
            });
        }
    };
    let Expiry { expiring, expired } = expiry(&table, at.moscow_date());
    Ok(Policy {
        state: PolicyState::Ok,
        version: Some(table.version().to_owned()),
        expiring,
        expired,
    })
}

/// `GET /api/openapi.json`.
pub(crate) async fn openapi() -> Sent<form::Object> {
    ([(CONTENT_TYPE, "application/json")], crate::docs::OPENAPI)
        .into_response()
        .into()
}
