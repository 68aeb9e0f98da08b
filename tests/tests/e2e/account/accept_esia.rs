//! A clinic's agreement, accepted through ESIA: by its account's own person, once, and with no phone that nobody has proven.

use anyhow::{Context as _, Result, ensure};
use podpis_shared::Method;
use podpis_shared::wire::account::Level;
use podpis_tests::{Account, Clinic, Person, Right, Settings, Stack, Upload, judges};
use serde_json::Value;

use super::{clinic_with_agreement, days_go_by};

/// Every acceptance at a clinic.
fn acceptances(clinic: &mut Clinic) -> Result<Vec<Value>> {
    let all = clinic.get("/api/v1/agreements/acceptances")?.expect(200)?;
    Ok(all.json()?["items"].as_array().context("items")?.clone())
}

/// How it stands with a clinic's agreement: `due` or `accepted`.
fn state(account: &mut Account, clinic: &Clinic) -> Result<Value> {
    let clinic = account.get(&format!("/clinics/{}", clinic.id))?;
    Ok(clinic.expect(200)?.json()?["agreement"].take())
}

/// The ways that the agreement's page shows, in its order: method, whether it is offered, and by which rule it is not.
fn ways(account: &mut Account, clinic: &Clinic) -> Result<Vec<(String, bool, String)>> {
    let view = account.document(Right::Agreement(&clinic.id))?;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let way = |way: &Value| {
        (
            text(&way["method"]),
            way["offered"] == true,
            text(&way["refusal"]["rule"]),
        )
    };
    Ok(view["ways"]
        .as_array()
        .context("ways")?
        .iter()
        .map(way)
        .collect())
}

fn offered(method: &str) -> (String, bool, String) {
    (method.into(), true, String::new())
}

fn refused(method: &str, rule: &str) -> (String, bool, String) {
    (method.into(), false, rule.into())
}

#[test]
fn registration_wholly_by_esia_needs_no_code() -> Result<()> {
    let Some(stack) = Stack::alone(Settings::default())? else {
        return Ok(());
    };
    let mut clinic = clinic_with_agreement(&stack)?;
    let mut account = stack.account();
    account.by_esia("sign_in", "ivanova")?.expect(200)?;
    ensure!(state(&mut account, &clinic)? == "due");
    // The page says why no code is there.
    let shown = ways(&mut account, &clinic)?;
    ensure!(
        shown == [offered("esia"), refused("sms", "phone")],
        "{shown:?}"
    );
    let done = account
        .accept_by_esia(&clinic.id, "ivanova")?
        .expect(200)?
        .json()?;
    let id = done["document_id"].as_str().context("document_id")?;
    ensure!(done["status"] == "completed", "{done}");
    ensure!(state(&mut account, &clinic)? == "accepted");
    let view = account.document(Right::Agreement(&clinic.id))?;
    ensure!(
        view["status"] == "completed"
            && view["signed_with"] == "esia"
            && view["agreement"]["accepted"] == id
            && view["agreement"]["phone"].is_null()
            && view["ways"] == Value::Array(Vec::new()),
        "{view}"
    );

    let all = acceptances(&mut clinic)?;
    ensure!(
        all.len() == 1
            && all[0]["method"] == "esia"
            && all[0]["name"] == "Иванова Мария Петровна"
            && all[0]["phone"].is_null()
            && all[0]["email"].is_null()
            && all[0]["document_id"] == id,
        "{all:?}"
    );
    let events = clinic.events()?;
    let mut accepted = events.iter().filter(|e| e["type"] == "agreement.accepted");
    ensure!(accepted.next().is_some_and(|e| e["document_id"] == id) && accepted.next().is_none());

    let agreement = clinic.get("/api/v1/agreement/file")?.expect(200)?.body;
    let sealed = clinic
        .get(&format!("/api/v1/documents/{id}/signed"))?
        .expect(200)?
        .body;
    let verdict = judges::judge(&agreement, &sealed)?;
    let protocol: String = verdict.protocol.split_whitespace().collect();
    for shown in ["Иванова", "ЕСИА", "публичнойоферты"] {
        ensure!(protocol.contains(shown), "{shown}: {}", verdict.protocol);
    }
    let evidence = clinic
        .get(&format!("/api/v1/documents/{id}/evidence"))?
        .expect(200)?
        .json()?;
    judges::fits_its_schema(&evidence)?;
    let signature = &evidence["signatures"][0];
    ensure!(
        signature["method"] == "esia"
            && signature["esia"]["name"] == "Иванова Мария Петровна"
            && signature["code"].is_null()
            && signature["agreement"].is_null(),
        "{signature}"
    );

    // A new version asks again, and is accepted in the same way.
    clinic.publish_agreement()?;
    ensure!(state(&mut account, &clinic)? == "due");
    ensure!(
        account
            .view()?
            .agreements_due
            .iter()
            .any(|due| due.id == clinic.id)
    );
    account.accept_by_esia(&clinic.id, "ivanova")?.expect(200)?;
    ensure!(state(&mut account, &clinic)? == "accepted");
    ensure!(acceptances(&mut clinic)?.len() == 2);
    Ok(())
}

