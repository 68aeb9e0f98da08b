//! Independent programs that look at what was made: qpdf and poppler.

use std::path::Path;
use std::process::{Command, Output};

/// Runs a program; `None` when it is not installed and need not be.
///
/// With `CI=true` or `PODPIS_REQUIRE_TOOLS=1` a missing program fails the test.
pub(crate) fn run(program: &str, arguments: &[&str], file: &Path) -> Option<Output> {
    match Command::new(program).args(arguments).arg(file).output() {
        Ok(output) => Some(output),
        Err(error) => {
            let set =
                |name: &str, value: &str| std::env::var(name).is_ok_and(|found| found == value);
            let required = set("CI", "true") || set("PODPIS_REQUIRE_TOOLS", "1");
            assert!(
                !required,
                "{program} is missing: {error}; install qpdf and poppler-utils"
            );
            None
        }
    }
}

/// How bad qpdf finds a file: 0 clean, 1 warnings, 2 errors.
pub(crate) fn qpdf_severity(file: &Path) -> Option<u8> {
    run("qpdf", &["--check"], file).map(|output| match output.status.code() {
        Some(0) => 0,
        Some(3) => 1,
        _ => 2,
    })
}

/// Pages as poppler counts them; the inner `None` when it cannot open the file.
pub(crate) fn poppler_pages(file: &Path) -> Option<Option<u32>> {
    let output = run("pdfinfo", &[], file)?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    Some(
        text.lines()
            .find_map(|line| line.strip_prefix("Pages:")?.trim().parse().ok()),
    )
}

/// What a program prints.
pub(crate) fn printed(program: &str, arguments: &[&str], file: &Path) -> Option<String> {
    run(program, arguments, file).map(|output| String::from_utf8_lossy(&output.stdout).into_owned())
}
