//! `cargo xtask doctor`: what this machine has and what it lacks.

use std::net::TcpListener;
use std::process::Command;

use anyhow::{Result, bail};

use crate::ctx::Ctx;
use crate::tools::{self, Check};

pub(crate) const HELP: &str = "what is missing on this machine, and how to get it";

/// Disk that a build of everything takes, in MiB, with room to spare.
const DISK_MIB: u64 = 8 * 1024;

pub(crate) fn run(ctx: &Ctx, mut args: lexopt::Parser) -> Result<()> {
    if let Some(arg) = args.next()? {
        return Err(arg.unexpected().into());
    }
    let mut checks = vec![rust()];
    checks.extend(tools::rust_targets());
    checks.extend(tools::rust_components());
    checks.extend(tools::programs());
    checks.extend([3000, 3001].map(port));
    checks.push(disk(ctx));
    let missing = checks.iter().filter(|check| check.found.is_none()).count();
    for Check { name, found, fix } in &checks {
        match found {
            Some(remark) => println!("ok       {name:<36} {remark}"),
            None => println!("missing  {name:<36} {fix}"),
        }
    }
    match tools::version("spin", "--version") {
        Some(version) => println!("ok       {:<36} {version}", "spin (optional)"),
        None => println!(
            "-        {:<36} not on PATH; podpis-runner serves instead",
            "spin (optional)"
        ),
    }
    if missing > 0 {
        bail!("{missing} missing; `cargo xtask up` and `test` install what they may");
    }
    Ok(())
}

fn rust() -> Check {
    let wanted = env!("CARGO_PKG_RUST_VERSION");
    let found = tools::version("rustc", "--version");
    let number = |text: &str| -> Option<(u32, u32)> {
        let mut parts = text.split(['.', ' ', '-']);
        Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
    };
    let have = found
        .as_deref()
        .and_then(|line| number(line.strip_prefix("rustc ")?));
    Check {
        name: format!("Rust {wanted} or later"),
        found: found.filter(|_| have >= number(wanted)),
        fix: "rustup update stable".to_owned(),
    }
}

fn port(port: u16) -> Check {
    Check {
        name: format!("port {port}"),
        found: TcpListener::bind(("127.0.0.1", port))
            .is_ok()
            .then(|| "free".to_owned()),
        fix: "busy: stop what listens there, or `cargo xtask up --port N --esia-port M`".to_owned(),
    }
}

fn disk(ctx: &Ctx) -> Check {
    let output = Command::new("df").args(["-Pm"]).arg(&ctx.root).output();
    let free = output.ok().and_then(|output| {
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        text.lines()
            .nth(1)?
            .split_whitespace()
            .nth(3)?
            .parse::<u64>()
            .ok()
    });
    Check {
        name: format!("{} GiB of disk", DISK_MIB / 1024),
        found: free
            .filter(|free| *free >= DISK_MIB)
            .map(|free| format!("{} GiB free", free / 1024)),
        fix: "make room, or set CARGO_TARGET_DIR to another disk".to_owned(),
    }
}