#[test]
fn it_names_the_proven_phone_so_that_codes_sign() -> Result<()> {
    let Some(stack) = Stack::alone(Settings::default())? else {
        return Ok(());
    };
    let mut clinic = clinic_with_agreement(&stack)?;
    let upload = Upload::by_code(Person::IVANOVA);
    let id = clinic.send_document(&upload)?;
    let mut account = stack.account();
    account.sign_in(&upload.phone)?;
    // A contact's account finds the code first, a confirmed one Gosuslugi.
    let shown = ways(&mut account, &clinic)?;
    ensure!(shown == [offered("sms"), offered("esia")], "{shown:?}");
    let refused = account
        .sign_by_code(Right::Document(&id), &upload.phone)
        .err();
    ensure!(refused.is_some(), "a code without an agreement");
    let done = account.accept_by_esia(&clinic.id, "ivanova")?;
    let done = done.expect(200)?.json()?;
    let view = account.view()?;
    ensure!(view.level == Level::Confirmed, "{view:?}");
    let all = acceptances(&mut clinic)?;
    ensure!(
        all.len() == 1 && all[0]["phone"] == upload.phone.as_str() && all[0]["method"] == "esia",
        "{all:?}"
    );

    account
        .sign_by_code(Right::Document(&id), &upload.phone)?
        .expect(200)?;
    let evidence = clinic
        .get(&format!("/api/v1/documents/{id}/evidence"))?
        .expect(200)?
        .json()?;
    let basis = &evidence["signatures"][0]["agreement"];
    ensure!(
        basis["document_id"] == done["document_id"] && basis["how"] == "esia",
        "{evidence}"
    );
    clinic.publish_agreement()?;
    let shown = ways(&mut account, &clinic)?;
    ensure!(shown == [offered("esia"), offered("sms")], "{shown:?}");
    Ok(())
}

#[test]
fn a_phone_that_was_silent_for_long_is_not_named() -> Result<()> {
    let Some(mut stack) = Stack::alone(Settings::default())? else {
        return Ok(());
    };
    let upload = Upload::by_code(Person::IVANOVA);
    let mut account = stack.account();
    account.sign_in(&upload.phone)?;
    account.by_esia("bind", "ivanova")?.expect(200)?;
    days_go_by(&mut stack, 61)?;
    let mut clinic = clinic_with_agreement(&stack)?;
    clinic.send_document(&upload)?;
    account.by_esia("sign_in", "ivanova")?.expect(200)?;
    account.accept_by_esia(&clinic.id, "ivanova")?.expect(200)?;
    let all = acceptances(&mut clinic)?;
    ensure!(all.len() == 1 && all[0]["phone"].is_null(), "{all:?}");
    // A code proves it anew; Gosuslugi once more would name no more.
    let shown = ways(&mut account, &clinic)?;
    ensure!(
        shown == [refused("esia", "phone"), offered("sms")],
        "{shown:?}"
    );
    account
        .sign_by_code(Right::Agreement(&clinic.id), &upload.phone)?
        .expect(200)?;
    ensure!(state(&mut account, &clinic)? == "accepted");
    let all = acceptances(&mut clinic)?;
    ensure!(
        all.len() == 2 && all[1]["phone"] == upload.phone.as_str(),
        "{all:?}"
    );
    Ok(())
}

