//! Spin function `sandbox`: what a developer needs to try everything, `/sandbox/…`.
//!
//! Outside the sandbox every path answers 404.

use axum::Router;
use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use podpis_kit::db::{DbError, Row};
use podpis_kit::{Db, Failure, Result, http, vars};
use podpis_shared::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use spin_sdk::http::Request;
use std::sync::LazyLock;

/// How many messages one answer holds.
const MESSAGES_MAX: i64 = 200;

#[derive(Deserialize)]
struct MessagesQuery {
    to: Option<String>,
    channel: Option<String>,
}

static ROUTES: LazyLock<Router> =
    LazyLock::new(|| podpis_kit::router(Router::new().route("/sandbox/messages", get(messages))));

#[spin_sdk::http_service]
async fn handle(request: Request) -> Response {
    podpis_kit::serve(&ROUTES, request).await
}

/// `GET /sandbox/messages?to=&channel=`: newest first.
async fn messages(Query(query): Query<MessagesQuery>) -> Result<Response> {
    if !vars::sandbox().await? {
        return Err(Failure::not_found());
    }
    let sql = "SELECT id, channel, recipient, subject, text, at FROM sandbox_messages \
               WHERE (?1 IS NULL OR recipient = ?1) AND (?2 IS NULL OR channel = ?2) \
               ORDER BY position DESC LIMIT ?3";
    // In an address a bare `+` means a space, and a phone starts with one.
    let to = query.to.map(|to| {
        if to.starts_with(' ') {
            to.replacen(' ', "+", 1)
        } else {
            to
        }
    });
    let params = [
        to.as_deref().into(),
        query.channel.as_deref().into(),
        MESSAGES_MAX.into(),
    ];
    let rows = Db::open().await?.query(sql, params).await?;
    let items = rows.iter().map(item).collect::<Result<Vec<_>, DbError>>()?;
    http::json(StatusCode::OK, &json!({ "items": items }))
}

fn item(row: &Row) -> Result<Value, DbError> {
    Ok(json!({
        "id": row.text(0)?, "channel": row.text(1)?, "to": row.text(2)?, "subject": row.opt_text(3)?,
        "text": row.text(4)?, "at": Timestamp::from_unix(row.int(5)?),
    }))
}
