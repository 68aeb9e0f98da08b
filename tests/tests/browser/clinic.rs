//! The console of a clinic's staff: from the invitation to a document that both have signed; who sees what.

mod keeping;
mod office;
mod sending;

use std::fs;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, ensure};
use podpis_shared::Timestamp;
use podpis_tests::browser::{Browser, Look};
use podpis_tests::ukep::{OWN, SIGNER, Tools};
use podpis_tests::{Clinic, Person, Reaction, Receiver, Stack, Staff, Upload, pdf, wait_for};
use podpis_verify::{Input, Verdict, verify};
use serde_json::json;

use crate::axe;
use crate::steps::{at_esia, read, wait_for_state};

/// A screen in the registrar's room.
const DESK: Look = Look {
    dark: false,
    proxy: None,
    width: Some(1280),
};

/// Pages of the head, by their state.
const PAGES: [&str; 13] = [
    "documents",
    "send",
    "to-sign",
    "bulk",
    "usage",
    "clinic",
    "look",
    "staff",
    "journal",
    "webhook",
    "keys",
    "archive",
    "me",
];

/// Takes an invitation in the browser: name, password, an app for codes, the codes for a lost phone.
fn join(browser: &Browser, stack: &Stack, person: &mut Staff) -> Result<()> {
    let token = person.letter("invite")?;
    browser.open(&format!("{}/clinic#invite-{token}", stack.base()))?;
    wait_for_state(browser, "invitation")?;
    browser.text("invite-password")?;
    axe::judge(browser, "invitation")?;
    browser.fill("invite-name", "Смирнова Ольга")?;
    browser.fill("invite-password", &person.password.clone())?;
    browser.press("invite-submit")?;
    wait_for_state(browser, "enrol")?;
    axe::judge(browser, "enrol")?;
    let secret = browser
        .run("return document.querySelector('[data-testid=\"totp-secret\"]').textContent;")?;
    person.shown(secret.as_str().context("no secret")?)?;
    let code = person.fresh_code()?.context("no fresh code")?;
    browser.fill("totp-code", &code)?;
    browser.press("totp-submit")?;
    wait_for_state(browser, "recovery-codes")?;
    axe::judge(browser, "recovery codes")?;
    let codes = "document.querySelectorAll('[data-testid=\"recovery-codes\"] li')";
    let codes = browser.run(&format!("return [...{codes}].map((li) => li.textContent);"))?;
    person.recovery = serde_json::from_value(codes)?;
    ensure!(person.recovery.len() == 8, "{:?}", person.recovery);
    ensure!(!browser.is_usable("recovery-continue")?, "codes not kept");
    browser.press("recovery-kept")?;
    browser.press("recovery-continue")
}

/// Goes to a page by its state.
fn go(browser: &Browser, page: &str) -> Result<()> {
    browser.run(&format!("location.hash = '{page}';"))?;
    wait_for_state(browser, page)?;
    browser.wait_until(page, "!document.querySelector('#main .bones')")
}

