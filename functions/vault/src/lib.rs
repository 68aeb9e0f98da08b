//! Spin function `vault`: the only place where a hostile PDF is opened, and the
//! only door by which a document becomes signed. It has no network.
//!
//! Private routes, reached by service chaining:
//!
//! | call | does |
//! |---|---|
//! | `POST /blobs` | inspects a PDF and stores it |
//! | `GET /blobs/{id}` | the bytes |
//! | `DELETE /blobs/{id}` | forgets a file that no document uses |
//! | `POST /sign` | makes a document signed: one atomic step |
//! | `GET /documents/{id}/evidence` | the evidence bundle as of now |

mod blobs;
mod db;
mod evidence;
mod protocol;
mod sign;

use axum::Router;
use axum::response::Response;
use axum::routing::{get, post};
use spin_sdk::http::Request;
use std::sync::LazyLock;

static ROUTES: LazyLock<Router> = LazyLock::new(|| {
    podpis_kit::router(
        Router::new()
            .route("/blobs", post(blobs::create))
            .route("/blobs/{id}", get(blobs::read).delete(blobs::discard))
            .route("/sign", post(sign::sign))
            .route("/documents/{id}/evidence", get(evidence::read)),
    )
});

#[spin_sdk::http_service]
async fn handle(request: Request) -> Response {
    podpis_kit::serve(&ROUTES, request).await
}
