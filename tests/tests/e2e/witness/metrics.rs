//! Prometheus' own parser reads our metrics, and the numbers are those of what was done.

use std::io::Write as _;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use podpis_tests::{Stack, Upload, wait_for};
use serde_json::Value;

use super::{installed, script};
use crate::metrics::{TOKEN, counting, read};

/// Every sample as the parser sees it.
fn samples(stack: &Stack) -> Result<Vec<Value>> {
    let text = read(stack, TOKEN)?.expect(200)?.body;
    let mut child = Command::new(installed()?.join("python/bin/python"))
        .arg(script("metrics.py"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    child.stdin.take().context("stdin")?.write_all(&text)?;
    let output = child.wait_with_output()?;
    ensure!(output.status.success(), "not the format: {output:?}");
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// The one sample of a name with these labels among others; 0 where there is none.
fn value(samples: &[Value], name: &str, labels: &[(&str, &str)]) -> f64 {
    let fits = |sample: &&Value| {
        sample["name"] == name
            && labels
                .iter()
                .all(|(label, value)| sample["labels"][*label] == *value)
    };
    samples
        .iter()
        .filter(fits)
        .filter_map(|sample| sample["value"].as_f64())
        .sum()
}

#[test]
fn prometheus_reads_what_happened() -> Result<()> {
    let Some(stack) = counting()? else {
        return Ok(());
    };
    let mut clinic = stack.clinic()?;
    let (id, link) = clinic.send_with_link(&Upload::small())?;
    clinic.send_with_link(&Upload::small())?;
    stack.patient(&link)?.sign_as("ivanova")?.expect(200)?;
    for _ in 0..10 {
        clinic.document(&id)?;
    }
    clinic.get("/api/v1/documents/unknown")?.expect(404)?;
    let route = ("route", "/api/v1/documents/{id}");
    // What instances gather is written half a second later.
    let samples = wait_for("the counted requests", || {
        let samples = samples(&stack)?;
        let counted = value(
            &samples,
            "podpis_requests_total",
            &[route, ("status", "200")],
        );
        Ok((counted >= 10.0).then_some(samples))
    })?;
    let is = |name: &str, labels: &[(&str, &str)], wanted: f64| {
        let found = value(&samples, name, labels);
        ensure!(
            (found - wanted).abs() < 0.5,
            "{name} {labels:?}: {found} instead of {wanted}"
        );
        Ok(())
    };
    is("podpis_requests_total", &[route, ("status", "200")], 10.0)?;
    is("podpis_requests_total", &[route, ("status", "404")], 1.0)?;
    is(
        "podpis_requests_total",
        &[
            ("component", "vault"),
            ("route", "/sign"),
            ("status", "200"),
        ],
        1.0,
    )?;
    is(
        "podpis_request_duration_seconds_count",
        &[route, ("method", "GET")],
        11.0,
    )?;
    is(
        "podpis_request_duration_seconds_bucket",
        &[route, ("method", "GET"), ("le", "+Inf")],
        11.0,
    )?;
    is("podpis_documents", &[("status", "patient_signed")], 1.0)?;
    is("podpis_documents", &[("status", "sent")], 1.0)?;
    is("podpis_seals_total", &[("method", "esia")], 1.0)?;
    is("podpis_esia_state", &[("state", "ok")], 1.0)?;
    is("podpis_journals", &[], 1.0)?;
    let sums = value(&samples, "podpis_request_duration_seconds_sum", &[route]);
    ensure!(sums > 0.0, "no time passed");
    let messages = value(&samples, "podpis_outbox_messages", &[("channel", "sms")]);
    ensure!(messages >= 2.0, "{messages} messages");
    ensure!(value(&samples, "podpis_journal_entries_total", &[]) > 4.0);
    ensure!(value(&samples, "podpis_database_bytes", &[]) > 4096.0);
    for sample in &samples {
        ensure!(
            sample["help"].as_str().is_some_and(|help| !help.is_empty()),
            "{sample}"
        );
        ensure!(sample["type"] != "unknown", "{sample}");
    }
    Ok(())
}
