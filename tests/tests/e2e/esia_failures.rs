//! ESIA answers wrongly: nothing is signed on an answer that fails a check, each failure has its own code, words and
//! journal entry, and the next try succeeds.

use anyhow::{Context as _, Result, ensure};
use podpis_tests::{Clinic, Patient, Settings, Stack, Upload};
use serde_json::{Value, json};

use crate::sign::still_unsigned;

/// An order to the simulator, the code that the page hears, and what the journal's entry says besides the code.
type Failure = (Value, &'static str, Value);

/// Errors in place of a sign-in, and codes that are none.
fn at_sign_in() -> Vec<Failure> {
    let refusal = |code: &str| json!({"authorize": {"error": code}});
    let mut all = vec![
        (
            json!({"authorize": "overloaded"}),
            "esia_unavailable",
            json!({"check": "authorize"}),
        ),
        // Of what form a code is, is ESIA's business: it says that it knows no such code.
        (
            json!({"authorize": "malformed_code"}),
            "esia_session",
            json!({}),
        ),
        (refusal("ESIA-007004"), "esia_denied", json!({})),
        (refusal("ESIA-007055"), "esia_unconfirmed", json!({})),
        (
            refusal("ESIA-007007"),
            "esia_unavailable",
            json!({"check": "authorize"}),
        ),
    ];
    let ours = [
        "002", "003", "005", "006", "009", "012", "014", "015", "019", "023", "039", "053",
    ];
    let codes = ours.map(|number| format!("ESIA-007{number}"));
    for code in codes.into_iter().chain(["ESIA-008010".to_owned()]) {
        all.push((refusal(&code), "esia_rejected", json!({"esia": code})));
    }
    all
}

/// What the token endpoint does instead of answering.
fn at_the_exchange() -> Vec<Failure> {
    let te = |fault: Value, code, entry| (json!({"te": fault}), code, entry);
    let away = || json!({"check": "token"});
    let mut all: Vec<Failure> = ["error500", "error503", "html", "closed", "half"]
        .map(|fault| te(json!(fault), "esia_unavailable", away()))
        .to_vec();
    all.extend([
        te(json!("invalid_grant"), "esia_session", json!({})),
        te(json!("wrong_state"), "esia_state", json!({})),
        te(json!("no_state"), "esia_state", json!({})),
        te(
            json!("no_id_token"),
            "esia_token_form",
            json!({"check": "form"}),
        ),
        te(
            json!("no_access_token"),
            "esia_token_form",
            json!({"check": "form"}),
        ),
        te(json!("not_an_object"), "esia_unavailable", away()),
    ]);
    for code in ["ESIA-007053", "ESIA-007014", "ESIA-007040", "ESIA-008010"] {
        let entry = json!({"esia": code});
        all.push(te(json!({"error": code}), "esia_rejected", entry));
    }
    all
}

/// What is wrong with the tokens.
fn in_the_tokens() -> Vec<Failure> {
    [
        ("malformed", "esia_token_form", "form"),
        ("alg_none", "esia_token_algorithm", "alg"),
        ("wrong_alg", "esia_token_algorithm", "alg"),
        ("other_alg", "esia_token_algorithm", "alg"),
        ("sbt_substituted", "esia_token_kind", "sbt"),
        ("bad_signature", "esia_token_signature", "signature"),
        ("reversed_signature", "esia_token_signature", "signature"),
        ("foreign_key", "esia_token_signature", "signature"),
        ("not_json", "esia_token_claims", "claims"),
        ("no_exp", "esia_token_claims", "claims"),
        ("no_auth_time", "esia_token_claims", "claims"),
        ("wrong_iss", "esia_token_issuer", "iss"),
        ("wrong_aud", "esia_token_audience", "aud"),
        ("expired", "esia_token_expired", "exp"),
        ("not_yet_valid", "esia_token_early", "nbf"),
        ("other_subject", "esia_token_subject", "sub"),
        ("other_access", "esia_token_subject", "sub"),
        ("other_sid", "esia_token_session", "sid"),
        ("future_auth_time", "esia_auth_time", "auth_time"),
        ("old_auth_time", "esia_stale", ""),
        ("no_is_tru", "esia_unconfirmed", ""),
        ("level_p", "esia_unconfirmed", ""),
        ("level_kd", "esia_child", ""),
    ]
    .into_iter()
    .map(|(fault, code, check)| {
        let entry = if check.is_empty() {
            json!({})
        } else {
            json!({"check": check})
        };
        (json!({"token": fault}), code, entry)
    })
    .collect()
}

/// What is wrong with the person's data.
fn in_the_data() -> Vec<Failure> {
    let check = |name: &str| json!({"check": name});
    [
        ("untrusted", "esia_unconfirmed", json!({})),
        ("no_trusted", "esia_unconfirmed", json!({})),
        ("deleted", "esia_account", json!({})),
        ("no_status", "esia_person_data", check("status")),
        ("no_name", "esia_person_data", check("lastName")),
        ("no_first_name", "esia_person_data", check("firstName")),
        ("no_birth_date", "esia_person_data", check("birthDate")),
        ("bad_birth_date", "esia_person_data", check("birthDate")),
        (
            "mismatch",
            "wrong_person",
            json!({"mismatch": "birth_date"}),
        ),
        ("other_person", "wrong_person", json!({"mismatch": "name"})),
        ("no_snils", "wrong_person", json!({"mismatch": "snils"})),
        ("expired", "esia_session", json!({})),
        ("expired_array", "esia_session", json!({})),
        ("invalid_token", "esia_unavailable", check("person")),
        (
            "scope_not_allowed",
            "esia_rejected",
            json!({"esia": "ESIA-005029"}),
        ),
    ]
    .into_iter()
    .map(|(fault, code, entry)| (json!({"prns": fault}), code, entry))
    .collect()
}

/// The status of a code, as the contract has it.
fn status(code: &str) -> u16 {
    match code {
        "esia_denied" | "esia_unconfirmed" | "esia_child" | "esia_account" | "wrong_person" => 403,
        "esia_session" | "esia_stale" => 409,
        _ => 502,
    }
}

/// One act that goes wrong; then one that doesn't.
fn fails(stack: &Stack, clinic: &mut Clinic, (fault, code, entry): &Failure) -> Result<()> {
    let (id, link) = clinic.send_with_link(&Upload::small())?;
    let mut patient = stack.patient(&link)?;
    let act = patient.read()?;
    let early = fault.get("authorize").is_some();
    if early {
        stack.esia_fault(fault)?;
    }
    let callback = patient.sign_in(&act, "ivanova", true)?;
    if !early {
        stack.esia_fault(fault)?;
    }
    let problem = patient.complete(&callback)?.problem(status(code), code)?;
    let detail = problem["detail"].as_str().unwrap_or_default();
    let russian = detail.chars().any(|char| ('а'..='я').contains(&char));
    ensure!(russian, "no words for the person: {problem}");
    still_unsigned(clinic, &id)?;

    let failures = clinic.failures(&id)?;
    let [kept] = failures.as_slice() else {
        anyhow::bail!("not one entry in the journal: {failures:?}");
    };
    let mut expected = entry.clone();
    expected["code"] = json!(code);
    expected["act_id"] = kept["act_id"].clone();
    ensure!(kept == &expected, "the journal says {kept}");

    patient.sign_as("ivanova")?.expect(200).context("again")?;
    Ok(())
}

/// All of a table in one run: it is long.
fn each_fails(table: &[Failure]) -> Result<()> {
    // The simulator's faults concern its next answer, whoever asks: so no other test may ask.
    let Some(stack) = Stack::alone(Settings::default())? else {
        return Ok(());
    };
    let mut clinic = stack.clinic()?;
    let mut wrong = Vec::new();
    for failure in table {
        if let Err(error) = fails(&stack, &mut clinic, failure) {
            wrong.push(format!("{}: {error:#}", failure.0));
        }
    }
    ensure!(wrong.is_empty(), "{wrong:#?}");
    Ok(())
}

#[test]
fn errors_in_place_of_a_sign_in() -> Result<()> {
    each_fails(&at_sign_in())
}

#[test]
fn a_token_endpoint_that_answers_wrongly() -> Result<()> {
    each_fails(&at_the_exchange())
}

#[test]
fn tokens_that_fail_a_check() -> Result<()> {
    each_fails(&in_the_tokens())
}

#[test]
fn data_of_a_person_that_can_not_be_used() -> Result<()> {
    each_fails(&in_the_data())
}

#[test]
fn a_callback_of_another_act_or_of_none() -> Result<()> {
    let Some(stack) = Stack::alone(Settings::default())? else {
        return Ok(());
    };
    let mut clinic = stack.clinic()?;
    let (id, link) = clinic.send_with_link(&Upload::small())?;
    let mut patient = stack.patient(&link)?;
    let act = patient.read()?;
    for fault in ["wrong_state", "no_state"] {
        stack.esia_fault(&json!({"authorize": fault}))?;
        let callback = patient.sign_in(&act, "ivanova", true)?;
        patient.complete(&callback)?.problem(409, "esia_session")?;
    }
    // The code of one act in the callback of another: two tabs, or somebody who exchanges them.
    let first = patient.sign_in(&act, "ivanova", true)?;
    let mut second = patient.sign_in(&act, "ivanova", true)?;
    second.code = first.code;
    patient.complete(&second)?.problem(502, "esia_code")?;
    let mut broken = patient.sign_in(&act, "ivanova", true)?;
    broken.code = Some("not a code".to_owned());
    patient.complete(&broken)?.problem(502, "esia_code")?;
    let failures = clinic.failures(&id)?;
    ensure!(
        failures.iter().all(|entry| entry["code"] == "esia_code") && failures.len() == 2,
        "{failures:?}"
    );
    still_unsigned(&mut clinic, &id)?;
    patient.sign_as("ivanova")?.expect(200)?;
    Ok(())
}

/// Older or rarer forms that ESIA is known to use, and hiccups that a second try gets over: the person notices nothing.
#[test]
fn what_is_no_failure() -> Result<()> {
    let Some(stack) = Stack::alone(Settings::default())? else {
        return Ok(());
    };
    let mut clinic = stack.clinic()?;
    let harmless = [
        json!({"token": "auth_time_ms"}),
        json!({"token": "sub_string"}),
        json!({"te": "expires_in_string"}),
        json!({"prns": "status_spelling"}),
        json!({"prns": "error500"}),
        json!({"prns": "error503"}),
        json!({"prns": "html"}),
        json!({"prns": "closed"}),
        json!({"prns": "half"}),
    ];
    let mut wrong = Vec::new();
    for fault in &harmless {
        let mut sign = || -> Result<()> {
            let (_, link) = clinic.send_with_link(&Upload::small())?;
            let mut patient: Patient = stack.patient(&link)?;
            let act = patient.read()?;
            let callback = patient.sign_in(&act, "ivanova", true)?;
            stack.esia_fault(fault)?;
            patient.complete(&callback)?.expect(200)?;
            Ok(())
        };
        if let Err(error) = sign() {
            wrong.push(format!("{fault}: {error:#}"));
        }
    }
    ensure!(wrong.is_empty(), "{wrong:#?}");
    Ok(())
}

/// While the token endpoint is away, the code is still good: the same last step works once ESIA is back.
#[test]
fn the_same_last_step_may_be_repeated_while_the_code_is_good() -> Result<()> {
    let Some(stack) = Stack::alone(Settings::default())? else {
        return Ok(());
    };
    let mut clinic = stack.clinic()?;
    for fault in ["error503", "html", "closed"] {
        let (_, link) = clinic.send_with_link(&Upload::small())?;
        let mut patient = stack.patient(&link)?;
        let act = patient.read()?;
        let callback = patient.sign_in(&act, "ivanova", true)?;
        stack.esia_fault(&json!({"te": fault}))?;
        let answer = patient.complete(&callback)?;
        ensure!(!answer.header("retry-after").is_empty(), "{fault}");
        answer.problem(502, "esia_unavailable")?;
        patient.complete(&callback)?.expect(200).context(fault)?;
    }
    Ok(())
}
