//! One component instance: what it holds, how it is made, how long it lives.
//! Instances are reused as Spin does.

use std::collections::{BTreeSet, HashMap};
use std::pin::Pin;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Weak};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use tokio::time::Sleep;
use wasmtime::component::{GuestTaskId, HasSelf, ResourceTable};
use wasmtime::{AsContextMut, Store, StoreContextMut};
use wasmtime_wasi::{WasiCtx, WasiCtxBuilder, WasiCtxView, WasiView};
use wasmtime_wasi_http::handler::{
    HandlerState, Instance, Proxy, ShouldAccept, WorkerExpiration, WorkerState, WorkerStatus,
};
use wasmtime_wasi_http::p3::bindings::ServicePre;
use wasmtime_wasi_http::{WasiHttpCtx, WasiHttpCtxView, WasiHttpView};

use crate::app::Application;
use crate::files::Mounts;
use crate::host_http::Hooks;
use crate::host_sockets;
use crate::limits::{CpuMeter, Lifeline, Limits, MemoryLimit, RequestState, Stop};
use crate::log;
use crate::networks::BlockedNetworks;
use crate::outbound::AllowedHost;
use crate::output::Output;
use crate::template::Values;

/// Requests that an instance serves before it is replaced; Spin's default.
const MAX_REUSE: usize = 128;
/// Requests that an instance serves at a time; Spin's default.
const MAX_CONCURRENT: usize = 16;
/// An instance without work is dropped after this time; Spin's default.
const IDLE: Duration = Duration::from_secs(1);

/// What all instances of a component share.
pub struct ComponentData {
    /// Id in the manifest.
    pub id: String,
    /// Its own variables.
    pub variables: Values,
    /// Databases that it may open.
    pub databases: BTreeSet<String>,
    /// What it may reach.
    pub hosts: Vec<AllowedHost>,
    /// Where nobody may connect to, whatever a name resolves to.
    pub blocked: Arc<BlockedNetworks>,
    /// Its environment.
    pub environment: Vec<(String, String)>,
    /// Its files.
    pub mounts: Mounts,
    /// Its limits.
    pub limits: Limits,
    /// The application around it.
    pub application: Weak<Application>,
}

/// What one instance holds on the host's side.
pub struct InstanceData {
    /// Its component.
    pub component: Arc<ComponentData>,
    /// Handles of the guest.
    pub table: ResourceTable,
    /// The requests that it has taken, by the task that serves each.
    pub requests: HashMap<GuestTaskId, Arc<RequestState>>,
    pub(crate) hooks: Hooks,
    wasi: WasiCtx,
    http: WasiHttpCtx,
    memory: MemoryLimit,
    cpu: CpuMeter,
    lifeline: Arc<Lifeline>,
}

/// How host functions reach the data of the instance that calls them.
pub type Own = HasSelf<InstanceData>;

impl InstanceData {
    fn new(component: Arc<ComponentData>) -> wasmtime::Result<Self> {
        let lifeline = Arc::new(Lifeline::default());
        let mut wasi = WasiCtxBuilder::new();
        wasi.envs(&component.environment);
        wasi.stdout(Output::new(&component.id, "stdout"))
            .stderr(Output::new(&component.id, "stderr"));
        component.mounts.open(&mut wasi)?;
        host_sockets::permit(&mut wasi, &component);
        Ok(Self {
            table: ResourceTable::new(),
            requests: HashMap::new(),
            hooks: Hooks::new(component.clone()),
            wasi: wasi.build(),
            http: WasiHttpCtx::new(),
            memory: MemoryLimit::new(component.limits.memory, lifeline.clone()),
            cpu: CpuMeter::new(lifeline.clone()),
            lifeline,
            component,
        })
    }
}

/// The request for which guest code is running, if it is known.
pub(crate) fn running_request(
    store: &mut StoreContextMut<'_, InstanceData>,
) -> Option<Arc<RequestState>> {
    let root = store.async_call_stack().ok()?.last()?;
    store.data().requests.get(&root).cloned()
}

impl WasiView for InstanceData {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
        }
    }
}

impl WasiHttpView for InstanceData {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView {
            ctx: &mut self.http,
            table: &mut self.table,
            hooks: &mut self.hooks,
        }
    }
}

/// Makes the instances of one component.
pub struct Maker {
    /// The component, linked.
    pub service: ServicePre<InstanceData>,
    /// What its instances share.
    pub component: Arc<ComponentData>,
}

impl HandlerState for Maker {
    type StoreData = InstanceData;
    type WorkerExpiration = Expiration;
    type WorkerState = Worker;

