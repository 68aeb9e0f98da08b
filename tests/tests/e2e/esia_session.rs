//! ESIA remembers people: an old session of theirs is not enough for a signature, and is ended before the next one.

use std::time::Duration;

use anyhow::{Result, ensure};
use podpis_tests::{Esia, Stack, Upload};

/// A session of this age is older than an act that begins now, whatever the clocks are forgiven (`AGE_LEEWAY_S`).
const OLD: Duration = Duration::from_secs(8);

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
    patient.sign_in(&act, "ivanova", true)?;
    ensure!(patient.esia.asked == 1);

    // A browser that we don't know, but ESIA does: what another system's sign-in leaves behind.
    patient.client.cookies.clear();
    std::thread::sleep(OLD);
    let callback = patient.sign_in(&act, "ivanova", true)?;
    ensure!(patient.esia.asked == 1, "ESIA remembers nobody");
    patient.complete(&callback)?.problem(409, "esia_stale")?;
    ensure!(clinic.document(&id)?["status"] == "opened");

    // ESIA would return the same session again; it is ended, so the person is asked.
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
