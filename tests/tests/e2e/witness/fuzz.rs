//! schemathesis, which we did not write, asks everything that `docs/openapi.json` describes in every way it can think of: no
//! answer is our fault (5xx), and each has a status, a type, headers and a form that stand in the description.

use std::fs;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use podpis_tests::{Settings, Stack, Upload, scratch};
use serde_json::Value;

use super::installed;

/// Requests for each call in the random phase; the phases before it try examples and every limit once.
const EXAMPLES: &str = "12";
/// Seconds for one of the two runs. A machine that is busy then sees fewer requests, not a failure.
const BUDGET: &str = "60";

/// What is checked of each answer. What the description can't say is not: which rule a well-formed request breaks.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
                      response_headers_conformance,response_schema_conformance";

#[test]
fn no_answer_is_undocumented() -> Result<()> {
    // It changes keys and certificates as an operator may.
    let Some(stack) = Stack::alone(Settings::default())? else {
        return Ok(());
    };
    let mut clinic = stack.clinic()?;
    let (_, link) = clinic.send_with_link(&Upload::small())?;
    stack.patient(&link)?.sign_as("ivanova")?.expect(200)?;
    let operators = "^/api/v1/operator/";
    fuzz(
        &stack,
        &clinic.api_key,
        &["--exclude-path-regex", operators],
    )?;
    fuzz(
        &stack,
        stack.operator_token(),
        &["--include-path-regex", operators],
    )
}

/// The committed description; only that waiting for events takes a second at most, since the time is for other requests.
fn description() -> Result<Value> {
    let text = include_str!("../../../../docs/openapi.json");
    let mut api: Value = serde_json::from_str(text)?;
    let parameters = api["paths"]["/api/v1/events"]["get"]["parameters"].as_array_mut();
    let mut parameters = parameters.context("no parameters")?.iter_mut();
    let wait = parameters.find(|parameter| parameter["name"] == "wait");
    wait.context("no wait")?["schema"]["maximum"] = 1.into();
    Ok(api)
}

fn fuzz(stack: &Stack, token: &str, only: &[&str]) -> Result<()> {
    let folder = scratch()?;
    fs::write(folder.join("openapi.json"), description()?.to_string())?;
    let header = format!("Authorization: Bearer {token}");
    let output = Command::new(installed()?.join("python/bin/schemathesis"))
        .args([
            "run",
            "openapi.json",
            "--url",
            stack.base(),
            "--header",
            &header,
        ])
        .args(["--checks", CHECKS, "--phases", "examples,coverage,fuzzing"])
        .args([
            "--max-examples",
            EXAMPLES,
            "--max-time",
            BUDGET,
            "--seed",
            "1",
            // Longer than the server holds a request for events open.
            "--request-timeout",
            "45",
        ])
        .args([
            "--suppress-health-check",
            "all",
            "--warnings",
            "off",
            "--no-color",
        ])
        .args([
            "--generation-database",
            "none",
            "--continue-on-failure",
            "--no-shrink",
        ])
        .args(only)
        .env("SCHEMATHESIS_HOOKS", "schemathesis_hooks")
        .env(
            "PYTHONPATH",
            concat!(env!("CARGO_MANIFEST_DIR"), "/witness"),
        )
        .env(
            "PODPIS_SAMPLE_PDF",
            concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/consent/consent.pdf"),
        )
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .current_dir(folder)
        .output()
        .context("schemathesis")?;
    ensure!(
        output.status.success(),
        "{}\n{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(())
}
