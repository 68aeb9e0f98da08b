//! Application variables of the manifest.

use crate::http::{Failure, Result};
use axum::http::HeaderMap;
use axum::http::header::HOST;

/// Hosts under this top-level name exist nowhere (RFC 2606): "not configured" in a manifest that must name a host.
const NOWHERE: &str = ".invalid";

/// Value of a variable that the manifest maps into this component.
///
/// # Errors
/// 500 where the manifest does not map it: a mistake of deployment.
pub async fn get(name: &str) -> Result<String> {
    spin_sdk::variables::get(name)
        .await
        .map_err(|e| Failure::internal("variable", format!("{name}: {e}")))
}

/// Address made of a host variable and a path variable; `None` where the host is not configured.
///
/// # Errors
/// As [`get`].
pub async fn endpoint(host: &str, path: &str) -> Result<Option<String>> {
    let host = get(host).await?;
    let host = host.trim_end_matches('/');
    if host.is_empty() || host.ends_with(NOWHERE) {
        return Ok(None);
    }
    Ok(Some(format!("{host}{}", get(path).await?)))
}

/// Address in a variable, such as `tcp://203.0.113.7:587`; `None` where it is not configured.
///
/// # Errors
/// As [`get`].
pub async fn address(name: &str) -> Result<Option<String>> {
    let address = get(name).await?;
    let host = address
        .trim_end_matches(|c: char| c.is_ascii_digit())
        .trim_end_matches(':');
    let nowhere = host.is_empty() || host.ends_with(NOWHERE);
    Ok((!nowhere).then_some(address))
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
