//! From the manifest to what can be served: checked, compiled, linked.
//!
//! What takes no time is checked first, so that a mistake is told before the
//! compiler has run.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread;

use anyhow::{Context as _, anyhow};
use wasmtime::component::Linker;
use wasmtime::{Config, Engine};
use wasmtime_wasi_http::p3::bindings::ServicePre;

use crate::bindings;
use crate::cache::Cache;
use crate::files::Mounts;
use crate::host_http;
use crate::host_sqlite::{Crash, Databases};
use crate::instance::{ComponentData, InstanceData, Own};
use crate::limits::{Limits, TICK};
use crate::manifest::{Component, Manifest, Trigger};
use crate::networks::BlockedNetworks;
use crate::runtime_config::RuntimeConfig;
use crate::template::Values;

/// Where things are and how much they may use.
#[derive(Clone, Debug)]
pub struct Options {
    /// The manifest; paths in it are relative to its folder.
    pub manifest: PathBuf,
    /// Folder of the databases.
    pub data: PathBuf,
    /// Folder of compiled components.
    pub cache: PathBuf,
    /// The runtime's own configuration; none: nothing is blocked.
    pub runtime_config: Option<PathBuf>,
    /// Limits of instances and requests.
    pub limits: Limits,
    /// Fault injection.
    pub crash: Option<Crash>,
}

/// An application, not yet answering.
pub(crate) struct Loaded {
    pub(crate) triggers: Vec<Trigger>,
    /// Components that a trigger names; their `application` is still empty.
    pub(crate) components: Vec<(ServicePre<InstanceData>, ComponentData)>,
    pub(crate) databases: Databases,
}

/// Reads the manifest, compiles what is not compiled yet, opens databases.
pub(crate) fn load(
    options: &Options,
    environment: impl Fn(&str) -> Option<String>,
) -> anyhow::Result<Loaded> {
    let file = options.manifest.file_name().unwrap_or_default();
    let in_manifest = |e: anyhow::Error| anyhow!("{}: {e:#}", file.display());
    let text = std::fs::read_to_string(&options.manifest)
        .with_context(|| format!("cannot read {}", options.manifest.display()))?;
    let (mut manifest, values) = Manifest::parse(&text)
        .and_then(|manifest| {
            manifest
                .values(environment)
                .map(|values| (manifest, values))
        })
        .map_err(|e| in_manifest(e.into()))?;
    let used: BTreeSet<_> = manifest
        .triggers
        .iter()
        .map(|trigger| &trigger.component)
        .collect();
    manifest.components.retain(|id, _| used.contains(id));

    let blocked = Arc::new(match &options.runtime_config {
        Some(path) => RuntimeConfig::read(path)?.blocked_networks(),
        None => BlockedNetworks::default(),
    });
    let root = options.manifest.parent().unwrap_or(Path::new(""));
    let prepared = manifest
        .components
        .iter()
        .map(|(id, component)| {
            prepare(id, component, &values, root, options, &blocked)
                .with_context(|| format!("component.{id}"))
        })
        .collect::<anyhow::Result<Vec<_>>>()
        .map_err(in_manifest)?;
    let names: BTreeSet<_> = prepared.iter().flat_map(|data| &data.databases).collect();
    let databases = Databases::open(
        &options.data,
        names.into_iter().map(String::as_str),
        options.crash,
    )?;
    let services = compile(&manifest, &Cache::open(&options.cache)?, root)?;
    Ok(Loaded {
        triggers: manifest.triggers,
        components: services.into_iter().zip(prepared).collect(),
        databases,
    })
}

/// What the instances of one component will share.
fn prepare(
    id: &str,
    component: &Component,
    values: &Values,
    root: &Path,
    options: &Options,
    blocked: &Arc<BlockedNetworks>,
) -> anyhow::Result<ComponentData> {
    Ok(ComponentData {
        id: id.to_owned(),
        variables: component.values(values)?,
        databases: component.sqlite_databases.clone(),
        hosts: component.hosts(values)?,
        blocked: blocked.clone(),
        environment: component.environment.clone().into_iter().collect(),
        mounts: Mounts::prepare(component, root, &options.data.join("files").join(id))?,
        limits: options.limits,
        application: Weak::new(),
    })
}

/// Links the components, in their order; each source is compiled once, as many
/// at a time as there are processors.
fn compile(
    manifest: &Manifest,
    cache: &Cache,
    root: &Path,
) -> anyhow::Result<Vec<ServicePre<InstanceData>>> {
    let (engine, linker) = engine()
        .and_then(|engine| linker(&engine).map(|linker| (engine, linker)))
        .map_err(|e| anyhow!("cannot set up the engine: {e:#}"))?;
    let sources: BTreeMap<_, _> = manifest
        .components
        .iter()
        .map(|(id, component)| (&component.source, id))
        .collect();
    let queue = Mutex::new(sources.into_iter());
    let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).next();
    let work = || {
        std::iter::from_fn(next)
            .map(|(source, id)| Ok((source, cache.load(&engine, id, &root.join(source))?)))
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
    let link = |(id, component): (&String, &Component)| {
        let compiled = compiled
            .get(&component.source)
            .with_context(|| format!("component {id}: not compiled"))?;
        let linked = linker.instantiate_pre(compiled).and_then(ServicePre::new);
        linked.map_err(|e| anyhow!("component {id}: {e:#}"))
    };
    let services = manifest.components.iter().map(link).collect();
    start_epoch(&engine);
    services
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
