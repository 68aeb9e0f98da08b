//! Spin function `patient`: what the patient's pages ask, `/patient/…`.
//!
//! Every request carries the token of a link in the header `Podpis-Link`. A GET changes nothing.

mod account;
mod actions;
mod db;
mod files;
mod view;

use axum::Router;
use axum::response::Response;
use axum::routing::{get, post};
use spin_sdk::http::Request;
use std::sync::LazyLock;

static ROUTES: LazyLock<Router> = LazyLock::new(|| {
    podpis_kit::router(
        Router::new()
            .route("/patient/document", get(view::read))
            .route("/patient/document/file", get(files::original))
            .route("/patient/document/signed", get(files::signed))
            .route("/patient/document/opened", post(actions::opened))
            .route("/patient/document/decline", post(actions::decline))
            .merge(account::routes()),
    )
});

#[spin_sdk::http_service]
async fn handle(request: Request) -> Response {
    podpis_kit::serve(&ROUTES, request).await
}
