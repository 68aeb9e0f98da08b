//! The personal account as a person uses it: registering, signing by a code and through Gosuslugi, refusals.

use anyhow::{Context as _, Result, ensure};
use podpis_tests::browser::{Browser, Look};
use podpis_tests::{Account, Person, Right, Stack, Upload, judges, pdf};
use serde_json::json;

use crate::steps::{at_esia, read, wait_for_state};

/// Signs in on the page that is open, by a code to a phone.
pub(crate) fn sign_in(browser: &Browser, stack: &Stack, phone: &str) -> Result<()> {
    browser.fill("login-contact", phone)?;
    browser.press("login-submit")?;
    type_code(browser, &stack.account(), phone)
}

/// A document for a child that Иванова signs, sent to the phone of `parent`.
pub(crate) fn for_a_child(parent: &Upload) -> Upload {
    Upload::by_code(Person::IVANOVA)
        .with("/patient", json!({"last_name": "Иванов", "first_name": "Пётр", "birth_date": "2020-02-02"}))
        .with("/representative", json!({
            "last_name": "Иванова", "first_name": "Мария", "middle_name": "Петровна", "birth_date": "1985-03-12",
            "phone": parent.phone, "basis": "мать", "record_ref": "карта 1",
        }))
}

/// Types the newest code to a contact into the page.
fn type_code(browser: &Browser, anybody: &Account, contact: &str) -> Result<()> {
    browser.wait_until(
        "a field for the code",
        "document.querySelector('[data-testid=\"code-input\"]')",
    )?;
    let code = anybody.code_at(contact)?;
    browser.fill("code-input", &code)?;
    // A page may send a full code by itself.
    if browser.is_usable("code-submit")? {
        // It may be gone between the look and the press.
        let _ = browser.press("code-submit");
    }
    Ok(())
}

#[test]
fn from_registration_to_the_signed_document() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    clinic.publish_agreement()?;
    let upload = Upload::by_code(Person::IVANOVA).file(pdf::consent()?);
    let id = clinic.send_document(&upload)?;
    let browser = Browser::start(&Look::default())?;
    browser.open(&format!("{}/account?clinic={}", stack.base(), clinic.id))?;
    ensure!(browser.text("clinic-name")?.contains("Клиника «Тест»"));
    browser.screenshots("20-account-sign-in")?;
    browser.expect_no_sideways_scroll()?;
    let field = browser.run(
        "const field = document.querySelector('[data-testid=\"login-contact\"]'); return field.labels.length;",
    )?;
    ensure!(field.as_u64() > Some(0), "the field has no label");
    browser.fill("login-contact", &upload.phone)?;
    browser.press("login-submit")?;
    browser.wait_until(
        "a field for the code",
        "document.querySelector('[data-testid=\"code-input\"]')",
    )?;
    browser.screenshots("21-account-code")?;
    let hint = browser
        .run("return document.querySelector('[data-testid=\"code-input\"]').autocomplete;")?;
    ensure!(hint == "one-time-code", "{hint}");
    type_code(&browser, &stack.account(), &upload.phone)?;

    // The clinic's agreement, rendered and hashed like any document.
    browser.text("agreement-accept")?;
    let agreement = clinic.get("/api/v1/agreement/file")?.expect(200)?.body;
    read(&browser, &agreement, 1)?;
    browser.screenshots("22-agreement")?;
    browser.expect_no_sideways_scroll()?;
    browser.press("agreement-accept")?;
    type_code(&browser, &stack.account(), &upload.phone)?;
    browser.text("documents-list")?;
    let acceptances = clinic
        .get("/api/v1/agreements/acceptances")?
        .expect(200)?
        .json()?;
    ensure!(
        acceptances["items"]
            .as_array()
            .is_some_and(|items| items.len() == 1),
        "{acceptances}"
    );
    browser.screenshots("23-documents")?;
    browser.expect_no_sideways_scroll()?;

    browser.wait_until("the document", &format!("document.querySelector('[data-testid=\"document-item\"][data-document-id=\"{id}\"]')?.dataset.status === 'sent'"))?;
    browser.run(&format!("(document.querySelector('[data-document-id=\"{id}\"] a, a[data-document-id=\"{id}\"]') ?? document.querySelector('[data-document-id=\"{id}\"]')).click();"))?;
    wait_for_state(&browser, "ready")?;
    let pages = usize::try_from(clinic.document(&id)?["pages"].as_u64().context("pages")?)?;
    read(&browser, &upload.pdf, pages)?;
    browser.screenshots("24-account-document")?;
    browser.expect_no_sideways_scroll()?;
    browser.press("sign-sms")?;
    browser.wait_until(
        "a field for the code",
        "document.querySelector('[data-testid=\"code-input\"]')",
    )?;
    browser.screenshots("25-sign-code")?;
    type_code(&browser, &stack.account(), &upload.phone)?;
    wait_for_state(&browser, "signed")?;
    browser.text("signed-banner")?;
    browser.screenshots("26-signed-by-code")?;
    browser.expect_no_sideways_scroll()?;
    ensure!(browser.is_usable("download-signed")?, "nothing to download");
    ensure!(clinic.document(&id)?["status"] == "completed");
    let signed = clinic
        .get(&format!("/api/v1/documents/{id}/signed"))?
        .expect(200)?
        .body;
    judges::judge(&upload.pdf, &signed)?;
    Ok(())
}

