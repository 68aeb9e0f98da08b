//! Spin function `sms`: hands text messages to a gateway. Private.
//!
//! | call | does |
//! |---|---|
//! | `POST /send` | sends one message, once for its id |
//!
//! Gateways stand behind [`send`]: the sandbox keeps the message for the developer
//! to read. Outside the sandbox there is none yet, and the answer says so.

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::post;
use podpis_kit::store::sandbox;
use podpis_kit::{Db, Failure, Result, http, now, vars};
use podpis_shared::problem::Code;
use podpis_shared::{Phone, Sensitive};
use serde::Deserialize;
use spin_sdk::http::Request;
use std::sync::LazyLock;

#[derive(Deserialize)]
struct Message {
    id: String,
    to: Phone,
    text: Sensitive<String>,
}

static ROUTES: LazyLock<Router> =
    LazyLock::new(|| podpis_kit::router(Router::new().route("/send", post(send))));

#[spin_sdk::http_service]
async fn handle(request: Request) -> Response {
    podpis_kit::serve(&ROUTES, request).await
}

/// Sends a message. Repeating it with the same id sends nothing twice.
async fn send(headers: HeaderMap, body: Body) -> Result<StatusCode> {
    let message: Message = http::read_json(&headers, body).await?;
    if !vars::sandbox().await? {
        return Err(Failure::new(
            Code::Unavailable,
            "no SMS gateway is configured",
        ));
    }
    let db = Db::open().await?;
    sandbox::keep(
        &db,
        &message.id,
        "sms",
        message.to.expose(),
        None,
        message.text.expose(),
        now(),
    )
    .await?;
    Ok(StatusCode::NO_CONTENT)
}
