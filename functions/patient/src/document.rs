//! One document, or a clinic's agreement: `/patient/document…`.
//!
//! A request names its right in a header: a link, a document of the account, or the clinic whose agreement is read. The
//! endpoints are the same; a GET changes nothing.

mod actions;
mod code;
mod files;
mod history;
mod parcel;
mod sign;
mod view;
mod ways;

use axum::Router;
use axum::http::HeaderMap;
use axum::routing::{get, post};
use podpis_kit::Result;
use podpis_kit::access::{self, Offered, Opened};
use podpis_shared::Timestamp;
use podpis_shared::wire::account::AGREEMENT_HEADER;

pub(crate) use ways::chosen;

/// The routes of a document.
pub(crate) fn routes() -> Router {
    Router::new()
        .route("/patient/document", get(view::read))
        .route("/patient/document/file", get(files::original))
        .route("/patient/document/signed", get(files::signed))
        .route("/patient/document/final", get(files::last))
        .route("/patient/document/evidence", get(files::evidence))
        .route(
            "/patient/document/kept-signatures/{number}",
            get(files::kept_signature),
        )
        .route("/patient/document/history", get(history::read))
        .route("/patient/document/opened", post(actions::opened))
        .route("/patient/document/decline", post(actions::decline))
        .route("/patient/document/code", post(code::ask))
        .route("/patient/document/sign", post(sign::sign))
}

/// What a request reaches.
enum Right {
    /// A document, by a link or by the account.
    Document(Box<Opened>),
    /// The agreement in force of a clinic.
    Agreement(Box<Offered>),
}

impl Right {
    /// What the request's headers name.
    ///
    /// # Errors
    /// Those of [`access`].
    async fn of(headers: &HeaderMap, now: Timestamp) -> Result<Self> {
        if headers.contains_key(AGREEMENT_HEADER) {
            let offered = access::agreement(headers, now).await?;
            return Ok(Self::Agreement(Box::new(offered)));
        }
        let opened = access::open(headers, now).await?;
        Ok(Self::Document(Box::new(opened)))
    }
}