/// Nothing is wider than the screen of a phone, of a tablet and of the desk, which stays.
fn fits(browser: &Browser) -> Result<()> {
    for width in [360, 768, 1280] {
        let screen =
            json!({ "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false });
        browser.cdp("Emulation.setDeviceMetricsOverride", screen)?;
        browser.wait_until("another screen", &format!("innerWidth === {width}"))?;
        let content = browser.run("return document.documentElement.scrollWidth;")?;
        ensure!(
            content.as_u64() <= Some(width),
            "wider than {width}: {content}"
        );
    }
    Ok(())
}

/// Takes one of the choices of a list.
fn choose(browser: &Browser, testid: &str, value: &str) -> Result<()> {
    browser.text(testid)?;
    let script = format!(
        "const choice = document.querySelector('[data-testid=\"{testid}\"]'); choice.value = '{value}'; \
         choice.dispatchEvent(new Event('change', {{bubbles: true}})); return choice.value;"
    );
    let chosen = browser.run(&script)?;
    ensure!(chosen == value, "{testid}: there is no {value}");
    Ok(())
}

/// Fills in a consent for Иванова; her phone.
fn fill_in(browser: &Browser) -> Result<String> {
    let phone = Upload::small().phone;
    go(browser, "send")?;
    for (field, value) in [
        ("patient.last_name", "Иванова"),
        ("patient.first_name", "Мария"),
        ("patient.middle_name", "Петровна"),
        ("patient.birth_date", "12.03.1985"),
        ("patient.phone", &phone),
        ("external_id", "К-17"),
        ("template.patient.address", "Москва, ул. Лесная, д. 1"),
        ("template.medic.full_name", "Петрова Анна Сергеевна"),
        ("template.medic.position", "врач-терапевт"),
    ] {
        browser.fill(field, value)?;
    }
    Ok(phone)
}

/// The patient signs on a phone what came by SMS.
fn patient_signs(stack: &Stack, clinic: &mut Clinic, id: &str, phone: &str) -> Result<()> {
    let link = stack.sandbox().link(phone)?;
    let original = format!("/api/v1/documents/{id}/original");
    let original = clinic.get(&original)?.expect(200)?.body;
    let pages = clinic.document(id)?["pages"].as_u64().context("pages")?;
    let browser = Browser::start(&Look::default())?;
    browser.open(&link)?;
    wait_for_state(&browser, "ready")?;
    read(&browser, &original, usize::try_from(pages)?)?;
    browser.press("sign-esia")?;
    at_esia(&browser, stack, "ivanova", true)?;
    wait_for_state(&browser, "signed")
}

/// Waits for a download and reads it.
fn downloaded(folder: &Path, ending: &str) -> Result<Vec<u8>> {
    wait_for(&format!("a file {ending}"), || {
        let files = fs::read_dir(folder)?.filter_map(Result::ok);
        let mut files = files.map(|file| file.path());
        // While it comes it has another ending.
        let found = files.find(|path| path.to_string_lossy().ends_with(ending));
        found.map(fs::read).transpose().map_err(Into::into)
    })
}

/// The final version, checked by what needs no server.
fn valid_without_us(stack: &Stack, clinic: &mut Clinic, id: &str) -> Result<()> {
    let trust = stack.anonymous().get("/api/v1/trust")?.expect(200)?;
    let trust = serde_json::from_slice(&trust.body)?;
    let last = format!("/api/v1/documents/{id}/final");
    let last = clinic.get(&last)?.expect(200)?.body;
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let report = verify(Input {
        pdf: &last,
        clinic_signature: None,
        newer_evidence: None,
        trust: Some(&trust),
        now: Timestamp::from_unix(i64::try_from(now)?),
    });
    ensure!(report.verdict == Verdict::Valid, "{report:#?}");
    Ok(())
}

#[test]
fn both_sign_from_the_invitation_to_the_end() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let tools = Tools::trusted(stack)?;
    tools.certificate("root", "own", OWN, SIGNER)?;
    let mut person = Staff::nobody(stack.base());
    person.invited_by(&mut clinic, "head")?;
    let browser = Browser::start(&DESK)?;
    join(&browser, stack, &mut person)?;
    wait_for_state(&browser, "documents")?;
    browser.text("empty")?;
    axe::judge(&browser, "no documents")?;

    // The form says what is missing before anything is sent, then shows the document.
    let phone = fill_in(&browser)?;
    browser.fill("patient.birth_date", "31.02.1985")?;
    browser.press("send-submit")?;
    browser.text("send-flawed")?;
    browser.wait_until(
        "the focus is on what is wrong",
        "document.activeElement.id === 'patient.birth_date'",
    )?;
    browser.fill("patient.birth_date", "12.03.1985")?;
    browser.wait_until(
        "a preview",
        "Number(document.querySelector('[data-testid=\"preview\"]')?.dataset.pages) > 0",
    )?;
    let law = browser.run(
        "return document.querySelector('[data-testid=\"law\"] [data-allowed]').dataset.allowed;",
    )?;
    ensure!(law == "true", "{law}");
    ensure!(!browser.is_usable("method-sms")?, "a consent by SMS");
    axe::judge(&browser, "send")?;
    // A double click sends once.
    browser.run(
        "const button = document.querySelector('[data-testid=\"send-submit\"]'); button.click(); button.click();",
    )?;
    browser.text("sent")?;
    axe::judge(&browser, "sent")?;
    let id = browser.run("return document.querySelector('[data-testid=\"sent\"]').dataset.id;")?;
    let id = id.as_str().context("no id")?.to_owned();
    let list = clinic.get("/api/v1/documents")?.expect(200)?.json()?;
    ensure!(
        list["items"]
            .as_array()
            .is_some_and(|items| items.len() == 1),
        "{list}"
    );
    patient_signs(stack, &mut clinic, &id, &phone)?;
    clinic.wait_for_status(&id, "patient_signed")?;

    let folder = tools.folder().join("downloads");
    fs::create_dir_all(&folder)?;
    let to = json!({ "behavior": "allow", "downloadPath": folder });
    browser.cdp("Browser.setDownloadBehavior", to)?;
    go(&browser, "to-sign")?;
    let row = format!("document.querySelector('[data-testid=\"document\"][data-id=\"{id}\"]')");
    browser.wait_until("the document waits", &row)?;
    axe::judge(&browser, "to sign")?;
    browser.press("download-many")?;
    let zip = downloaded(&folder, ".zip")?;
    let signed = format!("/api/v1/documents/{id}/signed");
    let signed = clinic.get(&signed)?.expect(200)?.body;
    let inside = zip.windows(signed.len()).any(|part| part == signed);
    ensure!(inside, "the archive has other bytes");

    // A signature over something else is refused in words, the right one completes the document.
    let wrong = folder.join(format!("чужая [{id}].pdf.sig"));
    fs::write(&wrong, tools.sign(b"something else", "own", "")?)?;
    let right = folder.join(format!("подписан [{id}] (1).pdf.sig"));
    fs::write(&right, tools.sign(&signed, "own", "")?)?;
    let stray = folder.join("stray.sig");
    fs::write(&stray, b"no signature")?;
    browser.choose_files("signature-files", &[&wrong, &stray, &right])?;
    let outcomes = "[...document.querySelectorAll('[data-testid=\"signature\"]')].map((li) => li.dataset.state)";
    browser.wait_until(
        "every signature is checked",
        &format!("{outcomes}.join() === 'refused,refused,accepted'"),
    )?;
    axe::judge(&browser, "signatures")?;
    let report = browser.text("signatures")?.replace('\u{a0}', " ");
    ensure!(report.contains("Подписан другой файл"), "{report}");
    ensure!(report.contains("документ завершён"), "{report}");
    ensure!(clinic.document(&id)?["status"] == "completed");

    valid_without_us(stack, &mut clinic, &id)?;

    browser.run(&format!("location.hash = 'documents/{id}';"))?;
    wait_for_state(&browser, "document")?;
    browser.text("download-final")?;
    let status = browser.run(
        "return document.querySelector('[data-testid=\"document-status\"]').dataset.status;",
    )?;
    ensure!(status == "completed", "{status}");
    axe::judge(&browser, "document")?;
    browser.screenshots("90-console-completed")?;
    browser.press("sign-out")?;
    wait_for_state(&browser, "signed-out")?;
    axe::judge(&browser, "console signed out")
}

#[test]
fn a_head_has_every_page_and_signs_in_again() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    clinic.send_document(&Upload::small())?;
    let mut person = Staff::joined(&mut clinic, stack.base(), "head")?;
    let browser = Browser::start(&DESK)?;
    sign_in(&browser, stack, &mut person)?;
    wait_for_state(&browser, "documents")?;
    for page in PAGES {
        go(&browser, page)?;
        axe::judge(&browser, page)?;
        browser.expect_no_sideways_scroll()?;
        browser.screenshots(&format!("91-console-{page}"))?;
    }
    // What is made here is there, and what is shown once is gone after that.
    go(&browser, "keys")?;
    browser.fill("key-label", "МИС")?;
    browser.press("key-make")?;
    browser.text("new-key")?;
    browser.reload()?;
    wait_for_state(&browser, "keys")?;
    browser.wait_until(
        "the keys",
        "document.querySelectorAll('[data-testid=\"key\"]').length > 0",
    )?;
    ensure!(!browser.is_usable("new-key")?, "the key is shown again");
    Ok(())
}

