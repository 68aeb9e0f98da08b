//! Spin function `deliver`: the outbox, reminders, expiry, and the sweeping of what is not needed any more. Private.
//!
//! `POST /tick` does what is due and comes back with counts, within about a second. The runner or any
//! scheduler calls it every second or so; other functions nudge it after a change.
//! Several ticks at once do no harm: everything is taken by lease.
//!
//! `POST /mail` sends a letter of a neighbour at once: a one-time code, which must not lie in the outbox.

mod attempt;
mod db;
mod limited;
mod mail;
mod messages;
mod push;
mod recount;
mod reminders;
mod sandbox;
mod send;
mod settings;
mod sms;
mod sweep;
mod tick;
mod webhook;

use axum::Router;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use podpis_kit::store::{consultations, documents};
use podpis_kit::{Context, Db, Result, http, neighbour, now};
use serde_json::json;
use spin_sdk::http::Request;
use std::sync::LazyLock;

/// Documents that one tick closes, and consultations that it tells of.
const EXPIRE_MAX: i64 = 100;

static ROUTES: LazyLock<Router> = LazyLock::new(|| {
    podpis_kit::router(
        Router::new()
            .route("/tick", post(on_tick))
            .route("/push/key", get(push::key))
            .route("/mail", post(mail::on_mail)),
    )
});

#[spin_sdk::http_service]
async fn handle(request: Request) -> Response {
    podpis_kit::serve_counted("deliver", &ROUTES, request).await
}

async fn on_tick(context: Context) -> Result<Response> {
    let Some(_turn) = tick::Turn::take() else {
        return http::json(StatusCode::OK, &json!({ "deliveries": 0 }));
    };
    let now = now();
    let db = consultations::miss(Db::open().await?, None, now, EXPIRE_MAX).await?;
    let db = documents::expire(db, None, now, EXPIRE_MAX).await?;
    sweep::run(&db, now).await?;
    let db = reminders::queue_due(db, now).await?;
    let times = settings::Times::load().await?;
    let db = db::webhooks::give_up(db, now, &times).await?;
    drop(db::messages::give_up(db, now, &times).await?);
    // Its questions to gateways take their time, and delay nothing here.
    neighbour::nudge(&context, "sms");
    let begun = tick::run(&context).await?;
    http::json(StatusCode::OK, &json!({ "deliveries": begun }))
}
