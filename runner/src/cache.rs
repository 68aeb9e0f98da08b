//! Compiled components on disk, so that a second start takes no compiler.
//!
//! An entry's name is the hash of the Wasm file and of everything in the
//! engine that changes the machine code; a stale entry is never found.

use std::fs::{self, DirBuilder};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, ensure};
use sha2::{Digest, Sha256};
use wasmtime::Engine;
use wasmtime::component::Component;

use crate::log;

/// A folder that only this user can write to.
#[derive(Debug)]
pub struct Cache(PathBuf);

impl Cache {
    /// Opens or makes the folder.
    ///
    /// # Errors
    /// A folder that another user owns or can write to: its content becomes
    /// machine code of this process.
    pub fn open(folder: &Path) -> anyhow::Result<Self> {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)?;
        let metadata = fs::metadata(folder)?;
        let own = metadata.uid() == rustix::process::geteuid().as_raw();
        let shared = metadata.permissions().mode() & 0o022 != 0;
        ensure!(
            own && !shared,
            "cache {}: must be owned and writable by this user alone",
            folder.display()
        );
        Ok(Self(folder.to_owned()))
    }

    /// The component of a Wasm file, from the cache or compiled and kept.
    ///
    /// # Errors
    /// A file that is missing or is no component for this engine.
    pub fn load(&self, engine: &Engine, name: &str, wasm: &Path) -> anyhow::Result<Component> {
        let started = Instant::now();
        let bytes = fs::read(wasm)
            .with_context(|| format!("component {name}: cannot read {}", wasm.display()))?;
        let entry = self.0.join(format!("{}.cwasm", key(engine, &bytes)));
        if let Some(component) = load_entry(engine, &entry) {
            report("loaded", name, started);
            return Ok(component);
        }
        log::info(
            "compiling",
            serde_json::json!({ "component": name, "bytes": bytes.len() }),
        );
        let code = engine
            .precompile_component(&bytes)
            .map_err(|e| anyhow::anyhow!("component {name}: {e:#}"))?;
        keep(&entry, &code)?;
        report("compiled", name, started);
        load_entry(engine, &entry)
            .with_context(|| format!("component {name}: the compiled form does not load"))
    }
}

fn key(engine: &Engine, wasm: &[u8]) -> String {
    struct Sha(Sha256);
    impl std::hash::Hasher for Sha {
        fn write(&mut self, bytes: &[u8]) {
            self.0.update(bytes);
        }
        fn finish(&self) -> u64 {
            0 // The whole digest is taken below.
        }
    }
    let mut hasher = Sha(Sha256::new_with_prefix(wasm));
    std::hash::Hash::hash(&engine.precompile_compatibility_hash(), &mut hasher);
    hasher
        .0
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// None when there is no such entry or it does not fit; then it is compiled anew.
#[expect(
    unsafe_code,
    reason = "machine code from a folder that only this user can write to"
)]
fn load_entry(engine: &Engine, entry: &Path) -> Option<Component> {
    if !entry.is_file() {
        return None;
    }
    // SAFETY: `Cache::open` has checked that nobody else can write to the
    // folder, entries appear whole by rename, and Wasmtime checks that they
    // were made by the same version and settings.
    match unsafe { Component::deserialize_file(engine, entry) } {
        Ok(component) => Some(component),
        Err(error) => {
            log::warn(
                "cache entry does not load",
                serde_json::json!({ "error": error.to_string() }),
            );
            None
        }
    }
}

/// Writes aside and renames, so that no other start sees half an entry.
fn keep(entry: &Path, code: &[u8]) -> anyhow::Result<()> {
    let aside = entry.with_extension(format!("{}.tmp", std::process::id()));
    let mut file = fs::File::create(&aside)?;
    file.write_all(code)?;
    fs::rename(&aside, entry).context("cache: cannot keep a compiled component")
}

fn report(msg: &str, component: &str, started: Instant) {
    let ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    log::info(msg, serde_json::json!({ "component": component, "ms": ms }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_open_to_others_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o777)).unwrap();
        assert!(Cache::open(folder.path()).is_err());
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        assert!(Cache::open(folder.path()).is_ok());
    }
}