#[test]
fn through_gosuslugi_in_and_signed() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let upload = Upload::by_code(Person::IVANOVA)
        .with("/kind", "ids".into())
        .with("/method", "esia".into());
    let id = clinic.send_document(&upload)?;
    let browser = Browser::start(&Look::default())?;
    browser.open(&format!("{}/account", stack.base()))?;
    browser.press("login-esia")?;
    at_esia(&browser, stack, "ivanova", true)?;
    browser.text("documents-list")?;
    browser.open(&format!("{}/account/document#{id}", stack.base()))?;
    wait_for_state(&browser, "ready")?;
    read(&browser, &upload.pdf, 1)?;
    ensure!(
        !browser.is_usable("sign-sms")?,
        "a medical consent is offered by SMS"
    );
    browser.press("sign-esia")?;
    at_esia(&browser, stack, "ivanova", true)?;
    wait_for_state(&browser, "signed")?;
    ensure!(clinic.document(&id)?["status"] == "patient_signed");
    Ok(())
}

#[test]
fn a_wrong_code_is_told_and_may_be_mended() -> Result<()> {
    let stack = Stack::shared()?;
    let phone = Upload::small().phone;
    let browser = Browser::start(&Look::default())?;
    browser.open(&format!("{}/account", stack.base()))?;
    browser.fill("login-contact", "не телефон")?;
    browser.press("login-submit")?;
    browser.text("error")?;
    browser.fill("login-contact", &phone)?;
    browser.press("login-submit")?;
    browser.wait_until(
        "a field for the code",
        "document.querySelector('[data-testid=\"code-input\"]')",
    )?;
    let code = stack.account().code_at(&phone)?;
    let wrong = if code == "111111" { "222222" } else { "111111" };
    browser.fill("code-input", wrong)?;
    if browser.is_usable("code-submit")? {
        let _ = browser.press("code-submit");
    }
    browser.text("error")?;
    browser.screenshots("27-wrong-code")?;
    type_code(&browser, &stack.account(), &phone)?;
    browser.text("documents-list")?;
    browser.press("sign-out")?;
    browser.text("login-contact")?;
    Ok(())
}

#[test]
fn without_an_agreement_the_page_offers_it_first() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    clinic.publish_agreement()?;
    let upload = Upload::by_code(Person::IVANOVA);
    let id = clinic.send_document(&upload)?;
    let browser = Browser::start(&Look::default())?;
    browser.open(&format!("{}/account", stack.base()))?;
    sign_in(&browser, stack, &upload.phone)?;
    browser.text("documents-list")?;
    browser.open(&format!("{}/account/document#{id}", stack.base()))?;
    wait_for_state(&browser, "ready")?;
    let link = browser.run("return [...document.querySelectorAll('a')].some((a) => a.href.includes('/account/agreement#'));")?;
    ensure!(link == true, "no way to the agreement");
    browser.screenshot("28-agreement-first")?;
    Ok(())
}

