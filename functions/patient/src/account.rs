//! The personal account: `/patient/account/…`.
//!
//! Every request carries the header `Podpis-Account` ([`podpis_kit::session::ours`]). Who gets in and what a proof opens is
//! decided by `podpis_shared::account`; here stands what is read before a decision, and what follows it in one transaction.

mod codes;
mod gate;
mod leave;
mod sign_in;
mod view;

use axum::Router;
use axum::routing::{get, post};

/// The routes of the account, but for its documents.
pub(crate) fn routes() -> Router {
    Router::new()
        .route("/patient/account", get(view::read))
        .route("/patient/account/sign-in", post(sign_in::ask))
        .route("/patient/account/sign-in/code", post(sign_in::enter))
        .route("/patient/account/sign-out", post(leave::here))
        .route(
            "/patient/account/sign-out-everywhere",
            post(leave::everywhere),
        )
}
