//! axe-core, which we did not write, finds nothing on any page, in light and in dark.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result, ensure};
use podpis_tests::browser::{Browser, Look};
use podpis_tests::{Person, Stack, Upload};
use serde_json::Value;

use crate::account::{self, sign_in};
use crate::steps::{open, read, wait_for_state};

/// Tells what axe finds on the page as it is, in both themes.
pub(crate) fn judge(browser: &Browser, page: &str) -> Result<()> {
    let folder = std::env::var("PODPIS_WITNESS").context("PODPIS_WITNESS isn't set")?;
    let axe = PathBuf::from(folder).join("node/node_modules/axe-core/axe.min.js");
    let axe = fs::read_to_string(&axe).with_context(|| axe.display().to_string())?;
    for dark in [false, true] {
        browser.set_dark(dark)?;
        browser.run(&axe)?;
        let found = browser.run_async(
            "const done = arguments[0];
             axe.run(document, {resultTypes: ['violations']}).then(
                 (result) => done(result.violations.map((v) => [v.id, v.help, v.nodes.map((n) => n.html.slice(0, 160))])),
                 (error) => done(String(error)));",
        )?;
        ensure!(
            found == Value::Array(Vec::new()),
            "{page}, dark {dark}: {found:#}"
        );
    }
    browser.set_dark(false)
}

#[test]
fn the_pages_of_a_link() -> Result<()> {
    let stack = Stack::shared()?;
    let upload = Upload::small();
    let opened = open(stack, &upload)?;
    wait_for_state(&opened.browser, "ready")?;
    read(&opened.browser, &upload.pdf, 1)?;
    judge(&opened.browser, "link")?;
    opened.browser.press("decline")?;
    opened.browser.text("decline-confirm")?;
    judge(&opened.browser, "decline")
}

#[test]
fn the_pages_without_a_document() -> Result<()> {
    let stack = Stack::shared()?;
    let browser = Browser::start(&Look::default())?;
    for path in ["/", "/verify", "/nowhere"] {
        browser.open(&format!("{}{path}", stack.base()))?;
        browser.wait_until("a heading", "document.querySelector('#app h1')")?;
        judge(&browser, path)?;
    }
    Ok(())
}

#[test]
fn the_pages_of_the_account() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    clinic.publish_agreement()?;
    let upload = Upload::by_code(Person::IVANOVA);
    let id = clinic.send_document(&upload)?;
    clinic.send_document(&account::for_a_child(&upload))?;
    let browser = Browser::start(&Look::default())?;
    browser.open(&format!("{}/account?clinic={}", stack.base(), clinic.id))?;
    browser.text("login-contact")?;
    judge(&browser, "sign-in")?;
    sign_in(&browser, stack, &upload.phone)?;
    browser.text("agreement-accept")?;
    judge(&browser, "agreement")?;
    browser.open(&format!("{}/account", stack.base()))?;
    browser.text("documents-list")?;
    judge(&browser, "documents")?;
    for page in ["profile", "devices", "agreements", "data"] {
        browser.run(&format!("location.hash = '{page}';"))?;
        browser.wait_until(page, "document.querySelector('#app h1')?.checkVisibility()")?;
        judge(&browser, page)?;
    }
    browser.open(&format!("{}/account/document#{id}", stack.base()))?;
    wait_for_state(&browser, "ready")?;
    judge(&browser, "document")
}
