//! Spin function `staff`: how a clinic's staff signs in to the console, `/staff/…` (`docs/staff.md`).
//!
//! Signing in has two steps: a password, or the link of a letter; then a second factor. What the first step found out lies in a row
//! whose token is in a cookie; what it brings takes effect with the second one only. Everything else that the console does is the
//! API of `mis`, with the same session.
//!
//! No answer tells whether anybody has an e-mail, neither by its words nor by its time.

mod clients;
mod complete;
mod db;
mod enrol;
mod hash;
mod invitation;
mod limits;
mod me;
mod passkeys;
mod password;
mod recovery;
mod second;
mod sessions;
mod sign_in;
mod totp;
mod webauthn;

use axum::Router;
use axum::response::Response;
use axum::routing::{delete, get, post};
use spin_sdk::http::Request;
use std::sync::LazyLock;

static ROUTES: LazyLock<Router> = LazyLock::new(|| {
    podpis_kit::router(
        Router::new()
            .route("/staff/sign-in", post(sign_in::begin))
            .route("/staff/second", post(second::prove))
            .route("/staff/invitation", post(invitation::look))
            .route("/staff/invitation/accept", post(invitation::accept))
            .route("/staff/totp", post(enrol::anew))
            .route("/staff/totp/confirm", post(enrol::confirm))
            .route("/staff/passkeys/begin", post(passkeys::begin))
            .route("/staff/passkeys", get(passkeys::list).post(passkeys::add))
            .route("/staff/passkeys/{id}", delete(passkeys::remove))
            .route("/staff/me", get(me::read))
            .route("/staff/clinic", post(me::choose))
            .route("/staff/password", post(password::change))
            .route("/staff/reset", post(password::reset))
            .route(
                "/staff/sessions",
                get(sessions::list).delete(sessions::end_others),
            )
            .route("/staff/sign-out", post(sessions::sign_out)),
    )
});

#[spin_sdk::http_service]
async fn handle(request: Request) -> Response {
    podpis_kit::serve_counted("staff", &ROUTES, request).await
}
