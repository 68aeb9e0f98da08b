//! One-time codes on the pages: another one, late ones, wrong ones, a page that is loaded anew, two tabs.

use anyhow::{Context as _, Result, ensure};
use podpis_tests::browser::{Browser, Look};
use podpis_tests::time::codes_grow_old;
use podpis_tests::{Account, Clinic, Person, Right, Settings, Stack, Upload, wait_for};
use serde_json::json;

use crate::steps::{read, wait_for_state};

/// A clock of the page that the test moves on: `window.ahead`, in milliseconds.
const CLOCK: &str = "window.ahead = 0; \
    const now = Date.now.bind(Date), ticks = performance.now.bind(performance); \
    Date.now = () => now() + window.ahead; \
    performance.now = () => ticks() + window.ahead;";

/// Six digits that are not the code.
fn other_than(code: &str) -> &'static str {
    if code == "111111" { "222222" } else { "111111" }
}

/// Seconds go by, for the server and for the page.
fn seconds_go_by(stack: &mut Stack, browser: &Browser, seconds: i64) -> Result<()> {
    codes_grow_old(stack, seconds)?;
    browser
        .run(&format!("window.ahead += {};", seconds * 1_000))
        .map(drop)
}

/// Waits for the field of a code.
fn field(browser: &Browser) -> Result<()> {
    browser.wait_until(
        "a field for the code",
        "document.querySelector('[data-testid=\"code-input\"]')?.disabled === false",
    )
}

/// Types a code and hands it in.
fn hand_in(browser: &Browser, code: &str) -> Result<()> {
    field(browser)?;
    browser.fill("code-input", code)?;
    browser.press("code-submit")
}

/// Waits until an element says something; non-breaking spaces count as spaces.
fn says(browser: &Browser, testid: &str, words: &str) -> Result<()> {
    browser.wait_until(
        &format!("{testid}: {words}"),
        &format!(
            "document.querySelector('[data-testid=\"{testid}\"]')?.innerText.replaceAll('\\u00a0', ' ').includes('{words}')"
        ),
    )
}

/// Whether the button for another code can be pressed.
fn may_resend(browser: &Browser) -> Result<bool> {
    let usable = browser.run(
        "return document.querySelector('[data-testid=\"code-resend\"]').disabled === false;",
    )?;
    Ok(usable == true)
}

fn wait_for_resend(browser: &Browser) -> Result<()> {
    browser.wait_until(
        "another code may be asked for",
        "document.querySelector('[data-testid=\"code-resend\"]')?.disabled === false",
    )
}

/// How many messages a phone has got.
fn messages(stack: &Stack, phone: &str) -> Result<usize> {
    Ok(stack.sandbox().messages(phone)?.len())
}

/// A browser in the account of `phone`, which has accepted the clinic's agreement.
fn in_the_account(stack: &Stack, clinic: &Clinic, phone: &str) -> Result<(Browser, Account)> {
    let mut account = stack.account();
    account.sign_in(phone)?;
    account
        .sign_by_code(Right::Agreement(&clinic.id), phone)?
        .expect(200)?;
    let browser = Browser::start(&Look::default())?;
    browser.cdp(
        "Page.addScriptToEvaluateOnNewDocument",
        json!({ "source": CLOCK }),
    )?;
    browser.open(&format!("{}/account", stack.base()))?;
    browser.text("login-contact")?;
    let cookie = &account.client.cookies["podpis-account"];
    let set = json!({"name": "podpis-account", "value": cookie, "url": stack.base(), "httpOnly": true, "sameSite": "Strict"});
    browser.cdp("Network.setCookie", set)?;
    Ok((browser, account))
}

/// Opens a document of the account and reads it.
fn open_and_read(browser: &Browser, stack: &Stack, id: &str, upload: &Upload) -> Result<()> {
    browser.open(&format!("{}/account/document#{id}", stack.base()))?;
    wait_for_state(browser, "ready")?;
    read(browser, &upload.pdf, 1)
}

