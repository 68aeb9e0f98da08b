//! Spin function `esia`: sign-in at Gosuslugi (ESIA) as a signing act.
//!
//! | call | does |
//! |---|---|
//! | `POST /esia/start` | checks what the page saw, opens a session, says where to go; of a document or of a clinic's agreement |
//! | `GET /esia/login` | after ESIA's logout: on to its sign-in; inert |
//! | `GET /esia/callback` | back from ESIA: hands the parameters to the page where the act began; inert |
//! | `POST /esia/complete` | identifies the person, has `vault` sign or accept, or begins a session of the account |
//! | `POST /esia/account/start` | signing in to the personal account, or confirming it: says where to go |
//!
//! A session binds document, its hash, what was shown, and the browser (cookie) to one `state`.
//! It is the only function that reaches ESIA and holds our key there. What is pure stands in
//! [`protocol`], [`signer`], [`token`], [`person`] and [`refused`].

pub mod account;
pub mod agreement;
pub mod browser;
pub mod callback;
pub mod complete;
pub mod db;
pub mod gateway;
pub mod login;
pub mod person;
pub mod place;
pub mod protocol;
pub mod refused;
pub mod settings;
pub mod signer;
pub mod start;
pub mod subject;
pub mod token;

/// The component's entry. Its export has no meaning on the host, where only the tests are built.
#[cfg(target_family = "wasm")]
mod service {
    use crate::{account, callback, complete, login, start};
    use axum::Router;
    use axum::response::Response;
    use axum::routing::{get, post};
    use spin_sdk::http::Request;
    use std::sync::LazyLock;

    static ROUTES: LazyLock<Router> = LazyLock::new(|| {
        podpis_kit::router(
            Router::new()
                .route("/esia/start", post(start::start))
                .route("/esia/account/start", post(account::start))
                .route("/esia/login", get(login::login))
                .route("/esia/callback", get(callback::callback))
                .route("/esia/complete", post(complete::complete)),
        )
    });

    #[spin_sdk::http_service]
    async fn handle(request: Request) -> Response {
        podpis_kit::serve_counted("esia", &ROUTES, request).await
    }
}
