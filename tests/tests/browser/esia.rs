//! Signing through ESIA as a person sees it: GOST on both sides, and every refusal with its words and its next step.

use anyhow::{Context as _, Result, ensure};
use podpis_shared::problem::Code;
use podpis_shared::problem::words::{self, Next, Words};
use podpis_tests::browser::Browser;
use podpis_tests::{Esia, Settings, Stack, Upload, judges, wait_for};
use serde_json::{Value, json};

use crate::steps::{Opened, at_esia, open, read, wait_for_state};

#[test]
fn the_whole_signing_with_openssl_on_both_sides() -> Result<()> {
    let Some(stack) = Stack::alone(
        Esia {
            signer: true,
            ..Esia::USUAL
        }
        .into(),
    )?
    else {
        return Ok(());
    };
    let upload = Upload::small();
    let Opened {
        mut clinic,
        id,
        browser,
        ..
    } = open(&stack, &upload)?;
    wait_for_state(&browser, "ready")?;
    read(&browser, &upload.pdf, 1)?;
    browser.press("sign-esia")?;
    browser.wait_until(
        "ESIA",
        &format!("location.href.startsWith('{}')", stack.esia()),
    )?;
    browser.screenshots("8-esia-login")?;
    browser.press("person-ivanova")?;
    browser.wait_until(
        "the question",
        "document.querySelector('[data-testid=\"esia-allow\"]')",
    )?;
    browser.screenshots("8-esia-consent")?;
    browser.press("esia-allow")?;
    wait_for_state(&browser, "signed")?;
    let signed = clinic.get(&format!("/api/v1/documents/{id}/signed"))?;
    judges::judge(&upload.pdf, &signed.expect(200)?.body)?;
    Ok(())
}

/// What ESIA does wrong (or who signs in), the code of the refusal, the state of the page.
const REFUSALS: &[(&str, &str, &str, &str)] = &[
    ("{}", "petrov", "wrong_person", "wrong-person"),
    (
        r#"{"authorize": {"error": "ESIA-007055"}}"#,
        "",
        "esia_unconfirmed",
        "unconfirmed",
    ),
    (
        r#"{"authorize": {"error": "ESIA-007053"}}"#,
        "",
        "esia_rejected",
        "esia-rejected",
    ),
    (
        r#"{"authorize": {"error": "ESIA-007004"}}"#,
        "",
        "esia_denied",
        "esia-denied",
    ),
    (
        r#"{"authorize": "overloaded"}"#,
        "",
        "esia_unavailable",
        "esia-down",
    ),
    (
        r#"{"te": "html"}"#,
        "ivanova",
        "esia_unavailable",
        "esia-down",
    ),
    (
        r#"{"te": "invalid_grant"}"#,
        "ivanova",
        "esia_session",
        "esia-session",
    ),
    (
        r#"{"te": "wrong_state"}"#,
        "ivanova",
        "esia_state",
        "esia-answer",
    ),
    (
        r#"{"token": "malformed"}"#,
        "ivanova",
        "esia_token_form",
        "esia-answer",
    ),
    (
        r#"{"token": "other_alg"}"#,
        "ivanova",
        "esia_token_algorithm",
        "esia-answer",
    ),
    (
        r#"{"token": "sbt_substituted"}"#,
        "ivanova",
        "esia_token_kind",
        "esia-answer",
    ),
    (
        r#"{"token": "foreign_key"}"#,
        "ivanova",
        "esia_token_signature",
        "esia-answer",
    ),
    (
        r#"{"token": "no_exp"}"#,
        "ivanova",
        "esia_token_claims",
        "esia-answer",
    ),
    (
        r#"{"token": "wrong_iss"}"#,
        "ivanova",
        "esia_token_issuer",
        "esia-answer",
    ),
    (
        r#"{"token": "wrong_aud"}"#,
        "ivanova",
        "esia_token_audience",
        "esia-answer",
    ),
    (
        r#"{"token": "expired"}"#,
        "ivanova",
        "esia_token_expired",
        "esia-answer",
    ),
    (
        r#"{"token": "not_yet_valid"}"#,
        "ivanova",
        "esia_token_early",
        "esia-answer",
    ),
    (
        r#"{"token": "other_subject"}"#,
        "ivanova",
        "esia_token_subject",
        "esia-answer",
    ),
    (
        r#"{"token": "other_sid"}"#,
        "ivanova",
        "esia_token_session",
        "esia-answer",
    ),
    (
        r#"{"token": "future_auth_time"}"#,
        "ivanova",
        "esia_auth_time",
        "esia-answer",
    ),
    (
        r#"{"token": "old_auth_time"}"#,
        "ivanova",
        "esia_stale",
        "esia-stale",
    ),
    (
        r#"{"token": "level_kd"}"#,
        "ivanova",
        "esia_child",
        "esia-child",
    ),
    (
        r#"{"prns": "deleted"}"#,
        "ivanova",
        "esia_account",
        "esia-account",
    ),
    (
        r#"{"prns": "no_birth_date"}"#,
        "ivanova",
        "esia_person_data",
        "esia-data",
    ),
];