#[test]
fn another_code_after_a_minute_and_the_old_one_is_dead() -> Result<()> {
    let Some(mut stack) = Stack::alone(Settings::default())? else {
        return Ok(());
    };
    let phone = Upload::small().phone;
    let browser = Browser::start(&Look::default())?;
    browser.cdp(
        "Page.addScriptToEvaluateOnNewDocument",
        json!({ "source": CLOCK }),
    )?;
    browser.open(&format!("{}/account", stack.base()))?;
    browser.fill("login-contact", &phone)?;
    browser.press("login-submit")?;
    field(&browser)?;
    let first = stack.account().code_at(&phone)?;
    ensure!(!may_resend(&browser)?, "at once");
    browser.screenshots("50-code-resend-later")?;
    browser.run("window.ahead += 30000;")?;
    browser.wait_until(
        "the countdown goes on",
        "/0:[0-2][0-9]/.test(document.querySelector('[data-testid=\"code-resend\"]').innerText)",
    )?;
    ensure!(!may_resend(&browser)?, "before the minute is over");
    // Whatever a page says: the server counts too.
    let refused = browser.run_async(&format!(
        "const done = arguments[0]; fetch('/patient/account/sign-in', {{method: 'POST', \
         headers: {{'Content-Type': 'application/json', 'Podpis-Account': '1'}}, \
         body: JSON.stringify({{contact: '{phone}'}})}}).then((reply) => done(reply.status));"
    ))?;
    ensure!(refused == 429, "{refused}");
    ensure!(messages(&stack, &phone)? == 1, "a second message");

    seconds_go_by(&mut stack, &browser, 61)?;
    wait_for_resend(&browser)?;
    browser.screenshots("51-code-resend-now")?;
    browser.press("code-resend")?;
    wait_for("the second message", || {
        Ok((messages(&stack, &phone)? == 2).then_some(()))
    })?;
    let second = stack.account().code_at(&phone)?;
    ensure!(first != second, "the same code again");
    browser.wait_until(
        "the page knows of it",
        "document.querySelector('[data-testid=\"code-resend\"]')?.disabled === true \
         && document.querySelector('[data-testid=\"code-submit\"]')?.disabled === false",
    )?;
    hand_in(&browser, &first)?;
    browser.text("error")?;
    hand_in(&browser, &second)?;
    browser.text("documents-list").map(drop)
}

#[test]
fn a_late_code_says_so_and_offers_another() -> Result<()> {
    let Some(mut stack) = Stack::alone(Settings::default())? else {
        return Ok(());
    };
    let mut clinic = stack.clinic()?;
    clinic.publish_agreement()?;
    let upload = Upload::by_code(Person::IVANOVA);
    let id = clinic.send_document(&upload)?;
    let (browser, account) = in_the_account(&stack, &clinic, &upload.phone)?;
    open_and_read(&browser, &stack, &id, &upload)?;
    browser.press("sign-sms")?;
    field(&browser)?;
    let code = account.code_at(&upload.phone)?;
    // The server's clock is ahead of the page's: the page learns it from the answer.
    codes_grow_old(&mut stack, 301)?;
    hand_in(&browser, &code)?;
    says(&browser, "code-error", "Время кода вышло")?;
    browser.screenshots("52-late-code")?;
    browser.expect_no_sideways_scroll()?;
    ensure!(clinic.document(&id)?["status"] == "opened");
    browser.run("window.ahead += 301000;")?;
    wait_for_resend(&browser)?;
    browser.press("code-resend")?;
    field(&browser)?;
    // The page sees the time run out by itself.
    seconds_go_by(&mut stack, &browser, 301)?;
    says(&browser, "code-error", "Время вышло")?;
    browser.screenshots("53-time-is-over")?;
    wait_for_resend(&browser)?;
    browser.press("code-resend")?;
    field(&browser)?;
    hand_in(&browser, &account.code_at(&upload.phone)?)?;
    wait_for_state(&browser, "signed")?;
    ensure!(clinic.document(&id)?["status"] == "completed");
    Ok(())
}

