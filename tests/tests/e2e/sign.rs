//! Signing through ESIA: the whole way, and the ways in which it must not work or must work once only.

use std::thread;

use anyhow::{Context as _, Result, anyhow, ensure};
use http::Method;
use podpis_shared::hash::Hashes;
use podpis_tests::{Clinic, Patient, Person, Stack, Upload, judges, pdf};
use serde_json::json;

#[test]
fn from_the_mis_to_a_signed_pdf_that_the_judges_accept() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let upload = Upload::consent(Person::IVANOVA, pdf::consent()?);
    let (id, link) = clinic.send_with_link(&upload)?;
    let mut patient = stack.patient(&link)?;
    let signed = patient.sign_as("ivanova")?.expect(200)?.json()?;
    // A medical consent waits for the clinic's own signature.
    ensure!(signed["status"] == "patient_signed", "{signed}");

    let document = clinic.document(&id)?;
    ensure!(
        document["status"] == "patient_signed" && document["signed_at"] == signed["signed_at"],
        "{document}"
    );
    let signature = &document["signatures"][0];
    ensure!(
        signature["party"] == "patient" && signature["method"] == "esia",
        "{document}"
    );
    ensure!(
        clinic.event_types(&id)?
            == [
                "document.sent",
                "document.opened",
                "document.patient_signed"
            ]
    );

    let pdf = clinic
        .get(&format!("/api/v1/documents/{id}/signed"))?
        .expect(200)?;
    ensure!(
        pdf.header("content-type") == "application/pdf",
        "{:?}",
        pdf.headers
    );
    ensure!(
        patient.get("/patient/document/signed")?.expect(200)?.body == pdf.body,
        "the patient gets another file"
    );
    let verdict = judges::judge(&upload.pdf, &pdf.body)?;
    let hashes = Hashes::of(&upload.pdf);
    let one_line: String = verdict.protocol.split_whitespace().collect();
    for shown in [
        hashes.sha256.as_str(),
        &hashes.streebog256,
        "Иванова",
        "Клиника«Тест»",
        "Госуслуг",
        "UTC",
        "63-ФЗ",
    ] {
        ensure!(
            one_line.contains(shown),
            "the protocol page lacks {shown}:\n{}",
            verdict.protocol
        );
    }
    for hidden in ["11223344595", "112-233-44595", upload.phone.as_str()] {
        ensure!(
            !one_line.contains(hidden),
            "the protocol page shows {hidden} unmasked"
        );
    }
    let attached = verdict.evidence.to_string();
    ensure!(
        attached.contains(&hashes.sha256) && attached.contains(&hashes.streebog256),
        "{attached}"
    );
    let evidence = clinic
        .get(&format!("/api/v1/documents/{id}/evidence"))?
        .expect(200)?;
    ensure!(
        evidence
            .header("content-type")
            .starts_with("application/json"),
        "{:?}",
        evidence.headers
    );
    let now = evidence.json()?;
    // The journal goes on after the signature; what was signed stays.
    for part in ["format", "document", "clinic", "signatures"] {
        ensure!(
            !now[part].is_null() && now[part] == verdict.evidence[part],
            "{part}: {now}\n{}",
            verdict.evidence
        );
    }
    Ok(())
}

#[test]
fn a_person_without_a_middle_name_and_snils_signs() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let upload =
        Upload::consent(Person::PETROV, pdf::plain(2, "petrov")).with("/kind", json!("pd_consent"));
    let (id, link) = clinic.send_with_link(&upload)?;
    let signed = stack
        .patient(&link)?
        .sign_as("petrov")?
        .expect(200)?
        .json()?;
    ensure!(signed["status"] == "completed", "{signed}");
    let types = clinic.event_types(&id)?;
    let expected = [
        "document.sent",
        "document.opened",
        "document.patient_signed",
        "document.completed",
    ];
    ensure!(types == expected, "{types:?}");
    Ok(())
}

