//! Signing by a code in the account: with all the guarantees of ESIA, and no way around the law.

use anyhow::{Context as _, Result, ensure};
use podpis_shared::Method;
use podpis_shared::hash::Hashes;
use podpis_tests::{Person, Right, Stack, Upload, judges, pdf};
use serde_json::{Value, json};

use super::{clinic_with_agreement, registered};

#[test]
fn from_the_mis_through_the_agreement_to_a_signed_pdf() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = clinic_with_agreement(stack)?;
    let upload = Upload::by_code(Person::IVANOVA).file(pdf::consent()?);
    let id = clinic.send_document(&upload)?;
    let phone = &upload.phone;
    let mut account = stack.account();
    account.sign_in(phone)?;
    let right = Right::Document(&id);

    // Without the agreement no code is sent, and the page knows what to offer first.
    let view = account.document(right)?;
    ensure!(
        view["agreement_needed"]["id"] == clinic.id.as_str(),
        "{view}"
    );
    let act = account.read(right, Method::Sms)?;
    let refused = account
        .ask_signing_code(right, &act)?
        .problem(422, "policy")?;
    ensure!(refused["rule"] == "R6", "{refused}");

    account
        .sign_by_code(Right::Agreement(&clinic.id), phone)?
        .expect(200)
        .context("accepting")?;
    let acceptances = clinic
        .get("/api/v1/agreements/acceptances")?
        .expect(200)?
        .json()?;
    let acceptance = &acceptances["items"][0];
    ensure!(
        acceptance["method"] == "sms" && acceptance["name"] == "Иванова Мария Петровна",
        "{acceptances}"
    );
    let accepted = acceptance["document_id"].as_str().context("document_id")?;
    let agreement = clinic.get("/api/v1/agreement/file")?.expect(200)?.body;
    let sealed = clinic
        .get(&format!("/api/v1/documents/{accepted}/signed"))?
        .expect(200)?
        .body;
    judges::judge(&agreement, &sealed)?;
    ensure!(
        clinic
            .events()?
            .iter()
            .any(|event| event["type"] == "agreement.accepted" && event["document_id"] == accepted)
    );

    let signed = account.sign_by_code(right, phone)?.expect(200)?.json()?;
    ensure!(signed["status"] == "completed", "{signed}");
    let document = clinic.document(&id)?;
    ensure!(
        document["status"] == "completed" && document["signatures"][0]["method"] == "sms",
        "{document}"
    );
    ensure!(
        clinic.event_types(&id)?
            == [
                "document.sent",
                "document.opened",
                "document.patient_signed",
                "document.completed"
            ]
    );
    let file = clinic
        .get(&format!("/api/v1/documents/{id}/signed"))?
        .expect(200)?
        .body;
    let verdict = judges::judge(&upload.pdf, &file)?;
    let protocol: String = verdict.protocol.split_whitespace().collect();
    for shown in [
        Hashes::of(&upload.pdf).sha256.as_str(),
        "Иванова",
        "кодомизСМС",
    ] {
        ensure!(
            protocol.contains(shown),
            "the protocol lacks {shown}: {}",
            verdict.protocol
        );
    }

    let evidence = clinic
        .get(&format!("/api/v1/documents/{id}/evidence"))?
        .expect(200)?
        .json()?;
    judges::fits_its_schema(&evidence)?;
    let signature = &evidence["signatures"][0];
    let text = signature["code"]["text"]
        .as_str()
        .context("the code's text")?;
    ensure!(
        text.contains("Клиника «Тест»") && text.contains("Никому"),
        "{text}"
    );
    let code = account.code_at(phone)?;
    for bytes in [
        evidence.to_string(),
        String::from_utf8_lossy(&file).into_owned(),
    ] {
        ensure!(
            !bytes.contains(&format!("#{code}")),
            "the code is in the evidence"
        );
    }
    ensure!(
        signature["agreement"]["document_id"] == accepted,
        "{signature}"
    );
    ensure!(signature["esia"].is_null(), "{signature}");
    Ok(())
}

