//! ESIA begins to sign with another key: the operator adds its certificate, without a restart, and what was signed with
//! the old one stays proven.

use anyhow::{Context as _, Result, ensure};
use http::Method;
use podpis_tests::{Clinic, Settings, Stack, Upload};
use podpis_verify::{Input, Verdict, verify};
use serde_json::json;

use crate::verify::{expect, file, now, outcome, trust};

const CERTIFICATES: &str = "/api/v1/operator/esia-certificates";

/// The verifier over the signed PDF, with the operator's list of now.
fn is_proven(stack: &Stack, clinic: &mut Clinic, id: &str) -> Result<()> {
    let (pdf, trust) = (file(clinic, id, "signed")?, trust(stack)?);
    let report = verify(Input {
        pdf: &pdf,
        clinic_signature: None,
        newer_evidence: None,
        trust: Some(&trust),
        now: now(),
    });
    expect(&report, Verdict::Valid)?;
    ensure!(outcome(&report, "esia-token")? == "pass");
    Ok(())
}

fn sign(stack: &Stack, clinic: &mut Clinic) -> Result<String> {
    let upload = Upload::small().with("/kind", json!("pd_consent"));
    let (id, link) = clinic.send_with_link(&upload)?;
    stack.patient(&link)?.sign_as("ivanova")?.expect(200)?;
    Ok(id)
}

#[test]
fn a_new_key_of_esia_needs_no_restart_and_the_old_one_stays_proof() -> Result<()> {
    let Some(stack) = Stack::alone(Settings::default())? else {
        return Ok(());
    };
    let (mut clinic, mut operator) = (stack.clinic()?, stack.operator());
    let before = sign(&stack, &mut clinic)?;

    let pem = stack.esia_rotate()?;
    let (id, link) = clinic.send_with_link(&Upload::small())?;
    let mut patient = stack.patient(&link)?;
    let refused = patient.sign_as("ivanova")?;
    refused.problem(502, "esia_token_signature")?;
    let failures = clinic.failures(&id)?;
    ensure!(failures[0]["check"] == "signature", "{failures:?}");

    let added = operator
        .call(Method::POST, CERTIFICATES, Some(&json!({"pem": pem})))?
        .expect(201)?
        .json()?;
    ensure!(added["algorithm"] == "GOST3410_2012_256", "{added}");
    for field in ["sha256", "subject", "not_before", "not_after"] {
        ensure!(added[field].is_string(), "{field}: {added}");
    }
    patient.sign_as("ivanova")?.expect(200)?;
    let after = sign(&stack, &mut clinic)?;
    for id in [&before, &after] {
        is_proven(&stack, &mut clinic, id)?;
    }

    // The next rotation: the second key is retired, and what it has signed stays proven.
    let second = added["sha256"].as_str().context("sha256")?.to_owned();
    let third = stack.esia_rotate()?;
    operator
        .call(Method::POST, CERTIFICATES, Some(&json!({"pem": third})))?
        .expect(201)?;
    let last = sign(&stack, &mut clinic)?;
    let retired = operator.call(Method::DELETE, &format!("{CERTIFICATES}/{second}"), None)?;
    ensure!(retired.status.is_success(), "{}", retired.text());
    for id in [&before, &after, &last] {
        is_proven(&stack, &mut clinic, id)?;
    }
    let list = operator
        .call(Method::GET, CERTIFICATES, None)?
        .expect(200)?
        .text();
    ensure!(
        list.contains(&second),
        "the retired one is forgotten: {list}"
    );
    Ok(())
}

#[test]
fn a_retired_certificate_signs_nobody_in() -> Result<()> {
    let Some(stack) = Stack::alone(Settings::default())? else {
        return Ok(());
    };
    let (mut clinic, mut operator) = (stack.clinic()?, stack.operator());
    let pem = stack.esia_rotate()?;
    let added = operator
        .call(Method::POST, CERTIFICATES, Some(&json!({"pem": pem})))?
        .expect(201)?
        .json()?;
    sign(&stack, &mut clinic)?;
    let sha256 = added["sha256"].as_str().context("sha256")?;
    operator.call(Method::DELETE, &format!("{CERTIFICATES}/{sha256}"), None)?;
    let (_, link) = clinic.send_with_link(&Upload::small())?;
    let refused = stack.patient(&link)?.sign_as("ivanova")?;
    refused.problem(502, "esia_token_signature")?;
    Ok(())
}

#[test]
fn what_is_no_certificate_is_not_added() -> Result<()> {
    let stack = Stack::shared()?;
    let mut operator = stack.operator();
    for pem in [
        "",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
    ] {
        let refused = operator.call(Method::POST, CERTIFICATES, Some(&json!({"pem": pem})))?;
        ensure!(
            refused.status.is_client_error(),
            "{pem}: {}",
            refused.text()
        );
    }
    // Nobody but the operator looks or adds.
    let body = json!({"pem": ""});
    stack
        .clinic()?
        .post(CERTIFICATES, &body)?
        .problem(401, "unauthorized")?;
    Ok(())
}
