//! `GET /api/v1/events`: the clinic's events in order, with the journal's signed head.
//!
//! Whoever keeps the heads can show at any time whether history was rewritten since.

use crate::auth::Session;
use crate::{db, journal, list};
use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::Response;
use podpis_kit::{Context, Result, http};
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
pub(crate) struct EventsQuery {
    after: Option<String>,
    limit: Option<String>,
}

/// Events after a number; `next` is null when there are no more now. `checkpoint` covers at least the events given;
/// it is null where the journal doesn't add up.
pub(crate) async fn list(
    Session { clinic, db }: Session,
    context: Context,
    Query(query): Query<EventsQuery>,
) -> Result<Response> {
    let (limit, after) = (
        list::limit(query.limit.as_deref())?,
        list::after(query.after.as_deref())?,
    );
    let mut items = db::events(&db, &clinic.id, after.unwrap_or(0), limit + 1).await?;
    let more = items.len() > usize::try_from(limit).unwrap_or(usize::MAX);
    if more {
        items.pop();
    }
    let next = items
        .last()
        .filter(|_| more)
        .map(|event| event.seq.to_string());
    let checkpoint = journal::note(&context, &clinic.id).await?;
    http::json(
        StatusCode::OK,
        &json!({ "items": items, "next": next, "checkpoint": checkpoint }),
    )
}
