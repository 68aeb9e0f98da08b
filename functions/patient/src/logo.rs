//! A clinic's logo: `GET /patient/logo/{sha256}.png`. Public by nature: pages and letters show it.

use axum::Router;
use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG};
use axum::http::{HeaderName, HeaderValue};
use axum::response::Response;
use axum::routing::get;
use podpis_kit::extract::Path;
use podpis_kit::store::branding;
use podpis_kit::{Db, Failure, Result};

/// E-mail programs on the web show it from pages of theirs.
const CORP: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// The route of logos.
pub(crate) fn routes() -> Router {
    Router::new().route("/patient/logo/{name}", get(read))
}

/// The picture: what stands at a hash never changes, so it is kept for a year.
///
/// # Errors
/// `not_found`.
async fn read(Path(name): Path<String>) -> Result<Response> {
    let is_digit = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    let sha256 = name.strip_suffix(".png").ok_or_else(Failure::not_found)?;
    if sha256.len() != 64 || !sha256.bytes().all(is_digit) {
        return Err(Failure::not_found());
    }
    let png = branding::logo(&Db::open().await?, sha256).await?;
    let mut response = Response::new(Body::from(png.ok_or_else(Failure::not_found)?));
    let headers = response.headers_mut();
    for (name, value) in [
        (CONTENT_TYPE, "image/png"),
        (CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (
            CONTENT_SECURITY_POLICY,
            "default-src 'none'; frame-ancestors 'none'; sandbox",
        ),
        (CORP, "cross-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if let Ok(tag) = HeaderValue::from_str(&format!("\"{sha256}\"")) {
        headers.insert(ETAG, tag);
    }
    Ok(response)
}