#[test]
fn the_right_code_again_gives_the_same_answer_and_signs_once() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = clinic_with_agreement(stack)?;
    let upload = Upload::by_code(Person::IVANOVA);
    let id = clinic.send_document(&upload)?;
    let (mut account, _) = registered(stack, &clinic, &upload.phone)?;
    let right = Right::Document(&id);
    let act = account.read(right, Method::Sms)?;
    let sent = account.ask_signing_code(right, &act)?.expect(200)?.json()?;
    let code_id = sent["code_id"].as_str().context("code_id")?;
    let code = account.code_at(&upload.phone)?;
    let answers: Vec<Value> = std::thread::scope(|scope| {
        let tries: Vec<_> = (0..4)
            .map(|_| {
                let mut account = account.clone();
                let code = &code;
                scope.spawn(move || {
                    account
                        .type_signing_code(right, code_id, code)?
                        .expect(200)?
                        .json()
                })
            })
            .collect();
        tries
            .into_iter()
            .map(|one| one.join().map_err(|_| anyhow::anyhow!("a thread died"))?)
            .collect::<Result<_>>()
    })?;
    ensure!(
        answers.windows(2).all(|pair| pair[0] == pair[1]),
        "{answers:?}"
    );
    crate::sign::signed_once(&mut clinic, &id)
}

#[test]
fn a_code_for_one_document_never_signs_another() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = clinic_with_agreement(stack)?;
    let upload = Upload::by_code(Person::IVANOVA);
    let second = Upload::by_code(Person::IVANOVA).to_phone(&upload.phone);
    let (one, two) = (
        clinic.send_document(&upload)?,
        clinic.send_document(&second)?,
    );
    let (mut account, _) = registered(stack, &clinic, &upload.phone)?;
    let mut codes = Vec::new();
    for id in [&one, &two] {
        let right = Right::Document(id);
        let act = account.read(right, Method::Sms)?;
        let sent = account.ask_signing_code(right, &act)?.expect(200)?.json()?;
        let code_id = sent["code_id"].as_str().context("code_id")?.to_owned();
        codes.push((code_id, account.code_at(&upload.phone)?));
    }
    ensure!(codes[0].1 != codes[1].1, "by chance one in a million");
    // Both are alive at the same time, in two tabs.
    let (first, other) = (&codes[0], &codes[1]);
    for (right, id, code) in [
        (Right::Document(&one), &first.0, &other.1),
        (Right::Document(&one), &other.0, &other.1),
        (Right::Document(&two), &first.0, &first.1),
    ] {
        let reply = account.type_signing_code(right, id, code)?;
        reply.expect_any(&[403, 404, 410])?;
    }
    for id in [&one, &two] {
        ensure!(
            clinic.document(id)?["status"] == "opened",
            "signed by another's code"
        );
    }
    account
        .type_signing_code(Right::Document(&two), &other.0, &other.1)?
        .expect(200)?;
    ensure!(clinic.document(&one)?["status"] == "opened");
    Ok(())
}

#[test]
fn what_was_not_seen_is_not_signed() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = clinic_with_agreement(stack)?;
    let upload = Upload::by_code(Person::IVANOVA);
    let id = clinic.send_document(&upload)?;
    let (mut account, _) = registered(stack, &clinic, &upload.phone)?;
    let right = Right::Document(&id);
    let act = account.read(right, Method::Sms)?;
    let mut other = act.clone();
    other.sha256 = "0".repeat(64);
    account
        .ask_signing_code(right, &other)?
        .problem(409, "hash_mismatch")?;
    let mut other = act.clone();
    other.presentation.pages.clear();
    account
        .ask_signing_code(right, &other)?
        .problem(422, "not_fully_shown")?;
    let mut other = act;
    other.consent_version = "old".into();
    account
        .ask_signing_code(right, &other)?
        .problem(409, "consent_changed")?;
    Ok(())
}

