//! Spin function `sms`: one-time codes, and texts through gateways. Private.
//!
//! | call | does |
//! |---|---|
//! | `POST /send` | hands one message to a gateway, once for its id |
//! | `POST /codes` | makes a one-time code and sends it |
//! | `POST /codes/check` | says whether a typed code is the right one |
//! | `POST /receipts/{gateway}/{token}` | a gateway's word on messages, passed on by `receipts` |
//! | `POST /tick` | asks gateways about messages and balances |
//!
//! The rules of codes stand in `docs/codes.md`, those of gateways in `docs/sms.md`. This component never looks at accounts:
//! what it answers for a contact can't depend on whether anybody has it.

mod check;
mod codes;
mod db;
mod email;
mod gateways;
mod issue;
mod limits;
mod pepper;
mod poll;
mod receipts;
mod send;
mod settings;
mod settle;
mod text;
mod text_limits;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::post;
use db::sends::Kind;
use podpis_kit::{Failure, Result, http};
use podpis_shared::wire::handed::Handed;
use podpis_shared::{Phone, Sensitive};
use send::{Message, Outcome};
use serde::Deserialize;
use spin_sdk::http::Request;
use std::sync::LazyLock;

#[derive(Deserialize)]
struct Text {
    id: String,
    to: Phone,
    text: Sensitive<String>,
    /// Who pays for it, and the document that it is about.
    #[serde(default)]
    clinic_id: Option<String>,
    #[serde(default)]
    document_id: Option<String>,
}

static ROUTES: LazyLock<Router> = LazyLock::new(|| {
    podpis_kit::router(
        Router::new()
            .route("/send", post(on_send))
            .route("/codes", post(issue::issue))
            .route("/codes/check", post(check::check))
            .route("/receipts/{gateway}/{token}", post(receipts::receive))
            .route("/tick", post(poll::tick)),
    )
});

#[spin_sdk::http_service]
async fn handle(request: Request) -> Response {
    podpis_kit::serve_counted("sms", &ROUTES, request).await
}

/// Hands a message to a gateway. Repeating it with the same id sends nothing twice.
async fn on_send(headers: HeaderMap, body: Body) -> Result<Response> {
    let text: Text = http::read_json(&headers, body).await?;
    let message = Message {
        id: &text.id,
        kind: Kind::Text,
        clinic_id: text.clinic_id.as_deref(),
        document_id: text.document_id.as_deref(),
        to: text.to.expose(),
        text: text.text.expose(),
    };
    let handed = match send::send(&message).await? {
        Outcome::Taken {
            gateway,
            gateway_id,
        } => Handed::Sent {
            reference: settle::reference(&gateway, &gateway_id),
        },
        Outcome::Delivered {
            gateway,
            gateway_id,
        } => Handed::Delivered {
            reference: Some(settle::reference(&gateway, &gateway_id)),
        },
        Outcome::Failed(reason) => Handed::Failed {
            reason: settle::reason(reason),
        },
        Outcome::Unknown => return Err(Failure::busy().retry_after(30)),
    };
    http::json(StatusCode::OK, &handed)
}
