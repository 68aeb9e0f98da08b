//! `/sim/…`: what the tests tell the simulator.

use crate::broken::Broken;
use crate::faults::Faults;
use crate::keys::new_pair;
use crate::settings::{Change, Settings};
use crate::state::Esia;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use std::sync::Arc;

/// Below `/sim`.
pub(crate) fn routes() -> Router<Arc<Esia>> {
    Router::new()
        .route("/next", post(next))
        .route("/settings", get(settings).post(change))
        .route("/rotate", post(rotate))
        .route("/reset", post(reset))
}

/// Signs with a new key of ESIA from now on, and returns its certificate.
pub(crate) fn rotate_key(esia: &Esia) -> anyhow::Result<String> {
    let algorithm = esia.memory().settings.token_alg;
    let fresh = new_pair(algorithm, esia.crypto.as_ref())?;
    let certificate = fresh.certificate.clone();
    *esia.memory().keys.of_mut(algorithm) = fresh;
    Ok(certificate)
}

/// Sets what the next answers do wrong.
async fn next(State(esia): State<Arc<Esia>>, Json(faults): Json<Faults>) -> StatusCode {
    esia.memory().faults.merge(faults);
    StatusCode::NO_CONTENT
}

async fn settings(State(esia): State<Arc<Esia>>) -> Json<Settings> {
    Json(esia.memory().settings.clone())
}

/// Sets how it behaves until told otherwise.
async fn change(State(esia): State<Arc<Esia>>, Json(change): Json<Change>) -> StatusCode {
    esia.memory().settings.apply(change);
    StatusCode::NO_CONTENT
}

async fn rotate(State(esia): State<Arc<Esia>>) -> Result<Json<Value>, Broken> {
    Ok(Json(json!({"certificate_pem": rotate_key(&esia)?})))
}

async fn reset(State(esia): State<Arc<Esia>>) -> StatusCode {
    esia.reset();
    StatusCode::NO_CONTENT
}
