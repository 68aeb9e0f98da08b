//! HTTP answers: problems, security headers, request ids, bodies with a limit.

use crate::{metrics, random};
use axum::Router;
use axum::body::Body;
use axum::extract::FromRequestParts;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, USER_AGENT};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Request, StatusCode, request::Parts};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use podpis_shared::problem::{self, Code, Problem};
use podpis_shared::wire::account::Ended;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::convert::Infallible;
use std::sync::OnceLock;
use tower_service::Service as _;

/// Header that names a request in every log and answer.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Largest JSON body that a function takes, in bytes.
pub const JSON_MAX: usize = 64 * 1024;

/// What a handler gives.
pub type Result<T, E = Failure> = std::result::Result<T, E>;

/// Who asks: facts of the request that are logged or kept as evidence.
#[derive(Clone)]
pub struct Context {
    /// Id of the request.
    pub request_id: String,
    /// Address of the caller as the runtime saw it.
    pub client_addr: Option<String>,
    /// User-Agent, cut to 300 characters.
    pub user_agent: Option<String>,
}

/// Routes with problems for what none of them takes. Built once an instance: it holds nothing of a request.
pub fn router(routes: Router) -> Router {
    routes
        .fallback(no_route)
        .method_not_allowed_fallback(no_method)
        .layer(axum::middleware::from_fn(metrics::name_route))
}

/// As [`serve`], for a component with the database: its requests are counted under its id.
pub async fn serve_counted(
    component: &'static str,
    router: &Router,
    request: spin_sdk::http::Request,
) -> Response {
    let watch = metrics::Watch::start(component, request.method()).await;
    let mut response = serve(router, request).await;
    if let Some(watch) = watch {
        watch.end(&mut response);
    }
    response
}

/// Serves a request by a [`router`]: adds request id and security headers.
pub async fn serve(router: &Router, request: spin_sdk::http::Request) -> Response {
    let (mut parts, body) = request.into_parts();
    let context = Context::of(&parts.headers, address_header().await);
    let request_id = context.request_id.clone();
    parts.extensions.insert(context);
    let request = Request::from_parts(parts, Body::new(body));
    let mut response = router
        .clone()
        .call(request)
        .await
        .unwrap_or_else(|never: Infallible| match never {});
    if let Some(Cause { place, text }) = response.extensions_mut().remove() {
        eprintln!("error at {place} (request {request_id}): {text}");
    }
    secure(response.headers_mut());
    if let Ok(value) = HeaderValue::from_str(&request_id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

/// An answer with JSON.
///
/// # Errors
/// 500 where the value cannot be written as JSON.
pub fn json(status: StatusCode, value: &impl Serialize) -> Result<Response> {
    let body = serde_json::to_vec(value).map_err(|e| Failure::internal("json", e.to_string()))?;
    Ok((status, [(CONTENT_TYPE, "application/json")], body).into_response())
}

/// Reads a body up to a limit.
///
/// # Errors
/// `too_large` past the limit, `bad_request` when the caller stops sending.
pub async fn read_body(body: Body, limit: usize) -> Result<Bytes> {
    match Limited::new(body, limit).collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(e) if e.is::<LengthLimitError>() => Err(Failure::new(
            Code::TooLarge,
            format!("the body is larger than {limit} bytes"),
        )),
        Err(_) => Err(Failure::new(Code::BadRequest, "the body ended too early")),
    }
}

/// Reads a JSON body of up to [`JSON_MAX`] bytes.
///
/// # Errors
/// `unsupported_media_type`, `too_large`, or as [`parse_json`].
pub async fn read_json<T: DeserializeOwned>(headers: &HeaderMap, body: Body) -> Result<T> {
    read_json_up_to(headers, body, JSON_MAX).await
}

/// Reads a JSON body of up to so many bytes.
///
/// # Errors
/// As [`read_json`].
pub async fn read_json_up_to<T: DeserializeOwned>(
    headers: &HeaderMap,
    body: Body,
    limit: usize,
) -> Result<T> {
    expect_json(headers)?;
    parse_json(&read_body(body, limit).await?)
}

/// The body of a request is JSON, as its `Content-Type` says.
///
/// # Errors
/// `unsupported_media_type`.
pub fn expect_json(headers: &HeaderMap) -> Result<()> {
    let media = headers
        .get(CONTENT_TYPE)
        .and_then(|v| v.to_str().ok())
        .unwrap_or_default();
    if !media
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .eq_ignore_ascii_case("application/json")
    {
        return Err(Failure::new(
            Code::UnsupportedMedia,
            "the body must be application/json",
        ));
    }
    Ok(())
}

/// Parses JSON.
///
/// # Errors
/// `bad_request` for what is no JSON, `invalid` for a field that is missing or wrong.
pub fn parse_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    serde_json::from_slice(bytes).map_err(|e| {
        let code = if e.is_data() {
            Code::Invalid
        } else {
            Code::BadRequest
        };
        Failure::new(code, e.to_string())
    })
}

/// An error on its way to the caller.
#[derive(Debug)]
pub struct Failure {
    problem: Box<Problem>,
    retry_after: Option<u32>,
    /// For the log only: where it happened and what the neighbour said.
    internal: Option<(&'static str, String)>,
}

impl Failure {
    /// A problem for the caller.
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self {
            problem: Box::new(Problem::new(code, detail)),
            retry_after: None,
            internal: None,
        }
    }

    /// What is not there, or not the caller's.
    pub fn not_found() -> Self {
        Self::new(Code::NotFound, "there is nothing here")
    }

    /// Our fault: the text goes to the log, the caller gets the request id.
    pub fn internal(place: &'static str, text: impl Into<String>) -> Self {
        let detail = "an internal error; the request id helps to find it";
        Self {
            internal: Some((place, text.into())),
            ..Self::new(Code::Internal, detail)
        }
    }