#[test]
fn other_bytes_than_the_original_are_not_signed() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let (id, link) = clinic.send_with_link(&Upload::small())?;
    let mut patient = stack.patient(&link)?;
    let act = patient.read()?;
    let other = Hashes::of(b"other bytes");
    let mut wrong = act.clone();
    wrong.sha256.clone_from(&other.sha256);
    patient.start(&wrong)?.problem(409, "hash_mismatch")?;
    let mut wrong = act.clone();
    wrong.streebog256 = other.streebog256;
    patient.start(&wrong)?.problem(409, "hash_mismatch")?;
    let mut unseen = act.clone();
    unseen.presentation.pages.clear();
    patient.start(&unseen)?.problem(422, "not_fully_shown")?;
    let mut outdated = act;
    outdated.consent_version = "2020-01-1".to_owned();
    patient.start(&outdated)?.problem(409, "consent_changed")?;
    still_unsigned(&mut clinic, &id)
}

#[test]
fn only_the_addressee_signs() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let (id, link) = clinic.send_with_link(&Upload::small())?;
    let mut patient = stack.patient(&link)?;
    for person in ["petrov", "namesake", "other-snils"] {
        patient
            .sign_as(person)?
            .problem(403, "wrong_person")
            .context(person)?;
        still_unsigned(&mut clinic, &id)?;
    }
    patient.sign_as("ivanova")?.expect(200)?;
    Ok(())
}

#[test]
fn an_unconfirmed_account_does_not_sign() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let upload = Upload::consent(Person::SIDOROVA, pdf::plain(1, "sidorova"));
    let (id, link) = clinic.send_with_link(&upload)?;
    stack
        .patient(&link)?
        .sign_as("sidorova")?
        .problem(403, "esia_unconfirmed")?;
    still_unsigned(&mut clinic, &id)
}

#[test]
fn a_denial_at_esia_leaves_the_document_open() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let (id, link) = clinic.send_with_link(&Upload::small())?;
    let mut patient = stack.patient(&link)?;
    let act = patient.read()?;
    let denied = patient.sign_in(&act, "ivanova", false)?;
    ensure!(denied.code.is_none(), "{denied:?}");
    patient.complete(&denied)?.problem(403, "esia_denied")?;
    still_unsigned(&mut clinic, &id)?;
    patient.sign_as("ivanova")?.expect(200)?;
    Ok(())
}

#[test]
fn the_callback_is_inert_and_bound_to_browser_and_state() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let (id, link) = clinic.send_with_link(&Upload::small())?;
    let mut patient = stack.patient(&link)?;
    let act = patient.read()?;
    let callback = patient.sign_in(&act, "ivanova", true)?;
    still_unsigned(&mut clinic, &id)?;

    // Whoever gets hold of the callback's address, in another browser.
    patient
        .elsewhere()
        .complete(&callback)?
        .problem(409, "esia_session")?;
    let mut unknown = callback.clone();
    unknown.state = "00000000-0000-4000-8000-000000000000".to_owned();
    patient.complete(&unknown)?.problem(409, "esia_session")?;
    still_unsigned(&mut clinic, &id)?;

    patient.complete(&callback)?.expect(200)?;
    Ok(())
}

#[test]
fn another_code_signs_nothing() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let (id, link) = clinic.send_with_link(&Upload::small())?;
    let mut patient = stack.patient(&link)?;
    let act = patient.read()?;
    let mut callback = patient.sign_in(&act, "ivanova", true)?;
    callback.code = Some("eyJhbGciOiJub25lIn0.e30.".to_owned());
    let reply = patient.complete(&callback)?;
    ensure!(
        reply.status.is_client_error() || reply.status == 502,
        "{} {}",
        reply.status,
        reply.text()
    );
    still_unsigned(&mut clinic, &id)?;
    patient.sign_as("ivanova")?.expect(200)?;
    Ok(())
}

