//! `cargo xtask test`: every check there is, stage by stage; a failed stage doesn't hide the later ones.

mod lints;
mod outcome;

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use self::outcome::{Outcome, Tally};
use crate::build;
use crate::ctx::{Ctx, seconds};
use crate::{tools, witness};

pub(crate) const HELP: &str = "all tests, a real browser included  [--only STAGE]… [filter]
stages: fmt, clippy, unit, component, build, e2e, browser";

/// So many tests of a stage get a second try; where more fail, it is not the machine's pace.
const SECOND_TRIES: usize = 3;

/// A stage by its name; a filter of test names reaches those that run tests.
type Stage = (&'static str, fn(&Ctx, Option<&str>) -> Result<Tally>);

const STAGES: &[Stage] = &[
    ("fmt", lints::fmt),
    ("clippy", lints::clippy),
    ("unit", unit),
    ("component", component),
    ("build", build_all),
    ("e2e", e2e),
    ("browser", browser),
];

pub(crate) fn run(ctx: &Ctx, mut args: lexopt::Parser) -> Result<()> {
    use lexopt::ValueExt as _;
    let (mut only, mut filter) = (Vec::new(), None);
    while let Some(arg) = args.next()? {
        match arg {
            lexopt::Arg::Long("only") => only.push(args.value()?.string()?),
            lexopt::Arg::Value(value) if filter.is_none() => filter = Some(value.string()?),
            other => return Err(other.unexpected().into()),
        }
    }
    if let Some(unknown) = only
        .iter()
        .find(|name| STAGES.iter().all(|(stage, _)| stage != name))
    {
        let known: Vec<&str> = STAGES.iter().map(|(stage, _)| *stage).collect();
        bail!("no stage {unknown:?}; there are {}", known.join(", "));
    }

    let wanted: Vec<&Stage> = STAGES
        .iter()
        .filter(|(name, _)| only.is_empty() || only.iter().any(|wanted| wanted == name))
        .collect();
    let is_wanted = |stage: &str| wanted.iter().any(|(name, _)| *name == stage);
    let mut early = None;
    if is_wanted("unit") && is_wanted("build") {
        early = Some(build_early(ctx)?);
    }

    let mut rows = Vec::new();
    for (name, stage) in wanted {
        println!("\n=== {name}");
        let start = Instant::now();
        if *name == "build"
            && let Some(mut build) = early.take()
        {
            // However it went, the stage itself looks again and says so.
            build.wait()?;
        }
        let tally = stage(ctx, filter.as_deref()).unwrap_or_else(|error| {
            println!("error: {error:#}");
            // What couldn't run has not passed.
            Tally {
                failed: 1,
                ..Tally::default()
            }
        });
        rows.push((*name, tally, start.elapsed()));
    }
    report(&rows)
}

fn report(rows: &[(&str, Tally, Duration)]) -> Result<()> {
    println!();
    for (name, tally, time) in rows {
        let result = if tally.failed == 0 { "ok" } else { "FAILED" };
        println!(
            "{name:<10} {result:<7} {:>5} passed {:>3} failed {:>9}{}",
            tally.passed,
            tally.failed,
            seconds(*time),
            tally.note
        );
        for line in &tally.why {
            println!("           {line}");
        }
    }
    let passed: usize = rows.iter().map(|(_, tally, _)| tally.passed).sum();
    let failed: usize = rows.iter().map(|(_, tally, _)| tally.failed).sum();
    println!("{passed} passed, {failed} failed");
    if failed > 0 {
        bail!("some stages failed; one alone: `cargo xtask test --only STAGE`");
    }
    Ok(())
}

/// Begins what the stage `build` wants beside the stages before it. It works in folders of cargo's that those don't lock, and
/// fills the times in which one core waits: for a link with LTO, for a test that waits itself.
fn build_early(ctx: &Ctx) -> Result<Child> {
    tools::install(tools::rust_targets)?;
    fs::create_dir_all(&ctx.target)?;
    let log = File::create(ctx.target.join("build-early.log"))?;
    let this = std::env::current_exe()?;
    let mut command = Command::new(this);
    command.args(["build", "--quick"]).current_dir(&ctx.root);
    command.stdin(Stdio::null()).stdout(log.try_clone()?);
    command
        .stderr(log)
        .spawn()
        .context("cannot start the build")
}

/// What needs nothing but itself, on this machine's own target, also of what runs as Wasm.
fn unit(ctx: &Ctx, filter: Option<&str>) -> Result<Tally> {
    test(
        ctx.cargo(["test", "--workspace", "--no-fail-fast", "--lib", "--bins"]),
        filter,
    )
}

/// The `tests/` folders of the crates: the runner with components of its own, the ESIA simulator.
fn component(ctx: &Ctx, filter: Option<&str>) -> Result<Tally> {
    tools::install(tools::rust_targets)?;
    tools::install(tools::programs)?;
    let mut command = ctx.cargo(["test", "--workspace", "--no-fail-fast"]);
    for name in ctx.integration_tests()? {
        command.args(["--test", &name]);
    }
    test(command, filter)
}

fn build_all(ctx: &Ctx, _: Option<&str>) -> Result<Tally> {
    tools::install(tools::rust_targets)?;
    build::build_tools(ctx, false)?;
    build::build_functions(ctx)?;
    build::build_site(ctx, build::Effort::Quick)?;
    Ok(Tally::default())
}

fn e2e(ctx: &Ctx, filter: Option<&str>) -> Result<Tally> {
    tools::install(tools::programs)?;
    let mut left_out = witnesses(ctx, &["witness::", "mail::", "push::", "gateways::"]);
    left_out.add(languages());
    left_out.run(|| end_to_end(ctx, "e2e"), filter)
}

fn browser(ctx: &Ctx, filter: Option<&str>) -> Result<Tally> {
    tools::install(tools::programs)?;
    let left_out = witnesses(ctx, &["axe::", "branding::"]);
    left_out.run(|| end_to_end(ctx, "browser"), filter)
}

/// Tests that can't be run on this machine. Somebody else's registry being away says nothing of us; the closing lines say what was
/// not looked at.
#[derive(Default)]
struct LeftOut {
    /// Where the programs are that we didn't write.
    witness: Option<PathBuf>,
    tests: Vec<&'static str>,
    note: String,
}

impl LeftOut {
    fn add(&mut self, other: Self) {
        self.tests.extend(other.tests);
        self.note.push_str(&other.note);
    }

    /// Runs the others.
    fn run(self, command: impl Fn() -> Command, filter: Option<&str>) -> Result<Tally> {
        let command = || {
            let mut command = command();
            if let Some(witness) = &self.witness {
                command.env("PODPIS_WITNESS", witness);
            }
            command
        };
        let mut all = command();
        all.args(filter).arg("--");
        for tests in &self.tests {
            all.args(["--skip", tests]);
        }
        let first = Outcome::of(all)?;
        let mut tally = second_try(first, command)?;
        tally.note.push_str(&self.note);
        Ok(tally)
    }
}

/// Where the programs are that we didn't write, or the tests that need them.
fn witnesses(ctx: &Ctx, needing: &[&'static str]) -> LeftOut {
    match witness::install(ctx) {
        Ok(folder) => LeftOut {
            witness: Some(folder),
            ..LeftOut::default()
        },
        Err(error) => {
            println!("left out: {error:#}");
            LeftOut {
                tests: needing.to_vec(),
                note: "  without the programs of others, which can't be installed".to_owned(),
                ..LeftOut::default()
            }
        }
    }
}

/// The tests of examples in languages that can't be had here.
fn languages() -> LeftOut {
    if let Err(error) = tools::install(tools::languages) {
        println!("left out: {error:#}");
    }
    let mut left_out = LeftOut::default();
    for (programs, name, test) in [
        (&["php"][..], "PHP", "webhook_examples::php"),
        (&["mcs", "mono"], "C#", "webhook_examples::csharp"),
    ] {
        if !programs.iter().all(|program| tools::on_path(program)) {
            left_out.tests.push(test);
            left_out.note.push_str("  without the example in ");
            left_out.note.push_str(name);
        }
    }
    left_out
}

/// Tests against the built product; the harness takes from the environment what to start.
fn end_to_end(ctx: &Ctx, name: &str) -> Command {
    let mut command = ctx.cargo(["test", "--workspace", "--test", name]);
    command
        .env("PODPIS_RUNNER", ctx.tool("podpis-runner", false))
        .env("PODPIS_ESIA_SIM", ctx.tool("podpis-esia-sim", false))
        .env("PODPIS_RUNNER_CACHE", ctx.target.join("runner-cache"));
    if name == "e2e" {
        // They wait for each other's processes a third of the time.
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        command.env("RUST_TEST_THREADS", (cores + 1).to_string());
    }
    // Tests of its own commands: this very program.
    if let Ok(xtask) = std::env::current_exe() {
        command.env("PODPIS_XTASK", xtask);
    }
    command
}

/// Runs what failed once more, each test alone: whole systems on a busy machine stumble over its pace too, and a test that fails
/// for a reason of its own fails again. The closing lines name what needed it.
fn second_try(mut first: Outcome, command: impl Fn() -> Command) -> Result<Tally> {
    if !(1..=SECOND_TRIES).contains(&first.failures.len()) {
        return Ok(first.tally);
    }
    for failure in &first.failures {
        println!("\n--- once more, alone: {}", failure.test);
        let mut alone = command();
        alone.args([&failure.test, "--", "--exact", "--test-threads=1"]);
        if Outcome::of(alone)?.tally.passed == 1 {
            first.tally.failed -= 1;
            first.tally.passed += 1;
            let line = format!("passed at the second try only: {}", failure.test);
            first.tally.why.push(line);
        }
    }
    Ok(first.tally)
}

fn test(mut command: Command, filter: Option<&str>) -> Result<Tally> {
    command.args(filter);
    Ok(Outcome::of(command)?.tally)
}
