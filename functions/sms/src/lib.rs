//! Spin function `sms`: one-time codes, and texts for a gateway. Private.
//!
//! | call | does |
//! |---|---|
//! | `POST /send` | sends one message, once for its id |
//! | `POST /codes` | makes a one-time code and sends it |
//! | `POST /codes/check` | says whether a typed code is the right one |
//!
//! The rules of codes stand in `docs/codes.md`. This component never looks at accounts: what it answers for a contact
//! can't depend on whether anybody has it.

mod check;
mod codes;
mod db;
mod gateway;
mod issue;
mod limits;
mod pepper;
mod settings;
mod text;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::post;
use gateway::Parcel;
use podpis_kit::store::ledger;
use podpis_kit::{Db, Result, http, now};
use podpis_shared::wire::code::Channel;
use podpis_shared::{Phone, Sensitive};
use serde::Deserialize;
use spin_sdk::http::Request;
use std::sync::LazyLock;

#[derive(Deserialize)]
struct Message {
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
            .route("/send", post(send))
            .route("/codes", post(issue::issue))
            .route("/codes/check", post(check::check)),
    )
});

#[spin_sdk::http_service]
async fn handle(request: Request) -> Response {
    podpis_kit::serve_counted("sms", &ROUTES, request).await
}

/// Sends a message. Repeating it with the same id sends nothing twice.
async fn send(headers: HeaderMap, body: Body) -> Result<StatusCode> {
    let message: Message = http::read_json(&headers, body).await?;
    let parcel = Parcel {
        id: &message.id,
        channel: Channel::Sms,
        to: message.to.expose(),
        subject: None,
        text: message.text.expose(),
    };
    let db = Db::open().await?;
    gateway::hand_over(&db, &parcel).await?;
    if let Some(clinic) = &message.clinic_id {
        let (document, text) = (message.document_id.as_deref(), parcel.text);
        let tx = db.begin().await?;
        ledger::record_sms(&tx, clinic, document, parcel.id, text, now()).await?;
        tx.commit().await?;
    }
    Ok(StatusCode::NO_CONTENT)
}
