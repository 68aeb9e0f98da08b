//! The verifier over what the running product made: the same code as the page and the command.

use anyhow::{Context as _, Result, ensure};
use podpis_evidence::Trust;
use podpis_shared::Timestamp;
use podpis_tests::tsa::Tsa;
use podpis_tests::{Clinic, Person, Settings, Stack, Upload, pdf, wait_for};
use podpis_verify::{Input, Report, Verdict, verify};
use serde_json::json;

pub(crate) fn now() -> Timestamp {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    Timestamp::from_unix(since.map_or(0, |since| since.as_secs().cast_signed()))
}

fn signed(stack: &Stack, clinic: &mut Clinic) -> Result<String> {
    let upload =
        Upload::consent(Person::IVANOVA, pdf::consent()?).with("/kind", json!("pd_consent"));
    let (id, link) = clinic.send_with_link(&upload)?;
    stack.patient(&link)?.sign_as("ivanova")?.expect(200)?;
    Ok(id)
}

pub(crate) fn file(clinic: &mut Clinic, id: &str, name: &str) -> Result<Vec<u8>> {
    let path = format!("/api/v1/documents/{id}/{name}");
    Ok(clinic.get(&path)?.expect(200)?.body)
}

pub(crate) fn trust(stack: &Stack) -> Result<Trust> {
    let reply = stack.anonymous().get("/api/v1/trust")?.expect(200)?;
    Ok(serde_json::from_slice(&reply.body)?)
}

/// The verdict, and whatever did not pass in words.
pub(crate) fn expect(report: &Report, verdict: Verdict) -> Result<()> {
    ensure!(
        report.verdict == verdict,
        "{}",
        serde_json::to_string_pretty(report)?
    );
    Ok(())
}

pub(crate) fn outcome<'a>(report: &'a Report, id: &str) -> Result<&'a str> {
    let check = report.checks.iter().find(|check| check.id.as_str() == id);
    Ok(check.with_context(|| id.to_owned())?.result.as_str())
}

#[test]
fn what_the_product_makes_proves_itself() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let id = signed(stack, &mut clinic)?;
    let trust = trust(stack)?;
    let (pdf, newer) = (
        file(&mut clinic, &id, "signed")?,
        file(&mut clinic, &id, "evidence")?,
    );
    let alone = Input {
        pdf: &pdf,
        clinic_signature: None,
        newer_evidence: None,
        trust: Some(&trust),
        now: now(),
    };
    let report = verify(alone);
    expect(&report, Verdict::Valid)?;
    ensure!(report.sandbox, "a sandbox's seal says what it is");
    for id in [
        "seal-signature",
        "esia-token",
        "esia-person",
        "journal-proof",
        "checkpoint",
    ] {
        ensure!(outcome(&report, id)? == "pass", "{id}");
    }
    ensure!(outcome(&report, "newer-evidence")? == "unchecked");

    let report = verify(Input {
        newer_evidence: Some(&newer),
        ..alone
    });
    expect(&report, Verdict::Valid)?;
    ensure!(outcome(&report, "newer-evidence")? == "pass");

    // Believed by nobody, it is only intact.
    expect(
        &verify(Input {
            trust: None,
            ..alone
        }),
        Verdict::Incomplete,
    )?;

    let mut broken = pdf.clone();
    let middle = broken.len() / 2;
    broken[middle] ^= 1;
    expect(
        &verify(Input {
            pdf: &broken,
            ..alone
        }),
        Verdict::Invalid,
    )
}

#[test]
fn evidence_of_another_document_or_operator_is_noticed() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let (one, two) = (signed(stack, &mut clinic)?, signed(stack, &mut clinic)?);
    let trust = trust(stack)?;
    let (pdf, foreign) = (
        file(&mut clinic, &one, "signed")?,
        file(&mut clinic, &two, "evidence")?,
    );
    let input = Input {
        pdf: &pdf,
        clinic_signature: None,
        newer_evidence: Some(&foreign),
        trust: Some(&trust),
        now: now(),
    };
    let report = verify(input);
    expect(&report, Verdict::Invalid)?;
    ensure!(outcome(&report, "newer-evidence")? == "fail");

    let Some(elsewhere) = Stack::alone(Settings::default())? else {
        return Ok(());
    };
    let other = self::trust(&elsewhere)?;
    let report = verify(Input {
        newer_evidence: None,
        trust: Some(&other),
        ..input
    });
    ensure!(report.verdict != Verdict::Valid, "another operator's list");
    Ok(())
}

#[test]
fn time_stamps_are_understood_inside_the_seal_and_after_it() -> Result<()> {
    let tsa = Tsa::start()?;
    let Some(stack) = Stack::alone(Settings {
        variables: vec![
            ("TSA_URL", tsa.url.clone()),
            ("TSA_ROOTS", tsa.root.clone()),
        ],
        ..Settings::default()
    })?
    else {
        return Ok(());
    };
    let mut clinic = stack.clinic()?;
    let inside = signed(&stack, &mut clinic)?;
    tsa.set_down(true);
    let after = signed(&stack, &mut clinic)?;
    tsa.set_down(false);
    wait_for("the later time stamp", || {
        let document = clinic.document(&after)?;
        Ok((document["signatures"][0]["level"] == "B-T").then_some(()))
    })?;
    let trust = trust(&stack)?;
    for id in [inside, after] {
        let (pdf, newer) = (
            file(&mut clinic, &id, "signed")?,
            file(&mut clinic, &id, "evidence")?,
        );
        let report = verify(Input {
            pdf: &pdf,
            clinic_signature: None,
            newer_evidence: Some(&newer),
            trust: Some(&trust),
            now: now(),
        });
        expect(&report, Verdict::Valid)?;
        ensure!(outcome(&report, "seal-time")? == "pass");
    }
    Ok(())
}
