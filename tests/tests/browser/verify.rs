//! `/verify`: a signed document is checked in the browser, also without network, and nothing unchecked looks checked.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use podpis_shared::hash::Hashes;
use podpis_tests::browser::{Browser, Look};
use podpis_tests::{Settings, Stack, Upload};
use serde_json::json;

use crate::steps::wait_for_state;

const ENTER: &str = "\u{E007}";

#[test]
fn a_signed_document_is_valid_and_explained() -> Result<()> {
    let stack = Stack::shared()?;
    let signed = signed(stack)?;
    let file = keep("valid.pdf", &signed)?;
    let browser = opened(stack)?;
    browser.screenshots("8-verify-empty")?;
    browser.expect_no_sideways_scroll()?;
    browser.run("performance.clearResourceTimings();")?;

    let checks = check(&browser, &[&file], "valid")?;
    for name in [
        "pdf-structure",
        "seal-signature",
        "seal-whole-file",
        "seal-certificate",
        "original-unchanged",
        "later-changes",
        "document-hash",
        "evidence-signature",
        "evidence-document",
        "browser-hash",
        "esia-token",
        "esia-person",
        "journal-proof",
        "checkpoint",
    ] {
        ensure!(
            checks.get(name).map(String::as_str) == Some("pass"),
            "{name}: {checks:?}"
        );
    }
    for name in ["qualified", "newer-evidence", "clinic-signature"] {
        ensure!(
            checks.get(name).map(String::as_str) == Some("unchecked"),
            "{name}: {checks:?}"
        );
    }
    ensure!(browser.text("verify-sha256")? == Hashes::of(&signed).sha256);
    let shown = browser.run("return document.querySelector('main').innerText;")?;
    let shown = shown.as_str().unwrap_or_default().to_lowercase();
    for words in ["иванова", "госуслуг", "учебной системы"] {
        ensure!(shown.contains(words), "{words} is not on the page: {shown}");
    }
    let asked = browser.run(
        "return performance.getEntriesByType('resource').map((entry) => new URL(entry.name).pathname)
            .filter((path) => !path.startsWith('/assets/') && !path.startsWith('/verify/'));",
    )?;
    ensure!(
        asked == json!(["/api/v1/trust"]),
        "asked of the network: {asked}"
    );
    browser.expect_no_sideways_scroll()?;
    browser.screenshots("8-verify-valid")
}

#[test]
fn a_changed_byte_and_a_lost_end_are_found() -> Result<()> {
    let stack = Stack::shared()?;
    let signed = signed(stack)?;
    let browser = opened(stack)?;
    let places = [signed.len() / 20, signed.len() / 2, signed.len() - 10];
    for place in places {
        let mut changed = signed.clone();
        changed[place] ^= 1;
        let file = keep("changed.pdf", &changed)?;
        let checks = check(&browser, &[&file], "invalid")?;
        ensure!(
            checks.values().any(|result| result == "fail"),
            "{place}: {checks:?}"
        );
        browser.press("verify-again")?;
        wait_for_state(&browser, "empty")?;
    }
    let file = keep("cut.pdf", &signed[..signed.len() * 2 / 3])?;
    check(&browser, &[&file], "invalid")?;
    browser.screenshots("8-verify-invalid")
}

#[test]
fn what_was_not_checked_never_looks_checked() -> Result<()> {
    let stack = Stack::shared()?;
    let file = keep("marks.pdf", &signed(stack)?)?;
    let browser = Browser::start(&Look::default())?;
    // Without a trust list nobody knows whose seal it is.
    browser.cdp("Network.enable", json!({}))?;
    browser.cdp(
        "Network.setBlockedURLs",
        json!({"urls": ["*/api/v1/trust", "*/sw.js"]}),
    )?;
    browser.open(&format!("{}/verify", stack.base()))?;
    wait_for_state(&browser, "empty")?;
    let checks = check(&browser, &[&file], "incomplete")?;
    ensure!(checks.get("seal-certificate").map(String::as_str) == Some("unchecked"));
    let marks = browser.run(
        "return [...document.querySelectorAll('[data-testid=\"verify-check\"]')].every((check) =>
            check.querySelectorAll('.mark').length === 1 && check.querySelector('.mark-' + check.dataset.result)
            && check.innerText.startsWith({pass: 'Проверено', fail: 'Нарушено', unchecked: 'Не\\u00a0проверено'}[check.dataset.result]));",
    )?;
    ensure!(marks == true, "a mark says something else than the result");
    browser.screenshots("8-verify-incomplete")
}

#[test]
fn once_opened_it_works_without_a_server() -> Result<()> {
    let Some(mut stack) = Stack::alone(Settings::default())? else {
        return Ok(());
    };
    let file = keep("offline.pdf", &signed(&stack)?)?;
    let browser = opened(&stack)?;
    browser.text("verify-offline")?;
    stack.kill()?;
    // Only the service worker's own store is left.
    browser.cdp("Network.enable", json!({}))?;
    browser.cdp("Network.clearBrowserCache", json!({}))?;
    browser.reload()?;
    wait_for_state(&browser, "empty")?;
    check(&browser, &[&file], "valid")?;
    ensure!(
        browser
            .text("verify-trust")?
            .replace('\u{a0}', " ")
            .contains("сохранённый на устройстве")
    );
    let kept = browser.run(
        "return (async () => {
            const urls = [];
            for (const name of await caches.keys()) {
                const requests = await (await caches.open(name)).keys();
                urls.push(...requests.map((request) => new URL(request.url).pathname));
            }
            return urls;
        })();",
    )?;
    let kept = kept.as_array().context("kept files")?;
    ensure!(kept.len() > 5, "{kept:?}");
    for path in kept.iter().filter_map(|path| path.as_str()) {
        let public =
            path.starts_with("/assets/") || path.starts_with("/verify/") || path == "/api/v1/trust";
        ensure!(public, "kept on the device: {path}");
    }
    Ok(())
}