    async fn instantiate(&self) -> wasmtime::Result<Instance<InstanceData, Expiration, Worker>> {
        let data = InstanceData::new(self.component.clone())?;
        let lifeline = data.lifeline.clone();
        let mut store = Store::new(self.service.engine(), data);
        store.limiter(|data| &mut data.memory);
        store.set_epoch_deadline(1);
        store.epoch_deadline_callback(tick);
        let service = self.service.instantiate_async(&mut store).await?;
        let worker = Worker::new(self.component.clone(), lifeline.clone());
        Ok(Instance {
            store,
            proxy: Proxy::P3(service),
            view: InstanceData::http,
            expiration: Expiration::new(&worker, lifeline),
            state: worker,
        })
    }
}

fn tick(
    mut store: StoreContextMut<'_, InstanceData>,
) -> wasmtime::Result<wasmtime::UpdateDeadline> {
    let request = running_request(&mut store);
    let data = store.data_mut();
    let update = data.cpu.tick(request.as_deref(), data.component.limits.cpu);
    update.ok_or_else(|| wasmtime::format_err!("processor time used up"))
}

/// Decides which requests an instance takes.
pub struct Worker {
    component: Arc<ComponentData>,
    lifeline: Arc<Lifeline>,
}

impl Worker {
    fn new(component: Arc<ComponentData>, lifeline: Arc<Lifeline>) -> Self {
        if let Some(application) = component.application.upgrade() {
            application.instances.fetch_add(1, Relaxed);
        }
        Self {
            component,
            lifeline,
        }
    }
}

impl WorkerState for Worker {
    type StoreData = InstanceData;
    type RequestData = Arc<RequestState>;

    fn should_accept_request(&self, concurrent: usize, total: usize) -> ShouldAccept {
        match (concurrent, total) {
            (_, MAX_REUSE..) => ShouldAccept::Never,
            (MAX_CONCURRENT.., _) => ShouldAccept::No,
            _ => ShouldAccept::Yes,
        }
    }

    fn on_request_start(
        &self,
        mut store: StoreContextMut<'_, InstanceData>,
        request: Arc<RequestState>,
        task: GuestTaskId,
    ) -> Pin<Box<dyn Future<Output = ()> + 'static + Send + Sync>> {
        _ = request.instance.set(self.lifeline.clone());
        store
            .as_context_mut()
            .data_mut()
            .requests
            .insert(task, request.clone());
        let timeout = self.component.limits.timeout;
        Box::pin(async move { request.expire(timeout).await })
    }

    fn drop(&self, store: Store<InstanceData>, result: Result<(), wasmtime::Error>) {
        drop(store);
        if let Err(error) = result {
            let memory = self
                .lifeline
                .memory_refused
                .get()
                .map(|()| "memory limit reached");
            let fields = serde_json::json!({
                "component": self.component.id,
                "error": format!("{error:#}"),
                "stopped": self.lifeline.stop.get().map(|stop| format!("{stop:?}")),
                "memory": memory,
            });
            log::warn("instance ended", fields);
        }
        if let Some(application) = self.component.application.upgrade() {
            application.instances.fetch_sub(1, Relaxed);
        }
    }
}

/// Decides when an instance ends: idle, or nothing moves, or the runner stops.
pub struct Expiration {
    lifeline: Arc<Lifeline>,
    timeout: Duration,
    sleep: Pin<Box<Sleep>>,
    stopping: Pin<Box<dyn Future<Output = ()> + Send + Sync>>,
}

impl Expiration {
    fn new(worker: &Worker, lifeline: Arc<Lifeline>) -> Self {
        let stopped = worker
            .component
            .application
            .upgrade()
            .map(|application| application.stopped());
        Self {
            lifeline,
            timeout: worker.component.limits.timeout,
            sleep: Box::pin(tokio::time::sleep(IDLE)),
            stopping: Box::pin(async move {
                if let Some(stopped) = stopped {
                    stopped.await;
                }
            }),
        }
    }
}

impl WorkerExpiration for Expiration {
    fn poll(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        status: WorkerStatus,
        start: Instant,
    ) -> Poll<()> {
        self.lifeline.polled();
        let idle = status == WorkerStatus::Idle;
        let deadline = if idle {
            start + IDLE
        } else {
            start.max(self.lifeline.activity()) + self.timeout
        };
        if self.sleep.deadline() != deadline.into() {
            self.sleep.as_mut().reset(deadline.into());
        }
        let due = self.sleep.as_mut().poll(context).is_ready();
        if due && !idle {
            _ = self.lifeline.stop.set(Stop::Deadline);
        }
        if due || (idle && self.stopping.as_mut().poll(context).is_ready()) {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }
}
