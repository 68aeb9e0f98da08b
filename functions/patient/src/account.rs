//! The personal account: `/patient/account/…`.
//!
//! Every request carries the header `Podpis-Account` ([`podpis_kit::session::ours`]). Who gets in and what a proof opens is
//! decided by `podpis_shared::account`; here stands what is read before a decision, and what follows it in one transaction.

pub(crate) mod codes;
mod consents;
mod contacts;
mod devices;
mod erase;
mod export;
mod gate;
mod leave;
mod log;
mod notices;
mod sign_in;
mod view;

use axum::Router;
use axum::routing::{delete, get, post, put};

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
        .route("/patient/account/gate", post(gate::answer))
        .route("/patient/account/devices", get(devices::list))
        .route("/patient/account/devices/{id}", delete(devices::end))
        .route("/patient/account/contacts", post(contacts::ask))
        .route("/patient/account/contacts/code", post(contacts::take))
        .route("/patient/account/contacts/{id}", delete(contacts::remove))
        .route("/patient/account/notices", put(notices::choose))
        .route("/patient/account/clock", put(notices::clock))
        .route(
            "/patient/account/push",
            put(notices::subscribe).delete(notices::unsubscribe),
        )
        .route("/patient/account/push/key", get(notices::push_key))
        .route("/patient/account/log", get(log::read))
        .route("/patient/account/export", get(export::export))
        .route("/patient/account/consents", get(consents::list))
        .route(
            "/patient/account/consents/{document_id}/withdraw",
            post(consents::withdraw),
        )
        .route(
            "/patient/account/erase",
            get(erase::preview).post(erase::erase),
        )
}
