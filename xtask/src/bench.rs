//! `cargo xtask bench`: ratios against peers, each from one run. What is measured, and how: `docs/benchmarks.md`.

use anyhow::{Result, bail};

use crate::build;
use crate::ctx::{self, Ctx, step};
use crate::tools;

pub(crate) const HELP: &str =
    "ratios against peers, from one run  [page] [api] [sign] [verify] [gost] [clinic] [account] [outbox] [journal]
page: the patient's page against pdf.js; api: intake and status against native; sign: the signed PDF
verify: checking it in the browser against native; gost: GOST signatures against OpenSSL's engine; clinic: its signature's check, a template as PDF
account: signing in and the list of 3,000 documents against 3
outbox: messages a second and memory with 100,000 waiting against 1,000
journal: what an append costs by the journal's length
PODPIS_BENCH_ROUNDS sets the number of rounds";

/// What needs the product or its parts, and the one that needs neither.
const PEERS: [&str; 8] = [
    "page", "api", "sign", "verify", "account", "outbox", "gost", "clinic",
];
const JOURNAL: &str = "journal";
/// Those that measure from within a component of their own; these but `sign` need no function of the product.
const COMPONENTS: [(&str, &str); 3] = [
    ("sign", "podpis-bench-seal"),
    ("gost", "podpis-bench-gost"),
    ("clinic", "podpis-bench-clinic"),
];

pub(crate) fn run(ctx: &Ctx, mut args: lexopt::Parser) -> Result<()> {
    use lexopt::ValueExt as _;
    let mut wanted = Vec::new();
    while let Some(arg) = args.next()? {
        match arg {
            lexopt::Arg::Value(value) => wanted.push(value.string()?),
            other => return Err(other.unexpected().into()),
        }
    }
    let known = |name: &&String| PEERS.contains(&name.as_str()) || *name == JOURNAL;
    if let Some(unknown) = wanted.iter().find(|name| !known(name)) {
        bail!(
            "no benchmark {unknown:?}; there are {}, {JOURNAL}",
            PEERS.join(", ")
        );
    }
    let wants = |name: &str| wanted.is_empty() || wanted.iter().any(|wanted| wanted == name);

    if wants(JOURNAL) {
        println!("\n=== journal");
        let package = ["run", "--release", "--package", "podpis-bench-journal"];
        ctx::run(&mut ctx.cargo(package))?;
    }
    if !PEERS.iter().any(|name| wants(name)) {
        return Ok(());
    }
    tools::install(tools::rust_targets)?;
    build::build_tools(ctx, true)?;
    if PEERS
        .iter()
        .any(|name| !matches!(*name, "gost" | "clinic") && wants(name))
    {
        build::build_functions(ctx)?;
    }
    if wants("page") || wants("verify") {
        tools::install(tools::programs)?;
        build::build_site(ctx, build::Effort::Best)?;
    }
    for (name, component) in COMPONENTS {
        if wants(name) {
            tools::install(tools::programs)?;
            build::build_components(ctx, &[component])?;
        }
    }
    step("benchmarks and the native baseline", || {
        let package = ["build", "--release", "--package", "podpis-bench"];
        ctx::run(ctx.cargo(package).args(["--bins", "--examples"]))
    })?;
    for name in PEERS.into_iter().filter(|name| wants(name)) {
        println!("\n=== {name}");
        let program = ctx.tool("examples", true).join(name);
        let mut command = std::process::Command::new(program);
        command
            .current_dir(&ctx.root)
            .env("PODPIS_RUNNER", ctx.tool("podpis-runner", true))
            .env("PODPIS_ESIA_SIM", ctx.tool("podpis-esia-sim", true));
        ctx::run(&mut command)?;
    }
    Ok(())
}
