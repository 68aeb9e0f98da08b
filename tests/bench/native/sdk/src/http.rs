//! Requests, and calls of neighbours.

use crate::wasip3::http::types::ErrorCode;
use axum::body::Body;
use std::collections::HashMap;
use std::pin::Pin;
use std::sync::OnceLock;

/// An incoming request.
pub type Request = http::Request<Body>;

/// An answer.
pub type Response = http::Response<Body>;

/// An answer on its way.
pub type Answer = Pin<Box<dyn Future<Output = Response> + Send>>;

/// A component's entry.
pub type Component = fn(Request) -> Answer;

static COMPONENTS: OnceLock<HashMap<&'static str, Component>> = OnceLock::new();

/// Names the components that can be called; the first call counts.
pub fn set_components(components: impl IntoIterator<Item = (&'static str, Component)>) {
    COMPONENTS.get_or_init(|| components.into_iter().collect());
}

/// Calls `http://<component>.spin.internal/…`.
///
/// # Errors
/// An address of anything else.
pub async fn send(request: Request) -> Result<Response, ErrorCode> {
    let host = request.uri().host().unwrap_or_default();
    let component = host.strip_suffix(".spin.internal");
    let components = COMPONENTS.get();
    let found = component.and_then(|name| components?.get(name));
    let found = found.ok_or_else(|| ErrorCode::DnsError(format!("{host} is no component")))?;
    Ok(found(request).await)
}
