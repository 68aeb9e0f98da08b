//! Requests that components make: checked against the manifest, then to
//! another component within the process, or out.

use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::combinators::UnsyncBoxBody;
use wasmtime::AsContextMut;
use wasmtime::component::{Accessor, HasData, Linker, Resource};
use wasmtime_wasi::TrappableError;
use wasmtime_wasi_http::p3::bindings::http::types::ErrorCode;
use wasmtime_wasi_http::p3::bindings::http::{client, types};
use wasmtime_wasi_http::p3::{self};
use wasmtime_wasi_http::{
    Error, RequestOptions, WasiBody, WasiHttp, WasiHttpCtxView, WasiHttpHooks, WasiHttpView,
};

use crate::instance::{ComponentData, InstanceData, running_request};
use crate::limits::RequestState;
use crate::log;
use crate::outbound::{self, Destination};
use crate::send;

/// Adds `wasi:http` to what components can import.
///
/// # Errors
/// A name that is defined already.
pub fn add_to_linker(linker: &mut Linker<InstanceData>) -> wasmtime::Result<()> {
    client::add_to_linker::<_, Outbound>(linker, InstanceData::http)?;
    types::add_to_linker::<_, WasiHttp>(linker, InstanceData::http)
}

/// Sends a request after noting which incoming request it is made for.
struct Outbound;

impl HasData for Outbound {
    type Data<'a> = WasiHttpCtxView<'a>;
}

impl client::HostWithStore<InstanceData> for Outbound {
    async fn send(
        store: &Accessor<InstanceData, Self>,
        request: Resource<p3::Request>,
    ) -> Result<Resource<p3::Response>, TrappableError<ErrorCode>> {
        store.with(|mut access| {
            let mut store = access.as_context_mut();
            let caller = running_request(&mut store);
            store.data_mut().hooks.caller = caller;
        });
        // Its first poll takes the hooks, before any other code of the guest runs.
        let store = store.with_getter::<WasiHttp>(InstanceData::http);
        <WasiHttp as client::HostWithStore<InstanceData>>::send(&store, request).await
    }
}

/// The way out of one instance.
pub(crate) struct Hooks {
    component: Arc<ComponentData>,
    caller: Option<Arc<RequestState>>,
}

impl Hooks {
    pub(crate) fn new(component: Arc<ComponentData>) -> Self {
        Self {
            component,
            caller: None,
        }
    }
}

type Io = Box<dyn Future<Output = Result<(), Error>> + Send>;
type Sent = Result<(Response<WasiBody>, Io), Error>;

impl WasiHttpHooks for Hooks {
    fn send_request(
        &mut self,
        request: Request<UnsyncBoxBody<Bytes, Error>>,
        options: Option<RequestOptions>,
        _response_read: Io,
    ) -> Box<dyn Future<Output = Sent> + Send> {
        let component = self.component.clone();
        let caller = self.caller.take();
        Box::new(async move { send(&component, caller.as_deref(), request, options).await })
    }
}

async fn send(
    component: &ComponentData,
    caller: Option<&RequestState>,
    request: Request<WasiBody>,
    options: Option<RequestOptions>,
) -> Sent {
    let Some(destination) = outbound::destination(request.uri(), &component.hosts) else {
        let host = request
            .uri()
            .authority()
            .map_or("self", |authority| authority.host());
        log::warn(
            "outbound request denied",
            serde_json::json!({ "component": component.id, "host": host }),
        );
        return Err(Error::HttpRequestDenied);
    };
    let application = component
        .application
        .upgrade()
        .ok_or(Error::ConnectionTerminated)?;
    let caller = caller.map(|request| request.id.as_str());
    let response = match destination {
        Destination::Component(id) => application
            .call(&id, caller, request)
            .await
            .ok_or(Error::DestinationNotFound)?,
        Destination::Itself => application.call_itself(caller, request).await,
        Destination::Remote => {
            let sent = send::send(request, options.unwrap_or_default(), &component.blocked).await;
            let (response, io) = sent.inspect_err(|error| {
                if matches!(error, Error::DestinationIpProhibited) {
                    let fields = serde_json::json!({ "component": component.id });
                    log::warn("outbound request blocked", fields);
                }
            })?;
            return Ok((response, Box::new(io)));
        }
    };
    Ok((response, Box::new(async { Ok(()) })))
}
