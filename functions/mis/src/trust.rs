//! `GET /api/v1/trust`: what a verifier of signed documents needs to believe. Public.

use crate::answer::Json;
use crate::limits::Public;
use axum::body::Body;
use axum::http::Method;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use podpis_evidence::Trust;
use podpis_kit::{Context, Failure, Result, neighbour};

/// How long the list may be kept, in seconds; a verifier without network keeps it for good.
const FRESH: &str = "public, max-age=300";

/// The list, which may be kept for a while.
pub(crate) struct Fresh(Json<Trust>);

impl IntoResponse for Fresh {
    fn into_response(self) -> Response {
        ([(CACHE_CONTROL, FRESH)], self.0).into_response()
    }
}

/// The list as `vault` gives it.
pub(crate) async fn read(_: Public, context: Context) -> Result<Fresh> {
    let request = neighbour::request(&context, "vault", Method::GET, "/trust").body(Body::empty());
    let bytes = neighbour::send(request).await?;
    let trust = serde_json::from_slice(&bytes);
    let trust = trust.map_err(|e| Failure::internal("neighbour", e.to_string()))?;
    Ok(Fresh(Json(trust)))
}

#[cfg(test)]
impl crate::openapi::Output for Fresh {
    fn say(says: &mut crate::openapi::Says, schemas: &mut crate::openapi::Schemas) {
        Json::<Trust>::say(says, schemas);
    }
}
