//! A clinic's agreement accepted through Gosuslugi: registering without any code, and on the way to a document.

use anyhow::{Context as _, Result, ensure};
use podpis_tests::browser::{Browser, Look};
use podpis_tests::{Clinic, Person, Settings, Stack, Upload};
use serde_json::Value;

use crate::account::sign_in;
use crate::steps::{at_esia, read, wait_for_state};

fn acceptances(clinic: &mut Clinic) -> Result<Vec<Value>> {
    let all = clinic.get("/api/v1/agreements/acceptances")?.expect(200)?;
    Ok(all.json()?["items"].as_array().context("items")?.clone())
}

#[test]
fn registering_through_gosuslugi_alone() -> Result<()> {
    let Some(stack) = Stack::alone(Settings::default())? else {
        return Ok(());
    };
    let mut clinic = stack.clinic()?;
    clinic.publish_agreement()?;
    let agreement = clinic.get("/api/v1/agreement/file")?.expect(200)?.body;
    let browser = Browser::start(&Look::default())?;
    browser.open(&format!("{}/account?clinic={}", stack.base(), clinic.id))?;
    browser.press("login-esia")?;
    at_esia(&browser, &stack, "ivanova", true)?;
    browser.wait_until(
        "the agreement",
        "location.pathname === '/account/agreement'",
    )?;
    wait_for_state(&browser, "ready")?;
    read(&browser, &agreement, 1)?;
    // Why no code is offered stands there.
    let refused = browser.text("way-refused")?;
    ensure!(refused.contains("Добавьте номер"), "{refused}");
    show_the_ways(&browser)?;
    browser.screenshots("60-agreement-esia-alone")?;
    browser.expect_no_sideways_scroll()?;
    browser.press("sign-esia")?;
    at_esia(&browser, &stack, "ivanova", true)?;
    wait_for_state(&browser, "signed")?;
    let said = browser.text("signed-banner")?;
    ensure!(said.contains("Соглашение принято"), "{said}");
    browser.screenshots("61-agreement-accepted")?;
    browser.text("documents-list")?;
    let all = acceptances(&mut clinic)?;
    ensure!(
        all.len() == 1 && all[0]["method"] == "esia" && all[0]["phone"].is_null(),
        "{all:?}"
    );
    Ok(())
}

#[test]
fn on_the_way_to_a_document_and_back_to_it() -> Result<()> {
    let Some(stack) = Stack::alone(Settings::default())? else {
        return Ok(());
    };
    let mut clinic = stack.clinic()?;
    clinic.publish_agreement()?;
    let agreement = clinic.get("/api/v1/agreement/file")?.expect(200)?.body;
    let upload = Upload::by_code(Person::IVANOVA);
    let id = clinic.send_document(&upload)?;
    let browser = Browser::start(&Look::default())?;
    browser.open(&format!("{}/account/document#{id}", stack.base()))?;
    sign_in(&browser, &stack, &upload.phone)?;
    wait_for_state(&browser, "ready")?;
    // It may stand behind the bar, to be scrolled to.
    browser.run("document.querySelector('[data-testid=\"agreement-open\"]').click();")?;
    browser.wait_until(
        "the agreement",
        "location.pathname === '/account/agreement' && document.body.dataset.state === 'ready'",
    )?;
    read(&browser, &agreement, 1)?;
    // A code and Gosuslugi side by side, for somebody whom only a phone vouches for the code first.
    let order = browser.run(
        "return [...document.querySelectorAll('.bar-main button')].map((b) => b.dataset.testid).join();",
    )?;
    ensure!(order == "agreement-accept,sign-esia", "{order}");
    let page = browser.run("return document.body.innerText;")?;
    ensure!(
        page.as_str()
            .is_some_and(|page| page.contains("будет назван ваш телефон")),
        "{page}"
    );
    show_the_ways(&browser)?;
    browser.screenshots("62-agreement-two-ways")?;
    browser.expect_no_sideways_scroll()?;

    browser.press("sign-esia")?;
    at_esia(&browser, &stack, "petrov", true)?;
    wait_for_state(&browser, "wrong-person")?;
    let said = browser.text("error")?;
    ensure!(said.contains("Вошёл другой человек"), "{said}");
    browser.screenshots("63-agreement-foreign-person")?;
    ensure!(acceptances(&mut clinic)?.is_empty());

    read(&browser, &agreement, 1)?;
    browser.press("sign-esia")?;
    at_esia(&browser, &stack, "ivanova", true)?;
    wait_for_state(&browser, "signed")?;
    browser.wait_until(
        "the document",
        &format!("location.pathname === '/account/document' && location.hash === '#{id}'"),
    )?;
    wait_for_state(&browser, "ready")?;
    let all = acceptances(&mut clinic)?;
    ensure!(
        all.len() == 1 && all[0]["phone"] == upload.phone.as_str(),
        "{all:?}"
    );
    read(&browser, &upload.pdf, 1)?;
    ensure!(browser.is_usable("sign-sms")?, "no code is offered");
    Ok(())
}

/// Scrolls to the card with the ways, as whoever has read the agreement does.
fn show_the_ways(browser: &Browser) -> Result<()> {
    browser
        .run("document.querySelector('.statement').scrollIntoView({block: 'center'});")
        .map(drop)
}
