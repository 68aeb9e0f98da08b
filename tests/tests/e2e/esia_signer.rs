//! The signer of our requests is a program beside us, and it misbehaves: what the operator reads, and that nothing is lost.

use std::fs;

use anyhow::{Context as _, Result, ensure};
use podpis_tests::signer::Manner;
use podpis_tests::{Esia, Settings, Stack, Upload};

use crate::sign::still_unsigned;

fn settings(reversed: bool) -> Settings {
    Settings {
        variables: vec![("ESIA_SIGNER_REVERSED", reversed.to_string())],
        ..Esia {
            signer: true,
            ..Esia::USUAL
        }
        .into()
    }
}

/// What the operator's log says; the person hears only that it does not work now.
fn log(stack: &mut Stack) -> Result<String> {
    Ok(fs::read_to_string(stack.folder()?.join("runtime.log"))?)
}

#[test]
fn each_misbehaviour_has_its_answer() -> Result<()> {
    let Some(mut stack) = Stack::alone(settings(false))? else {
        return Ok(());
    };
    let mut clinic = stack.clinic()?;
    let (id, link) = clinic.send_with_link(&Upload::small())?;
    let mut patient = stack.patient(&link)?;
    let act = patient.read()?;
    for (manner, status, code, said) in [
        (
            Manner::Reversed,
            500,
            "internal",
            "esia_signer_reversed to true",
        ),
        (
            Manner::OtherKey,
            500,
            "internal",
            "not by the key of esia_client_certificate",
        ),
        (Manner::Longer, 500, "internal", "has 128 bytes"),
        (Manner::Error, 503, "unavailable", "answers with status 500"),
        (Manner::Silent, 503, "unavailable", "does not answer"),
    ] {
        let before = log(&mut stack)?.len();
        stack.esia_signer()?.set(manner)?;
        let problem = patient
            .start(&act)?
            .problem(status, code)
            .with_context(|| format!("{manner:?}"))?;
        let told = problem.to_string();
        ensure!(!told.contains("signer"), "the person is told: {told}");
        let log = log(&mut stack)?;
        let new = log.get(before..).unwrap_or_default();
        ensure!(new.contains(said), "{manner:?}: the log says {new}");
    }

    // It breaks while the person is at ESIA, and is mended before they press again: the code is still good.
    stack.esia_signer()?.set(Manner::Right)?;
    let callback = patient.sign_in(&act, "ivanova", true)?;
    stack.esia_signer()?.set(Manner::Error)?;
    patient.complete(&callback)?.problem(503, "unavailable")?;
    still_unsigned(&mut clinic, &id)?;
    stack.esia_signer()?.set(Manner::Right)?;
    patient.complete(&callback)?.expect(200)?;
    Ok(())
}

#[test]
fn the_switch_turns_the_bytes_of_a_signer_like_cryptopros() -> Result<()> {
    let Some(mut stack) = Stack::alone(settings(true))? else {
        return Ok(());
    };
    let mut clinic = stack.clinic()?;
    let (_, link) = clinic.send_with_link(&Upload::small())?;
    stack.esia_signer()?.set(Manner::Reversed)?;
    stack.patient(&link)?.sign_as("ivanova")?.expect(200)?;

    // The switch left on in front of a signer that answers as ESIA wants it.
    let (_, link) = clinic.send_with_link(&Upload::small())?;
    let mut patient = stack.patient(&link)?;
    let act = patient.read()?;
    stack.esia_signer()?.set(Manner::Right)?;
    patient.start(&act)?.problem(500, "internal")?;
    let said = "esia_signer_reversed to false";
    ensure!(
        log(&mut stack)?.contains(said),
        "the log doesn't name the switch"
    );
    Ok(())
}