#[test]
fn a_foreign_person_accepts_nothing() -> Result<()> {
    let Some(stack) = Stack::alone(Settings::default())? else {
        return Ok(());
    };
    let mut clinic = clinic_with_agreement(&stack)?;
    let upload = Upload::by_code(Person::IVANOVA);
    clinic.send_document(&upload)?;
    let mut account = stack.account();
    account.sign_in(&upload.phone)?;
    let before = account.view()?;
    // Of a namesake too: never by name alone.
    for person in ["petrov", "namesake"] {
        let callback = account.signing_callback(Right::Agreement(&clinic.id), person)?;
        for _ in 0..2 {
            account
                .complete_acceptance(&clinic.id, &callback)?
                .problem(403, "wrong_person")
                .context(person)?;
        }
    }
    // Whoever is confirmed stays that person.
    ensure!(account.view()? == before, "the account has changed");
    account.accept_by_esia(&clinic.id, "ivanova")?.expect(200)?;
    clinic.publish_agreement()?;
    account
        .accept_by_esia(&clinic.id, "petrov")?
        .problem(403, "wrong_person")?;
    ensure!(acceptances(&mut clinic)?.len() == 1);
    Ok(())
}

#[test]
fn an_unconfirmed_record_a_child_and_a_no_accept_nothing() -> Result<()> {
    let Some(stack) = Stack::alone(Settings::default())? else {
        return Ok(());
    };
    let mut clinic = clinic_with_agreement(&stack)?;
    let phone = Upload::small().phone;
    let mut account = stack.account();
    account.sign_in(&phone)?;
    for (person, status, code) in [
        ("sidorova", 403, "esia_unconfirmed"),
        ("child", 403, "esia_child"),
        ("deleted", 403, "esia_account"),
    ] {
        account
            .accept_by_esia(&clinic.id, person)?
            .problem(status, code)
            .context(person)?;
    }
    ensure!(account.view()?.level == Level::Contact);
    ensure!(acceptances(&mut clinic)?.is_empty());
    // Nobody has named whose phone it is, so ESIA's word is the first; somebody of 15 may accept.
    account.accept_by_esia(&clinic.id, "minor")?.expect(200)?;
    let all = acceptances(&mut clinic)?;
    ensure!(all[0]["phone"] == phone.as_str(), "{all:?}");
    Ok(())
}

#[test]
fn the_same_act_again_has_the_same_answer_and_another_browser_none() -> Result<()> {
    let Some(stack) = Stack::alone(Settings::default())? else {
        return Ok(());
    };
    let mut clinic = clinic_with_agreement(&stack)?;
    let mut account = stack.account();
    let phone = Upload::small().phone;
    account.sign_in(&phone)?;
    let callback = account.signing_callback(Right::Agreement(&clinic.id), "ivanova")?;
    let mut thief = stack.account();
    thief
        .complete_acceptance(&clinic.id, &callback)?
        .problem(409, "esia_session")?;
    let mut answers = Vec::new();
    for _ in 0..3 {
        let reply = account.complete_acceptance(&clinic.id, &callback)?;
        answers.push(reply.expect(200)?.json()?);
        account.view()?;
    }
    ensure!(
        answers.windows(2).all(|pair| pair[0] == pair[1]),
        "{answers:?}"
    );
    // Another act for the same version is the same acceptance, also by a code.
    let view = account.document(Right::Agreement(&clinic.id))?;
    ensure!(
        view["agreement"]["accepted"] == answers[0]["document_id"],
        "{view}"
    );
    ensure!(acceptances(&mut clinic)?.len() == 1);
    // Once the session has ended, the way back opens no new one.
    account.post("/sign-out-everywhere", &serde_json::json!({}))?;
    account
        .complete_acceptance(&clinic.id, &callback)?
        .problem(401, "signed_out")?;
    account.get("")?.problem(401, "signed_out")?;
    Ok(())
}

