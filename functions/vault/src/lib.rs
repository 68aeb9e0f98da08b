//! Spin function `vault`: the only place where a hostile PDF is opened, and the
//! only door by which a document becomes signed. It reaches nobody but, where configured,
//! a remote signer and a time stamping authority.
//!
//! Private routes, reached by service chaining:
//!
//! | call | does |
//! |---|---|
//! | `POST /blobs` | inspects a PDF and stores it |
//! | `GET /blobs/{id}` | the bytes |
//! | `POST /blobs/{id}/signatures` | checks what a document for keeping was signed with |
//! | `POST /templates` | makes a PDF of a template and stores it |
//! | `POST /templates/preview` | makes a PDF of a template |
//! | `DELETE /blobs/{id}` | forgets a file that no document uses |
//! | `POST /sign` | makes a document signed: one atomic step |
//! | `POST /accept` | makes a user agreement accepted: one atomic step |
//! | `POST /documents/{id}/clinic-signature` | checks and takes a signature of the clinic: one atomic step |
//! | `GET /documents/{id}/evidence` | the evidence bundle as of now |
//! | `GET /documents/{id}/final` | the final version: made when it is first asked for, the same from then on |
//! | `GET /documents/{id}/final/evidence` | the evidence that goes with it |
//! | `GET /documents/{id}/proof` | the document's journal entries with their proofs |
//! | `GET /journal/{clinic}/checkpoint` | the journal's head, signed |
//! | `GET /journal/{clinic}/consistency` | that a later head continues an earlier one |
//! | `GET /journal/{clinic}/audit` | the last audit's outcome |
//! | `POST /journal/audit` | ticked: audits what is due |
//! | `GET /trust` | what a verifier needs to believe |
//! | `GET /health` | whether it could seal now |
//! | `POST /timestamps` | ticked: adds time stamps that are still missing |

mod accept;
mod blobs;
mod clinic;
mod code;
mod db;
mod evidence;
mod final_version;
mod health;
mod journal;
mod kept;
mod keys;
mod making;
mod protocol;
mod seal;
mod settings;
mod sign;
mod templates;
mod trust;

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
            .route("/blobs/{id}/signatures", post(kept::check))
            .route("/templates", post(templates::create))
            .route("/templates/preview", post(templates::preview))
            .route("/sign", post(sign::sign))
            .route("/accept", post(accept::accept))
            .route("/documents/{id}/clinic-signature", post(clinic::sign))
            .route("/documents/{id}/evidence", get(evidence::read))
            .route("/documents/{id}/final", get(final_version::read))
            .route(
                "/documents/{id}/final/evidence",
                get(final_version::evidence),
            )
            .route("/documents/{id}/proof", get(journal::proof))
            .route("/journal/{clinic}/checkpoint", get(journal::head))
            .route("/journal/{clinic}/consistency", get(journal::consistency))
            .route("/journal/{clinic}/audit", get(journal::audit_state))
            .route("/journal/audit", post(journal::audit))
            .route("/trust", get(trust::read))
            .route("/health", get(health::read))
            .route("/timestamps", post(seal::timestamps::tick)),
    )
});

#[spin_sdk::http_service]
async fn handle(request: Request) -> Response {
    podpis_kit::serve_counted("vault", &ROUTES, request).await
}
