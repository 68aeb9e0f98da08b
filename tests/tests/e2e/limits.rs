//! Limits and malformed requests: a clear answer, nothing internal in it.

use anyhow::{Context as _, Result, ensure};
use http::Method;
use podpis_tests::{Stack, Upload};
use serde_json::json;

#[test]
fn too_many_starts_at_esia_are_asked_to_wait() -> Result<()> {
    let stack = Stack::shared()?;
    let (_, link) = stack.clinic()?.send_with_link(&Upload::small())?;
    let mut patient = stack.patient(&link)?;
    let act = patient.read()?;
    for _ in 0..100 {
        let reply = patient.start(&act)?;
        if reply.status == 429 {
            let seconds: u32 = reply.header("retry-after").parse().context("Retry-After")?;
            ensure!(seconds > 0);
            reply.problem(429, "too_many_requests")?;
            return Ok(());
        }
        reply.expect(200)?;
    }
    anyhow::bail!("a hundred sign-ins were started for one document");
}

#[test]
fn bodies_over_the_limit_are_refused() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let (id, link) = clinic.send_with_link(&Upload::small())?;
    let long = json!({"reason": "о".repeat(33_000)});
    clinic
        .post(&format!("/api/v1/documents/{id}/cancel"), &long)?
        .problem(413, "too_large")?;
    stack
        .patient(&link)?
        .post("/patient/document/decline", &long)?
        .problem(413, "too_large")?;
    ensure!(clinic.document(&id)?["status"] == "sent");
    Ok(())
}

#[test]
fn what_is_no_json_is_refused() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let id = clinic.send_document(&Upload::small())?;
    let path = format!("/api/v1/documents/{id}/cancel");
    let json = [("content-type", "application/json")];
    for body in ["{", "\u{0}", "{\"reason\": }"] {
        clinic
            .send(Method::POST, &path, &json, Some(body.into()))?
            .problem(400, "bad_request")?;
    }
    clinic
        .post(&path, &json!({"reason": 5}))?
        .problem(422, "invalid")?;
    ensure!(clinic.document(&id)?["status"] == "sent");
    Ok(())
}

#[test]
fn unknown_paths_and_methods_are_problems_too() -> Result<()> {
    let mut clinic = Stack::shared()?.clinic()?;
    clinic.get("/api/v1/nothing")?.problem(404, "not_found")?;
    clinic
        .get("/api/v1/documents/unknown")?
        .problem(404, "not_found")?;
    clinic
        .send(Method::DELETE, "/api/v1/documents", &[], None)?
        .problem(405, "method_not_allowed")?;
    Ok(())
}

#[test]
fn private_functions_are_not_reached_from_outside() -> Result<()> {
    let stack = Stack::shared()?;
    // The paths of `vault`, `deliver` and `sms`, asked as if they were public.
    for path in [
        "/tick",
        "/send",
        "/blobs/unknown",
        "/documents/unknown/evidence",
        "/sign",
        "/inspect",
    ] {
        let reply = stack.anonymous().send(
            Method::POST,
            path,
            &[("host", "vault.spin.internal")],
            Some(Vec::new()),
        )?;
        ensure!(
            reply.status.is_client_error(),
            "{path}: {} {}",
            reply.status,
            reply.text()
        );
    }
    Ok(())
}
