//! What several tests do on the page.

use anyhow::{Result, ensure};
use podpis_shared::hash::Hashes;
use podpis_tests::browser::{Browser, Look};
use podpis_tests::{Clinic, Stack, Upload};

/// A document on its way, and a phone that has opened its link.
pub(crate) struct Opened {
    pub(crate) clinic: Clinic,
    pub(crate) id: String,
    pub(crate) link: String,
    pub(crate) browser: Browser,
}

/// Sends `upload` and opens its link.
pub(crate) fn open(stack: &Stack, upload: &Upload) -> Result<Opened> {
    let mut clinic = stack.clinic()?;
    let (id, link) = clinic.send_with_link(upload)?;
    let browser = Browser::start(&Look::default())?;
    browser.open(&link)?;
    Ok(Opened {
        clinic,
        id,
        link,
        browser,
    })
}

/// Waits until the page is in this state.
pub(crate) fn wait_for_state(browser: &Browser, state: &str) -> Result<()> {
    browser.wait_until(
        &format!("state {state}"),
        &format!("document.body.dataset.state === '{state}'"),
    )
}

/// Scrolls through all pages until each is painted; compares the browser's hash.
pub(crate) fn read(browser: &Browser, pdf: &[u8], pages: usize) -> Result<()> {
    let all = "document.querySelectorAll('[data-testid=\"page-canvas\"]')";
    browser.wait_until(
        "all pages have a place",
        &format!("{all}.length === {pages}"),
    )?;
    for page in 0..pages {
        browser.run(&format!(
            "{all}[{page}].scrollIntoView({{block: 'center'}});"
        ))?;
        browser.wait_until(
            &format!("page {}", page + 1),
            &format!("{all}[{page}].dataset.rendered === 'true'"),
        )?;
    }
    browser.run("window.scrollTo(0, document.documentElement.scrollHeight);")?;
    let shown = browser
        .run("return document.querySelector('[data-testid=\"sha256\"]').textContent.trim();")?;
    ensure!(
        shown == Hashes::of(pdf).sha256,
        "the browser's hash: {shown}"
    );
    Ok(())
}

/// Walks through the pages of the ESIA simulator.
pub(crate) fn at_esia(browser: &Browser, stack: &Stack, person: &str, allow: bool) -> Result<()> {
    browser.wait_until(
        "ESIA",
        &format!("location.href.startsWith('{}')", stack.esia()),
    )?;
    browser.press(&format!("person-{person}"))?;
    browser.press(if allow { "esia-allow" } else { "esia-deny" })
}
