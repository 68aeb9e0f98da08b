//! Each failure has its own page with a next step, and none signs.

use anyhow::{Result, ensure};
use podpis_tests::browser::Browser;
use podpis_tests::{Person, Settings, Stack, Upload, pdf};
use serde_json::json;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::steps::{Opened, at_esia, open, read, wait_for_state};

#[test]
fn a_wrong_person_is_told_so_and_the_right_one_signs() -> Result<()> {
    let stack = Stack::shared()?;
    let upload = Upload::small();
    let Opened {
        mut clinic,
        id,
        browser,
        ..
    } = open(stack, &upload)?;
    for (person, allow, state) in [
        ("petrov", true, "wrong-person"),
        ("ivanova", false, "esia-denied"),
    ] {
        read(&browser, &upload.pdf, 1)?;
        browser.press("sign-esia")?;
        at_esia(&browser, stack, person, allow)?;
        wait_for_state(&browser, state)?;
        explained(&browser, state)?;
        ensure!(clinic.document(&id)?["status"] == "opened");
    }
    read(&browser, &upload.pdf, 1)?;
    browser.press("sign-esia")?;
    at_esia(&browser, stack, "ivanova", true)?;
    wait_for_state(&browser, "signed")
}

#[test]
fn an_unconfirmed_account_is_told_so() -> Result<()> {
    let stack = Stack::shared()?;
    let upload = Upload::consent(Person::SIDOROVA, pdf::plain(1, "unconfirmed"));
    let Opened {
        mut clinic,
        id,
        browser,
        ..
    } = open(stack, &upload)?;
    read(&browser, &upload.pdf, 1)?;
    browser.press("sign-esia")?;
    at_esia(&browser, stack, "sidorova", true)?;
    wait_for_state(&browser, "unconfirmed")?;
    explained(&browser, "unconfirmed")?;
    ensure!(clinic.document(&id)?["status"] == "opened");
    Ok(())
}

#[test]
fn a_cancelled_document_and_an_unknown_link_are_told_apart() -> Result<()> {
    let stack = Stack::shared()?;
    let Opened {
        mut clinic,
        id,
        link,
        browser,
    } = open(stack, &Upload::small())?;
    wait_for_state(&browser, "ready")?;
    clinic
        .post(&format!("/api/v1/documents/{id}/cancel"), &json!({}))?
        .expect(200)?;
    browser.reload()?;
    wait_for_state(&browser, "cancelled")?;
    explained(&browser, "cancelled")?;
    ensure!(!browser.is_usable("sign-esia")?);
    let (page, token) = link.split_once('#').unwrap_or_default();
    let other: String = token.chars().rev().collect();
    browser.open("about:blank")?;
    browser.open(&format!("{page}#{other}"))?;
    wait_for_state(&browser, "link-unknown")?;
    explained(&browser, "link-unknown")
}

#[test]
fn an_expired_document_says_so() -> Result<()> {
    let stack = Stack::shared()?;
    let soon = (OffsetDateTime::now_utc() + time::Duration::seconds(8))
        .replace_nanosecond(0)?
        .format(&Rfc3339)?;
    let Opened {
        mut clinic,
        id,
        browser,
        ..
    } = open(stack, &Upload::small().with("/expires_at", json!(soon)))?;
    clinic.wait_for_status(&id, "expired")?;
    browser.reload()?;
    wait_for_state(&browser, "expired")?;
    explained(&browser, "expired")?;
    ensure!(!browser.is_usable("sign-esia")?);
    Ok(())
}

#[test]
fn without_network_the_page_says_so_and_goes_on_after_it() -> Result<()> {
    let stack = Stack::shared()?;
    let upload = Upload::small();
    let Opened { browser, .. } = open(stack, &upload)?;
    wait_for_state(&browser, "ready")?;
    read(&browser, &upload.pdf, 1)?;
    browser.set_offline(true)?;
    browser.press("sign-esia")?;
    wait_for_state(&browser, "offline")?;
    explained(&browser, "offline")?;
    browser.set_offline(false)?;
    wait_for_state(&browser, "ready")?;
    read(&browser, &upload.pdf, 1)?;
    browser.press("sign-esia")?;
    at_esia(&browser, stack, "ivanova", true)?;
    wait_for_state(&browser, "signed")
}

#[test]
fn an_overloaded_esia_is_told_so() -> Result<()> {
    // The simulator's fault concerns its next answer, whoever asks.
    let Some(stack) = Stack::alone(Settings::default())? else {
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
    stack.esia_fault(&json!({"authorize": "overloaded"}))?;
    browser.press("sign-esia")?;
    wait_for_state(&browser, "esia-down")?;
    explained(&browser, "esia-down")?;
    ensure!(clinic.document(&id)?["status"] == "opened");
    browser.press("sign-esia")?;
    at_esia(&browser, &stack, "ivanova", true)?;
    wait_for_state(&browser, "signed")
}

/// There is a heading that has the focus, and a picture for a person to look at.
fn explained(browser: &Browser, name: &str) -> Result<()> {
    let heading = browser.text("error")?;
    ensure!(!heading.is_empty(), "{name}: nothing is said");
    let russian = heading.chars().any(|char| ('а'..='я').contains(&char));
    ensure!(russian, "{name}: {heading}");
    browser.expect_no_sideways_scroll()?;
    browser.run("window.scrollTo(0, 0);")?;
    browser.screenshots(&format!("6-{name}"))
}