#[test]
fn no_medical_consent_by_a_code_whatever_is_tried() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = clinic_with_agreement(stack)?;
    for kind in ["ids", "refusal", "telemed_consent", "secrecy_disclosure"] {
        for delivery in ["account", "link"] {
            let upload = Upload::by_code(Person::IVANOVA)
                .with("/kind", kind.into())
                .with("/delivery", delivery.into());
            let refused = clinic.upload(&upload)?.problem(422, "policy")?;
            ensure!(
                refused["rule"] == "R1" && refused["law"].is_string(),
                "{refused}"
            );
        }
        // Sent for ESIA: the page offers no code and says why; the call itself is refused as well.
        let upload = Upload::by_code(Person::IVANOVA)
            .with("/kind", kind.into())
            .with("/method", "esia".into());
        let id = clinic.send_document(&upload)?;
        let (mut account, _) = registered(stack, &clinic, &upload.phone)?;
        let right = Right::Document(&id);
        let view = account.document(right)?;
        let ways = view["ways"].as_array().context("ways")?;
        let sms = ways
            .iter()
            .find(|way| way["method"] == "sms")
            .context("sms")?;
        ensure!(
            sms["offered"] == false
                && sms["refusal"]["rule"] == "R1"
                && sms["refusal"]["law"].is_string(),
            "{view}"
        );
        let act = account.read(right, Method::Esia)?;
        let refused = account
            .ask_signing_code(right, &act)?
            .problem(422, "policy")?;
        ensure!(refused["rule"] == "R1", "{refused}");
        let body = json!({ "code_id": "code_unknown", "code": "123456" });
        account
            .send(
                http::Method::POST,
                right,
                "/patient/document/sign",
                Some(&body),
            )?
            .expect_any(&[403, 404, 410, 422])?;
        ensure!(clinic.document(&id)?["status"] == "opened");
    }
    Ok(())
}

#[test]
fn what_was_sent_for_a_code_may_be_signed_through_gosuslugi_too() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let upload = Upload::by_code(Person::IVANOVA);
    let id = clinic.send_document(&upload)?;
    let mut account = stack.account();
    account.sign_in(&upload.phone)?;
    let signed = account.sign_by_esia(&id, "ivanova")?.expect(200)?.json()?;
    ensure!(signed["status"] == "completed", "{signed}");
    ensure!(clinic.document(&id)?["signatures"][0]["method"] == "esia");
    Ok(())
}

#[test]
fn a_medical_consent_in_the_account_waits_for_the_medic() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    for kind in ["ids", "refusal"] {
        let upload = Upload::by_code(Person::IVANOVA)
            .with("/kind", kind.into())
            .with("/method", "esia".into());
        let id = clinic.send_document(&upload)?;
        let mut account = stack.account();
        account.sign_in(&upload.phone)?;
        let signed = account.sign_by_esia(&id, "ivanova")?.expect(200)?.json()?;
        ensure!(signed["status"] == "patient_signed", "{signed}");
        ensure!(clinic.document(&id)?["completed_at"].is_null());
    }
    Ok(())
}

#[test]
fn a_new_version_of_the_agreement_asks_again_and_the_old_one_holds_until_then() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = clinic_with_agreement(stack)?;
    let upload = Upload::by_code(Person::IVANOVA);
    let (mut account, view) = registered(stack, &clinic, &upload.phone)?;
    ensure!(view.agreements_due.is_empty(), "{view:?}");
    clinic.publish_agreement()?;
    let state = account
        .get(&format!("/clinics/{}", clinic.id))?
        .expect(200)?
        .json()?;
    ensure!(state["agreement"] == "due", "{state}");
    let id = clinic.send_document(&upload)?;
    account
        .sign_by_code(Right::Document(&id), &upload.phone)?
        .expect(200)?;
    let view = account.view()?;
    ensure!(
        view.agreements_due.iter().any(|due| due.id == clinic.id),
        "{view:?}"
    );
    Ok(())
}