#[test]
fn a_late_code_to_sign_in_says_so_and_offers_another() -> Result<()> {
    let Some(mut stack) = Stack::alone(Settings::default())? else {
        return Ok(());
    };
    let phone = Upload::small().phone;
    let browser = Browser::start(&Look::default())?;
    browser.cdp(
        "Page.addScriptToEvaluateOnNewDocument",
        json!({ "source": CLOCK }),
    )?;
    browser.open(&format!("{}/account", stack.base()))?;
    browser.fill("login-contact", &phone)?;
    browser.press("login-submit")?;
    field(&browser)?;
    let code = stack.account().code_at(&phone)?;
    codes_grow_old(&mut stack, 301)?;
    hand_in(&browser, &code)?;
    browser.text("error")?;
    ensure!(
        !browser.is_usable("code-submit")?,
        "a late code may be sent again"
    );
    browser.screenshots("54-late-code-to-sign-in")?;
    browser.run("window.ahead += 61000;")?;
    wait_for_resend(&browser)?;
    browser.press("code-resend")?;
    browser.wait_until(
        "the button is back",
        "document.querySelector('[data-testid=\"code-submit\"]')?.disabled === false",
    )?;
    hand_in(&browser, &stack.account().code_at(&phone)?)?;
    browser.text("documents-list").map(drop)
}

#[test]
fn five_wrong_codes_end_it_and_there_is_a_way_on() -> Result<()> {
    let Some(mut stack) = Stack::alone(Settings::default())? else {
        return Ok(());
    };
    let mut clinic = stack.clinic()?;
    clinic.publish_agreement()?;
    let upload = Upload::by_code(Person::IVANOVA);
    let id = clinic.send_document(&upload)?;
    let (browser, account) = in_the_account(&stack, &clinic, &upload.phone)?;
    open_and_read(&browser, &stack, &id, &upload)?;
    browser.press("sign-sms")?;
    field(&browser)?;
    let code = account.code_at(&upload.phone)?;
    for left in ["4", "3", "2", "1"] {
        hand_in(&browser, other_than(&code))?;
        says(&browser, "code-error", left)?;
    }
    browser.screenshots("55-one-try-left")?;
    hand_in(&browser, other_than(&code))?;
    says(&browser, "code-error", "не действует")?;
    browser.screenshots("56-locked")?;
    browser.expect_no_sideways_scroll()?;
    let typed = browser.run("return document.querySelector('[data-testid=\"code-input\"]');")?;
    ensure!(typed.is_null(), "a dead code may be typed on");
    ensure!(clinic.document(&id)?["status"] == "opened");
    // Back to the document, where Gosuslugi is a way on …
    browser.press("code-back")?;
    browser.wait_until(
        "the dialog is gone",
        "!document.querySelector('dialog[open]')",
    )?;
    ensure!(browser.is_usable("sign-esia")?, "no other way");
    // … and so is another code, once a minute is over.
    seconds_go_by(&mut stack, &browser, 61)?;
    browser.press("sign-sms")?;
    field(&browser)?;
    hand_in(&browser, &account.code_at(&upload.phone)?)?;
    wait_for_state(&browser, "signed")?;
    ensure!(clinic.document(&id)?["status"] == "completed");
    Ok(())
}

