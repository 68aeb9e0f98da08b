//! The patient signs the bytes that they saw: bytes that were changed on the way can't be signed.

use anyhow::{Result, ensure};
use podpis_tests::browser::{Browser, Look, TamperingProxy};
use podpis_tests::{Stack, Upload};

use crate::steps::wait_for_state;

#[test]
fn one_byte_changed_in_transit_stops_the_signing() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let (id, link) = clinic.send_with_link(&Upload::small())?;
    // The last line end: a reader of PDF doesn't notice, a hash does.
    let proxy = TamperingProxy::start("/patient/document/file", 1)?;
    let browser = Browser::start(&Look {
        proxy: Some(proxy.port),
        ..Look::default()
    })?;
    browser.open(&link)?;
    wait_for_state(&browser, "hash-mismatch")?;
    browser.text("error")?;
    ensure!(
        !browser.is_usable("sign-esia")?,
        "what was changed can be signed"
    );
    browser.run("document.querySelector('[data-testid=\"sign-esia\"]')?.click();")?;
    browser.screenshots("6-hash-mismatch")?;
    let status = clinic.document(&id)?["status"].clone();
    ensure!(status == "sent" || status == "opened", "{status}");
    Ok(())
}
