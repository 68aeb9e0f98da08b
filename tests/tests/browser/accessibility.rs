//! The page without a finger and without eyes: keyboard, names, live regions, large text.

use anyhow::{Context as _, Result, ensure};
use podpis_tests::{Stack, Upload};
use serde_json::Value;

use crate::steps::{Opened, open, read, wait_for_state};

/// Enter, as the WebDriver standard names it.
const ENTER: &str = "\u{E007}";

#[test]
fn the_keyboard_alone_is_enough() -> Result<()> {
    let stack = Stack::shared()?;
    let upload = Upload::small();
    let Opened { browser, .. } = open(stack, &upload)?;
    wait_for_state(&browser, "ready")?;
    read(&browser, &upload.pdf, 1)?;
    browser.tab_to("sign-esia")?;
    let ring = browser.run("const style = getComputedStyle(document.activeElement); return style.outlineStyle + style.boxShadow;")?;
    ensure!(
        ring.as_str().is_some_and(|ring| ring != "nonenone"),
        "the focus can't be seen: {ring}"
    );
    browser.keys(ENTER)?;
    browser.wait_until(
        "ESIA",
        &format!("location.href.startsWith('{}')", stack.esia()),
    )?;
    for control in ["person-ivanova", "esia-allow"] {
        browser.tab_to(control)?;
        browser.keys(ENTER)?;
    }
    wait_for_state(&browser, "signed")?;
    browser.tab_to("download-signed")
}

#[test]
fn every_control_has_a_name_and_a_finger_sized_place() -> Result<()> {
    let stack = Stack::shared()?;
    let upload = Upload::small();
    let Opened { browser, .. } = open(stack, &upload)?;
    wait_for_state(&browser, "ready")?;
    read(&browser, &upload.pdf, 1)?;
    let controls = browser.run(
        "return [...document.querySelectorAll('button, a[href], input, textarea, summary')]
            .filter((control) => control.checkVisibility())
            .map((control) => {
                const box = control.getBoundingClientRect();
                const label = control.ariaLabel ?? control.labels?.[0]?.innerText ?? control.innerText;
                return [control.outerHTML.slice(0, 120), label.trim(), box.height];
            });",
    )?;
    for control in controls.as_array().context("controls")? {
        ensure!(
            control[1].as_str().is_some_and(|name| !name.is_empty()),
            "no name: {control}"
        );
        ensure!(
            control[2].as_f64().is_some_and(|height| height >= 24.0),
            "too small for a finger: {control}"
        );
    }
    let facts = browser.run(
        "return {
            lang: document.documentElement.lang, title: document.title, headings: document.querySelectorAll('h1').length,
            main: document.querySelectorAll('main, [role=main]').length,
            live: document.querySelectorAll('[aria-live], [role=status], [role=alert]').length,
            unnamed: [...document.querySelectorAll('canvas')].filter((canvas) => !canvas.ariaLabel && canvas.role !== 'presentation'
                && !canvas.ariaHidden && !canvas.closest('[aria-label], [aria-labelledby]')).length,
        };",
    )?;
    ensure!(
        facts["lang"] == "ru" && facts["headings"] == 1 && facts["main"] == 1,
        "{facts}"
    );
    ensure!(
        facts["title"]
            .as_str()
            .is_some_and(|title| !title.is_empty()),
        "{facts}"
    );
    ensure!(
        facts["live"].as_u64() > Some(0) && facts["unnamed"] == 0,
        "{facts}"
    );
    Ok(())
}

#[test]
fn text_twice_as_large_still_fits_the_screen() -> Result<()> {
    let stack = Stack::shared()?;
    let upload = Upload::small();
    let Opened { browser, .. } = open(stack, &upload)?;
    wait_for_state(&browser, "ready")?;
    browser.run("document.documentElement.style.fontSize = '200%';")?;
    let widest = browser.run(
        "return [...document.body.querySelectorAll('*')].filter((part) => part.getBoundingClientRect().right > screen.width + 1)
            .map((part) => part.outerHTML.slice(0, 80));",
    )?;
    ensure!(widest == serde_json::json!([]), "these don't fit: {widest}");
    browser.expect_no_sideways_scroll()?;
    browser.screenshot("7-large-text")?;
    let covered: Value = browser.run(
        "const bar = document.querySelector('[data-testid=\"sign-esia\"]').getBoundingClientRect();
         return bar.top >= 0 && bar.bottom <= screen.height + 1;",
    )?;
    ensure!(covered == true, "the main button is out of view");
    Ok(())
}