#[test]
fn a_page_that_is_loaded_anew_has_lost_nothing() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    clinic.publish_agreement()?;
    let upload = Upload::by_code(Person::IVANOVA);
    let id = clinic.send_document(&upload)?;
    let browser = Browser::start(&Look::default())?;
    // In the middle of signing in.
    browser.open(&format!("{}/account?clinic={}", stack.base(), clinic.id))?;
    browser.fill("login-contact", &upload.phone)?;
    browser.press("login-submit")?;
    field(&browser)?;
    browser.reload()?;
    field(&browser)?;
    browser.screenshots("57-code-after-a-reload")?;
    ensure!(messages(stack, &upload.phone)? == 1, "another message");
    // Another contact is another beginning, also after a reload.
    browser.press("code-other")?;
    browser.text("login-contact")?;
    browser.reload()?;
    browser.text("login-contact")?;
    let second = Upload::small().phone;
    browser.fill("login-contact", &second)?;
    browser.press("login-submit")?;
    field(&browser)?;
    browser.reload()?;
    hand_in(&browser, &stack.account().code_at(&second)?)?;
    browser.text("agreement-accept")?;
    browser.reload()?;
    browser.text("agreement-accept")?;

    // In the middle of signing.
    let (browser, account) = in_the_account(stack, &clinic, &upload.phone)?;
    open_and_read(&browser, stack, &id, &upload)?;
    let before = messages(stack, &upload.phone)?;
    browser.press("sign-sms")?;
    field(&browser)?;
    browser.reload()?;
    browser.wait_until(
        "the document",
        "['ready', 'code'].includes(document.body.dataset.state)",
    )?;
    if browser.run("return document.body.dataset.state;")? == "ready" {
        read(&browser, &upload.pdf, 1)?;
        browser.press("sign-sms")?;
    }
    field(&browser)?;
    browser.screenshots("58-signing-after-a-reload")?;
    ensure!(
        messages(stack, &upload.phone)? == before + 1,
        "another message"
    );
    hand_in(&browser, &account.code_at(&upload.phone)?)?;
    wait_for_state(&browser, "signed")?;
    browser.reload()?;
    wait_for_state(&browser, "signed")?;
    ensure!(browser.is_usable("download-signed")?, "nothing to download");
    ensure!(clinic.document(&id)?["status"] == "completed");
    Ok(())
}

#[test]
fn a_code_signs_the_document_of_its_own_tab_alone() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    clinic.publish_agreement()?;
    let one = Upload::by_code(Person::IVANOVA);
    let two = Upload::by_code(Person::IVANOVA)
        .to_phone(&one.phone)
        .with("/title", json!("Согласие на рекламу"));
    let ids = [clinic.send_document(&one)?, clinic.send_document(&two)?];
    let (browser, account) = in_the_account(stack, &clinic, &one.phone)?;
    open_and_read(&browser, stack, &ids[0], &one)?;
    browser.press("sign-sms")?;
    field(&browser)?;
    let first = account.code_at(&one.phone)?;
    let tab = browser.new_tab()?;
    open_and_read(&browser, stack, &ids[1], &two)?;
    browser.press("sign-sms")?;
    field(&browser)?;
    let second = account.code_at(&one.phone)?;
    ensure!(first != second, "one code for two documents");

    // In the second tab the first tab's code is a wrong one.
    hand_in(&browser, &first)?;
    says(&browser, "code-error", "4")?;
    browser.screenshots("59-a-code-of-another-tab")?;
    let mut states = |expected: [&str; 2]| -> Result<()> {
        for (id, state) in ids.iter().zip(expected) {
            let document = clinic.document(id)?;
            ensure!(document["status"] == state, "{document}");
        }
        Ok(())
    };
    states(["opened", "opened"])?;
    browser.to_tab(tab - 1)?;
    hand_in(&browser, &second)?;
    says(&browser, "code-error", "4")?;
    states(["opened", "opened"])?;
    // Each works where it belongs.
    hand_in(&browser, &first)?;
    wait_for_state(&browser, "signed")?;
    states(["completed", "opened"])?;
    browser.to_tab(tab)?;
    hand_in(&browser, &first)?;
    says(&browser, "code-error", "3")?;
    states(["completed", "opened"])?;
    hand_in(&browser, &second)?;
    wait_for_state(&browser, "signed")?;
    states(["completed", "completed"]).context("both tabs")
}
