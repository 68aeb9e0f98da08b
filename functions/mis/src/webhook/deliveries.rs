//! `/api/v1/webhook/deliveries`: what was pushed, with every try.

use crate::answer::Json;
use crate::auth::Session;
use crate::db::webhooks::{self as rows, Filter, Pushed};
use crate::idempotency::{self, Kept};
use crate::list;
use axum::body::Body;
use podpis_kit::extract::{Path, Query};
use podpis_kit::store::webhooks::{self, Tried};
use podpis_kit::{Context, Failure, Result, http, neighbour, now};
use podpis_shared::Timestamp;
use podpis_shared::problem::Code;
use podpis_shared::wire::mis::{Event, Page};
use serde::{Deserialize, Serialize};

/// Statuses that can be asked for.
const STATUSES: [&str; 4] = ["queued", "delivered", "failed", "dead"];

#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct DeliveriesQuery {
    /// Only these.
    #[cfg_attr(test, schemars(extend("enum" = STATUSES)))]
    status: Option<String>,
    /// Only about this document.
    document_id: Option<String>,
    #[cfg_attr(test, schemars(with = "Option<list::schema::After>"))]
    after: Option<String>,
    #[cfg_attr(test, schemars(with = "Option<list::schema::Limit>"))]
    limit: Option<String>,
}

/// An event that was or is to be pushed, with every try.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Delivery {
    id: String,
    event_id: String,
    seq: i64,
    r#type: String,
    document_id: Option<String>,
    #[cfg_attr(test, schemars(extend("enum" = STATUSES)))]
    status: String,
    /// Why it was not taken (docs/webhooks.md).
    reason: Option<String>,
    http_status: Option<i64>,
    created_at: Timestamp,
    settled_at: Option<Timestamp>,
    /// Null where it is settled, or waits for an earlier event about its document.
    next_attempt_at: Option<Timestamp>,
    request: Pushing,
    attempts: Vec<Attempt>,
}

/// The body.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(inline))]
struct Pushing {
    event: Event,
}

/// One try, of an event or of a message.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Attempt {
    at: Timestamp,
    /// What was asked of whom.
    request: String,
    http_status: Option<i64>,
    duration_ms: i64,
    /// Why it was not taken (docs/webhooks.md).
    reason: Option<String>,
}

/// Deliveries, newest event first.
///
/// # Errors
/// `bad_request` for a wrong status, cursor or limit.
pub(crate) async fn list(
    Session { clinic, db }: Session,
    Query(query): Query<DeliveriesQuery>,
) -> Result<Json<Page<Delivery>>> {
    let (limit, after) = (
        list::limit(query.limit.as_deref())?,
        list::after(query.after.as_deref())?,
    );
    if let Some(status) = &query.status
        && !STATUSES.contains(&status.as_str())
    {
        let detail = "status is queued, delivered, failed or dead";
        return Err(Failure::new(Code::BadRequest, detail));
    }
    let filter = Filter {
        status: query.status,
        document_id: query.document_id,
        before: after.unwrap_or(i64::MAX),
        limit: limit + 1,
    };
    let mut found = rows::deliveries(&db, &clinic.id, &filter).await?;
    let more = found.len() > usize::try_from(limit).unwrap_or(usize::MAX);
    if more {
        found.pop();
    }
    let next = found.last().filter(|_| more);
    let next = next.map(|delivery| delivery.event.seq.to_string());
    let ids: Vec<&str> = found.iter().map(|delivery| delivery.id.as_str()).collect();
    let tries = webhooks::tries(&db, &ids).await?;
    let items = found.into_iter().map(|found| view(found, &tries)).collect();
    Ok(Json(Page { items, next }))
}

/// `POST /api/v1/webhook/deliveries/{id}/replay`: sends it again at once, whatever became of it; with all its tries anew.
///
/// # Errors
/// 404 for what is not the clinic's, `invalid_state` where the webhook is removed or disabled.
pub(crate) async fn replay(
    Session { clinic, db }: Session,
    context: Context,
    Path(id): Path<String>,
    key: idempotency::Key,
    body: Body,
) -> Result<Kept<Delivery, 202>> {
    let bytes = http::read_body(body, http::JSON_MAX).await?;
    let path = format!("/webhook/deliveries/{id}/replay");
    let once = idempotency::of(&key, &clinic, &path, &bytes)?;
    let tx = db.begin().await?;
    if let Some(once) = &once
        && let Some(first) = once.replay(&tx).await?
    {
        return Ok(first);
    }
    let found = rows::delivery(&tx, &clinic.id, &id).await?;
    if found.is_none() {
        return Err(Failure::not_found());
    }
    let webhook = rows::find(&tx, &clinic.id).await?;
    if webhook.is_none_or(|webhook| webhook.disabled_at.is_some()) {
        let detail = "there is no webhook, or it is disabled; set it by PUT /api/v1/webhook";
        return Err(Failure::new(Code::InvalidState, detail));
    }
    rows::replay(&tx, &id, now()).await?;
    let found = rows::delivery(&tx, &clinic.id, &id).await?;
    let found = found.ok_or_else(Failure::not_found)?;
    let tries = webhooks::tries(&tx, &[&id]).await?;
    let answer = Kept::new(&view(found, &tries))?;
    if let Some(once) = &once {
        once.keep(&tx, &answer).await?;
    }
    tx.commit().await?;
    neighbour::nudge_delivery(&context);
    Ok(answer)
}

fn view(delivery: Pushed, tries: &[Tried]) -> Delivery {
    let own = tries.iter().filter(|tried| tried.subject == delivery.id);
    let attempts = own.map(Attempt::of).collect();
    let queued = delivery.status == "queued";
    let event = delivery.event;
    Delivery {
        id: delivery.id,
        event_id: event.id.clone(),
        seq: event.seq,
        r#type: event.kind.clone(),
        document_id: event.document_id.clone(),
        status: delivery.status,
        reason: delivery.reason,
        http_status: delivery.http_status,
        created_at: delivery.created_at,
        settled_at: delivery.settled_at.filter(|_| !queued),
        next_attempt_at: Some(delivery.next_at).filter(|_| queued && !delivery.waits),
        request: Pushing { event },
        attempts,
    }
}

impl Attempt {
    /// As it is shown.
    pub(crate) fn of(tried: &Tried) -> Self {
        Self {
            at: tried.at,
            request: tried.asked.clone(),
            http_status: tried.status,
            duration_ms: tried.ms,
            reason: tried.reason.clone(),
        }
    }
}
