//! The application: its components, ready to answer, and the way of a request
//! to one of them.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode, Uri, header};
use http_body_util::BodyExt;
use tokio::sync::{Semaphore, watch};
use wasmtime_wasi_http::WasiBody;
use wasmtime_wasi_http::handler::{ExpirationError, ProxyHandler};

use crate::bindings;
use crate::body::Watched;
use crate::host_sqlite::{Connection, Databases};
use crate::instance::{ComponentData, Maker};
use crate::limits::{Limits, RequestState, Stop};
use crate::load::{self, Options};
use crate::log;
use crate::outbound;
use crate::problem::{problem, whole};
use crate::request_id;
use crate::request_line::RequestLine;
use crate::routes::{Match, Router};

/// Requests from outside that are served at a time; others wait for their turn.
const MAX_IN_FLIGHT: usize = 256;
/// Client address of a call between components; Spin's value.
const INTERNAL_CLIENT: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0);
/// Answered without a component, as Spin does.
const HEALTH: &str = "/.well-known/spin/health";
/// Names the request in the log of every component that works for it.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// A running application.
pub struct Application {
    router: Router,
    components: BTreeMap<String, ProxyHandler<Maker>>,
    databases: Arc<Databases>,
    limits: Limits,
    in_flight: Semaphore,
    /// Live instances.
    pub(crate) instances: AtomicUsize,
    stopping: watch::Sender<bool>,
}

impl Application {
    /// Makes an application ready to answer: see [`load::load`].
    ///
    /// # Errors
    /// The first thing that keeps the application from being served in full.
    pub fn load(
        options: &Options,
        environment: impl Fn(&str) -> Option<String>,
    ) -> anyhow::Result<Arc<Self>> {
        let loaded = load::load(options, environment)?;
        Ok(Arc::new_cyclic(|application| {
            let handler = |(service, mut component): (_, ComponentData)| {
                component.application = application.clone();
                let id = component.id.clone();
                let component = Arc::new(component);
                (id, ProxyHandler::new(Maker { service, component }))
            };
            Self {
                router: Router::new(&loaded.triggers),
                components: loaded.components.into_iter().map(handler).collect(),
                databases: Arc::new(loaded.databases),
                limits: options.limits,
                in_flight: Semaphore::new(MAX_IN_FLIGHT),
                instances: AtomicUsize::new(0),
                stopping: watch::Sender::new(false),
            }
        }))
    }

    /// Answers a request from outside.
    pub async fn serve(
        &self,
        request: Request<WasiBody>,
        client: SocketAddr,
    ) -> Response<WasiBody> {
        let state = RequestState::new(request_id::accept_or_make(request.headers()));
        let line = RequestLine::start(&request, state.clone());
        // Waiting in line counts as waiting: the deadline ends it too.
        let permit = tokio::select! {
            permit = self.in_flight.acquire() => permit.ok(),
            () = state.expire(self.limits.timeout) => None,
        };
        let response = match permit {
            Some(_permit) => self.route(request, client, &state, line).await,
            None => line.end(problem(
                StatusCode::SERVICE_UNAVAILABLE,
                "overloaded",
                "Too many requests at a time.",
            )),
        };
        with_id(response, &state.id)
    }

    /// Calls a component by id, also a private one; none if there is no such component.
    pub async fn call(
        &self,
        id: &str,
        caller: Option<&str>,
        mut request: Request<WasiBody>,
    ) -> Option<Response<WasiBody>> {
        if !self.components.contains_key(id) {
            return None;
        }
        let state = state_of_call(caller, request.headers());
        let mut line = RequestLine::start(&request, state.clone());
        line.component = Some(id.to_owned());
        request.headers_mut().remove(header::HOST);
        let found = Match::internal(id, request.uri().path());
        let response = self.dispatch(found, request, INTERNAL_CLIENT, &state).await;
        Some(with_id(line.end(response), &state.id))
    }

    /// Calls the application's own public routes from inside.
    pub(crate) async fn call_itself(
        &self,
        caller: Option<&str>,
        request: Request<WasiBody>,
    ) -> Response<WasiBody> {
        let state = state_of_call(caller, request.headers());
        let mut line = RequestLine::start(&request, state.clone());
        let response = match self.router.find(request.uri().path()) {
            Some(found) => {
                line.component = Some(found.component.clone());
                self.dispatch(found, request, INTERNAL_CLIENT, &state).await
            }
            None => not_found(),
        };
        with_id(line.end(response), &state.id)
    }

    /// Tells everything that the runner stops.
    pub(crate) fn stop(&self) {
        self.stopping.send_replace(true);
    }

