//! Third-party clients of ESIA that the end-to-end tests drive against the simulator (`tests/witness`).
//!
//! Their packages come from the registries here, pinned by hashes, once; the tests themselves need no network.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result};

use crate::ctx::{Ctx, run, step};
use crate::tools;

/// What pip reads: what builds the other packages, then those.
const PYTHON: [&str; 2] = ["requirements-build.txt", "requirements.txt"];
/// What npm reads.
const NODE: [&str; 2] = ["package.json", "package-lock.json"];

/// Installs what is missing into the target folder; gives the folder with `python/` and, where this machine has
/// node, `node/`.
///
/// # Errors
/// In one line, when a registry can't be reached or gives other bytes than pinned.
pub(crate) fn install(ctx: &Ctx) -> Result<PathBuf> {
    let from = ctx.root.join("tests/witness");
    let folder = ctx.target.join("witness");
    fs::create_dir_all(&folder)?;
    once(&from, &folder.join("python"), &PYTHON, python)
        .context("witness clients: the Python packages can't be installed")?;
    if tools::on_path("node") && tools::on_path("npm") {
        once(&from, &folder.join("node"), &NODE, node)
            .context("witness clients: the npm packages can't be installed")?;
    }
    Ok(folder)
}

/// Fills `folder` with `fill`, unless it was filled from the very same files in `from`.
fn once(
    from: &Path,
    folder: &Path,
    files: &[&str],
    fill: impl FnOnce(&Path, &Path) -> Result<()>,
) -> Result<()> {
    let mut wanted = Vec::new();
    for name in files {
        wanted.extend(fs::read(from.join(name)).with_context(|| (*name).to_owned())?);
    }
    let mark = folder.join("installed-from");
    if fs::read(&mark).is_ok_and(|kept| kept == wanted) {
        return Ok(());
    }
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    step(&format!("{}", folder.display()), || fill(from, folder))?;
    Ok(fs::write(mark, wanted)?)
}

fn python(from: &Path, folder: &Path) -> Result<()> {
    run(Command::new("python3").args(["-m", "venv"]).arg(folder))?;
    for requirements in PYTHON {
        let mut pip = Command::new(folder.join("bin/pip"));
        pip.args(["install", "--quiet", "--disable-pip-version-check"])
            .args(["--require-hashes", "--no-build-isolation", "--use-pep517"])
            .arg("-r")
            .arg(from.join(requirements));
        run(&mut pip)?;
    }
    Ok(())
}

fn node(from: &Path, folder: &Path) -> Result<()> {
    fs::create_dir_all(folder)?;
    for name in NODE {
        fs::copy(from.join(name), folder.join(name))?;
    }
    let mut npm = Command::new("npm");
    npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
        .args(["--loglevel", "error"])
        .current_dir(folder)
        .stdout(Stdio::null());
    run(&mut npm)
}
