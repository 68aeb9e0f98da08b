//! The stages that read the code without running it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use super::outcome::Tally;
use crate::build::{FUNCTIONS, WEB};
use crate::ctx::{Ctx, FUNCTIONS_TARGET, WEB_TARGET, run as run_command};
use crate::tools;

/// What marks code that one kind of target alone compiles.
const MARKS: [&str; 2] = ["target_family = \"wasm\"", "target_arch = \"wasm32\""];

pub(super) fn fmt(ctx: &Ctx, _: Option<&str>) -> Result<Tally> {
    tools::install(tools::rust_components)?;
    run_command(&mut ctx.cargo(["fmt", "--all", "--check"]))?;
    Ok(Tally::default())
}

/// Everything on this machine's own target, and once more for Wasm the crates with code that is there for Wasm alone.
pub(super) fn clippy(ctx: &Ctx, _: Option<&str>) -> Result<Tally> {
    tools::install(tools::rust_components)?;
    tools::install(tools::rust_targets)?;
    // `--all-targets` leaves out the tests that `cargo test` doesn't run by itself.
    let whole = ["--test", "e2e", "--test", "browser"];
    let mut runs = vec![
        ctx.cargo(["clippy", "--workspace", "--all-targets"]),
        ctx.cargo(["clippy", "--workspace"].into_iter().chain(whole)),
    ];
    for (target, packages) in [(FUNCTIONS_TARGET, FUNCTIONS), (WEB_TARGET, WEB)] {
        let packages = of_wasm_alone(ctx, packages)?;
        let mut run = ctx.cargo(["clippy", "--target", target]);
        run.args(packages.iter().flat_map(|package| ["-p", package]));
        runs.push(run);
    }
    let mut tally = Tally::default();
    for mut run in runs {
        let status = run.args(["--", "-D", "warnings"]).status()?;
        tally.failed += usize::from(!status.success());
    }
    Ok(tally)
}

/// Those of `packages` with a source file that has one of [`MARKS`].
fn of_wasm_alone<'a>(ctx: &Ctx, packages: &[&'a str]) -> Result<Vec<&'a str>> {
    let mut found = Vec::new();
    for &package in packages {
        let folder = ctx.folder_of(package)?.join("src");
        if any_source(&folder, &|text| {
            MARKS.iter().any(|mark| text.contains(mark))
        })? {
            found.push(package);
        }
    }
    Ok(found)
}

/// Whether a Rust file below `folder` is as wanted.
fn any_source(folder: &Path, wanted: &dyn Fn(&str) -> bool) -> Result<bool> {
    let entries = fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    let mut paths: Vec<PathBuf> = Vec::new();
    for entry in entries {
        paths.push(entry?.path());
    }
    for path in paths {
        let is_rust = path.extension().is_some_and(|extension| extension == "rs");
        let hit = if path.is_dir() {
            any_source(&path, wanted)?
        } else {
            is_rust && wanted(&fs::read_to_string(&path)?)
        };
        if hit {
            return Ok(true);
        }
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crates_with_code_for_wasm_alone_are_read_there() {
        let ctx = Ctx::find().unwrap();
        let functions = of_wasm_alone(&ctx, FUNCTIONS).unwrap();
        assert!(functions.contains(&"podpis-esia"), "{functions:?}");
        assert!(!functions.contains(&"podpis-site"), "{functions:?}");
        let web = of_wasm_alone(&ctx, WEB).unwrap();
        assert!(web.contains(&"podpis-renderer"), "{web:?}");
    }
}
