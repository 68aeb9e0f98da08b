//! Spin function `mis`: the API of MIS and operator, `/api/…`.
//!
//! A clinic sees only what is its own; everything else answers 404. Files pass
//! through to and from `vault` as streams.

mod acts;
mod agreement;
mod answer;
mod archive;
mod auth;
mod branding;
mod certificates;
mod clinic_signers;
mod consultations;
mod db;
mod docs;
mod documents;
mod esia_certificates;
mod events;
mod export;
mod health;
mod idempotency;
mod journal;
mod keys;
mod limits;
mod list;
mod metrics;
#[cfg(test)]
mod openapi;
mod operator;
mod revocation_lists;
mod routes;
mod settings;
mod signing_authorities;
mod staff;
mod tariff;
mod templates;
mod trust;
mod upload;
mod usage;
mod webhook;

use axum::Router;
use axum::response::Response;
use spin_sdk::http::Request;
use std::sync::LazyLock;

static ROUTES: LazyLock<Router> = LazyLock::new(|| podpis_kit::router(routes::router()));

#[spin_sdk::http_service]
async fn handle(request: Request) -> Response {
    let mut request = request;
    let meter = limits::Meter::default();
    request.extensions_mut().insert(meter.clone());
    let mut response = podpis_kit::serve_counted("mis", &ROUTES, request).await;
    meter.stamp(response.headers_mut());
    response
}