#[test]
fn a_role_sees_its_own_pages() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    for (role, pages, first) in [
        (
            "registrar",
            &["documents", "send", "bulk", "me"][..],
            "documents",
        ),
        ("accountant", &["usage", "me"][..], "usage"),
    ] {
        let mut person = Staff::joined(&mut clinic, stack.base(), role)?;
        let browser = Browser::start(&DESK)?;
        sign_in(&browser, stack, &mut person)?;
        wait_for_state(&browser, first)?;
        let own = browser.run(
            "return [...document.querySelectorAll('[data-testid^=\"nav-\"]')].map((a) => a.dataset.testid.slice(4));",
        )?;
        ensure!(own == json!(pages), "{role}: {own}");
        // The address of a page that is not theirs leads to one that is.
        for other in ["keys", "journal", "clinic"] {
            browser.run(&format!("location.hash = '{other}';"))?;
            browser.wait_until(other, &format!("location.hash === '#{other}'"))?;
            wait_for_state(&browser, first)?;
        }
    }
    Ok(())
}

#[test]
fn an_event_is_sent_again() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let receiver = Receiver::start(|_| Reaction::Status(200))?;
    let mut person = Staff::joined(&mut clinic, stack.base(), "head")?;
    let browser = Browser::start(&DESK)?;
    sign_in(&browser, stack, &mut person)?;
    wait_for_state(&browser, "documents")?;
    go(&browser, "webhook")?;
    browser.fill("webhook-url", &receiver.url)?;
    browser.press("webhook-save")?;
    browser.text("webhook-secret")?;
    let id = clinic.send_document(&Upload::small())?;
    let came = |times: usize| {
        wait_for("the event", || {
            let all = receiver.received();
            let events = all.iter().filter_map(|one| one.event().ok());
            let sent = events.filter(|event| {
                event["type"] == "document.sent" && event["document_id"] == id.as_str()
            });
            let sent: Vec<_> = sent.collect();
            Ok((sent.len() >= times).then_some(sent))
        })
    };
    came(1)?;
    wait_for("what became of it", || {
        let path = "/api/v1/webhook/deliveries?status=delivered";
        let list = clinic.get(path)?.expect(200)?.json()?;
        Ok(list["items"]
            .as_array()
            .filter(|items| !items.is_empty())
            .map(drop))
    })?;
    browser.reload()?;
    wait_for_state(&browser, "webhook")?;
    let row = "[...document.querySelectorAll('[data-testid=\"delivery\"]')]\
               .find((tr) => tr.textContent.includes('document.sent'))";
    browser.wait_until("the delivery", row)?;
    browser.run(&format!(
        "{row}.querySelector('[data-testid=\"replay\"]').click();"
    ))?;
    let sent = came(2)?;
    ensure!(sent[0]["id"] == sent[1]["id"], "{sent:?}");
    Ok(())
}

/// Password and second factor; a wrong password first.
fn sign_in(browser: &Browser, stack: &Stack, person: &mut Staff) -> Result<()> {
    browser.open(&format!("{}/clinic", stack.base()))?;
    wait_for_state(browser, "signed-out")?;
    axe::judge(browser, "console sign-in")?;
    browser.fill("login-email", &person.email.clone())?;
    browser.fill("login-password", "не тот пароль")?;
    browser.press("login-submit")?;
    browser.text("error")?;
    browser.fill("login-password", &person.password.clone())?;
    browser.press("login-submit")?;
    wait_for_state(browser, "second")?;
    axe::judge(browser, "console second factor")?;
    second_factor(browser, person)
}

/// The code from the phone, or one of those kept for when it is lost.
pub(crate) fn second_factor(browser: &Browser, person: &mut Staff) -> Result<()> {
    if let Some(code) = person.fresh_code()? {
        browser.fill("login-code", &code)?;
    } else {
        let code = person.recovery.pop().context("no recovery code left")?;
        browser.press("login-other")?;
        browser.fill("login-recovery", &code)?;
    }
    browser.press("second-submit")
}