#[test]
fn wrong_files_are_told_apart_and_lead_on() -> Result<()> {
    let stack = Stack::shared()?;
    let file = keep("right.pdf", &signed(stack)?)?;
    let browser = opened(stack)?;
    let cases: [(&str, &[u8], &str); 3] = [
        ("picture.pdf", b"\x89PNG\r\n\x1a\n", "not-pdf"),
        ("letter.txt", "Здравствуйте".as_bytes(), "unknown"),
        (
            "clinic.sig",
            b"-----BEGIN CMS-----\nMIIB\n-----END CMS-----\n",
            "no-pdf",
        ),
    ];
    for (name, bytes, state) in cases {
        choose(&browser, &[keep(name, bytes)?.as_path()])?;
        wait_for_state(&browser, state)?;
        let said = browser.text("error")?;
        ensure!(
            said.chars().any(|char| ('а'..='я').contains(&char)),
            "{name}: {said}"
        );
        browser.expect_no_sideways_scroll()?;
    }
    // The signature was remembered, and it is no signature.
    let checks = check(&browser, &[&file], "invalid")?;
    ensure!(checks.get("clinic-signature").map(String::as_str) == Some("fail"));
    // Another PDF is another case.
    check(&browser, &[&file], "valid").map(drop)
}

#[test]
fn the_keyboard_alone_leads_through_the_report() -> Result<()> {
    let stack = Stack::shared()?;
    let file = keep("keyboard.pdf", &signed(stack)?)?;
    let browser = opened(stack)?;
    browser.tab_to("verify-file")?;
    let ring =
        browser.run("return getComputedStyle(document.querySelector('.drop')).outlineStyle;")?;
    ensure!(ring != "none", "the focus can't be seen");
    check(&browser, &[&file], "valid")?;
    browser.wait_until("focus", "document.activeElement?.tagName === 'H1'")?;
    for _ in 0..5 {
        browser.keys("\u{E004}")?;
        if browser.run("return document.activeElement.tagName;")? == "SUMMARY" {
            break;
        }
    }
    browser.keys(ENTER)?;
    browser.wait_until("details", "document.querySelector('details').open")?;
    for control in ["verify-print", "verify-save", "verify-again"] {
        browser.tab_to(control)?;
    }
    browser.keys(ENTER)?;
    wait_for_state(&browser, "empty")?;
    browser.wait_until("focus", "document.activeElement?.id === 'verify-file'")
}

/// A document that Иванова has signed through ESIA, as the clinic gets it.
fn signed(stack: &Stack) -> Result<Vec<u8>> {
    let mut clinic = stack.clinic()?;
    let (id, link) = clinic.send_with_link(&Upload::small())?;
    stack.patient(&link)?.sign_as("ivanova")?.expect(200)?;
    let signed = clinic.get(&format!("/api/v1/documents/{id}/signed"))?;
    Ok(signed.expect(200)?.body)
}

/// A phone with the page open.
fn opened(stack: &Stack) -> Result<Browser> {
    let browser = Browser::start(&Look::default())?;
    browser.open(&format!("{}/verify", stack.base()))?;
    wait_for_state(&browser, "empty")?;
    ensure!(browser.run("return document.body.dataset.page;")? == "verify");
    Ok(browser)
}

/// A file in a folder of its own, so that tests don't meet.
fn keep(name: &str, bytes: &[u8]) -> Result<PathBuf> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("verify");
    fs::create_dir_all(&folder)?;
    let path = folder.join(name);
    fs::write(&path, bytes)?;
    Ok(path)
}

fn choose(browser: &Browser, files: &[&Path]) -> Result<()> {
    browser.wait_until(
        "a free input",
        "document.querySelector('[data-testid=\"verify-file\"]')?.disabled === false",
    )?;
    browser.choose_files("verify-file", files)
}

/// Gives the files and waits for the verdict; the results by the checks' names.
fn check(browser: &Browser, files: &[&PathBuf], verdict: &str) -> Result<BTreeMap<String, String>> {
    let files: Vec<&Path> = files.iter().map(|file| file.as_path()).collect();
    choose(browser, &files)?;
    wait_for_state(browser, "done")?;
    let found = browser.run(
        "return [document.querySelector('[data-testid=\"verify-verdict\"]').dataset.verdict,
            Object.fromEntries([...document.querySelectorAll('[data-testid=\"verify-check\"]')]
                .map((check) => [check.dataset.check, check.dataset.result])),
            document.querySelector('main').innerText];",
    )?;
    ensure!(
        found[0] == verdict,
        "{} and not {verdict}: {}\n{}",
        found[0],
        found[1],
        found[2].as_str().unwrap_or_default()
    );
    Ok(serde_json::from_value(found[1].clone())?)
}
