//! Whose account it is: ESIA, merging, a change of phone, and SIM cards that changed hands.

use anyhow::{Context as _, Result, ensure};
use podpis_shared::wire::account::{Gate, Level};
use podpis_tests::{Person, Settings, Stack, Upload};
use serde_json::{Value, json};

use super::{days_go_by, documents_grow_old};

/// The time after which a silent number may have a new owner, in days, and a little more.
const SILENCE: i64 = 61;

#[test]
fn by_esia_the_account_is_a_confirmed_one_and_one_across_clinics() -> Result<()> {
    let stack = Stack::shared()?;
    let (mut one, mut other) = (stack.clinic()?, stack.clinic()?);
    // Both clinics know her SNILS, neither a phone of this browser.
    let first = one.send_document(&Upload::by_code(Person::IVANOVA))?;
    let second = other.send_document(&Upload::by_code(Person::IVANOVA))?;
    let mut account = stack.account();
    account.by_esia("sign_in", "ivanova")?.expect(200)?;
    let view = account.view()?;
    ensure!(
        view.level == Level::Confirmed && view.name.as_deref() == Some("Иванова Мария Петровна"),
        "{view:?}"
    );
    let ids: Vec<String> = account
        .documents("all")?
        .items
        .into_iter()
        .map(|item| item.id)
        .collect();
    ensure!(ids.contains(&first) && ids.contains(&second), "{ids:?}");
    ensure!(
        view.clinics.iter().any(|clinic| clinic.id == one.id)
            && view.clinics.iter().any(|clinic| clinic.id == other.id)
    );
    let mut again = stack.account();
    again.by_esia("sign_in", "ivanova")?.expect(200)?;
    ensure!(
        again
            .documents("all")?
            .items
            .iter()
            .any(|item| item.id == first)
    );
    Ok(())
}

#[test]
fn an_unconfirmed_account_at_esia_does_not_sign_in() -> Result<()> {
    let stack = Stack::shared()?;
    let mut account = stack.account();
    account
        .by_esia("sign_in", "sidorova")?
        .problem(403, "esia_unconfirmed")?;
    account.get("")?.problem(401, "signed_out")?;
    Ok(())
}

#[test]
fn a_callback_of_another_browser_signs_nobody_in() -> Result<()> {
    let stack = Stack::shared()?;
    let mut victim = stack.account();
    let mut attacker = stack.account();
    let callback = attacker.esia_callback("sign_in", "petrov")?;
    victim.complete(&callback)?.problem(409, "esia_session")?;
    victim.get("")?.problem(401, "signed_out")?;
    // And it works once.
    attacker.complete(&callback)?.expect(200)?;
    attacker.view()?;
    Ok(())
}

#[test]
fn binding_confirms_the_account_and_merges_it_with_the_persons_own() -> Result<()> {
    let Some(stack) = Stack::alone(Settings::default())? else {
        return Ok(());
    };
    let mut clinic = stack.clinic()?;
    let upload = Upload::by_code(Person::IVANOVA);
    let id = clinic.send_document(&upload)?;
    let mut phone = stack.account();
    phone.sign_in(&upload.phone)?;
    phone.by_esia("bind", "ivanova")?.expect(200)?;
    let view = phone.view()?;
    ensure!(
        view.level == Level::Confirmed && view.contacts.len() == 1,
        "{view:?}"
    );
    // Another phone of hers had an account of its own; confirming it joins them.
    let second = Upload::by_code(Person::IVANOVA);
    let other_id = clinic.send_document(&second)?;
    let mut other = stack.account();
    other.sign_in(&second.phone)?;
    other.by_esia("bind", "ivanova")?.expect(200)?;
    let ids: Vec<String> = other
        .documents("all")?
        .items
        .into_iter()
        .map(|item| item.id)
        .collect();
    ensure!(ids.contains(&id) && ids.contains(&other_id), "{ids:?}");
    Ok(())
}

