//! ESIA goes wrong: nothing is signed on an answer that fails a check, and the person can try again.

use anyhow::{Context as _, Result, ensure};
use podpis_tests::{Settings, Stack, Upload};
use serde_json::json;

/// Status and code of a problem.
type Refusal = (u16, &'static str);

/// Faults of the simulator's next answer and what the page hears; nothing for older forms that ESIA is known to use.
const FAULTS: &[(&str, &str, Option<Refusal>)] = &[
    ("token", "expired", Some((502, "esia_invalid"))),
    ("token", "not_yet_valid", Some((502, "esia_invalid"))),
    ("token", "wrong_iss", Some((502, "esia_invalid"))),
    ("token", "wrong_aud", Some((502, "esia_invalid"))),
    ("token", "alg_none", Some((502, "esia_invalid"))),
    ("token", "bad_signature", Some((502, "esia_invalid"))),
    ("token", "foreign_key", Some((502, "esia_invalid"))),
    ("token", "sbt_substituted", Some((502, "esia_invalid"))),
    ("token", "other_subject", Some((502, "esia_invalid"))),
    ("token", "old_auth_time", Some((409, "esia_stale"))),
    ("token", "auth_time_ms", None),
    ("te", "error500", Some((502, "esia_unavailable"))),
    ("te", "html", Some((502, "esia_unavailable"))),
    ("te", "invalid_grant", Some((409, "esia_session"))),
    ("te", "wrong_state", Some((502, "esia_invalid"))),
    ("te", "no_id_token", Some((502, "esia_invalid"))),
    ("te", "expires_in_string", None),
    ("prns", "error500", None),
    ("prns", "html", None),
    ("prns", "untrusted", Some((403, "esia_unconfirmed"))),
    ("prns", "mismatch", Some((403, "wrong_person"))),
    ("prns", "no_name", Some((502, "esia_invalid"))),
];

#[test]
fn a_faulty_answer_of_esia_never_signs() -> Result<()> {
    // The simulator's faults concern its next answer, whoever asks: so no other test may ask.
    let Some(stack) = Stack::alone(Settings::default())? else {
        return Ok(());
    };
    let mut clinic = stack.clinic()?;
    let mut wrong = Vec::new();
    for (kind, fault, expected) in FAULTS {
        let (id, link) = clinic.send_with_link(&Upload::small())?;
        let mut patient = stack.patient(&link)?;
        let act = patient.read()?;
        let callback = patient.sign_in(&act, "ivanova", true)?;
        stack.esia_fault(&json!({*kind: fault}))?;
        let reply = patient.complete(&callback)?;
        let status = clinic.document(&id)?["status"].clone();
        let Some((code_status, code)) = expected else {
            reply
                .expect(200)
                .with_context(|| format!("{kind} {fault} is no fault"))?;
            continue;
        };
        ensure!(
            status == "opened",
            "{kind} {fault}: the document is {status}"
        );
        // All of them in one run: the table is long.
        if let Err(error) = reply.problem(*code_status, code) {
            wrong.push(format!("{kind} {fault}: {error:#}"));
        }
        patient
            .sign_as("ivanova")?
            .expect(200)
            .with_context(|| format!("again after {kind} {fault}"))?;
    }
    ensure!(wrong.is_empty(), "{wrong:#?}");
    Ok(())
}

#[test]
fn an_overloaded_esia_says_so_in_the_callback() -> Result<()> {
    let Some(stack) = Stack::alone(Settings::default())? else {
        return Ok(());
    };
    let (_, link) = stack.clinic()?.send_with_link(&Upload::small())?;
    let mut patient = stack.patient(&link)?;
    let act = patient.read()?;
    stack.esia_fault(&json!({"authorize": "overloaded"}))?;
    let callback = patient.sign_in(&act, "ivanova", true)?;
    patient
        .complete(&callback)?
        .problem(502, "esia_unavailable")?;
    stack.esia_fault(&json!({"authorize": "wrong_state"}))?;
    let callback = patient.sign_in(&act, "ivanova", true)?;
    patient.complete(&callback)?.problem(409, "esia_session")?;
    Ok(())
}

#[test]
fn an_absent_esia_is_told_apart_and_the_document_stays_open() -> Result<()> {
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
    ensure!(clinic.document(&id)?["status"] == "opened");
    Ok(())
}
