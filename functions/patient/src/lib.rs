//! Spin function `patient`: what the patient's pages ask, `/patient/…`.
//!
//! Every request names its right in a header: `Podpis-Link`, `Podpis-Document`, `Podpis-Agreement` or `Podpis-Account`, the
//! last three with the session's cookie; a logo is public. A GET changes nothing.

mod account;
mod agreements;
mod db;
mod document;
mod documents;
mod logo;
mod stored;
mod unsubscribe;

use axum::Router;
use axum::response::Response;
use spin_sdk::http::Request;
use std::sync::LazyLock;

static ROUTES: LazyLock<Router> = LazyLock::new(|| {
    podpis_kit::router(
        Router::new()
            .merge(document::routes())
            .merge(unsubscribe::routes())
            .merge(account::routes())
            .merge(documents::routes())
            .merge(agreements::routes())
            .merge(logo::routes()),
    )
});

#[spin_sdk::http_service]
async fn handle(request: Request) -> Response {
    podpis_kit::serve_counted("patient", &ROUTES, request).await
}
