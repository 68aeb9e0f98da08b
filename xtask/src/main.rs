//! `cargo xtask`: the one way in to everything that this repository does on a developer's machine and in CI.
//!
//! Each subcommand is one module with `run(ctx, args)` and its own help text; a new one is a module and a line in
//! [`COMMANDS`].

mod bench;
mod build;
mod ctx;
mod doctor;
mod http;
mod journal;
mod openapi;
mod test;
#[cfg(test)]
mod tidy;
mod tools;
mod up;
mod witness;

use std::process::ExitCode;

use anyhow::{Result, bail};
use ctx::Ctx;

/// A subcommand: its name, one line for `--help`, its code.
type Command = (
    &'static str,
    &'static str,
    fn(&Ctx, lexopt::Parser) -> Result<()>,
);

const COMMANDS: &[Command] = &[
    ("up", up::HELP, up::run),
    ("test", test::HELP, test::run),
    ("bench", bench::HELP, bench::run),
    ("build", build::HELP, build::run),
    ("journal", journal::HELP, journal::run),
    ("openapi", openapi::HELP, openapi::run),
    ("doctor", doctor::HELP, doctor::run),
];

fn main() -> ExitCode {
    match dispatch() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch() -> Result<()> {
    let mut args = lexopt::Parser::from_env();
    match args.next()? {
        Some(lexopt::Arg::Value(name)) => {
            let Some((.., run)) = COMMANDS.iter().find(|(known, ..)| name == *known) else {
                bail!("unknown command {name:?}; see `cargo xtask --help`");
            };
            run(&Ctx::find()?, args)
        }
        None | Some(lexopt::Arg::Long("help") | lexopt::Arg::Short('h')) => {
            print_help();
            Ok(())
        }
        Some(other) => Err(other.unexpected().into()),
    }
}

fn print_help() {
    println!("cargo xtask <command>\n");
    for (name, help, _) in COMMANDS {
        let mut lines = help.lines();
        println!("  {name:<8}{}", lines.next().unwrap_or_default());
        for line in lines {
            println!("          {line}");
        }
    }
}
