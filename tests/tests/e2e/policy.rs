//! The operator's rows of the policy, from the variables to the decision.

use anyhow::{Context as _, Result, ensure};
use podpis_tests::{Person, Settings, Stack, Upload, pdf};
use serde_json::{Value as Json, json};

fn with(rows: &Json, looser: bool) -> Settings {
    let variables = vec![
        ("POLICY_ROWS", rows.to_string()),
        ("POLICY_OVERRIDE", looser.to_string()),
    ];
    Settings {
        variables,
        ..Settings::default()
    }
}

/// A row about contracts by Gosuslugi.
fn contracts(verdict: &str, until: Option<&str>) -> Json {
    json!({"rows": [{
        "id": "civil", "kinds": ["paid_contract", "addendum", "user_agreement", "edo_agreement", "other"],
        "method": "esia", "verdict": verdict, "second_signature": "none", "valid_until": until,
        "act": "приказ клиники № 1", "law": "приказ клиники № 1", "basis": ["приказ клиники № 1"],
        "clinic": "Договоры подписывают на бумаге.", "signer": "Договор подписывают на бумаге.",
    }]})
}

fn health(stack: &Stack) -> Result<Json> {
    stack.anonymous().get("/api/health")?.expect(200)?.json()
}

fn contract() -> Result<Upload> {
    let upload = Upload::consent(Person::IVANOVA, pdf::consent()?);
    Ok(upload.with("/kind", json!("other")))
}

#[test]
fn a_stricter_row_decides_at_once_also_of_what_was_sent() -> Result<()> {
    let Some(mut stack) = Stack::alone(Settings::default())? else {
        return Ok(());
    };
    let builtin = health(&stack)?["policy"].clone();
    ensure!(builtin["state"] == "ok", "{builtin}");
    let version = builtin["version"].as_str().context("version")?.to_owned();
    let mut clinic = stack.clinic()?;
    let (_, link) = clinic.send_with_link(&contract()?)?;

    stack.stop()?;
    stack.start_again(with(&contracts("block", None), false))?;
    let policy = health(&stack)?["policy"].clone();
    let named = policy["version"].as_str().context("version")?;
    ensure!(named.starts_with(&format!("{version}+op:")), "{policy}");
    let problem = clinic.upload(&contract()?)?.problem(422, "policy")?;
    ensure!(
        problem["rule"] == "R1" && problem["law"] == "приказ клиники № 1",
        "{problem}"
    );
    let mut patient = stack.patient(&link)?;
    let act = patient.read()?;
    let problem = patient.start(&act)?.problem(422, "policy")?;
    ensure!(
        problem["detail"] == "Договор подписывают на бумаге.",
        "{problem}"
    );

    // Ended long ago: R0 names the act, and the health page tells, still with 200 and `ok`.
    stack.stop()?;
    stack.start_again(with(&contracts("allow", Some("2026-01-01")), false))?;
    let problem = clinic.upload(&contract()?)?.problem(422, "policy")?;
    ensure!(
        problem["rule"] == "R0" && problem["law"] == "приказ клиники № 1",
        "{problem}"
    );
    let health = health(&stack)?;
    ensure!(health["status"] == "ok", "{health}");
    let expired = health["policy"]["expired"].as_array().context("expired")?;
    let until = expired.iter().find(|term| term["rows"] == json!(["civil"]));
    ensure!(
        until.is_some_and(|term| term["until"] == "2026-01-01"),
        "{health}"
    );
    Ok(())
}

#[test]
fn rows_that_cannot_be_taken_stop_every_decision() -> Result<()> {
    let mut looser = contracts("allow", None);
    looser["rows"][0]["method"] = json!("sms");
    let Some(mut stack) = Stack::alone(with(&looser, false))? else {
        return Ok(());
    };
    let health_now = health(&stack)?;
    ensure!(health_now["status"] == "degraded", "{health_now}");
    ensure!(health_now["policy"]["state"] == "invalid", "{health_now}");
    let mut clinic = stack.clinic()?;
    let answer = clinic.upload(&contract()?)?;
    ensure!(answer.status.as_u16() == 500, "{}", answer.status);

    // The same rows, on purpose.
    stack.stop()?;
    stack.start_again(with(&looser, true))?;
    ensure!(health(&stack)?["policy"]["state"] == "ok");
    Ok(())
}
