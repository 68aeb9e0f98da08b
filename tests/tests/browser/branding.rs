//! A clinic's look on the phone: its logo, its colour in variants that can be read, its contacts; in both themes.

use anyhow::{Context as _, Result, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::Method;
use podpis_tests::browser::{Browser, Look};
use podpis_tests::picture::png;
use podpis_tests::{Clinic, Person, Stack, Upload};
use serde_json::{Value, json};

use crate::account::sign_in;
use crate::axe::judge;
use crate::steps::wait_for_state;

#[test]
fn a_clinic_looks_like_itself_and_can_be_read() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    // The hardest of colours: yellow is hardly seen on white.
    let kept = put(&mut clinic, "#ffd400", Some(png(320, 96, None)?))?;
    let (_, link) = clinic.send_with_link(&Upload::small())?;
    let browser = Browser::start(&Look::default())?;
    browser.open(&link)?;
    wait_for_state(&browser, "ready")?;
    browser.wait_until(
        "the logo",
        "document.querySelector('[data-testid=\"clinic-logo\"]')?.naturalWidth === 320",
    )?;
    ensure!(browser.text("clinic-name")? == "Клиника «Солнечная»");
    browser.text("clinic-registered")?;
    for (dark, theme) in [(false, "light"), (true, "dark")] {
        browser.set_dark(dark)?;
        let shown = browser.run(
            "return getComputedStyle(document.documentElement).getPropertyValue('--main').trim();",
        )?;
        ensure!(
            shown == kept["colors"][theme]["main"],
            "{theme}: {shown}, {kept}"
        );
    }
    browser.set_dark(false)?;
    browser.screenshots("branding-link")?;
    judge(&browser, "link")?;
    browser.expect_no_sideways_scroll()?;

    // Without a logo, and with another colour.
    put(&mut clinic, "#7a1fa2", None)?;
    browser.reload()?;
    wait_for_state(&browser, "ready")?;
    browser.screenshots("branding-no-logo")?;
    judge(&browser, "no logo")
}

#[test]
fn the_account_shows_whose_each_document_is() -> Result<()> {
    let stack = Stack::shared()?;
    let (mut with, mut without) = (stack.clinic()?, stack.clinic()?);
    put(&mut with, "#00695c", Some(png(96, 96, None)?))?;
    let upload = Upload::by_code(Person::IVANOVA);
    with.send_document(&upload)?;
    without.send_document(&Upload::by_code(Person::IVANOVA).to_phone(&upload.phone))?;
    let browser = Browser::start(&Look::default())?;
    browser.open(&format!("{}/account?clinic={}", stack.base(), with.id))?;
    browser.text("login-contact")?;
    browser.screenshots("branding-invited")?;
    judge(&browser, "invited")?;
    sign_in(&browser, stack, &upload.phone)?;
    browser.text("documents-list")?;
    browser.wait_until(
        "one logo",
        "document.querySelectorAll('.doc-logo').length === 1 && document.querySelector('.doc-logo').naturalWidth === 96",
    )?;
    browser.screenshots("branding-list")?;
    judge(&browser, "list")?;
    browser.expect_no_sideways_scroll()
}

#[test]
fn the_preview_shows_both_themes_and_a_letter() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    put(&mut clinic, "#c62828", Some(png(200, 60, None)?))?;
    let page = clinic.get("/api/v1/branding/preview")?.expect(200)?;
    let browser = Browser::start(&Look::default())?;
    let data = format!("data:text/html;base64,{}", STANDARD.encode(&page.body));
    browser.open(&data)?;
    let seen = browser.run(
        "return [document.querySelectorAll('section').length,
            [...document.images].filter((image) => image.naturalWidth === 200).length];",
    )?;
    ensure!(seen == json!([3, 3]), "{seen}");
    browser.screenshot("branding-preview")?;
    browser.expect_no_sideways_scroll()
}

fn put(clinic: &mut Clinic, color: &str, logo: Option<Vec<u8>>) -> Result<Value> {
    let look = json!({
        "display_name": "Клиника «Солнечная»", "primary_color": color,
        "logo_png_base64": logo.map(|png| STANDARD.encode(png)),
        "support_phone": "+78001234567", "support_email": "help@clinic.example",
    });
    let json_type = [("content-type", "application/json")];
    let body = Some(look.to_string().into_bytes());
    let reply = clinic.send(Method::PUT, "/api/v1/branding", &json_type, body)?;
    reply.expect(200)?.json().context("a look")
}
