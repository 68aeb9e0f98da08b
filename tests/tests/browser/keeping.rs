//! Documents that a clinic sends for keeping, and those that it takes back, as a person finds them in the account.

use anyhow::{Context as _, Result, ensure};
use podpis_tests::browser::{Browser, Look};
use podpis_tests::{Stack, Upload, pdf};
use serde_json::json;

use crate::account::sign_in;
use crate::steps::{read, wait_for_state};

/// The row of a document in the list.
fn row(id: &str) -> String {
    format!("document.querySelector('[data-testid=\"document-item\"][data-document-id=\"{id}\"]')")
}

#[test]
fn what_is_kept_is_read_and_saved_and_nothing_asks_to_sign() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let upload = Upload::small().for_keeping().file(pdf::consent()?);
    let id = clinic.send_document(&upload)?;
    let browser = Browser::start(&Look::default())?;
    browser.open(&format!("{}/account", stack.base()))?;
    sign_in(&browser, stack, &upload.phone)?;
    browser.text("documents-list")?;
    browser.run("location.hash = 'all';")?;
    browser.wait_until("the document", &format!("{}?.checkVisibility()", row(&id)))?;
    let shown = browser.run(&format!("return {}.innerText;", row(&id)))?;
    let words = shown.as_str().context("no words")?.replace('\u{a0}', " ");
    ensure!(
        words.contains("Прислан на хранение") && !words.contains("до ") && !words.contains("9999"),
        "{words}"
    );
    browser.screenshots("31-kept-in-the-list")?;
    browser.expect_no_sideways_scroll()?;

    browser.run(&format!("{}.querySelector('a').click();", row(&id)))?;
    wait_for_state(&browser, "kept")?;
    let pages = clinic.document(&id)?["pages"].as_u64().context("pages")?;
    read(&browser, &upload.pdf, usize::try_from(pages)?)?;
    for absent in ["sign-esia", "sign-sms", "decline", "signed-banner", "error"] {
        let found = browser.run(&format!(
            "return document.querySelector('[data-testid=\"{absent}\"]')?.checkVisibility() ?? false;"
        ))?;
        ensure!(found == false, "{absent}");
    }
    let page = browser.run("return document.querySelector('main').innerText;")?;
    let page = page.as_str().context("no words")?.replace('\u{a0}', " ");
    ensure!(
        page.contains("Подписывать ничего не нужно")
            && !page.contains("9999")
            && !page.contains("Подписать"),
        "{page}"
    );
    browser.run("window.scrollTo(0, 0);")?;
    browser.screenshots("32-kept")?;
    browser.expect_no_sideways_scroll()?;

    // The file that is saved has the very bytes.
    browser.run(
        "window.saved = []; const make = URL.createObjectURL; \
         URL.createObjectURL = (blob) => { window.saved.push(blob); return make.call(URL, blob); };",
    )?;
    browser.press("download-original")?;
    browser.wait_until("a file", "window.saved.length === 1")?;
    let size = browser.run("return window.saved[0].size;")?;
    ensure!(size == json!(upload.pdf.len()), "{size} bytes saved");

    clinic.wait_for_opened(&id)?;
    browser.open(&format!("{}/account#all", stack.base()))?;
    browser.wait_until("the document", &format!("{}?.checkVisibility()", row(&id)))?;
    ensure!(
        browser.run(&format!(
            "return {}.classList.contains('doc-unread');",
            row(&id)
        ))? == false,
        "still unread"
    );
    Ok(())
}

#[test]
fn what_was_taken_back_says_so_and_shows_nothing() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let signing = Upload::by_code(podpis_tests::Person::IVANOVA);
    let keeping = Upload::small().for_keeping().to_phone(&signing.phone);
    let ids = [
        clinic.send_document(&signing)?,
        clinic.send_document(&keeping)?,
    ];
    let browser = Browser::start(&Look::default())?;
    browser.open(&format!("{}/account#all", stack.base()))?;
    sign_in(&browser, stack, &signing.phone)?;
    browser.text("documents-list")?;
    browser.run("location.hash = 'all';")?;
    for id in &ids {
        browser.wait_until("the document", &format!("{}?.checkVisibility()", row(id)))?;
        // Taken back while the list is open.
        let path = format!("/api/v1/documents/{id}/cancel");
        clinic.post(&path, &json!({}))?.expect(200)?;
        browser.run(&format!("{}.querySelector('a').click();", row(id)))?;
        wait_for_state(&browser, "cancelled")?;
        let page = browser.run("return document.querySelector('main').innerText;")?;
        let page = page.as_str().context("no words")?;
        for secret in ["Договор на бумаге", "Согласие на обработку"]
        {
            ensure!(!page.contains(secret), "{page}");
        }
        ensure!(
            browser.run("return document.querySelector('[data-testid=\"my-documents\"]')?.checkVisibility() ?? false;")?
                == true,
            "no way back"
        );
        browser.expect_no_sideways_scroll()?;
        browser.screenshots("33-taken-back")?;
        browser.press("my-documents")?;
        browser.text("documents-list")?;
        browser.run("location.hash = 'all';")?;
        browser.wait_until(
            "the list knows",
            &format!("{}?.dataset.status === 'cancelled'", row(id)),
        )?;
    }
    browser.screenshots("34-taken-back-in-the-list")?;
    Ok(())
}

#[test]
fn a_kept_consent_to_advertising_is_taken_back_on_the_page() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let upload = Upload::small()
        .for_keeping()
        .with("/kind", json!("marketing_consent"));
    let id = clinic.send_document(&upload)?;
    let browser = Browser::start(&Look::default())?;
    browser.open(&format!("{}/account", stack.base()))?;
    sign_in(&browser, stack, &upload.phone)?;
    browser.text("documents-list")?;
    browser.run("location.hash = 'agreements';")?;
    let row =
        format!("document.querySelector('[data-testid=\"consent\"][data-document-id=\"{id}\"]')");
    browser.wait_until("the consent", &format!("{row}?.checkVisibility()"))?;
    let words = browser.run(&format!("return {row}.innerText;"))?;
    let words = words.as_str().context("no words")?.replace('\u{a0}', " ");
    ensure!(
        words.contains("Подписано не здесь, клиника прислала"),
        "{words}"
    );
    browser.expect_no_sideways_scroll()?;
    browser.run(&format!("{row}.scrollIntoView({{block: 'center'}});"))?;
    browser.press("consent-withdraw")?;
    browser.wait_until(
        "the withdrawal",
        &format!("{row}?.dataset.withdrawn === 'true'"),
    )?;
    browser.screenshots("35-kept-consent-withdrawn")?;
    browser.expect_no_sideways_scroll()?;
    let told = clinic.events()?.into_iter().filter(|event| {
        event["type"] == "consent.withdrawn" && event["document_id"] == id.as_str()
    });
    ensure!(told.count() == 1, "the clinic was not told once");
    Ok(())
}
