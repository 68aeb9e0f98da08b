//! ESIA remembers people: an old session of theirs is not enough for a signature, and is ended before the next one.

use anyhow::{Result, ensure};
use podpis_tests::{Esia, Stack, Upload};
use serde_json::json;

fn remembering() -> Result<Option<Stack>> {
    let esia = Esia {
        single_sign_on: true,
        ..Esia::USUAL
    };
    Stack::alone(esia.into())
}

#[test]
fn an_old_session_is_refused_and_the_next_try_signs_in_anew() -> Result<()> {
    let Some(stack) = remembering()? else {
        return Ok(());
    };
    let mut clinic = stack.clinic()?;
    let (id, link) = clinic.send_with_link(&Upload::small())?;
    let mut patient = stack.patient(&link)?;
    let act = patient.read()?;
    let callback = patient.sign_in(&act, "ivanova", true)?;
    ensure!(patient.esia.asked == 1);
    stack.esia_fault(&json!({"token": "old_auth_time"}))?;
    patient.complete(&callback)?.problem(409, "esia_stale")?;
    ensure!(clinic.document(&id)?["status"] == "opened");

    // ESIA would return the same session at once; it is ended, so the person is asked again.
    let signed = patient.sign_as("ivanova")?.expect(200)?.json()?;
    ensure!(patient.esia.asked == 2, "ESIA did not ask again");
    ensure!(signed["status"] == "patient_signed", "{signed}");
    Ok(())
}

#[test]
fn every_document_has_a_sign_in_of_its_own() -> Result<()> {
    let Some(stack) = remembering()? else {
        return Ok(());
    };
    let mut clinic = stack.clinic()?;
    let (_, link) = clinic.send_with_link(&Upload::small())?;
    let mut patient = stack.patient(&link)?;
    patient.sign_as("ivanova")?.expect(200)?;
    let (_, link) = clinic.send_with_link(&Upload::small())?;
    // The same browser, with its cookies here and at ESIA.
    let next = stack.patient(&link)?;
    patient.token = next.token;
    patient.sign_as("ivanova")?.expect(200)?;
    ensure!(
        patient.esia.asked == 2,
        "asked {} times",
        patient.esia.asked
    );
    Ok(())
}

/// The simulator does what the tests above rely on: without a sign-out nobody is asked twice.
#[test]
fn esia_really_remembers() -> Result<()> {
    let Some(stack) = remembering()? else {
        return Ok(());
    };
    let mut clinic = stack.clinic()?;
    let (_, link) = clinic.send_with_link(&Upload::small())?;
    let mut patient = stack.patient(&link)?;
    let act = patient.read()?;
    patient.sign_in(&act, "ivanova", true)?;
    // A browser that we don't know, but ESIA does: what another system's sign-in leaves behind.
    patient.client.cookies.clear();
    let callback = patient.sign_in(&act, "ivanova", true)?;
    ensure!(patient.esia.asked == 1, "ESIA has asked again");
    // Too fresh to be told from a new sign-in: a minute's difference of clocks is allowed.
    patient.complete(&callback)?.expect(200)?;
    Ok(())
}
