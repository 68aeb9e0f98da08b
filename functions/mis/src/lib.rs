//! Spin function `mis`: the API of MIS and operator, `/api/…`.
//!
//! A clinic sees only what is its own; everything else answers 404. Files pass
//! through to and from `vault` as streams.

mod agreement;
mod archive;
mod auth;
mod branding;
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
mod limits;
mod list;
mod metrics;
mod operator;
mod settings;
mod signing_authorities;
mod tariff;
mod templates;
mod trust;
mod upload;
mod usage;
mod webhook;

use axum::Router;
use axum::response::Response;
use axum::routing::{delete, get, post};
use spin_sdk::http::Request;
use std::sync::LazyLock;

static ROUTES: LazyLock<Router> = LazyLock::new(|| {
    podpis_kit::router(
        Router::new()
            .route("/api/health", get(health::read))
            .route("/api/openapi.json", get(health::openapi))
            .route("/api/docs", get(docs::read))
            .route("/api/metrics", get(metrics::read))
            .route("/api/v1/trust", get(trust::read))
            .route(
                "/api/v1/operator/clinics",
                get(operator::list).post(operator::create),
            )
            .route(
                "/api/v1/operator/clinics/{id}/keys",
                post(operator::add_key),
            )
            .route(
                "/api/v1/operator/clinics/{id}/keys/{key_id}",
                delete(operator::revoke_key),
            )
            .route(
                "/api/v1/documents",
                get(documents::list::list).post(documents::create::create),
            )
            .route("/api/v1/documents/{id}", get(documents::read::read))
            .route(
                "/api/v1/documents/{id}/original",
                get(documents::files::original),
            )
            .route(
                "/api/v1/documents/{id}/signed",
                get(documents::files::signed),
            )
            .route(
                "/api/v1/documents/{id}/final",
                get(documents::final_version::read),
            )
            .route(
                "/api/v1/documents/{id}/evidence",
                get(documents::files::evidence),
            )
            .route(
                "/api/v1/documents/{id}/cancel",
                post(documents::cancel::cancel),
            )
            .route(
                "/api/v1/documents/{id}/clinic-signature",
                post(documents::clinic_signature::sign),
            )
            .route(
                "/api/v1/documents/{id}/remind",
                post(documents::remind::remind),
            )
            .route(
                "/api/v1/agreement",
                get(agreement::read).put(agreement::put),
            )
            .route("/api/v1/agreement/file", get(agreement::file))
            .route("/api/v1/templates", get(templates::list))
            .route("/api/v1/templates/{id}", get(templates::read))
            .route("/api/v1/templates/{id}/preview", post(templates::preview))
            .route("/api/v1/settings", get(settings::read).put(settings::put))
            .route(
                "/api/v1/agreements/acceptances",
                get(agreement::acceptances::list),
            )
            .route("/api/v1/documents/{id}/proof", get(journal::proof))
            .route("/api/v1/journal/checkpoint", get(journal::checkpoint))
            .route("/api/v1/journal/consistency", get(journal::consistency))
            .route("/api/v1/operator/journal", get(journal::audit))
            .route("/api/v1/operator/sms", get(health::sms))
            .route(
                "/api/v1/operator/esia-certificates",
                get(esia_certificates::list).post(esia_certificates::add),
            )
            .route(
                "/api/v1/operator/esia-certificates/{sha256}",
                delete(esia_certificates::retire),
            )
            .route(
                "/api/v1/operator/signing-authorities",
                get(signing_authorities::list).post(signing_authorities::add),
            )
            .route(
                "/api/v1/operator/signing-authorities/{sha256}",
                delete(signing_authorities::retire),
            )
            .route(
                "/api/v1/operator/revocation-lists",
                get(signing_authorities::lists).post(signing_authorities::add_list),
            )
            .route(
                "/api/v1/clinic-signers",
                get(clinic_signers::list).post(clinic_signers::add),
            )
            .route(
                "/api/v1/clinic-signers/{id}",
                delete(clinic_signers::remove),
            )
            .route("/api/v1/branding", get(branding::read).put(branding::put))
            .route(
                "/api/v1/branding/preview",
                get(branding::preview).post(branding::preview_of),
            )
            .route("/api/v1/usage", get(usage::read))
            .route("/api/v1/usage/rows", get(usage::rows::read))
            .route(
                "/api/v1/operator/clinics/{id}/tariff",
                get(tariff::read).put(tariff::put),
            )
            .route("/api/v1/operator/clinics/{id}/usage", get(usage::of_clinic))
            .route("/api/v1/export", get(export::read))
            .route(
                "/api/v1/documents/{id}/messages",
                get(documents::messages::list),
            )
            .route(
                "/api/v1/webhook",
                get(webhook::read).put(webhook::put).delete(webhook::remove),
            )
            .route("/api/v1/webhook/rotate", post(webhook::rotate))
            .route("/api/v1/webhook/deliveries", get(webhook::deliveries::list))
            .route(
                "/api/v1/webhook/deliveries/{id}/replay",
                post(webhook::deliveries::replay),
            )
            .route("/api/v1/consultations", post(consultations::create::create))
            .route("/api/v1/consultations/{id}", get(consultations::read::read))
            .route(
                "/api/v1/consultations/{id}/cancel",
                post(consultations::cancel::cancel),
            )
            .route(
                "/api/v1/consultations/{id}/reschedule",
                post(consultations::reschedule::reschedule),
            )
            .route("/api/v1/events", get(events::list)),
    )
});

#[spin_sdk::http_service]
async fn handle(request: Request) -> Response {
    let mut request = request;
    let meter = limits::Meter::default();
    request.extensions_mut().insert(meter.clone());
    let mut response = podpis_kit::serve_counted("mis", &ROUTES, request).await;
    meter.stamp(response.headers_mut());
    response
}