#[test]
fn two_ways_begun_at_once_are_one_acceptance() -> Result<()> {
    let Some(stack) = Stack::alone(Settings::default())? else {
        return Ok(());
    };
    let mut clinic = clinic_with_agreement(&stack)?;
    let mut account = stack.account();
    let phone = Upload::small().phone;
    account.sign_in(&phone)?;
    let right = Right::Agreement(&clinic.id);
    let act = account.read(right, Method::Sms)?;
    let sent = account.ask_signing_code(right, &act)?.expect(200)?.json()?;
    let code = account.code_at(&phone)?;
    let by_esia = account.accept_by_esia(&clinic.id, "ivanova")?;
    let by_esia = by_esia.expect(200)?.json()?;
    let code_id = sent["code_id"].as_str().context("code_id")?;
    let by_code = account.type_signing_code(right, code_id, &code)?;
    ensure!(by_code.expect(200)?.json()? == by_esia);
    ensure!(acceptances(&mut clinic)?.len() == 1);
    Ok(())
}

#[test]
fn a_version_that_came_meanwhile_is_read_first() -> Result<()> {
    let Some(stack) = Stack::alone(Settings::default())? else {
        return Ok(());
    };
    let mut clinic = clinic_with_agreement(&stack)?;
    let mut account = stack.account();
    account.sign_in(&Upload::small().phone)?;
    let id = clinic.id.clone();
    let right = Right::Agreement(&id);
    let old = account.read(right, Method::Esia)?;
    let callback = account.signing_callback(right, "ivanova")?;
    clinic.publish_agreement()?;
    for _ in 0..2 {
        account
            .complete_acceptance(&clinic.id, &callback)?
            .problem(409, "consent_changed")?;
    }
    account
        .start_esia(right, &old)?
        .problem(409, "hash_mismatch")?;
    ensure!(account.view()?.level == Level::Contact);
    ensure!(acceptances(&mut clinic)?.is_empty());
    account.accept_by_esia(&clinic.id, "ivanova")?.expect(200)?;
    Ok(())
}

#[test]
fn what_was_not_seen_is_not_accepted() -> Result<()> {
    let stack = Stack::shared()?;
    let clinic = clinic_with_agreement(stack)?;
    let mut account = stack.account();
    account.sign_in(&Upload::small().phone)?;
    let right = Right::Agreement(&clinic.id);
    let act = account.read(right, Method::Esia)?;
    let mut other = act.clone();
    other.streebog256 = "0".repeat(64);
    account
        .start_esia(right, &other)?
        .problem(409, "hash_mismatch")?;
    let mut other = act.clone();
    other.presentation.pages.clear();
    account
        .start_esia(right, &other)?
        .problem(422, "not_fully_shown")?;
    // The words of a code are not those of Gosuslugi.
    let mut other = act;
    other.consent_version = account.read(right, Method::Sms)?.consent_version;
    account
        .start_esia(right, &other)?
        .problem(409, "consent_changed")?;
    Ok(())
}

#[test]
fn the_accounts_of_one_person_become_one() -> Result<()> {
    let Some(stack) = Stack::alone(Settings::default())? else {
        return Ok(());
    };
    let mut clinic = clinic_with_agreement(&stack)?;
    let mut own = stack.account();
    own.by_esia("sign_in", "ivanova")?.expect(200)?;
    own.accept_by_esia(&clinic.id, "ivanova")?.expect(200)?;
    // A phone of hers that nobody knows as hers yet.
    let phone = Upload::small().phone;
    let mut by_phone = stack.account();
    by_phone.sign_in(&phone)?;
    by_phone
        .accept_by_esia(&clinic.id, "ivanova")?
        .expect(200)?;
    let view = by_phone.view()?;
    ensure!(
        view.level == Level::Confirmed && view.contacts.len() == 1,
        "{view:?}"
    );
    let all = acceptances(&mut clinic)?;
    ensure!(
        all.len() == 2 && all[1]["phone"] == phone.as_str(),
        "{all:?}"
    );
    ensure!(state(&mut own, &clinic)? == "accepted");
    Ok(())
}
