//! The link out of the SMS: what opening it does, and what it doesn't.

use anyhow::{Result, ensure};
use http::Method;
use podpis_tests::{Stack, Upload};
use serde_json::json;

#[test]
fn opening_is_inert_until_the_page_says_that_it_was_shown() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let (id, link) = clinic.send_with_link(&Upload::small())?;
    let page = link.split('#').next().unwrap_or_default();
    // A mail scanner or a messenger's preview: the fragment isn't sent, whatever it tries.
    for method in [Method::GET, Method::HEAD, Method::OPTIONS] {
        stack.anonymous().send(method, page, &[], None)?;
    }
    let mut patient = stack.patient(&link)?;
    for _ in 0..2 {
        patient.document()?;
        patient.get("/patient/document/file")?.expect(200)?;
    }
    ensure!(
        clinic.document(&id)?["status"] == "sent",
        "a GET changed the status"
    );
    patient.post("/patient/document/opened", &json!({}))?;
    patient.post("/patient/document/opened", &json!({}))?;
    let document = clinic.document(&id)?;
    ensure!(
        document["status"] == "opened" && document["opened_at"].is_string(),
        "{document}"
    );
    ensure!(clinic.event_types(&id)? == ["document.sent", "document.opened"]);
    Ok(())
}

#[test]
fn an_unknown_token_opens_nothing() -> Result<()> {
    let stack = Stack::shared()?;
    let (_, link) = stack.clinic()?.send_with_link(&Upload::small())?;
    let mut patient = stack.patient(&link)?;
    ensure!(
        patient.token.len() >= 43,
        "a token of fewer than 256 bits: {} characters",
        patient.token.len()
    );
    let other = if patient.token.starts_with('A') {
        "B"
    } else {
        "A"
    };
    patient.token.replace_range(..1, other);
    for path in [
        "/patient/document",
        "/patient/document/file",
        "/patient/document/signed",
    ] {
        patient.get(path)?.problem(404, "link_unknown")?;
        let bare = stack.anonymous().get(path)?;
        ensure!(
            [400, 401, 404].contains(&bare.status.as_u16()),
            "{path} without a token: {}",
            bare.status
        );
    }
    for path in ["/patient/document/opened", "/patient/document/decline"] {
        patient
            .post(path, &json!({}))?
            .problem(404, "link_unknown")?;
    }
    Ok(())
}

#[test]
fn the_link_opens_one_document() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let (one, other) = (Upload::small(), Upload::small());
    let (_, link) = clinic.send_with_link(&one)?;
    clinic.send_with_link(&other)?;
    let file = stack
        .patient(&link)?
        .get("/patient/document/file")?
        .expect(200)?;
    ensure!(file.body == one.pdf, "another document");
    ensure!(
        file.header("cache-control").contains("no-store"),
        "{:?}",
        file.headers
    );
    Ok(())
}

#[test]
fn what_the_page_gets_names_no_more_than_it_needs() -> Result<()> {
    let stack = Stack::shared()?;
    let upload = Upload::small();
    let (_, link) = stack.clinic()?.send_with_link(&upload)?;
    let text = stack
        .patient(&link)?
        .get("/patient/document")?
        .expect(200)?
        .text();
    for secret in [
        "11223344595",
        "1985-03-12",
        upload.phone.as_str(),
        "Иванова",
    ] {
        ensure!(
            !text.contains(secret),
            "whoever finds the phone learns {secret}: {text}"
        );
    }
    Ok(())
}

#[test]
fn declining_ends_it_with_the_reason() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let (id, link) = clinic.send_with_link(&Upload::small())?;
    let mut patient = stack.patient(&link)?;
    let act = patient.read()?;
    let long = "о".repeat(501);
    patient
        .post("/patient/document/decline", &json!({"reason": long}))?
        .problem(422, "invalid")?;
    let declined = patient.post(
        "/patient/document/decline",
        &json!({"reason": "Хочу обсудить с врачом"}),
    )?;
    ensure!(declined.status.is_success(), "{}", declined.text());
    ensure!(clinic.document(&id)?["status"] == "declined");
    patient.start(&act)?.problem(409, "invalid_state")?;
    ensure!(clinic.event_types(&id)? == ["document.sent", "document.opened", "document.declined"]);
    let events = clinic.events()?;
    let reason = events
        .last()
        .and_then(|event| event["data"]["reason"].as_str());
    ensure!(reason == Some("Хочу обсудить с врачом"), "{events:?}");
    Ok(())
}
