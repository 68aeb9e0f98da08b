//! Ways into the account and out of it: a number that was silent for long, and signing out everywhere.

use anyhow::{Result, ensure};
use podpis_tests::browser::{Browser, Look};
use podpis_tests::time::{days_go_by, documents_grow_old};
use podpis_tests::{Person, Settings, Stack, Upload};

use crate::account::sign_in;
use crate::steps::{at_esia, read, wait_for_state};

/// The time after which a silent number may have a new owner, in days, and a little more.
const SILENCE: i64 = 61;

/// Fills in the date of birth at the gate.
fn born(browser: &Browser, day: &str, month: &str, year: &str) -> Result<()> {
    browser.run(&format!(
        "const set = (field, value) => {{ field.value = value; \
           field.dispatchEvent(new Event('input', {{bubbles: true}})); \
           field.dispatchEvent(new Event('change', {{bubbles: true}})); }}; \
         set(document.querySelector('[autocomplete=\"bday-day\"]'), '{day}'); \
         set(document.querySelector('[autocomplete=\"bday-month\"]'), '{month}'); \
         set(document.querySelector('[autocomplete=\"bday-year\"]'), '{year}');"
    ))?;
    browser.press("gate-submit")
}

/// A browser that has signed in and stands before the gate.
fn at_the_gate(stack: &Stack, phone: &str) -> Result<Browser> {
    let browser = Browser::start(&Look::default())?;
    browser.open(&format!("{}/account", stack.base()))?;
    sign_in(&browser, stack, phone)?;
    wait_for_state(&browser, "gate")?;
    let gate = browser.run("return document.querySelector('[data-gate]').dataset.gate;")?;
    ensure!(gate == "recycled", "{gate}");
    Ok(browser)
}

#[test]
fn a_silent_number_shows_nothing_until_its_owner_is_known() -> Result<()> {
    let Some(mut stack) = Stack::alone(Settings::default())? else {
        return Ok(());
    };
    let mut clinic = stack.clinic()?;
    let (hers, his, new) = (
        Upload::by_code(Person::IVANOVA),
        Upload::by_code(Person::PETROV),
        Upload::by_code(Person::IVANOVA),
    );
    let mut old = Vec::new();
    for upload in [&hers, &his, &new] {
        old.push(clinic.send_document(upload)?);
        stack.account().sign_in(&upload.phone)?;
    }
    days_go_by(&mut stack, SILENCE)?;
    documents_grow_old(&mut stack, SILENCE)?;
    // A clinic has written to her since.
    clinic.send_document(&Upload::by_code(Person::IVANOVA).to_phone(&hers.phone))?;

    let browser = at_the_gate(&stack, &hers.phone)?;
    browser.screenshots("60-gate-recycled")?;
    browser.expect_no_sideways_scroll()?;
    for hash in ["all", "profile", "data"] {
        browser.run(&format!("location.hash = '{hash}';"))?;
        wait_for_state(&browser, "gate")?;
    }
    let page = browser.run("return document.body.innerText;")?.to_string();
    for secret in ["Мария", "Иванова", "Согласие", "Клиника"] {
        ensure!(!page.contains(secret), "the gate tells {secret}: {page}");
    }
    browser.reload()?;
    wait_for_state(&browser, "gate")?;
    born(&browser, "13", "3", "1985")?;
    browser.text("error")?;
    browser.screenshots("61-gate-wrong-date")?;
    browser.expect_no_sideways_scroll()?;
    born(&browser, "12", "3", "1985")?;
    // To the page that was asked for before the gate.
    wait_for_state(&browser, "data")?;
    browser.run("location.hash = 'all';")?;
    browser.wait_until(
        "her documents",
        "document.querySelectorAll('[data-testid=\"document-item\"]').length === 2",
    )?;

    // Gosuslugi says whose it is, where no clinic has written since.
    let browser = at_the_gate(&stack, &his.phone)?;
    born(&browser, "1", "7", "1990")?;
    browser.text("error")?;
    browser.press("gate-esia")?;
    at_esia(&browser, &stack, "petrov", true)?;
    browser.text("documents-list")?;

    // A new owner begins anew, and finds nothing of the old one's.
    let browser = at_the_gate(&stack, &new.phone)?;
    browser.press("gate-not-mine")?;
    browser.wait_until("a question", "document.querySelector('dialog[open]')")?;
    browser.screenshots("62-gate-not-mine")?;
    browser.press("gate-not-mine-confirm")?;
    browser.text("documents-list")?;
    browser.screenshots("63-a-new-account")?;
    browser.run("location.hash = 'all';")?;
    let found = browser.run(&format!(
        "return document.querySelectorAll('[data-document-id=\"{}\"]').length;",
        old[2]
    ))?;
    ensure!(found == 0, "the old owner's document");
    Ok(())
}

#[test]
fn signing_out_everywhere_ends_every_other_browser() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let upload = Upload::by_code(Person::IVANOVA);
    let id = clinic.send_document(&upload)?;
    let (one, two, three) = (
        Browser::start(&Look::default())?,
        Browser::start(&Look::default())?,
        Browser::start(&Look::default())?,
    );
    for browser in [&one, &two, &three] {
        browser.open(&format!("{}/account", stack.base()))?;
        sign_in(browser, stack, &upload.phone)?;
        browser.text("documents-list")?;
    }
    three.open(&format!("{}/account/document#{id}", stack.base()))?;
    wait_for_state(&three, "ready")?;
    one.run("location.hash = 'devices';")?;
    one.wait_until(
        "three devices",
        "document.querySelectorAll('[data-testid=\"device\"]').length === 3",
    )?;
    one.run("document.querySelector('[data-testid=\"sign-out-everywhere\"]').scrollIntoView({block: 'center'});")?;
    one.press("sign-out-everywhere")?;
    one.text("login-contact")?;
    one.screenshots("64-signed-out-everywhere")?;

    // Whatever is pressed there next, the page says that it is over, and how to come back.
    two.run("location.hash = 'signed';")?;
    two.text("login-contact")?;
    let page = two.run("return document.body.innerText;")?.to_string();
    ensure!(page.contains("Войдите ещё раз"), "{page}");
    ensure!(!page.contains("Согласие на обработку"), "{page}");
    two.screenshots("65-ended-elsewhere")?;
    two.expect_no_sideways_scroll()?;
    // Likewise when the page is opened anew; where the person signed out themselves there is nothing to explain.
    for (browser, told) in [(&two, true), (&one, false)] {
        browser.open(&format!("{}/account?again", stack.base()))?;
        browser.text("login-contact")?;
        let page = browser.run("return document.body.innerText;")?.to_string();
        ensure!(page.contains("Войдите ещё раз") == told, "{page}");
        ensure!(page.contains("«Выйти на") == told, "{page}");
    }

    read(&three, &upload.pdf, 1)?;
    three.press("sign-esia")?;
    // Straight to the sign-in, which leads back to the document.
    three.text("login-contact")?;
    three.screenshots("66-ended-on-a-document")?;
    three.expect_no_sideways_scroll()?;
    let back = three.run("return sessionStorage.getItem('podpis-return-to');")?;
    ensure!(back == format!("/account/document#{id}"), "{back}");
    ensure!(clinic.document(&id)?["status"] == "opened");
    Ok(())
}
