//! `cargo xtask openapi`: writes `docs/openapi.json` from the code.
//!
//! The description is made in the tests of `podpis-mis`, which know the handlers' types; the component doesn't carry it. The
//! same test without [`WRITE`] is what fails in CI when the file is not that of the code.

use anyhow::Result;

use crate::ctx::{self, Ctx};

pub(crate) const HELP: &str = "docs/openapi.json from the code of functions/mis";

/// Tells the test to write what it would compare.
const WRITE: &str = "PODPIS_WRITE_OPENAPI";

pub(crate) fn run(ctx: &Ctx, mut args: lexopt::Parser) -> Result<()> {
    if let Some(arg) = args.next()? {
        return Err(arg.unexpected().into());
    }
    let mut command = ctx.cargo(["test", "--quiet", "-p", "podpis-mis", "--lib", "openapi::"]);
    ctx::run(command.env(WRITE, "1"))
}
