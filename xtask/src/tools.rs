//! What the repository needs from the machine, and how to get it.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Result, bail};

use crate::ctx::{FUNCTIONS_TARGET, WEB_TARGET, run, step};

/// Programs that the tests call, each with its Debian package.
const PROGRAMS: &[(&str, &str)] = &[
    ("chromium", "chromium"),
    ("chromedriver", "chromium-driver"),
    ("pdfsig", "poppler-utils"),
    ("pdfinfo", "poppler-utils"),
    ("pdftotext", "poppler-utils"),
    ("pdftoppm", "poppler-utils"),
    ("qpdf", "qpdf"),
    ("python3", "python3"),
    ("curl", "curl"),
    ("openssl", "openssl"),
];

/// What has no program of its own: its name, a command that succeeds only where it is, and its Debian package.
const ABILITIES: &[(&str, &str, &[&str], &str)] = &[
    (
        "OpenSSL's GOST engine",
        "openssl",
        &["engine", "gost"],
        "libengine-gost-openssl",
    ),
    (
        "Python's venv",
        "python3",
        &["-c", "import ensurepip, venv"],
        "python3-venv",
    ),
];

/// Languages of examples for developers, each with the Debian package that brings it. What can't be had is left out of the tests.
const LANGUAGES: &[(&str, &str)] = &[
    ("php", "php-cli"),
    ("mcs", "mono-mcs"),
    ("mono", "mono-runtime"),
];

/// One thing that is there or not.
#[derive(Debug)]
pub(crate) struct Check {
    /// What is looked for.
    pub(crate) name: String,
    /// Found: a version or a remark.
    pub(crate) found: Option<String>,
    /// The command that brings it.
    pub(crate) fix: String,
}

/// The Rust targets that both `up` and `test` need.
pub(crate) fn rust_targets() -> Vec<Check> {
    [FUNCTIONS_TARGET, WEB_TARGET]
        .into_iter()
        .map(|target| Check {
            name: format!("Rust target {target}"),
            found: has_target(target).then(|| "installed".to_owned()),
            fix: format!("rustup target add {target}"),
        })
        .collect()
}

/// Cargo's rustfmt and clippy.
pub(crate) fn rust_components() -> Vec<Check> {
    [("rustfmt", "cargo-fmt"), ("clippy", "cargo-clippy")]
        .into_iter()
        .map(|(component, program)| Check {
            name: component.to_owned(),
            found: version(program, "--version"),
            fix: format!("rustup component add {component}"),
        })
        .collect()
}

/// The programs of the browser tests and the judges, with what two of them must be able to do.
pub(crate) fn programs() -> Vec<Check> {
    let programs = PROGRAMS
        .iter()
        .map(|(program, package)| check(program, on_path(program), package));
    let abilities = ABILITIES.iter().map(|(name, program, args, package)| {
        let able = Command::new(program)
            .args(*args)
            .stdin(Stdio::null())
            .output()
            .is_ok_and(|output| output.status.success());
        check(name, able, package)
    });
    programs.chain(abilities).collect()
}

/// Compilers and interpreters of examples.
pub(crate) fn languages() -> Vec<Check> {
    let languages = LANGUAGES.iter();
    languages
        .map(|(program, package)| check(program, on_path(program), package))
        .collect()
}

fn check(name: &str, found: bool, package: &str) -> Check {
    Check {
        name: name.to_owned(),
        found: found.then(|| "installed".to_owned()),
        fix: format!("apt-get install -y --no-install-recommends {package}"),
    }
}

/// Runs the fix of every check that found nothing.
///
/// # Errors
/// Names all that is still missing, each with its command: when a fix fails, or needs root and we are not.
pub(crate) fn install(checks: impl Fn() -> Vec<Check>) -> Result<()> {
    let missing = || -> Vec<Check> {
        checks()
            .into_iter()
            .filter(|check| check.found.is_none())
            .collect()
    };
    let mut updated = false;
    let mut tried: Vec<String> = Vec::new();
    for check in missing() {
        if tried.contains(&check.fix) {
            continue;
        }
        tried.push(check.fix.clone());
        let needs_apt = check.fix.starts_with("apt-get");
        if needs_apt && !may_apt() {
            continue;
        }
        // A failed fix shows its own output; whether the thing is there is asked again below.
        let _ = step(&check.fix.clone(), || {
            if needs_apt && !updated {
                run(Command::new("apt-get").args(["update", "-qq"]))?;
                updated = true;
            }
            let mut words = check.fix.split(' ');
            let mut command = Command::new(words.next().unwrap_or_default());
            run(command
                .args(words)
                .env("DEBIAN_FRONTEND", "noninteractive")
                .stdout(Stdio::null()))
        });
    }
    let still = missing();
    if still.is_empty() {
        return Ok(());
    }
    let list: Vec<String> = still
        .iter()
        .map(|check| format!("{} (`{}`)", check.name, check.fix))
        .collect();
    bail!("missing: {}", list.join(", "));
}

/// The first line that `program` prints about its version.
pub(crate) fn version(program: &str, flag: &str) -> Option<String> {
    let output = Command::new(program)
        .arg(flag)
        .stdin(Stdio::null())
        .output()
        .ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    output
        .status
        .success()
        .then(|| text.lines().next().unwrap_or_default().to_owned())
}

pub(crate) fn on_path(program: &str) -> bool {
    std::env::var_os("PATH").is_some_and(|path| {
        std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
    })
}

fn has_target(target: &str) -> bool {
    let output = Command::new("rustc")
        .args(["--print", "target-libdir", "--target", target])
        .output();
    output.is_ok_and(|output| Path::new(String::from_utf8_lossy(&output.stdout).trim()).is_dir())
}

fn may_apt() -> bool {
    on_path("apt-get") && nix::unistd::Uid::effective().is_root()
}
