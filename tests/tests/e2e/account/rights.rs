//! 152-ФЗ: what is stored about me, withdrawing a consent, deletion.

use anyhow::{Context as _, Result, ensure};
use http::Method;
use podpis_tests::{Clinic, Person, Right, Stack, Upload};
use serde_json::{Value, json};

use super::family::{born, for_child};
use super::{clinic_with_agreement, registered};

/// How often the clinic was told that a consent was taken back.
fn withdrawals(clinic: &mut Clinic, id: &str) -> Result<usize> {
    let events = clinic.events()?.into_iter();
    let of = |event: &Value| event["type"] == "consent.withdrawn" && event["document_id"] == id;
    Ok(events.filter(of).count())
}

#[test]
fn a_marketing_consent_is_withdrawn_at_once_and_the_clinic_learns_it() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = clinic_with_agreement(stack)?;
    let upload = Upload::by_code(Person::IVANOVA).with("/kind", "marketing_consent".into());
    let id = clinic.send_document(&upload)?;
    let (mut account, _) = registered(stack, &clinic, &upload.phone)?;
    account
        .sign_by_code(Right::Document(&id), &upload.phone)?
        .expect(200)?;
    let consents = account.get("/consents")?.expect(200)?.json()?;
    ensure!(
        consents["items"][0]["document_id"] == id.as_str(),
        "{consents}"
    );
    for _ in 0..2 {
        account
            .post(&format!("/consents/{id}/withdraw"), &json!({}))?
            .expect(200)?;
    }
    let consents = account.get("/consents")?.expect(200)?.json()?;
    ensure!(
        consents["items"][0]["withdrawn_at"].is_string(),
        "{consents}"
    );
    ensure!(
        withdrawals(&mut clinic, &id)? == 1,
        "the clinic learns it once"
    );
    // The document itself stays: it proves what was allowed until then.
    ensure!(clinic.document(&id)?["status"] == "completed");
    Ok(())
}

#[test]
fn a_marketing_consent_that_was_signed_elsewhere_is_withdrawn_like_any_other() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let upload = Upload::small()
        .for_keeping()
        .with("/kind", "marketing_consent".into());
    let id = clinic.send_document(&upload)?;
    let other = Upload::small()
        .for_keeping()
        .with("/kind", "pd_consent".into())
        .to_phone(&upload.phone);
    let other = clinic.send_document(&other)?;
    let mut account = stack.account();
    account.sign_in(&upload.phone)?;
    let consents = account.get("/consents")?.expect(200)?.json()?;
    let items = consents["items"].as_array().context("items")?;
    ensure!(
        items.len() == 1,
        "only what is about advertising: {consents}"
    );
    ensure!(
        items[0]["document_id"] == id.as_str()
            && items[0]["kept"] == true
            && items[0]["signed_at"] == clinic.document(&id)?["created_at"]
            && items[0]["withdrawn_at"].is_null(),
        "{consents}"
    );
    account
        .post(&format!("/consents/{other}/withdraw"), &json!({}))?
        .problem(404, "not_found")?;
    for _ in 0..2 {
        let consents = account
            .post(&format!("/consents/{id}/withdraw"), &json!({}))?
            .expect(200)?
            .json()?;
        ensure!(
            consents["items"][0]["withdrawn_at"].is_string(),
            "{consents}"
        );
    }
    ensure!(
        withdrawals(&mut clinic, &id)? == 1,
        "the clinic learns it once"
    );
    ensure!(clinic.document(&id)?["status"] == "completed");
    // What the clinic has taken away is no consent any more.
    let gone = Upload::small()
        .for_keeping()
        .with("/kind", "marketing_consent".into())
        .to_phone(&upload.phone);
    let gone = clinic.send_document(&gone)?;
    clinic
        .post(&format!("/api/v1/documents/{gone}/cancel"), &json!({}))?
        .expect(200)?;
    account
        .post(&format!("/consents/{gone}/withdraw"), &json!({}))?
        .problem(404, "not_found")?;
    Ok(())
}

