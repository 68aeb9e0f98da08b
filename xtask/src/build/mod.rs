//! `cargo xtask build`: functions, web app and the site's folder, as `spin.toml` names them.

mod bindgen;
mod compress;
mod site;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

pub(crate) use self::compress::Effort;
use crate::ctx::{self, Ctx, FUNCTIONS_TARGET, WEB_TARGET, step};
use crate::tools;

pub(crate) const HELP: &str = "functions and web app into target/  [--web-only] [--quick]";

/// The crates of `spin.toml`'s components.
pub(crate) const FUNCTIONS: &[&str] = &[
    "podpis-mis",
    "podpis-patient",
    "podpis-staff",
    "podpis-esia",
    "podpis-sms",
    "podpis-receipts",
    "podpis-vault",
    "podpis-deliver",
    "podpis-site",
    "podpis-sandbox",
];
/// What runs in the browser.
pub(crate) const WEB: &[&str] = &["podpis-web-app", "podpis-renderer", "podpis-verifier"];
/// What runs on this machine.
pub(crate) const TOOLS: &[&str] = &["podpis-runner", "podpis-esia-sim"];

pub(crate) fn run(ctx: &Ctx, mut args: lexopt::Parser) -> Result<()> {
    let (mut web_only, mut effort) = (false, Effort::Best);
    while let Some(arg) = args.next()? {
        match arg {
            lexopt::Arg::Long("web-only") => web_only = true,
            lexopt::Arg::Long("quick") => effort = Effort::Quick,
            other => return Err(other.unexpected().into()),
        }
    }
    tools::install(tools::rust_targets)?;
    if !web_only {
        build_functions(ctx)?;
    }
    build_site(ctx, effort)
}

/// Builds every component and puts it where `spin.toml` looks: `target/` of the checkout, whatever
/// cargo's target directory is.
pub(crate) fn build_functions(ctx: &Ctx) -> Result<()> {
    build_components(ctx, FUNCTIONS)
}

/// Likewise for other components.
pub(crate) fn build_components(ctx: &Ctx, packages: &[&str]) -> Result<()> {
    step("functions", || {
        let built = cargo_wasm(ctx, FUNCTIONS_TARGET, "release", packages)?;
        let folder = ctx
            .root
            .join("target")
            .join(FUNCTIONS_TARGET)
            .join("release");
        for file in built {
            let name = file.file_name().context("an artefact without a name")?;
            write_if_changed(&folder.join(name), &fs::read(&file)?)?;
        }
        Ok(())
    })
}

/// Builds the web app and the renderer and lays out `target/site/`.
pub(crate) fn build_site(ctx: &Ctx, effort: Effort) -> Result<()> {
    // One by one: built together, each would carry the features that the others ask of shared dependencies.
    let modules = step("web app", || {
        let built = WEB
            .iter()
            .map(|package| cargo_wasm(ctx, WEB_TARGET, "web", &[package]));
        Ok(built.collect::<Result<Vec<_>>>()?.concat())
    })?;
    step("site", || {
        let cache = ctx.target.join("site-cache");
        let generated = modules
            .iter()
            .map(|module| bindgen::generate(module, &cache))
            .collect::<Result<Vec<_>>>()?;
        site::lay_out(
            &ctx.root.join("web-app"),
            &generated,
            &ctx.root.join("target/site"),
            &cache,
            effort,
        )
    })
}

/// Builds the runner and the ESIA simulator.
pub(crate) fn build_tools(ctx: &Ctx, release: bool) -> Result<()> {
    step("runner and ESIA simulator", || {
        // Of the whole workspace, so that dependencies have the same features as in tests and are built once.
        let mut command = ctx.cargo(["build", "--workspace"]);
        for tool in TOOLS {
            command.args(["--bin", tool]);
        }
        if release {
            command.arg("--release");
        }
        ctx::run(&mut command)
    })
}

/// The first 16 hex digits of SHA-256: enough to tell versions of a file apart in its name.
fn short_hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// Keeps the time of a file whose content is the same, so that nothing downstream starts anew.
fn write_if_changed(path: &Path, bytes: &[u8]) -> Result<()> {
    if fs::read(path).is_ok_and(|old| old == bytes) {
        return Ok(());
    }
    let folder = path.parent().context("a file without a folder")?;
    fs::create_dir_all(folder)?;
    fs::write(path, bytes).with_context(|| format!("writing {}", path.display()))
}

/// One `cargo build` of Wasm packages with this profile; the `.wasm` that cargo says it made, in the packages' order.
fn cargo_wasm(ctx: &Ctx, target: &str, profile: &str, packages: &[&str]) -> Result<Vec<PathBuf>> {
    let mut command = ctx.cargo(["build", "--profile", profile, "--target", target]);
    command.arg("--message-format=json-render-diagnostics");
    for package in packages {
        command.args(["-p", package]);
    }
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .context("cannot start cargo")?;
    if !output.status.success() {
        bail!("cargo build for {target} failed");
    }
    let messages: Vec<Value> = output
        .stdout
        .split(|byte| *byte == b'\n')
        .filter_map(|line| serde_json::from_slice(line).ok())
        .collect();
    let mut built = Vec::new();
    for package in packages {
        let before = built.len();
        let artefacts = messages.iter().filter(|m| of_package(m, package));
        built.extend(artefacts.filter_map(wasm_file));
        if built.len() == before {
            bail!("{package} made no .wasm for {target}");
        }
    }
    Ok(built)
}

fn of_package(message: &Value, package: &str) -> bool {
    // `path+file:///…/functions/mis#podpis-mis@0.1.0`
    let id = message["package_id"].as_str().unwrap_or_default();
    message["reason"] == "compiler-artifact" && id.contains(&format!("#{package}@"))
}

fn wasm_file(message: &Value) -> Option<PathBuf> {
    let mut files = message["filenames"]
        .as_array()?
        .iter()
        .filter_map(Value::as_str);
    files
        .find(|file| file.ends_with(".wasm"))
        .map(PathBuf::from)
}
