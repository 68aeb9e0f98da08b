//! The whole way, and what a person does beside it: two tabs, reload, back, double tap, a restart of the server.

use anyhow::{Context as _, Result, ensure};
use podpis_tests::{Person, Settings, Stack, Upload, judges, pdf};

use crate::steps::{Opened, at_esia, open, read, wait_for_state};

#[test]
fn from_the_sms_to_the_signed_pdf() -> Result<()> {
    let stack = Stack::shared()?;
    let upload = Upload::consent(Person::IVANOVA, pdf::consent()?);
    let Opened {
        mut clinic,
        id,
        browser,
        ..
    } = open(stack, &upload)?;
    wait_for_state(&browser, "ready")?;
    ensure!(browser.text("document-title")? == "Информированное добровольное согласие");
    ensure!(browser.text("clinic-name")?.contains("Клиника «Тест»"));
    browser.screenshots("1-opened")?;
    browser.expect_no_sideways_scroll()?;
    let pages = usize::try_from(clinic.document(&id)?["pages"].as_u64().context("pages")?)?;
    read(&browser, &upload.pdf, pages)?;
    browser.screenshots("2-read")?;
    only_our_own_origin(
        stack,
        &browser
            .run("return performance.getEntriesByType('resource').map((entry) => entry.name);")?,
    )?;

    browser.press("sign-esia")?;
    at_esia(&browser, stack, "ivanova", true)?;
    wait_for_state(&browser, "signed")?;
    browser.text("signed-banner")?;
    browser.expect_no_sideways_scroll()?;
    browser.screenshots("3-signed")?;
    ensure!(browser.is_usable("download-signed")?, "nothing to download");
    ensure!(!browser.is_usable("sign-esia")?, "it can be signed again");

    ensure!(clinic.document(&id)?["status"] == "patient_signed");
    let signed = clinic
        .get(&format!("/api/v1/documents/{id}/signed"))?
        .expect(200)?;
    let verdict = judges::judge(&upload.pdf, &signed.body)?;
    ensure!(verdict.pages > pages);
    ensure!(
        clinic.event_types(&id)?
            == [
                "document.sent",
                "document.opened",
                "document.patient_signed"
            ]
    );

    browser.reload()?;
    wait_for_state(&browser, "signed")?;
    browser.back()?;
    ensure!(
        clinic.event_types(&id)?.len() == 3,
        "reload or back did something"
    );
    Ok(())
}

#[test]
fn the_second_tab_learns_that_it_is_signed() -> Result<()> {
    let stack = Stack::shared()?;
    let upload = Upload::small();
    let Opened {
        mut clinic,
        id,
        link,
        browser,
    } = open(stack, &upload)?;
    wait_for_state(&browser, "ready")?;
    read(&browser, &upload.pdf, 1)?;
    let second = browser.new_tab()?;
    browser.open(&link)?;
    wait_for_state(&browser, "ready")?;
    read(&browser, &upload.pdf, 1)?;

    browser.to_tab(0)?;
    browser.press("sign-esia")?;
    at_esia(&browser, stack, "ivanova", true)?;
    wait_for_state(&browser, "signed")?;

    browser.to_tab(second)?;
    // A page that comes back to the front learns it by itself, at any moment: press what still stands.
    browser
        .run("document.querySelector('[data-testid=sign-esia]:enabled')?.click(); return true")?;
    wait_for_state(&browser, "signed")?;
    let signed = clinic
        .event_types(&id)?
        .into_iter()
        .filter(|kind| kind == "document.patient_signed")
        .count();
    ensure!(signed == 1, "signed {signed} times");
    Ok(())
}

