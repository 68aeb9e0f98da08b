//! 152-ФЗ: what is stored about me, withdrawing a consent, deletion.

use anyhow::{Result, ensure};
use http::Method;
use podpis_tests::{Person, Right, Stack, Upload};
use serde_json::json;

use super::{clinic_with_agreement, registered};

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
    let withdrawn = clinic.events()?.into_iter().filter(|event| {
        event["type"] == "consent.withdrawn" && event["document_id"] == id.as_str()
    });
    ensure!(withdrawn.count() == 1, "the clinic learns it once");
    // The document itself stays: it proves what was allowed until then.
    ensure!(clinic.document(&id)?["status"] == "completed");
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
