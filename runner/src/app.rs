//! The application: its components, ready to answer, and the way of a request
//! to one of them.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread;

use anyhow::{Context as _, anyhow};
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode, Uri, header};
use http_body_util::BodyExt;
use serde::Serialize;
use tokio::sync::{Semaphore, watch};
use wasmtime::component::Linker;
use wasmtime::{Config, Engine};
use wasmtime_wasi_http::WasiBody;
use wasmtime_wasi_http::handler::{ExpirationError, ProxyHandler};
use wasmtime_wasi_http::p3::bindings::ServicePre;

use crate::bindings;
use crate::body::Watched;
use crate::cache::Cache;
use crate::files::Mounts;
use crate::host_http;
use crate::host_sqlite::{Connection, Databases};
use crate::instance::{ComponentData, InstanceData, Maker, Own};
use crate::limits::{Limits, RequestState, Stop, TICK};
use crate::log;
use crate::manifest::{Component, Manifest};
use crate::outbound;
use crate::problem::{problem, whole};
use crate::request_id;
use crate::routes::{Match, Router};

/// Requests from outside that are served at a time; others wait for their turn.
const MAX_IN_FLIGHT: usize = 256;
/// Client address of a call between components; Spin's value.
const INTERNAL_CLIENT: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0);
/// Answered without a component, as Spin does.
const HEALTH: &str = "/.well-known/spin/health";
/// Names the request in the log of every component that works for it.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Where things are and how much they may use.
#[derive(Clone, Debug)]
pub struct Options {
    /// The manifest; paths in it are relative to its folder.
    pub manifest: PathBuf,
    /// Folder of the databases.
    pub data: PathBuf,
    /// Folder of compiled components.
    pub cache: PathBuf,
    /// Limits of instances and requests.
    pub limits: Limits,
    /// Fault injection: see [`Databases::open`].
    pub crash_before_statement: Option<u64>,
}

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
    /// Reads the manifest, compiles what is not compiled yet, opens databases.
    ///
    /// # Errors
    /// The first thing that keeps the application from being served in full.
    pub fn load(
        options: &Options,
        environment: impl Fn(&str) -> Option<String>,
    ) -> anyhow::Result<Arc<Self>> {
        let name = options
            .manifest
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let text = std::fs::read_to_string(&options.manifest)
            .with_context(|| format!("cannot read {}", options.manifest.display()))?;
        let manifest = Manifest::parse(&text).map_err(|e| anyhow!("{name}: {e}"))?;
        let values = manifest
            .values(environment)
            .map_err(|e| anyhow!("{name}: {e}"))?;
        let root = options
            .manifest
            .parent()
            .unwrap_or(&options.manifest)
            .to_owned();

        let (engine, linker) = engine()
            .and_then(|engine| linker(&engine).map(|linker| (engine, linker)))
            .map_err(|e| anyhow!("cannot set up the engine: {e:#}"))?;
        let cache = Cache::open(&options.cache)?;
        let used: BTreeSet<_> = manifest
            .triggers
            .iter()
            .map(|trigger| trigger.component.as_str())
            .collect();
        let used: Vec<_> = manifest
            .components
            .iter()
            .filter(|(id, _)| used.contains(id.as_str()))
            .collect();
        let services = compile(&engine, &linker, &cache, &root, &used)?;

        let names: BTreeSet<_> = used
            .iter()
            .flat_map(|(_, component)| &component.sqlite_databases)
            .collect();
        let databases = Databases::open(
            &options.data,
            names.into_iter().map(String::as_str),
            options.crash_before_statement,
        )?;
        let mut prepared = Vec::new();
        for ((id, component), service) in used.into_iter().zip(services) {
            let place = |e: &dyn std::fmt::Display| anyhow!("{name}: component.{id}: {e}");
            let assembled = options.data.join("files").join(id);
            let data = ComponentData {
                id: id.clone(),
                variables: component.values(&values).map_err(|e| place(&e))?,
                databases: component.sqlite_databases.clone(),
                hosts: component.hosts(&values).map_err(|e| place(&e))?,
                environment: component.environment.clone().into_iter().collect(),
                mounts: Mounts::prepare(component, &root, &assembled).map_err(|e| place(&e))?,
                limits: options.limits,
                application: Weak::new(),
            };
            prepared.push((service, data));
        }
        start_epoch(&engine);
        Ok(Arc::new_cyclic(|application| {
            let handler = |(service, mut data): (_, ComponentData)| {
                data.application = application.clone();
                (
                    data.id.clone(),
                    ProxyHandler::new(Maker {
                        service,
                        component: Arc::new(data),
                    }),
                )
            };
            Self {
                router: Router::new(&manifest.triggers),
                components: prepared.into_iter().map(handler).collect(),
                databases: Arc::new(databases),
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

fn engine() -> wasmtime::Result<Engine> {
    let mut config = Config::new();
    config
        .wasm_component_model_async(true)
        .epoch_interruption(true);
    Engine::new(&config)
}

fn linker(engine: &Engine) -> wasmtime::Result<Linker<InstanceData>> {
    let mut linker = Linker::new(engine);
    wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
    wasmtime_wasi::p3::add_to_linker(&mut linker)?;
    host_http::add_to_linker(&mut linker)?;
    bindings::Host_::add_to_linker::<_, Own>(&mut linker, |data| data)?;
    Ok(linker)
}

/// Links the components, in their order; each source is compiled once, as many
/// at a time as there are processors.
fn compile(
    engine: &Engine,
    linker: &Linker<InstanceData>,
    cache: &Cache,
    root: &Path,
    components: &[(&String, &Component)],
) -> anyhow::Result<Vec<ServicePre<InstanceData>>> {
    let sources: BTreeMap<_, _> = components
        .iter()
        .map(|(id, component)| (&component.source, id))
        .collect();
    let queue = Mutex::new(sources.into_iter());
    let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).next();
    let work = || {
        std::iter::from_fn(next)
            .map(|(source, id)| Ok((source, cache.load(engine, id, &root.join(source))?)))
            .collect::<anyhow::Result<Vec<_>>>()
    };
    let workers = thread::available_parallelism().map_or(1, usize::from);
    let compiled: Vec<_> = thread::scope(|scope| {
        let started: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        started
            .into_iter()
            .map(|thread| {
                thread
                    .join()
                    .unwrap_or_else(|_| Err(anyhow!("the compiler stopped")))
            })
            .collect::<anyhow::Result<_>>()
    })?;
    let compiled: BTreeMap<_, _> = compiled.into_iter().flatten().collect();
    let link = |(id, component): &(&String, &Component)| {
        let compiled = compiled
            .get(&component.source)
            .with_context(|| format!("component {id}: not compiled"))?;
        let linked = linker.instantiate_pre(compiled).and_then(ServicePre::new);
        linked.map_err(|e| anyhow!("component {id}: {e:#}"))
    };
    components.iter().map(link).collect()
}

/// Ticks as long as the engine lives.
fn start_epoch(engine: &Engine) {
    let engine = engine.weak();
    thread::spawn(move || {
        while let Some(engine) = engine.upgrade() {
            engine.increment_epoch();
            drop(engine);
            thread::sleep(TICK);
        }
    });
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

/// Writes one log line when the request ends, also when its client goes away.
struct RequestLine {
    state: Arc<RequestState>,
    component: Option<String>,
    method: String,
    path: String,
    status: Option<StatusCode>,
}

impl RequestLine {
    fn start(request: &Request<WasiBody>, state: Arc<RequestState>) -> Self {
        let (method, path) = (
            request.method().to_string(),
            request.uri().path().to_owned(),
        );
        Self {
            state,
            component: None,
            method,
            path,
            status: None,
        }
    }

    fn end(mut self, response: Response<WasiBody>) -> Response<WasiBody> {
        self.status = Some(response.status());
        response
    }
}

impl Drop for RequestLine {
    fn drop(&mut self) {
        #[derive(Serialize)]
        struct Fields<'a> {
            request_id: &'a str,
            component: Option<&'a str>,
            method: &'a str,
            path: &'a str,
            /// 499: the client left before the answer.
            status: u16,
            ms: f64,
        }
        let fields = Fields {
            request_id: &self.state.id,
            component: self.component.as_deref(),
            method: &self.method,
            path: &self.path,
            status: self.status.map_or(499, |status| status.as_u16()),
            ms: self.state.elapsed_ms(),
        };
        log::info("request", fields);
    }
}
