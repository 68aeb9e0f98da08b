//! Where things are, and how commands are run.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};

/// The Rust targets of the functions and of the web app.
pub(crate) const FUNCTIONS_TARGET: &str = "wasm32-wasip2";
/// See [`FUNCTIONS_TARGET`].
pub(crate) const WEB_TARGET: &str = "wasm32-unknown-unknown";

/// The checkout and cargo's target directory.
#[derive(Debug)]
pub(crate) struct Ctx {
    /// The folder of `spin.toml`.
    pub(crate) root: PathBuf,
    /// Cargo's target directory; `CARGO_TARGET_DIR` and the configuration are honoured.
    pub(crate) target: PathBuf,
}

impl Ctx {
    /// Asks cargo for the workspace that this xtask belongs to.
    pub(crate) fn find() -> Result<Self> {
        let metadata = metadata()?;
        let path = |key: &str| {
            metadata[key]
                .as_str()
                .map(PathBuf::from)
                .with_context(|| format!("no {key}"))
        };
        Ok(Self {
            root: path("workspace_root")?,
            target: path("target_directory")?,
        })
    }

    /// The integration tests that a plain `cargo test` would run.
    pub(crate) fn integration_tests(&self) -> Result<BTreeSet<String>> {
        let metadata = metadata()?;
        let packages = metadata["packages"].as_array().context("no packages")?;
        let targets = packages
            .iter()
            .filter_map(|package| package["targets"].as_array())
            .flatten();
        let tests =
            targets.filter(|target| target["kind"] == json!(["test"]) && target["test"] == true);
        Ok(tests
            .filter_map(|test| test["name"].as_str())
            .map(str::to_owned)
            .collect())
    }

    /// The folder of a package of this workspace.
    pub(crate) fn folder_of(&self, package: &str) -> Result<PathBuf> {
        let metadata = metadata()?;
        let packages = metadata["packages"].as_array().context("no packages")?;
        let found = packages.iter().find(|found| found["name"] == package);
        let manifest = found.and_then(|found| found["manifest_path"].as_str());
        let folder = manifest.and_then(|manifest| Path::new(manifest).parent());
        let folder = folder.with_context(|| format!("no package {package}"))?;
        Ok(folder.to_owned())
    }

    /// A cargo command in the root of the checkout.
    pub(crate) fn cargo<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Command {
        let mut command = Command::new(cargo_path());
        command.current_dir(&self.root).args(args);
        // Set by the `cargo run` that we stand in; they would make inner builds differ from outer ones.
        for variable in [
            "CARGO_MANIFEST_DIR",
            "CARGO_MANIFEST_PATH",
            "CARGO_PKG_NAME",
        ] {
            command.env_remove(variable);
        }
        command
    }

    /// A binary of this workspace that [`build_tools`](crate::build::build_tools) has built.
    pub(crate) fn tool(&self, name: &str, release: bool) -> PathBuf {
        self.target
            .join(if release { "release" } else { "debug" })
            .join(name)
    }

    /// `path` as people want to read it: relative to the checkout where it lies inside.
    pub(crate) fn show(&self, path: &Path) -> String {
        path.strip_prefix(&self.root)
            .unwrap_or(path)
            .display()
            .to_string()
    }
}

/// Runs `command` with its output shown; a non-zero exit is an error that names it.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command
        .status()
        .with_context(|| format!("cannot start {:?}", command.get_program()))?;
    if !status.success() {
        let args: Vec<_> = command
            .get_args()
            .map(|arg| arg.to_string_lossy())
            .collect();
        bail!(
            "`{} {}` failed ({status})",
            Path::new(command.get_program()).display(),
            args.join(" ")
        );
    }
    Ok(())
}

/// Prints `what`, does it, prints how long it took.
pub(crate) fn step<T>(what: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    eprintln!("… {what}");
    let start = Instant::now();
    let result = work();
    let mark = if result.is_ok() { "✓" } else { "✗" };
    eprintln!("{mark} {what} ({})", seconds(start.elapsed()));
    result
}

/// `12.3 s`.
pub(crate) fn seconds(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}

fn metadata() -> Result<Value> {
    let output = Command::new(cargo_path())
        .args([
            "metadata",
            "--format-version=1",
            "--no-deps",
            "--manifest-path",
        ])
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"))
        .stderr(Stdio::inherit())
        .output()
        .context("cargo metadata")?;
    serde_json::from_slice(&output.stdout).context("cargo metadata")
}

fn cargo_path() -> std::ffi::OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}
