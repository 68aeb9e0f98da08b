//! `/api/v1/webhook/deliveries`: what was pushed, with every try.

use crate::auth::Session;
use crate::db::webhooks::{self as rows, Filter, Pushed};
use crate::{idempotency, list};
use axum::body::Body;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use podpis_kit::extract::{Path, Query};
use podpis_kit::store::webhooks::{self, Tried};
use podpis_kit::{Context, Failure, Result, http, neighbour, now};
use podpis_shared::problem::Code;
use podpis_shared::wire::mis::Page;
use serde::Deserialize;
use serde_json::{Value, json};

/// Statuses that can be asked for.
const STATUSES: [&str; 4] = ["queued", "delivered", "failed", "dead"];

#[derive(Deserialize)]
pub(crate) struct DeliveriesQuery {
    status: Option<String>,
    document_id: Option<String>,
    after: Option<String>,
    limit: Option<String>,
}

/// Deliveries, newest event first.
///
/// # Errors
/// `bad_request` for a wrong status, cursor or limit.
pub(crate) async fn list(
    Session { clinic, db }: Session,
    Query(query): Query<DeliveriesQuery>,
) -> Result<Response> {
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
    let items: Vec<Value> = found.iter().map(|found| view(found, &tries)).collect();
    http::json(StatusCode::OK, &Page { items, next })
}

/// `POST /api/v1/webhook/deliveries/{id}/replay`: sends it again at once, whatever became of it; with all its tries anew.
///
/// # Errors
/// 404 for what is not the clinic's, `invalid_state` where the webhook is removed or disabled.
pub(crate) async fn replay(
    Session { clinic, db }: Session,
    context: Context,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    let bytes = http::read_body(body, http::JSON_MAX).await?;
    let path = format!("/webhook/deliveries/{id}/replay");
    let once = idempotency::of(&headers, &clinic.id, &path, &bytes)?;
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
    let answer = view(&found, &tries).to_string();
    if let Some(once) = &once {
        once.keep(&tx, StatusCode::ACCEPTED, &answer).await?;
    }
    tx.commit().await?;
    neighbour::nudge_delivery(&context);
    Ok(idempotency::answer(202, answer))
}

fn view(delivery: &Pushed, tries: &[Tried]) -> Value {
    let own = tries.iter().filter(|tried| tried.subject == delivery.id);
    let queued = delivery.status == "queued";
    json!({
        "id": delivery.id,
        "event_id": delivery.event.id,
        "seq": delivery.event.seq,
        "type": delivery.event.kind,
        "document_id": delivery.event.document_id,
        "status": delivery.status,
        "reason": delivery.reason,
        "http_status": delivery.http_status,
        "created_at": delivery.created_at,
        "settled_at": delivery.settled_at.filter(|_| !queued),
        "next_attempt_at": Some(delivery.next_at).filter(|_| queued && !delivery.waits),
        "request": { "event": delivery.event },
        "attempts": own.map(attempt).collect::<Vec<_>>(),
    })
}

/// A try as it is shown, of an event or of a message.
pub(crate) fn attempt(tried: &Tried) -> Value {
    json!({
        "at": tried.at, "request": tried.asked, "http_status": tried.status, "duration_ms": tried.ms,
        "reason": tried.reason,
    })
}