    /// Resolves when the runner stops.
    pub(crate) fn stopped(&self) -> impl Future<Output = ()> + Send + Sync + use<> {
        let mut stopping = self.stopping.subscribe();
        async move {
            _ = stopping.wait_for(|stop| *stop).await;
        }
    }

    /// A new database handle.
    pub(crate) fn connect(
        &self,
        name: &str,
    ) -> Result<Connection, bindings::spin::sqlite::sqlite::Error> {
        self.databases.connect(name)
    }

    /// SQL statements executed since the start.
    pub fn statements(&self) -> u64 {
        self.databases.statements()
    }

    async fn route(
        &self,
        mut request: Request<WasiBody>,
        client: SocketAddr,
        state: &Arc<RequestState>,
        mut line: RequestLine,
    ) -> Response<WasiBody> {
        if request.uri().path() == HEALTH {
            return line.end(Response::new(whole("OK")));
        }
        let Some(found) = self.router.find(request.uri().path()) else {
            return line.end(not_found());
        };
        line.component = Some(found.component.clone());
        let response = match full_uri(&request) {
            Some(uri) => {
                *request.uri_mut() = uri;
                self.dispatch(found, request, client, state).await
            }
            None => problem(
                StatusCode::BAD_REQUEST,
                "bad_request",
                "The Host header is missing or not valid.",
            ),
        };
        line.end(response)
    }

    async fn dispatch(
        &self,
        found: Match,
        mut request: Request<WasiBody>,
        client: SocketAddr,
        state: &Arc<RequestState>,
    ) -> Response<WasiBody> {
        let Some(handler) = self.components.get(&found.component) else {
            return not_found();
        };
        let uri = request.uri().clone();
        let headers = request.headers_mut();
        found.set_headers(headers, &uri, client);
        headers.remove(header::CONNECTION);
        set_id(headers, &state.id);
        let request = request.map(|body| Watched::new(body, state.clone()).boxed_unsync());
        let answered = tokio::select! {
            answered = handler.handle(state.clone(), request) => answered,
            // An instance that computes does not see its own deadline.
            () = state.expire(self.limits.timeout) => Err(ExpirationError.into()),
        };
        match answered {
            Ok(response) => response.map(|body| Watched::new(body, state.clone()).boxed_unsync()),
            Err(error) => self.failed(&found.component, state, &error),
        }
    }

    fn failed(
        &self,
        component: &str,
        state: &RequestState,
        error: &wasmtime::Error,
    ) -> Response<WasiBody> {
        let stop = state
            .instance
            .get()
            .and_then(|instance| instance.stop.get());
        let late = match stop {
            Some(Stop::Cpu(number)) => number.is_none_or(|number| number == state.number),
            _ => error.is::<ExpirationError>() || state.is_late(self.limits.timeout),
        };
        let fields = serde_json::json!({ "component": component, "request_id": state.id, "error": format!("{error:#}") });
        log::warn("request failed", fields);
        if late {
            problem(
                StatusCode::GATEWAY_TIMEOUT,
                "timeout",
                "The request took too long.",
            )
        } else {
            problem(
                StatusCode::INTERNAL_SERVER_ERROR,
                "instance_failed",
                "The component failed.",
            )
        }
    }
}

/// The whole address of a request from outside: `Host` is part of it, and may
/// not be a name that only components use.
fn full_uri(request: &Request<WasiBody>) -> Option<Uri> {
    let authority = match request.headers().get(header::HOST) {
        Some(host) => host.to_str().ok()?,
        None => request.uri().authority()?.as_str(),
    };
    if outbound::is_internal(authority) {
        return None;
    }
    let path = request.uri().path_and_query()?.clone();
    Uri::builder()
        .scheme("http")
        .authority(authority)
        .path_and_query(path)
        .build()
        .ok()
}

/// A call goes on under the id of the request that it is made for.
fn state_of_call(caller: Option<&str>, headers: &HeaderMap) -> Arc<RequestState> {
    RequestState::new(caller.map_or_else(|| request_id::accept_or_make(headers), str::to_owned))
}

fn not_found() -> Response<WasiBody> {
    problem(StatusCode::NOT_FOUND, "not_found", "Nothing is here.")
}

fn with_id(mut response: Response<WasiBody>, id: &str) -> Response<WasiBody> {
    set_id(response.headers_mut(), id);
    response
}

fn set_id(headers: &mut HeaderMap, id: &str) {
    if let Ok(value) = HeaderValue::from_str(id) {
        headers.insert(REQUEST_ID, value);
    }
}