#[test]
fn a_parent_takes_a_childs_consent_back_by_name_and_nobody_elses() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = clinic_with_agreement(stack)?;
    let own = Upload::by_code(Person::IVANOVA).with("/kind", "marketing_consent".into());
    let childs = for_child("Пётр", &born(7), &own).with("/kind", "marketing_consent".into());
    let mine = clinic.send_document(&own)?;
    let petya = clinic.send_document(&childs)?;
    let (mut account, _) = registered(stack, &clinic, &own.phone)?;
    for id in [&mine, &petya] {
        account
            .sign_by_code(Right::Document(id), &own.phone)?
            .expect(200)?;
    }
    let consents = account.get("/consents")?.expect(200)?.json()?;
    let of = |consents: &Value, id: &str| {
        let items = consents["items"].as_array().into_iter().flatten();
        let mut found = items.filter(|item| item["document_id"] == id);
        found.next().cloned().context("not listed")
    };
    ensure!(
        of(&consents, &petya)?["on_behalf_of"] == "Иванов Пётр"
            && of(&consents, &mine)?["on_behalf_of"].is_null(),
        "{consents}"
    );
    let stranger = Upload::by_code(Person::IVANOVA).phone;
    let mut stranger_account = stack.account();
    stranger_account.sign_in(&stranger)?;
    stranger_account
        .post(&format!("/consents/{petya}/withdraw"), &json!({}))?
        .problem(404, "not_found")?;
    let consents = account
        .post(&format!("/consents/{petya}/withdraw"), &json!({}))?
        .expect(200)?
        .json()?;
    ensure!(
        of(&consents, &petya)?["withdrawn_at"].is_string()
            && of(&consents, &mine)?["withdrawn_at"].is_null(),
        "one consent, one withdrawal: {consents}"
    );
    ensure!(withdrawals(&mut clinic, &petya)? == 1 && withdrawals(&mut clinic, &mine)? == 0);
    Ok(())
}

#[test]
fn everything_stored_about_me_is_given_out() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = clinic_with_agreement(stack)?;
    let upload = Upload::by_code(Person::IVANOVA);
    let id = clinic.send_document(&upload)?;
    let (mut account, _) = registered(stack, &clinic, &upload.phone)?;
    let export = account.get("/export")?.expect(200)?;
    ensure!(
        export
            .header("content-disposition")
            .starts_with("attachment"),
        "{:?}",
        export.headers
    );
    let text = export.text();
    for part in [
        upload.phone.as_str(),
        "Иванова",
        id.as_str(),
        "Клиника «Тест»",
    ] {
        ensure!(text.contains(part), "the export lacks {part}: {text}");
    }
    export.json()?;
    Ok(())
}

#[test]
fn an_account_can_be_closed_and_the_page_says_what_stays() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = clinic_with_agreement(stack)?;
    let upload = Upload::by_code(Person::IVANOVA);
    let id = clinic.send_document(&upload)?;
    let (mut account, _) = registered(stack, &clinic, &upload.phone)?;
    account
        .sign_by_code(Right::Document(&id), &upload.phone)?
        .expect(200)?;
    let before = account.get("/erase")?.expect(200)?.json()?;
    ensure!(
        before["kept"]
            .as_array()
            .is_some_and(|kept| !kept.is_empty()),
        "{before}"
    );
    account
        .post("/erase", &json!({}))?
        .expect_any(&[400, 422])?;
    account.view()?;
    let erased = account
        .post("/erase", &json!({ "confirm": true }))?
        .expect(200)?
        .json()?;
    for kept in erased["kept"].as_array().into_iter().flatten() {
        ensure!(
            kept["until"].is_string() && kept["law"].is_string() && kept["what"].is_string(),
            "{kept}"
        );
    }
    account.get("")?.problem(401, "signed_out")?;
    // What the law wants kept is kept.
    ensure!(clinic.document(&id)?["status"] == "completed");
    clinic
        .get(&format!("/api/v1/documents/{id}/signed"))?
        .expect(200)?;
    clinic
        .get(&format!("/api/v1/documents/{id}/evidence"))?
        .expect(200)?;
    account
        .send(Method::GET, Right::Document(&id), "/patient/document", None)?
        .problem(401, "signed_out")?;
    Ok(())
}