#[test]
fn a_repeated_last_step_is_harmless() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let (id, link) = clinic.send_with_link(&Upload::small())?;
    let mut patient = stack.patient(&link)?;
    let act = patient.read()?;
    let callback = patient.sign_in(&act, "ivanova", true)?;
    let first = patient.complete(&callback)?.expect(200)?;
    let second = patient.complete(&callback)?.expect(200)?;
    ensure!(
        first.body == second.body,
        "{} then {}",
        first.text(),
        second.text()
    );
    patient.start(&act)?.problem(409, "already_signed")?;
    let decline = patient.post("/patient/document/decline", &json!({}))?;
    ensure!(
        decline.status == 409,
        "declined after signing: {}",
        decline.status
    );
    clinic
        .post(&format!("/api/v1/documents/{id}/cancel"), &json!({}))?
        .problem(409, "invalid_state")?;
    signed_once(&mut clinic, &id)
}

#[test]
fn a_link_shows_nothing_of_a_withdrawn_document() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let (id, link) = clinic.send_with_link(&Upload::small())?;
    let mut patient = stack.patient(&link)?;
    let before = patient.document()?;
    clinic
        .post(&format!("/api/v1/documents/{id}/cancel"), &json!({}))?
        .expect(200)?;
    patient
        .get("/patient/document/file")?
        .problem(409, "invalid_state")?;
    let after = patient.document()?;
    ensure!(after.title != before.title && after.signer != before.signer);
    ensure!(after.clinic == before.clinic, "whom to ask is still told");
    Ok(())
}

#[test]
fn the_same_last_step_at_once_signs_once() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let (id, link) = clinic.send_with_link(&Upload::small())?;
    let mut patient = stack.patient(&link)?;
    let act = patient.read()?;
    let callback = patient.sign_in(&act, "ivanova", true)?;
    let statuses = at_once(&[
        (patient.clone(), callback.clone()),
        (patient.clone(), callback.clone()),
    ])?;
    ensure!(statuses.contains(&200), "{statuses:?}");
    // Whoever was second hears the same at the latest when asking again.
    patient.complete(&callback)?.expect(200)?;
    signed_once(&mut clinic, &id)
}

#[test]
fn two_phones_sign_once() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let (id, link) = clinic.send_with_link(&Upload::small())?;
    let (mut one, mut other) = (stack.patient(&link)?, stack.patient(&link)?);
    let act = one.read()?;
    let first = one.sign_in(&act, "ivanova", true)?;
    let second = other.sign_in(&act, "ivanova", true)?;
    let statuses = at_once(&[(one, first), (other, second)])?;
    ensure!(statuses.contains(&200), "{statuses:?}");
    ensure!(
        statuses.iter().all(|status| [200, 409].contains(status)),
        "{statuses:?}"
    );
    signed_once(&mut clinic, &id)
}

#[test]
fn a_cancelled_document_is_not_signed_by_who_is_at_esia_already() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let (id, link) = clinic.send_with_link(&Upload::small())?;
    let mut patient = stack.patient(&link)?;
    let act = patient.read()?;
    let callback = patient.sign_in(&act, "ivanova", true)?;
    clinic
        .post(&format!("/api/v1/documents/{id}/cancel"), &json!({}))?
        .expect(200)?;
    let reply = patient.complete(&callback)?;
    ensure!(
        [404, 409, 410].contains(&reply.status.as_u16()),
        "{} {}",
        reply.status,
        reply.text()
    );
    ensure!(clinic.document(&id)?["status"] == "cancelled");
    clinic
        .get(&format!("/api/v1/documents/{id}/signed"))?
        .problem(409, "not_signed")?;
    Ok(())
}

