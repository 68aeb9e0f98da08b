//! Application variables of the manifest.

use crate::http::{Failure, Result};
use axum::http::HeaderMap;
use axum::http::header::HOST;

/// Value of a variable that the manifest maps into this component.
///
/// # Errors
/// 500 where the manifest does not map it: a mistake of deployment.
pub async fn get(name: &str) -> Result<String> {
    spin_sdk::variables::get(name)
        .await
        .map_err(|e| Failure::internal("variable", format!("{name}: {e}")))
}

/// Whether the sandbox is open.
///
/// # Errors
/// As [`get`].
pub async fn sandbox() -> Result<bool> {
    Ok(get("sandbox").await? == "true")
}

/// Address of this installation as people see it, without a slash at the end.
///
/// The variable `public_url`; where it is empty and the sandbox is open, the host that the request named.
///
/// # Errors
/// 500 where neither is there: links must not follow a header that anybody can send.
pub async fn base_url(headers: &HeaderMap) -> Result<String> {
    let url = get("public_url").await?;
    if !url.is_empty() {
        return Ok(url.trim_end_matches('/').to_owned());
    }
    let host = headers.get(HOST).and_then(|h| h.to_str().ok());
    match host {
        Some(host) if sandbox().await? => Ok(format!("http://{host}")),
        _ => Err(Failure::internal(
            "public_url",
            "the variable public_url is empty",
        )),
    }
}