#[test]
fn nobody_binds_an_account_that_clinics_know_under_another_name() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let upload = Upload::by_code(Person::IVANOVA);
    clinic.send_document(&upload)?;
    let mut account = stack.account();
    account.sign_in(&upload.phone)?;
    account
        .by_esia("bind", "petrov")?
        .problem(403, "wrong_person")?;
    let view = account.view()?;
    ensure!(
        view.level == Level::Contact && view.name.as_deref() == Some("Иванова Мария Петровна"),
        "{view:?}"
    );
    Ok(())
}

#[test]
fn several_people_at_one_phone_are_told_apart_by_the_date_of_birth() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let hers = Upload::by_code(Person::IVANOVA);
    let his = Upload::by_code(Person::PETROV).to_phone(&hers.phone);
    let (her_id, his_id) = (clinic.send_document(&hers)?, clinic.send_document(&his)?);
    let mut account = stack.account();
    let view = account.sign_in(&hers.phone)?;
    ensure!(
        view.gate == Some(Gate::Who) && view.name.is_none(),
        "{view:?}"
    );
    account.get("/documents")?.problem(403, "gated")?;
    account
        .post("/gate", &birth_date("1999-09-09"))?
        .expect_any(&[403, 422])?;
    let view = account
        .post("/gate", &birth_date("1990-07-01"))?
        .expect(200)?
        .json()?;
    ensure!(view["gate"].is_null(), "{view}");
    let ids: Vec<String> = account
        .documents("all")?
        .items
        .into_iter()
        .map(|item| item.id)
        .collect();
    ensure!(ids.contains(&his_id) && !ids.contains(&her_id), "{ids:?}");
    Ok(())
}

#[test]
fn a_sim_that_changed_hands_opens_nobodys_documents() -> Result<()> {
    let Some(mut stack) = Stack::alone(Settings::default())? else {
        return Ok(());
    };
    let mut clinic = stack.clinic()?;
    let upload = Upload::by_code(Person::IVANOVA);
    let old = clinic.send_document(&upload)?;
    let mut owner = stack.account();
    owner.sign_in(&upload.phone)?;
    days_go_by(&mut stack, SILENCE)?;
    documents_grow_old(&mut stack, SILENCE)?;
    let told = owner.get("")?.problem(401, "signed_out")?;
    ensure!(told["ended"] == "idle", "{told}");

    // The new owner of the number: a right code, and nothing more.
    let mut stranger = stack.account();
    let view = stranger.sign_in(&upload.phone)?;
    ensure!(view.gate == Some(Gate::Recycled), "{view:?}");
    ensure!(
        view.name.is_none() && view.clinics.is_empty() && view.to_sign == 0,
        "the gate tells something: {view:?}"
    );
    for path in [
        "/documents",
        "/export",
        "/agreements",
        "/consents",
        "/log",
        "/devices",
    ] {
        stranger
            .get(path)?
            .problem(403, "gated")
            .with_context(|| path.to_owned())?;
    }
    // Even who knows the date of birth needs a clinic's fresh word.
    stranger
        .post("/gate", &birth_date("1985-03-12"))?
        .expect_any(&[403, 422])?;
    // Somebody else at ESIA is told apart too.
    stranger.by_esia("bind", "petrov")?.expect_any(&[403])?;
    let view = stranger
        .post("/gate", &json!({ "answer": "not_mine" }))?
        .expect(200)?
        .json()?;
    ensure!(view["gate"].is_null() && view["name"].is_null(), "{view}");
    ensure!(stranger.documents("all")?.items.is_empty());
    // The clinic still writes to the old number: for its old owner, so not for the new one.
    clinic.send_document(&Upload::by_code(Person::IVANOVA).to_phone(&upload.phone))?;
    ensure!(stranger.documents("all")?.items.is_empty());
    // She herself finds everything through Gosuslugi.
    let mut owner = stack.account();
    owner.by_esia("sign_in", "ivanova")?.expect(200)?;
    ensure!(
        owner
            .documents("all")?
            .items
            .iter()
            .any(|item| item.id == old)
    );
    Ok(())
}

