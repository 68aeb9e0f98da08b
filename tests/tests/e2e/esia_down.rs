//! ESIA is away, in every way that a service is away, and comes back: nothing is lost, and the health page tells.

use anyhow::{Context as _, Result, ensure};
use podpis_tests::{Settings, Stack, Upload, wait_for};
use serde_json::{Value, json};

use crate::sign::still_unsigned;

fn health(stack: &Stack) -> Result<Value> {
    let health = stack.anonymous().get("/api/health")?.expect(200)?.json()?;
    ensure!(health["status"] == "ok", "{health}");
    Ok(health["esia"].clone())
}

#[test]
fn whichever_way_esia_is_away_the_same_act_goes_on_after_it() -> Result<()> {
    let Some(stack) = Stack::alone(Settings::default())? else {
        return Ok(());
    };
    let mut clinic = stack.clinic()?;
    ensure!(health(&stack)?["state"] == "unknown");
    for down in ["refuse", "error503", "html", "half", "slow"] {
        let (id, link) = clinic.send_with_link(&Upload::small())?;
        let mut patient = stack.patient(&link)?;
        let act = patient.read()?;
        let callback = patient.sign_in(&act, "ivanova", true)?;
        stack.esia_set(&json!({"down": down}))?;
        patient
            .complete(&callback)?
            .problem(502, "esia_unavailable")
            .context(down)?;
        still_unsigned(&mut clinic, &id)?;
        let failing = health(&stack)?;
        ensure!(
            failing["state"] == "failing"
                && failing["since"].is_string()
                && failing["last_error"]["step"] == "token"
                && failing["last_error"]["code"] == "esia_unavailable",
            "{down}: {failing}"
        );

        stack.esia_set(&json!({"down": null}))?;
        patient.sign_as("ivanova")?.expect(200).context(down)?;
        let well = health(&stack)?;
        ensure!(
            well["state"] == "ok" && well["last_ok_at"].is_string(),
            "{down}: {well}"
        );
    }
    Ok(())
}

#[test]
fn esia_that_fails_after_the_exchange_costs_a_new_sign_in_only() -> Result<()> {
    let Some(stack) = Stack::alone(Settings::default())? else {
        return Ok(());
    };
    let mut clinic = stack.clinic()?;
    let (id, link) = clinic.send_with_link(&Upload::small())?;
    let mut patient = stack.patient(&link)?;
    let act = patient.read()?;
    let callback = patient.sign_in(&act, "ivanova", true)?;
    // The answer comes to its half only: ESIA counts the code as used.
    stack.esia_fault(&json!({"te": "half"}))?;
    patient
        .complete(&callback)?
        .problem(502, "esia_unavailable")?;
    patient.complete(&callback)?.problem(409, "esia_session")?;
    still_unsigned(&mut clinic, &id)?;
    patient.sign_as("ivanova")?.expect(200)?;
    Ok(())
}

#[test]
fn an_absent_esia_comes_back() -> Result<()> {
    let Some(mut stack) = Stack::alone(Settings::default())? else {
        return Ok(());
    };
    let mut clinic = stack.clinic()?;
    let (id, link) = clinic.send_with_link(&Upload::small())?;
    let mut patient = stack.patient(&link)?;
    let act = patient.read()?;
    let callback = patient.sign_in(&act, "ivanova", true)?;
    stack.stop_esia()?;
    patient
        .complete(&callback)?
        .problem(502, "esia_unavailable")?;
    still_unsigned(&mut clinic, &id)?;
    // The document is still there for whoever comes meanwhile.
    ensure!(patient.document()?.pages == 1);
    stack.start_esia()?;
    let signed = wait_for("ESIA again", || {
        let answer = patient.sign_as("ivanova")?;
        Ok((answer.status == 200).then_some(answer))
    })?;
    signed.expect(200)?;
    ensure!(health(&stack)?["state"] == "ok");
    Ok(())
}
