//! `GET /health`: whether this component could seal a document now.

use crate::{keys, settings};
use axum::http::StatusCode;
use axum::response::Response;
use podpis_kit::{Db, Failure, Result, http, now};
use podpis_shared::wire::vault::{Health, SealState};

/// Reads every key as a signature would, and signs nothing: a signer beside us is not asked.
pub(crate) async fn read() -> Result<Response> {
    let db = Db::open().await?;
    let seal = match keys::seal(&db).await {
        Ok(seal) if seal.leaf.is_valid_at(now()) => SealState::Ok,
        Ok(_) => SealState::Expired,
        Err(failure) => missing("seal", &failure),
    };
    let others = [
        keys::evidence(&db).await.map(drop),
        keys::journal(&db).await.map(drop),
        settings::retired().await.map(drop),
    ];
    let failed = others.into_iter().find_map(Result::err);
    let seal = failed.map_or(seal, |failure| missing("keys", &failure));
    http::json(StatusCode::OK, &Health { seal })
}

/// The page is public: what is wrong stands in the log only.
fn missing(what: &str, failure: &Failure) -> SealState {
    eprintln!("error at health, {what}: {failure:?}");
    SealState::Missing
}