#[test]
fn each_refusal_is_seen_as_intended() -> Result<()> {
    // The simulator's faults concern its next answer, whoever asks.
    let Some(stack) = Stack::alone(Settings::default())? else {
        return Ok(());
    };
    let first = Upload::small();
    let Opened {
        mut clinic,
        browser,
        mut id,
        ..
    } = open(&stack, &first)?;
    let mut upload = first;
    let mut wrong = Vec::new();
    for (number, (fault, person, code, state)) in REFUSALS.iter().enumerate() {
        if number > 0 {
            // A document of its own: nobody has so many tries at one.
            upload = Upload::small();
            let link;
            (id, link) = clinic.send_with_link(&upload)?;
            browser.open("about:blank")?;
            browser.open(&link)?;
        }
        let mut seen = || -> Result<()> {
            wait_for_state(&browser, "ready")?;
            read(&browser, &upload.pdf, 1)?;
            stack.esia_fault(&serde_json::from_str::<Value>(fault)?)?;
            browser.press("sign-esia")?;
            if !person.is_empty() {
                at_esia(&browser, &stack, person, true)?;
            }
            wait_for_state(&browser, state)?;
            explained(&browser, code)?;
            ensure!(clinic.document(&id)?["status"] == "opened");
            Ok(())
        };
        if let Err(error) = seen() {
            browser.screenshot(&format!("8-{code}-failed"))?;
            wrong.push(format!("{fault} {person}: {error:#}"));
        }
    }
    ensure!(wrong.is_empty(), "{wrong:#?}");

    // From the last refusal on, the button that is offered leads to a signature.
    read(&browser, &upload.pdf, 1)?;
    browser.press("sign-esia")?;
    at_esia(&browser, &stack, "ivanova", true)?;
    wait_for_state(&browser, "signed")
}

/// The words of the table stand on the page, and its buttons are those that it names.
fn explained(browser: &Browser, code: &str) -> Result<()> {
    let words = Code::parse(code).and_then(words::of);
    let Some(Words { title, body, next }) = words else {
        anyhow::bail!("no words for {code}");
    };
    // Spaces are set so that short words don't end a line.
    let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let heading = browser.text("error")?;
    ensure!(plain(&heading) == plain(title), "{code}: {heading}");
    let shown = browser.run("return document.querySelector('[role=alert]').innerText;")?;
    let shown = plain(shown.as_str().unwrap_or_default());
    ensure!(shown.contains(&plain(body)), "{code}: {shown}");
    let offered = |step: Next| next.contains(&step);
    // The words are there before the document is: the button waits for it.
    browser.wait_until(
        "the document",
        "document.querySelector('[data-testid=page-canvas][data-rendered=true]')",
    )?;
    let again = offered(Next::SignIn) || offered(Next::SignOut);
    wait_for("the main button", || {
        Ok((browser.is_usable("sign-esia")? == again).then_some(()))
    })
    .with_context(|| code.to_owned())?;
    // The bar below has a download of its own, so only the one in the notice counts.
    let paper = "return !!document.querySelector('[role=alert] [data-testid=download-original]');";
    ensure!(
        browser.run(paper)? == offered(Next::Paper),
        "{code}: the document to take along"
    );
    browser.expect_no_sideways_scroll()?;
    browser.run("window.scrollTo(0, 0);")?;
    browser.screenshot(&format!("8-{code}")).map(drop)
}

/// ESIA did not answer us, but what it gave the person is still good: one press hands it in again.
#[test]
fn what_esia_gave_is_handed_in_again_when_esia_is_back() -> Result<()> {
    let Some(stack) = Stack::alone(Settings::default())? else {
        return Ok(());
    };
    let upload = Upload::small();
    let Opened { browser, .. } = open(&stack, &upload)?;
    wait_for_state(&browser, "ready")?;
    read(&browser, &upload.pdf, 1)?;
    stack.esia_fault(&json!({"te": "error503"}))?;
    browser.press("sign-esia")?;
    at_esia(&browser, &stack, "ivanova", true)?;
    wait_for_state(&browser, "esia-down")?;
    browser.screenshot("8-esia-repeat")?;
    browser.press("retry")?;
    wait_for_state(&browser, "signed")
}

/// A browser with a living session at ESIA: the second document asks for the password again.
#[test]
fn the_next_document_asks_for_a_new_sign_in() -> Result<()> {
    let Some(stack) = Stack::alone(
        Esia {
            single_sign_on: true,
            ..Esia::USUAL
        }
        .into(),
    )?
    else {
        return Ok(());
    };
    let upload = Upload::small();
    let Opened {
        mut clinic,
        browser,
        ..
    } = open(&stack, &upload)?;
    wait_for_state(&browser, "ready")?;
    read(&browser, &upload.pdf, 1)?;
    browser.press("sign-esia")?;
    at_esia(&browser, &stack, "ivanova", true)?;
    wait_for_state(&browser, "signed")?;

    let second = Upload::small();
    let (_, link) = clinic.send_with_link(&second)?;
    browser.open("about:blank")?;
    browser.open(&link)?;
    wait_for_state(&browser, "ready")?;
    read(&browser, &second.pdf, 1)?;
    browser.press("sign-esia")?;
    // Without the sign-out ESIA would send the browser back at once.
    at_esia(&browser, &stack, "ivanova", true)?;
    wait_for_state(&browser, "signed")
}