#[test]
fn whose_document_it_is_cannot_be_missed() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let own = Upload::by_code(Person::IVANOVA);
    clinic.send_document(&own)?;
    let child = clinic.send_document(&for_a_child(&own))?;
    let browser = Browser::start(&Look::default())?;
    browser.open(&format!("{}/account", stack.base()))?;
    sign_in(&browser, stack, &own.phone)?;
    browser.text("documents-list")?;
    browser.wait_until(
        "both documents",
        "document.querySelectorAll('[data-testid=\"document-item\"]').length === 2",
    )?;
    let row = browser.run(&format!(
        "return document.querySelector('[data-document-id=\"{child}\"]').innerText;"
    ))?;
    ensure!(
        row.as_str().is_some_and(|row| row.contains("Иванов Пётр")),
        "{row}"
    );
    browser.screenshots("29-family")?;
    browser.open(&format!("{}/account/document#{child}", stack.base()))?;
    wait_for_state(&browser, "ready")?;
    let page = browser.run("return document.body.innerText;")?;
    ensure!(
        page.as_str()
            .is_some_and(|page| page.contains("Иванов Пётр")),
        "{page}"
    );
    browser.screenshots("30-for-a-child")?;
    Ok(())
}

#[test]
fn who_is_signed_out_meanwhile_comes_back_to_the_document() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let upload = Upload::by_code(Person::IVANOVA);
    let id = clinic.send_document(&upload)?;
    let browser = Browser::start(&Look::default())?;
    browser.open(&format!("{}/account/document#{id}", stack.base()))?;
    sign_in(&browser, stack, &upload.phone)?;
    browser.wait_until(
        "the document",
        &format!("location.pathname === '/account/document' && location.hash === '#{id}'"),
    )?;
    wait_for_state(&browser, "ready")
}

#[test]
fn the_account_with_the_keyboard_alone() -> Result<()> {
    const ENTER: &str = "\u{E007}";
    let stack = Stack::shared()?;
    let phone = Upload::small().phone;
    let browser = Browser::start(&Look::default())?;
    browser.open(&format!("{}/account", stack.base()))?;
    browser.text("login-contact")?;
    if browser.run("return document.activeElement?.dataset.testid;")? != "login-contact" {
        browser.tab_to("login-contact")?;
    }
    browser.keys(&phone)?;
    browser.keys(ENTER)?;
    browser.wait_until(
        "the focus is in the field for the code",
        "document.activeElement?.dataset.testid === 'code-input'",
    )?;
    browser.keys(&stack.account().code_at(&phone)?)?;
    // A page may send a full code by itself.
    let _ = browser.keys(ENTER);
    browser.text("documents-list").map(drop)
}

#[test]
fn every_page_fits_phones_tablets_and_desktops() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    clinic.publish_agreement()?;
    let upload = Upload::by_code(Person::IVANOVA);
    let id = clinic.send_document(&upload)?;
    clinic.send_document(&for_a_child(&upload))?;
    let mut account = stack.account();
    account.sign_in(&upload.phone)?;
    account
        .sign_by_code(Right::Agreement(&clinic.id), &upload.phone)?
        .expect(200)?;
    for width in [None, Some(768), Some(1280)] {
        let browser = Browser::start(&Look {
            width,
            ..Look::default()
        })?;
        let name = width.unwrap_or(360);
        browser.open(&format!("{}/account", stack.base()))?;
        browser.text("login-contact")?;
        // The same session in this browser.
        let cookie = &account.client.cookies["podpis-account"];
        let set = json!({"name": "podpis-account", "value": cookie, "url": stack.base(), "httpOnly": true, "sameSite": "Strict"});
        browser.cdp("Network.setCookie", set)?;
        browser.open(&format!("{}/account?", stack.base()))?;
        browser.text("documents-list")?;
        for page in ["", "profile", "devices", "agreements", "data"] {
            browser.run(&format!("location.hash = '{page}';"))?;
            browser.wait_until(page, "document.querySelector('#app h1')?.checkVisibility()")?;
            browser.expect_no_sideways_scroll()?;
            browser.screenshots(&format!("40-account-{page}-{name}"))?;
        }
        browser.open(&format!("{}/account/document#{id}", stack.base()))?;
        wait_for_state(&browser, "ready")?;
        browser.expect_no_sideways_scroll()?;
        browser.screenshots(&format!("41-account-document-{name}"))?;
    }
    Ok(())
}
