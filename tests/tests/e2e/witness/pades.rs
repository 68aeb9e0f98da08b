//! A clinic that signs inside of the PDF (PAdES), with a program that we did not write: what is taken, and what is not.

use std::fs;

use anyhow::{Context as _, Result, ensure};
use podpis_tests::ukep::{OWN, SIGNER, Tools, hand_in};
use podpis_tests::{Stack, Upload};
use podpis_verify::{Input, Verdict, verify};

use super::{installed, run, script};
use crate::verify::{expect, file, now, outcome, trust};

const RSA: &str = "RSA -pkeyopt rsa_keygen_bits:2048";

#[test]
fn a_final_pdf_with_the_signature_inside_completes_the_document() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let tools = Tools::trusted(stack)?;
    tools.certificate_of(RSA, "root", "own", OWN, SIGNER)?;
    let (id, link) = clinic.send_with_link(&Upload::small())?;
    stack.patient(&link)?.sign_as("ivanova")?.expect(200)?;
    let signed = file(&mut clinic, &id, "signed")?;
    let last = sign(&tools, &signed)?;
    ensure!(last.starts_with(&signed));

    // One that begins otherwise, one that was changed after it, and one that holds none.
    let other = sign(&tools, &Upload::small().pdf)?;
    let mut changed = last.clone();
    let end = signed.len() + (last.len() - signed.len()) / 2;
    changed[end] ^= 1;
    for (pdf, what) in [
        (&other, "another file"),
        (&changed, "a changed byte"),
        (&signed, "none"),
    ] {
        let refused = hand_in(&mut clinic, &id, &[("final", pdf)], None)?;
        ensure!(refused.status == 422, "{what}: {}", refused.status);
        ensure!(
            clinic.document(&id)?["status"] == "patient_signed",
            "{what}"
        );
    }

    let parts: [(&str, &[u8]); 1] = [("final", &last)];
    hand_in(&mut clinic, &id, &parts, None)?.expect(200)?;
    hand_in(&mut clinic, &id, &parts, None)?
        .expect(200)
        .context("again")?;
    ensure!(clinic.document(&id)?["status"] == "completed");
    let version = file(&mut clinic, &id, "final")?;
    ensure!(
        version.starts_with(&last),
        "the clinic's own revision is lost"
    );
    let trust = trust(stack)?;
    let report = verify(Input {
        pdf: &version,
        clinic_signature: None,
        newer_evidence: None,
        trust: Some(&trust),
        now: now(),
    });
    expect(&report, Verdict::Valid)?;
    ensure!(outcome(&report, "clinic-signature")? == "pass");
    Ok(())
}

/// With the key `own`.
fn sign(tools: &Tools, pdf: &[u8]) -> Result<Vec<u8>> {
    fs::write(tools.folder().join("before.pdf"), pdf)?;
    let script = script("pades.py");
    let arguments = [
        script.as_str(),
        "own.key",
        "own.pem",
        "before.pdf",
        "after.pdf",
        "Clinic",
    ];
    run(
        installed()?.join("python/bin/python"),
        tools.folder(),
        arguments,
    )?;
    Ok(fs::read(tools.folder().join("after.pdf"))?)
}