#[test]
fn after_a_long_silence_the_owner_gets_in_by_a_clinics_word_or_by_esia() -> Result<()> {
    let Some(mut stack) = Stack::alone(Settings::default())? else {
        return Ok(());
    };
    let mut clinic = stack.clinic()?;
    let (one, two) = (
        Upload::by_code(Person::IVANOVA),
        Upload::by_code(Person::PETROV),
    );
    for upload in [&one, &two] {
        clinic.send_document(upload)?;
        stack.account().sign_in(&upload.phone)?;
    }
    days_go_by(&mut stack, SILENCE)?;
    documents_grow_old(&mut stack, SILENCE)?;
    // A clinic has sent something to this number since, for the same person.
    clinic.send_document(&Upload::by_code(Person::IVANOVA).to_phone(&one.phone))?;
    let mut account = stack.account();
    ensure!(account.sign_in(&one.phone)?.gate == Some(Gate::Recycled));
    account
        .post("/gate", &birth_date("1985-03-12"))?
        .expect(200)?;
    ensure!(account.documents("all")?.items.len() == 2);
    // Or ESIA says who it is.
    let mut account = stack.account();
    ensure!(account.sign_in(&two.phone)?.gate == Some(Gate::Recycled));
    account.by_esia("bind", "petrov")?.expect(200)?;
    let view = account.view()?;
    ensure!(
        view.gate.is_none() && view.level == Level::Confirmed,
        "{view:?}"
    );
    Ok(())
}

#[test]
fn the_date_of_birth_cannot_be_guessed() -> Result<()> {
    let Some(mut stack) = Stack::alone(Settings::default())? else {
        return Ok(());
    };
    let mut clinic = stack.clinic()?;
    let upload = Upload::by_code(Person::IVANOVA);
    clinic.send_document(&upload)?;
    stack.account().sign_in(&upload.phone)?;
    days_go_by(&mut stack, SILENCE)?;
    let mut account = stack.account();
    ensure!(account.sign_in(&upload.phone)?.gate == Some(Gate::Recycled));
    for day in 1..=3 {
        account
            .post("/gate", &birth_date(&format!("1985-03-0{day}")))?
            .expect_any(&[403, 422])?;
    }
    let late = account.post("/gate", &birth_date("1985-03-12"))?;
    late.expect_any(&[403, 429])?;
    account.get("/documents")?.problem(403, "gated")?;
    Ok(())
}

#[test]
fn a_new_phone_needs_the_old_one_or_esia() -> Result<()> {
    let Some(mut stack) = Stack::alone(Settings::default())? else {
        return Ok(());
    };
    let mut clinic = stack.clinic()?;
    let upload = Upload::by_code(Person::IVANOVA);
    clinic.send_document(&upload)?;
    let mut account = stack.account();
    account.sign_in(&upload.phone)?;
    days_go_by(&mut stack, 1)?;
    let new = Upload::small().phone;
    account
        .post("/contacts", &json!({ "contact": new }))?
        .problem(403, "proof_needed")?;
    // With a fresh code from the old phone.
    account.sign_in(&upload.phone)?;
    let sent = account
        .post("/contacts", &json!({ "contact": new }))?
        .expect(200)?
        .json()?;
    let typed = json!({ "code_id": sent["code_id"], "code": account.code_at(&new)? });
    let view: Value = account
        .post("/contacts/code", &typed)?
        .expect(200)?
        .json()?;
    let phones: Vec<&Value> = view["contacts"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|contact| contact["kind"] == "phone")
        .collect();
    ensure!(
        phones.len() == 1 && phones[0]["value"] == new.as_str(),
        "{view}"
    );
    Ok(())
}

fn birth_date(date: &str) -> Value {
    json!({ "answer": "birth_date", "birth_date": date })
}