#[test]
fn a_parent_signs_for_a_child() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let upload = Upload::small();
    let parent = json!({
        "last_name": "Иванова", "first_name": "Мария", "middle_name": "Петровна", "birth_date": "1985-03-12",
        "snils": "11223344595", "phone": upload.phone, "basis": "мать", "record_ref": "свидетельство о рождении",
    });
    let upload = upload
        .with("/patient/first_name", json!("Анна"))
        .with("/patient/birth_date", json!("2020-01-01"))
        .with("/patient/snils", json!(null))
        .with("/representative", parent);
    let (id, link) = clinic.send_with_link(&upload)?;
    stack.patient(&link)?.sign_as("ivanova")?.expect(200)?;
    let signature = &clinic.document(&id)?["signatures"][0];
    ensure!(signature["on_behalf_of"].is_string(), "{signature}");
    let bundle = clinic.get(&format!("/api/v1/documents/{id}/evidence"))?;
    let capacity = bundle.json()?["signatures"][0]["capacity"].clone();
    ensure!(capacity["ground"] == "minor", "{capacity}");
    ensure!(capacity["record_ref"] == "свидетельство о рождении");
    // Born on New Year's day of 2020.
    ensure!(
        capacity["patient_age"].as_i64().is_some_and(|age| age >= 6),
        "{capacity}"
    );
    Ok(())
}

#[test]
fn signing_takes_posts_only() -> Result<()> {
    let stack = Stack::shared()?;
    let (_, link) = stack.clinic()?.send_with_link(&Upload::small())?;
    let mut patient = stack.patient(&link)?;
    for path in [
        "/esia/start",
        "/esia/complete",
        "/patient/document/opened",
        "/patient/document/decline",
    ] {
        patient.get(path)?.problem(405, "method_not_allowed")?;
    }
    // A foreign page can't send the header; without it, a form's POST does nothing.
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let reply = stack.anonymous().send(
        Method::POST,
        "/esia/start",
        &form,
        Some(b"sha256=0".to_vec()),
    )?;
    ensure!(reply.status.is_client_error(), "{}", reply.status);
    Ok(())
}

/// Completes all at the same time; the statuses.
fn at_once(acts: &[(Patient, podpis_tests::Callback)]) -> Result<Vec<u16>> {
    thread::scope(|scope| {
        let calls: Vec<_> = acts
            .iter()
            .map(|(patient, callback)| {
                let mut patient = patient.clone();
                scope.spawn(move || {
                    patient
                        .complete(callback)
                        .map(|reply| reply.status.as_u16())
                })
            })
            .collect();
        calls
            .into_iter()
            .map(|call| call.join().map_err(|_| anyhow!("a thread died"))?)
            .collect()
    })
}

pub(crate) fn still_unsigned(clinic: &mut Clinic, id: &str) -> Result<()> {
    let document = clinic.document(id)?;
    ensure!(
        ["sent", "opened"]
            .iter()
            .any(|open| document["status"] == *open),
        "{document}"
    );
    ensure!(
        document["signatures"] == json!([]) && document["signed_at"].is_null(),
        "{document}"
    );
    clinic
        .get(&format!("/api/v1/documents/{id}/signed"))?
        .problem(409, "not_signed")?;
    Ok(())
}

/// One signature, one event, one PDF.
pub(crate) fn signed_once(clinic: &mut Clinic, id: &str) -> Result<()> {
    let document = clinic.document(id)?;
    let status = document["status"].as_str().unwrap_or_default();
    ensure!(
        ["patient_signed", "completed"].contains(&status),
        "{document}"
    );
    ensure!(
        document["signatures"].as_array().map(Vec::len) == Some(1),
        "{document}"
    );
    let types = clinic.event_types(id)?;
    let signed = types
        .iter()
        .filter(|kind| *kind == "document.patient_signed")
        .count();
    ensure!(signed == 1, "{types:?}");
    let original = clinic
        .get(&format!("/api/v1/documents/{id}/original"))?
        .expect(200)?
        .body;
    let signed = clinic
        .get(&format!("/api/v1/documents/{id}/signed"))?
        .expect(200)?
        .body;
    judges::judge(&original, &signed)?;
    Ok(())
}
