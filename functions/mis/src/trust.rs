//! `GET /api/v1/trust`: what a verifier of signed documents needs to believe. Public.

use crate::limits::Public;
use axum::body::Body;
use axum::http::Method;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use podpis_kit::{Context, Result, neighbour};

/// How long the list may be kept, in seconds; a verifier without network keeps it for good.
const FRESH: &str = "public, max-age=300";

/// The list as `vault` gives it.
pub(crate) async fn read(_: Public, context: Context) -> Result<Response> {
    let request = neighbour::request(&context, "vault", Method::GET, "/trust").body(Body::empty());
    let bytes = neighbour::send(request).await?;
    Ok((
        [(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, FRESH)],
        bytes,
    )
        .into_response())
}