    /// A journal doesn't add up: the text goes to the log.
    pub fn broken_journal(text: impl Into<String>) -> Self {
        let detail =
            "the journal of this clinic was damaged or tampered with; the operator has to mend it";
        Self {
            internal: Some(("journal", text.into())),
            ..Self::new(Code::JournalBroken, detail)
        }
    }

    /// The database or a neighbour is busy; the caller repeats in a second.
    pub fn busy() -> Self {
        Self::new(Code::Unavailable, "busy, please repeat").retry_after(1)
    }

    /// Adds `Retry-After` in seconds.
    #[must_use]
    pub const fn retry_after(mut self, seconds: u32) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// Says why the browser's session is over.
    #[must_use]
    pub fn ended(mut self, why: Option<Ended>) -> Self {
        self.problem.ended = why;
        self
    }

    /// Writes what is only for the log: where no answer will do it.
    pub fn log(&self) {
        if let Some((place, text)) = &self.internal {
            eprintln!("error at {place}: {text}");
        }
    }

    /// The stable code.
    pub fn code(&self) -> Option<Code> {
        Code::parse(&self.problem.code)
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self {
            problem: Box::new(problem),
            retry_after: None,
            internal: None,
        }
    }
}

impl From<podpis_shared::policy::Refusal> for Failure {
    fn from(refusal: podpis_shared::policy::Refusal) -> Self {
        Problem::from(refusal).into()
    }
}

impl From<getrandom::Error> for Failure {
    fn from(error: getrandom::Error) -> Self {
        Self::internal("random", error.to_string())
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let status =
            StatusCode::from_u16(self.problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_vec(&self.problem).unwrap_or_default();
        let mut response = (status, [(CONTENT_TYPE, problem::CONTENT_TYPE)], body).into_response();
        if let Some(seconds) = self.retry_after {
            response
                .headers_mut()
                .insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        if let Some((place, text)) = self.internal {
            response.extensions_mut().insert(Cause { place, text });
        }
        response
    }
}

/// What [`serve`] logs of an answer, under the request's id.
#[derive(Clone)]
struct Cause {
    place: &'static str,
    text: String,
}

/// The header in which a proxy names the caller; the variable is read once an instance, which lives for seconds.
/// Components that look at no address don't have the variable.
async fn address_header() -> Option<&'static str> {
    static HEADER: OnceLock<String> = OnceLock::new();
    if HEADER.get().is_none() {
        let name = spin_sdk::variables::get("client_address_header").await;
        HEADER.get_or_init(|| name.unwrap_or_default().trim().to_ascii_lowercase());
    }
    HEADER
        .get()
        .map(String::as_str)
        .filter(|name| !name.is_empty())
}

impl Context {
    /// The proxy's word counts where there is one: the last in the list, which the proxy itself has written.
    fn of(headers: &HeaderMap, address_header: Option<&str>) -> Self {
        let text = |name: &str| headers.get(name).and_then(|v| v.to_str().ok());
        let sane = |id: &&str| {
            (8..=64).contains(&id.len())
                && id
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        };
        let made = || {
            random::bytes::<16>()
                .map(|b| podpis_shared::hash::hex(&b))
                .unwrap_or_default()
        };
        Self {
            request_id: text("x-request-id")
                .filter(sane)
                .map_or_else(made, str::to_owned),
            client_addr: match address_header {
                Some(name) => text(name)
                    .and_then(|list| list.rsplit(',').next())
                    .map(str::trim)
                    .filter(|address| crate::rates::network(address).is_some()),
                None => text("spin-client-addr"),
            }
            .map(str::to_owned),
            user_agent: text(USER_AGENT.as_str()).map(|agent| agent.chars().take(300).collect()),
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Context {
    type Rejection = Failure;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        parts
            .extensions
            .get()
            .cloned()
            .ok_or_else(|| Failure::internal("context", "the request has no context"))
    }
}

/// Headers of every answer. A page may set its own policy and caching before.
fn secure(headers: &mut HeaderMap) {
    const DEFAULTS: [(&str, &str); 7] = [
        (
            "content-security-policy",
            "default-src 'none'; frame-ancestors 'none'",
        ),
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        (
            "strict-transport-security",
            "max-age=31536000; includeSubDomains",
        ),
    ];
    for (name, value) in DEFAULTS {
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
    debug_assert!(headers.contains_key(CACHE_CONTROL), "set above");
}

async fn no_route() -> Failure {
    Failure::not_found()
}

async fn no_method() -> Failure {
    Failure::new(
        Code::MethodNotAllowed,
        "this path does not take this method",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(headers: &[(&'static str, &str)], proxy: Option<&str>) -> Option<String> {
        let of = |(name, value): &(&'static str, &str)| {
            (HeaderName::from_static(name), value.parse().unwrap())
        };
        Context::of(&headers.iter().map(of).collect(), proxy).client_addr
    }

    #[test]
    fn only_the_proxy_names_the_caller() {
        let headers = [
            ("spin-client-addr", "10.0.0.1:4711"),
            ("x-forwarded-for", "203.0.113.66, 198.51.100.7"),
            ("x-real-ip", "198.51.100.7"),
        ];
        let of = |proxy| address(&headers, proxy);
        assert_eq!(of(None).as_deref(), Some("10.0.0.1:4711"));
        assert_eq!(of(Some("x-real-ip")).as_deref(), Some("198.51.100.7"));
        assert_eq!(of(Some("x-forwarded-for")).as_deref(), Some("198.51.100.7"));
        assert_eq!(of(Some("x-client-ip")), None, "not the proxy's own address");
        assert_eq!(
            address(&[("x-real-ip", "<script>")], Some("x-real-ip")),
            None
        );
    }
}
