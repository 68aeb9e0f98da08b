//! Spin function `site`: the web app's files.
//!
//! Files under `/assets/` have their content's hash in their names: they never change and are
//! kept by browsers for ever. Every other path is the app itself, which finds its page by the path.

mod files;

use axum::Router;
use axum::response::Response;
use axum::routing::get;
use spin_sdk::http::Request;
use std::sync::LazyLock;

static ROUTES: LazyLock<Router> = LazyLock::new(|| {
    podpis_kit::router(
        Router::new()
            .route("/assets/{name}", get(files::asset))
            .route("/verify/{name}", get(files::asset))
            .route("/sw.js", get(files::kept_name))
            .route("/account-sw.js", get(files::kept_name))
            .route("/manifest.webmanifest", get(files::kept_name))
            .route("/", get(files::page))
            .route("/{*path}", get(files::page)),
    )
});

#[spin_sdk::http_service]
async fn handle(request: Request) -> Response {
    podpis_kit::serve(&ROUTES, request).await
}