#[test]
fn two_tabs_at_esia_at_once_sign_once() -> Result<()> {
    let stack = Stack::shared()?;
    let upload = Upload::small();
    let Opened {
        mut clinic,
        id,
        link,
        browser,
    } = open(stack, &upload)?;
    wait_for_state(&browser, "ready")?;
    let second = browser.new_tab()?;
    browser.open(&link)?;
    for tab in [0, second] {
        browser.to_tab(tab)?;
        wait_for_state(&browser, "ready")?;
        read(&browser, &upload.pdf, 1)?;
        browser.press("sign-esia")?;
        browser.wait_until(
            "ESIA",
            &format!("location.href.startsWith('{}')", stack.esia()),
        )?;
    }
    // The first tab's session must not be lost to the second's.
    for tab in [0, second] {
        browser.to_tab(tab)?;
        at_esia(&browser, stack, "ivanova", true)?;
        wait_for_state(&browser, "signed")?;
    }
    let signed = clinic
        .event_types(&id)?
        .into_iter()
        .filter(|kind| kind == "document.patient_signed")
        .count();
    ensure!(signed == 1, "signed {signed} times");
    Ok(())
}

#[test]
fn back_from_esia_and_a_double_tap_are_harmless() -> Result<()> {
    let stack = Stack::shared()?;
    let upload = Upload::small();
    let Opened {
        mut clinic,
        id,
        browser,
        ..
    } = open(stack, &upload)?;
    wait_for_state(&browser, "ready")?;
    read(&browser, &upload.pdf, 1)?;
    browser.press("sign-esia")?;
    browser.wait_until(
        "ESIA",
        &format!("location.href.startsWith('{}')", stack.esia()),
    )?;
    browser.back()?;
    wait_for_state(&browser, "ready")?;
    read(&browser, &upload.pdf, 1)?;
    browser.run("const button = document.querySelector('[data-testid=\"sign-esia\"]'); button.click(); button.click();")?;
    at_esia(&browser, stack, "ivanova", true)?;
    wait_for_state(&browser, "signed")?;
    ensure!(
        clinic.event_types(&id)?
            == [
                "document.sent",
                "document.opened",
                "document.patient_signed"
            ]
    );
    Ok(())
}

#[test]
fn a_restart_of_the_server_in_the_middle_is_not_noticed() -> Result<()> {
    let Some(mut stack) = Stack::alone(Settings::default())? else {
        return Ok(());
    };
    let upload = Upload::small();
    let Opened {
        mut clinic,
        id,
        browser,
        ..
    } = open(&stack, &upload)?;
    wait_for_state(&browser, "ready")?;
    read(&browser, &upload.pdf, 1)?;
    stack.kill()?;
    stack.start_again(Settings::default())?;
    browser.press("sign-esia")?;
    browser.wait_until(
        "ESIA",
        &format!("location.href.startsWith('{}')", stack.esia()),
    )?;
    stack.kill()?;
    stack.start_again(Settings::default())?;
    at_esia(&browser, &stack, "ivanova", true)?;
    wait_for_state(&browser, "signed")?;
    ensure!(clinic.document(&id)?["status"] == "patient_signed");
    Ok(())
}

#[test]
fn declining_asks_why_and_tells_the_clinic() -> Result<()> {
    let stack = Stack::shared()?;
    let upload = Upload::small();
    let Opened {
        mut clinic,
        id,
        browser,
        ..
    } = open(stack, &upload)?;
    wait_for_state(&browser, "ready")?;
    browser.press("decline")?;
    browser.press("decline-reason")?;
    browser.keys("Хочу спросить врача")?;
    browser.screenshots("4-decline")?;
    browser.press("decline-confirm")?;
    wait_for_state(&browser, "declined")?;
    browser.screenshots("5-declined")?;
    ensure!(clinic.document(&id)?["status"] == "declined");
    let events = clinic.events()?;
    let reason = events
        .last()
        .and_then(|event| event["data"]["reason"].as_str());
    ensure!(reason == Some("Хочу спросить врача"), "{events:?}");
    Ok(())
}

fn only_our_own_origin(stack: &Stack, resources: &serde_json::Value) -> Result<()> {
    let loaded = resources.as_array().context("resources")?;
    ensure!(!loaded.is_empty(), "nothing was loaded");
    for name in loaded.iter().filter_map(|name| name.as_str()) {
        let own = name.starts_with(stack.base())
            || name.starts_with("blob:")
            || name.starts_with("data:");
        ensure!(own, "loaded from elsewhere: {name}");
    }
    Ok(())
}
