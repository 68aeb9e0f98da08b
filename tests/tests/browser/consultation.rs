//! The consent to a consultation, from the SMS to «Консультация может начаться», and when nobody gives it.

use anyhow::{Context as _, Result, ensure};
use podpis_tests::browser::{Browser, Look};
use podpis_tests::{Clinic, Stack, Upload};
use serde_json::{Value, json};

use crate::axe;
use crate::steps::{at_esia, read, wait_for_state};

/// Books a consultation of Иванова, in so many seconds; its id, its consent's, and the link.
fn book(stack: &Stack, clinic: &mut Clinic, seconds: i64) -> Result<(String, String, String)> {
    let upload = Upload::small();
    let starts_at = time::OffsetDateTime::now_utc().unix_timestamp() + seconds;
    let body = json!({
        "external_id": upload.document["external_id"],
        "starts_at": podpis_shared::Timestamp::from_unix(starts_at),
        "doctor": {"full_name": "Смирнова Анна Юрьевна", "position": "врач-терапевт"},
        "patient": upload.document["patient"], "consent": "default",
    });
    let booked = clinic
        .post("/api/v1/consultations", &body)?
        .expect(201)?
        .json()?;
    let id = |field: &str| booked[field].as_str().map(str::to_owned).context("an id");
    let link = stack.sandbox().link(&upload.phone)?;
    Ok((id("id")?, id("document_id")?, link))
}

/// Waits until the page says so of the consultation, and what it says.
fn standing(browser: &Browser, status: &str, may_begin: bool) -> Result<String> {
    let element = "document.querySelector('[data-testid=\"consultation-state\"]')";
    browser.wait_until(
        &format!("consultation {status}"),
        &format!(
            "{element}?.dataset.status === '{status}' && {element}.dataset.mayBegin === '{may_begin}'"
        ),
    )?;
    Ok(browser.text("consultation-state")?.replace('\u{a0}', " "))
}

#[test]
fn from_the_sms_to_the_beginning() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let (id, document, link) = book(stack, &mut clinic, 26 * 3600)?;
    let path = format!("/api/v1/documents/{document}/original");
    let consent = clinic.get(&path)?.expect(200)?.body;
    let pages = clinic.document(&document)?["pages"]
        .as_u64()
        .context("pages")?;
    let browser = Browser::start(&Look::default())?;
    browser.open(&link)?;
    wait_for_state(&browser, "ready")?;
    ensure!(browser.run("return document.body.dataset.page;")? == "consultation");
    let words = standing(&browser, "opened", false)?;
    ensure!(words.contains("Согласие ещё не дано"), "{words}");
    let shown = browser.run("return document.querySelector('main').innerText;")?;
    let shown = shown.as_str().context("words")?.replace('\u{a0}', " ");
    ensure!(
        shown.contains("Смирнова Анна Юрьевна, врач-терапевт") && shown.contains("(МСК)"),
        "{shown}"
    );
    browser.screenshots("81-consultation")?;
    axe::judge(&browser, "consultation")?;
    browser.expect_no_sideways_scroll()?;
    read(&browser, &consent, usize::try_from(pages)?)?;
    browser.screenshots("82-consultation-read")?;

    // Away from Gosuslugi without a signature, then once more.
    browser.press("sign-esia")?;
    at_esia(&browser, stack, "ivanova", false)?;
    wait_for_state(&browser, "esia-denied")?;
    ensure!(browser.url()?.contains("/c/#"), "{}", browser.url()?);
    standing(&browser, "opened", false)?;
    read(&browser, &consent, usize::try_from(pages)?)?;
    browser.press("sign-esia")?;
    at_esia(&browser, stack, "ivanova", true)?;
    wait_for_state(&browser, "signed")?;
    let words = standing(&browser, "consented", true)?;
    ensure!(words.contains("Консультация может начаться"), "{words}");
    browser.screenshots("83-consultation-consented")?;
    axe::judge(&browser, "consultation consented")?;
    browser.expect_no_sideways_scroll()?;
    let told: Value = clinic
        .get(&format!("/api/v1/consultations/{id}"))?
        .expect(200)?
        .json()?;
    ensure!(
        told["may_begin"] == true && told["status"] == "consented",
        "{told}"
    );
    Ok(())
}

/// The page is open when the beginning comes: it says so by itself.
#[test]
fn the_beginning_comes_while_the_page_is_open() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let (id, _, link) = book(stack, &mut clinic, 25)?;
    let browser = Browser::start(&Look::default())?;
    browser.open(&link)?;
    let words = standing(&browser, "missed", false)?;
    ensure!(words.contains("Время начала прошло"), "{words}");
    wait_for_state(&browser, "ready")?;
    browser.screenshots("84-consultation-missed")?;
    axe::judge(&browser, "consultation missed")?;
    clinic
        .post(&format!("/api/v1/consultations/{id}/cancel"), &json!({}))?
        .expect(200)?;
    browser.reload()?;
    wait_for_state(&browser, "cancelled")?;
    browser.screenshots("85-consultation-cancelled")?;
    Ok(())
}
