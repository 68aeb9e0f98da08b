//! The final version: the clinic signs with OpenSSL's GOST engine, and clinic and patient get one PDF with both signatures.

use anyhow::{Context as _, Result, ensure};
use http::Method;
use podpis_tests::ukep::{OWN, SIGNER, Tools, hand_in};
use podpis_tests::{Stack, Upload, wait_for};
use podpis_verify::{Input, Verdict, verify};
use serde_json::json;

use crate::verify::{expect, file, now, outcome, trust};

#[test]
fn clinic_and_patient_get_one_file_with_both_signatures() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let tools = Tools::trusted(stack)?;
    tools.certificate("root", "clinic", OWN, SIGNER)?;
    let upload = Upload::small();
    let email = format!("final{}@example.ru", upload.phone.trim_start_matches('+'));
    // By her number she would be a person with an account, which other tests make.
    let upload = upload.with("/patient/email", json!(email));
    let upload = upload.with("/patient/snils", json!(null));
    let (id, link) = clinic.send_with_link(&upload)?;
    let path = format!("/api/v1/documents/{id}/final");
    clinic.get(&path)?.problem(409, "not_completed")?;
    stack.patient(&link)?.sign_as("ivanova")?.expect(200)?;
    clinic.get(&path)?.problem(409, "not_completed")?;
    let mut patient = stack.patient(&link)?;
    patient
        .get("/patient/document/final")?
        .problem(409, "not_completed")?;

    let pdf = file(&mut clinic, &id, "signed")?;
    let signature = tools.sign(&pdf, "clinic", "")?;
    hand_in(&mut clinic, &id, &[("signature", &signature)], None)?.expect(200)?;

    // The same bytes for whoever asks, and each time.
    let last = file(&mut clinic, &id, "final")?;
    ensure!(last.starts_with(&pdf) && last.len() > pdf.len());
    ensure!(file(&mut clinic, &id, "final")? == last);
    let got = patient.get("/patient/document/final")?.expect(200)?;
    ensure!(got.body == last, "the patient's copy is another one");
    let view = patient.document()?;
    let by = view.clinic_signed.first().context("nobody signed")?;
    ensure!(by.name == "Петрова Анна Сергеевна" && by.position.is_some());
    // The letter leads to it, also where the SMS is long gone.
    let text = wait_for("a letter", || {
        let letters = stack.sandbox().messages(&email)?;
        let texts = letters.iter().filter_map(|letter| letter["text"].as_str());
        let mut told = texts.filter(|text| text.contains("клиника подписала документ"));
        Ok(told.next().map(str::to_owned))
    })?;
    ensure!(!text.contains("Иванова"), "{text}");
    let mut words = text.split_whitespace();
    let by_letter = words
        .find(|word| word.contains("/d/#"))
        .context("no link")?;
    ensure!(by_letter != link, "the token was kept somewhere");
    let got = stack.patient(by_letter)?.get("/patient/document/final")?;
    ensure!(got.expect(200)?.body == last);

    // The archive, by the query and by the header.
    let zip = clinic.get(&format!("{path}?format=zip"))?.expect(200)?;
    ensure!(zip.header("content-type") == "application/zip");
    let accept = [("accept", "application/zip")];
    let same = clinic
        .send(Method::GET, &path, &accept, None)?
        .expect(200)?;
    ensure!(
        same.body == zip.body,
        "the archive differs from time to time"
    );
    clinic
        .get(&format!("{path}?format=rtf"))?
        .problem(400, "bad_request")?;

    let trust = trust(stack)?;
    for pdf in [&last, &zip.body] {
        let report = verify(Input {
            pdf,
            clinic_signature: Some(&signature),
            newer_evidence: None,
            trust: Some(&trust),
            now: now(),
        });
        expect(&report, Verdict::Valid)?;
        for id in ["clinic-marks", "clinic-signature", "newer-evidence"] {
            ensure!(outcome(&report, id)? == "pass", "{id}");
        }
    }

    // Nobody else's, and what needs no clinic is final as signed.
    stack.clinic()?.get(&path)?.problem(404, "not_found")?;
    let alone = Upload::small().with("/kind", json!("pd_consent"));
    let (alone, link) = clinic.send_with_link(&alone)?;
    stack.patient(&link)?.sign_as("ivanova")?.expect(200)?;
    ensure!(file(&mut clinic, &alone, "final")? == file(&mut clinic, &alone, "signed")?);
    let kept = clinic.send_document(&Upload::small().for_keeping())?;
    clinic
        .get(&format!("/api/v1/documents/{kept}/final"))?
        .problem(409, "not_signed")?;
    Ok(())
}
