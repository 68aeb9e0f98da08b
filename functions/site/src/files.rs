//! Reading the files that the build left under `/` of this component.

use axum::extract::Path;
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, VARY,
};
use axum::http::{HeaderMap, HeaderName, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use podpis_kit::{Failure, Result};

/// Policy of the pages: our own files and WebAssembly, no inline script, no other origin.
const PAGE_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; \
    connect-src 'self'; style-src 'self'; img-src 'self' blob: data:; font-src 'self'; manifest-src 'self'; \
    base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'";

/// What a page may do with the device: nothing.
const PERMISSIONS: &str = "camera=(), microphone=(), geolocation=(), payment=(), usb=()";

/// Paths that are pages of the app, with their files; any other one is answered by the app with 404.
const PAGES: [(&str, &str); 11] = [
    ("/", APP),
    ("/d/", APP),
    ("/c/", APP),
    ("/verify", "/verify.html"),
    ("/clinic", "/clinic.html"),
    ("/account", ACCOUNT),
    ("/account/", ACCOUNT),
    ("/account/document", APP),
    ("/account/document/", APP),
    ("/account/agreement", APP),
    ("/account/agreement/", APP),
];
const APP: &str = "/index.html";
const ACCOUNT: &str = "/account.html";

/// Other spellings of these paths.
const MOVED: [(&str, &str); 4] = [
    ("/d", "/d/"),
    ("/c", "/c/"),
    ("/verify/", "/verify"),
    ("/clinic/", "/clinic"),
];

/// Compressed forms that the build leaves beside a file, best first.
const ENCODINGS: [(&str, &str); 2] = [("br", ".br"), ("gzip", ".gz")];

/// `GET /assets/{name}`, and `GET /verify/{name}`: the same file under the verifier's own path, since a browser lets a
/// service worker serve only those workers whose address is in its scope.
///
/// # Errors
/// 404 for what the build has not made.
pub(crate) async fn asset(Path(name): Path<String>, headers: HeaderMap) -> Result<Response> {
    let plain = !name.starts_with('.')
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b));
    if !plain || name.ends_with(".br") || name.ends_with(".gz") {
        return Err(Failure::not_found());
    }
    let mut response = read(&format!("/assets/{name}"), &headers)?;
    response.headers_mut().insert(
        CACHE_CONTROL,
        "public, max-age=31536000, immutable"
            .parse()
            .map_err(header)?,
    );
    // Scripts and workers carry the policy of the page that they run in; a worker has only its own.
    protect(&mut response)?;
    Ok(response)
}

/// Files that keep their names: the service workers and the account's manifest. They are asked for anew at every visit of
/// their pages, so that a new version is found at once.
///
/// # Errors
/// 500 when the build is missing.
pub(crate) async fn kept_name(uri: Uri, headers: HeaderMap) -> Result<Response> {
    fresh(uri.path(), &headers)
}

/// Every other path: the app.
///
/// # Errors
/// 500 when the build is missing.
pub(crate) async fn page(uri: Uri, headers: HeaderMap) -> Result<Response> {
    let find = |list: &[(&str, &'static str)]| {
        let found = list.iter().find(|(path, _)| *path == uri.path());
        found.map(|(_, target)| *target)
    };
    if let Some(path) = find(&MOVED) {
        return Ok((StatusCode::PERMANENT_REDIRECT, [("location", path)]).into_response());
    }
    let file = find(&PAGES);
    let mut response = fresh(file.unwrap_or(APP), &headers)?;
    if file.is_none() {
        *response.status_mut() = StatusCode::NOT_FOUND;
    }
    Ok(response)
}

/// A file that browsers may keep but ask about every time.
fn fresh(path: &str, headers: &HeaderMap) -> Result<Response> {
    let mut response = read(path, headers)
        .map_err(|_| Failure::internal("site", format!("{path} is missing: build the web app")))?;
    response
        .headers_mut()
        .insert(CACHE_CONTROL, "no-cache".parse().map_err(header)?);
    protect(&mut response)?;
    Ok(response)
}

/// The policies of the pages; the service worker serves its page from `/assets/`, so they stand there too.
fn protect(response: &mut Response) -> Result<()> {
    let set = response.headers_mut();
    set.insert(
        CONTENT_SECURITY_POLICY,
        PAGE_POLICY.parse().map_err(header)?,
    );
    set.insert(
        HeaderName::from_static("permissions-policy"),
        PERMISSIONS.parse().map_err(header)?,
    );
    Ok(())
}

/// The best form of a file that the browser takes.
fn read(path: &str, headers: &HeaderMap) -> Result<Response> {
    let accepted = headers
        .get(ACCEPT_ENCODING)
        .and_then(|v| v.to_str().ok())
        .unwrap_or_default();
    let kind = [(CONTENT_TYPE, media(path)), (VARY, "accept-encoding")];
    for (coding, ending) in ENCODINGS {
        if accepts(accepted, coding)
            && let Ok(bytes) = std::fs::read(format!("{path}{ending}"))
        {
            return Ok((kind, [(CONTENT_ENCODING, coding)], bytes).into_response());
        }
    }
    let bytes = std::fs::read(path).map_err(|_| Failure::not_found())?;
    Ok((kind, bytes).into_response())
}

/// Whether an `Accept-Encoding` names a coding and does not rule it out with `q=0`.
fn accepts(header: &str, coding: &str) -> bool {
    header.split(',').any(|item| {
        let mut parts = item.split(';').map(str::trim);
        let named = parts
            .next()
            .is_some_and(|name| name.eq_ignore_ascii_case(coding));
        named
            && !parts.any(
                |p| matches!(p.strip_prefix("q=").map(str::parse::<f32>), Some(Ok(q)) if q == 0.0),
            )
    })
}

fn media(path: &str) -> &'static str {
    match path.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "wasm" => "application/wasm",
        "css" => "text/css; charset=utf-8",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

fn header(error: impl std::fmt::Display) -> Failure {
    Failure::internal("header", error.to_string())
}
