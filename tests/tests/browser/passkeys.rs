//! Passkeys of the staff: Chromium's own WebAuthn, with a device that the browser keeps for tests.

use anyhow::{Context as _, Result, ensure};
use podpis_tests::browser::{Browser, Look};
use podpis_tests::{Stack, Staff};
use serde_json::json;

use crate::axe;
use crate::clinic::second_factor;
use crate::steps::wait_for_state;

/// A device that knows its owner by a finger.
struct Device<'a> {
    browser: &'a Browser,
    id: String,
}

impl<'a> Device<'a> {
    fn new(browser: &'a Browser) -> Result<Self> {
        browser.cdp("WebAuthn.enable", json!({}))?;
        let options = json!({"options": {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": true,
            "hasUserVerification": true,
            "isUserVerified": true,
            "automaticPresenceSimulation": true,
        }});
        let made = browser.cdp("WebAuthn.addVirtualAuthenticator", options)?;
        let id = made["authenticatorId"].as_str().context("no device")?;
        let id = id.to_owned();
        Ok(Self { browser, id })
    }

    /// Whether the finger is the owner's.
    fn owner(&self, there: bool) -> Result<()> {
        let body = json!({ "authenticatorId": self.id, "isUserVerified": there });
        self.browser.cdp("WebAuthn.setUserVerified", body).map(drop)
    }

    /// How many keys it holds.
    fn keys(&self) -> Result<usize> {
        let body = json!({ "authenticatorId": self.id });
        let found = self.browser.cdp("WebAuthn.getCredentials", body)?;
        Ok(found["credentials"].as_array().map_or(0, Vec::len))
    }

    /// It was reset.
    fn forget(&self) -> Result<()> {
        let body = json!({ "authenticatorId": self.id });
        self.browser
            .cdp("WebAuthn.clearCredentials", body)
            .map(drop)
    }
}

/// E-mail and password.
fn password(browser: &Browser, person: &Staff) -> Result<()> {
    wait_for_state(browser, "signed-out")?;
    browser.fill("login-email", &person.email)?;
    browser.fill("login-password", &person.password)?;
    browser.press("login-submit")?;
    wait_for_state(browser, "second")
}

fn listed(browser: &Browser, count: usize) -> Result<()> {
    browser.wait_until(
        "the passkeys",
        &format!("document.querySelectorAll('[data-testid=\"passkey\"]').length === {count}"),
    )
}

#[test]
fn a_passkey_stands_in_for_the_code() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let mut person = Staff::joined(&mut clinic, stack.base(), "registrar")?;
    let browser = Browser::start(&Look {
        width: Some(1280),
        ..Look::default()
    })?;
    let device = Device::new(&browser)?;
    browser.open(&format!("{}/clinic", stack.base()))?;
    password(&browser, &person)?;
    ensure!(!browser.is_usable("login-passkey")?, "there is none yet");
    second_factor(&browser, &mut person)?;
    wait_for_state(&browser, "documents")?;

    browser.run("location.hash = 'me';")?;
    wait_for_state(&browser, "me")?;
    listed(&browser, 0)?;
    browser.fill("passkey-name", "Ноутбук в регистратуре")?;
    device.owner(false)?;
    browser.press("passkey-add")?;
    browser.text("error")?;
    ensure!(device.keys()? == 0);
    device.owner(true)?;
    browser.press("passkey-add")?;
    listed(&browser, 1)?;
    browser.screenshots("97-passkeys")?;
    axe::judge(&browser, "passkeys")?;
    // One device, one key.
    browser.fill("passkey-name", "Он же ещё раз")?;
    browser.press("passkey-add")?;
    browser.text("error")?;
    browser.reload()?;
    wait_for_state(&browser, "me")?;
    listed(&browser, 1)?;
    ensure!(device.keys()? == 1);

    browser.press("sign-out")?;
    password(&browser, &person)?;
    axe::judge(&browser, "second factor or passkey")?;
    browser.screenshots("98-passkey-or-code")?;
    device.owner(false)?;
    browser.press("login-passkey")?;
    browser.text("error")?;
    device.owner(true)?;
    browser.press("login-passkey")?;
    wait_for_state(&browser, "documents")?;

    // Without the device the code is as good as before.
    device.forget()?;
    browser.press("sign-out")?;
    password(&browser, &person)?;
    browser.press("login-passkey")?;
    browser.text("error")?;
    second_factor(&browser, &mut person)?;
    wait_for_state(&browser, "documents")
}
