//! `GET /api/v1/events`: the clinic's events in order.

use crate::auth::Session;
use crate::{db, list};
use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::Response;
use podpis_kit::{Result, http};
use podpis_shared::wire::mis::Page;
use serde::Deserialize;

#[derive(Deserialize)]
pub(crate) struct EventsQuery {
    after: Option<String>,
    limit: Option<String>,
}

/// Events after a number; `next` is null when there are no more now.
pub(crate) async fn list(
    Session { clinic, db }: Session,
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
    http::json(StatusCode::OK, &Page { items, next })
}
