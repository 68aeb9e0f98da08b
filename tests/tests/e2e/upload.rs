//! What a MIS may send, and each refusal with its code.

use anyhow::{Context as _, Result, ensure};
use http::Method;
use podpis_shared::hash::Hashes;
use podpis_tests::{Clinic, Person, Stack, Upload, pdf};
use serde_json::{Value, json};

#[test]
fn an_accepted_document_is_described_in_full() -> Result<()> {
    let mut clinic = Stack::shared()?.clinic()?;
    let upload = Upload::consent(Person::IVANOVA, pdf::plain(3, "described"));
    let document = clinic.upload(&upload)?.expect(201)?.json()?;
    let hashes = Hashes::of(&upload.pdf);
    let expected = [
        ("kind", json!("ids")),
        ("title", upload.document["title"].clone()),
        ("external_id", upload.document["external_id"].clone()),
        ("delivery", json!("link")),
        ("method", json!("esia")),
        ("parties", json!("patient")),
        ("status", json!("sent")),
        ("sha256", json!(hashes.sha256)),
        ("streebog256", json!(hashes.streebog256)),
        ("size", json!(upload.pdf.len())),
        ("pages", json!(3)),
        ("expires_at", upload.document["expires_at"].clone()),
        ("opened_at", Value::Null),
        ("signed_at", Value::Null),
        ("completed_at", Value::Null),
        ("signatures", json!([])),
        ("metadata", json!({"visit": "123"})),
    ];
    for (field, value) in expected {
        ensure!(
            document.get(field) == Some(&value),
            "{field}: {:?} instead of {value}",
            document.get(field)
        );
    }
    ensure!(
        document["created_at"]
            .as_str()
            .is_some_and(|at| at.ends_with('Z')),
        "created_at: {document}"
    );
    let id = document["id"].as_str().context("id")?;
    ensure!(clinic.document(id)? == document, "read again it differs");
    let original = clinic
        .get(&format!("/api/v1/documents/{id}/original"))?
        .expect(200)?;
    ensure!(
        original.body == upload.pdf,
        "the original isn't what was sent"
    );
    ensure!(
        original.header("content-type") == "application/pdf",
        "{:?}",
        original.headers
    );
    clinic
        .get(&format!("/api/v1/documents/{id}/signed"))?
        .problem(409, "not_signed")?;
    Ok(())
}

#[test]
fn refused_files_each_have_their_code_and_leave_nothing() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let refused = [
        (b"just text, not a PDF".to_vec(), 415, "not_pdf"),
        (Vec::new(), 415, "not_pdf"),
        (pdf::broken(), 422, "broken_pdf"),
        (pdf::encrypted()?, 422, "encrypted_pdf"),
        (pdf::with_javascript(), 422, "active_content"),
        (pdf::with_launch(), 422, "active_content"),
        (pdf::with_xfa(), 422, "active_content"),
        (pdf::padded(25 * 1024 * 1024 + 1), 413, "too_large"),
    ];
    for (file, status, code) in refused {
        let upload = Upload::small().file(file);
        clinic
            .upload(&upload)?
            .problem(status, code)
            .with_context(|| code.to_owned())?;
        ensure!(
            stack.sandbox().messages(&upload.phone)?.is_empty(),
            "{code}: an SMS went out"
        );
    }
    nothing_was_kept(&mut clinic)
}

#[test]
fn refused_fields_are_named_and_leave_nothing() -> Result<()> {
    let mut clinic = Stack::shared()?.clinic()?;
    let wrong = [
        ("/kind", json!("contract")),
        ("/title", json!("")),
        ("/delivery", json!("pigeon")),
        ("/method", json!("voice")),
        ("/parties", json!("clinic")),
        ("/patient/last_name", json!("")),
        ("/patient/birth_date", json!("1985-02-30")),
        ("/patient/snils", json!("11223344596")),
        ("/patient/phone", json!("89161234567")),
        ("/patient/phone", Value::Null),
        ("/expires_at", json!("2020-01-01T00:00:00Z")),
        ("/expires_at", json!("tomorrow")),
    ];
    for (pointer, value) in wrong {
        let upload = Upload::small().with(pointer, value.clone());
        let problem = clinic
            .upload(&upload)?
            .problem(422, "invalid")
            .with_context(|| format!("{pointer} = {value}"))?;
        ensure!(
            !problem["detail"]
                .as_str()
                .unwrap_or_default()
                .contains("Иванова"),
            "the detail names the patient"
        );
    }
    nothing_was_kept(&mut clinic)
}

#[test]
fn the_policy_refuses_with_rule_and_law() -> Result<()> {
    let mut clinic = Stack::shared()?.clinic()?;
    let child = Upload::small().with("/patient/birth_date", json!("2020-01-01"));
    let refused = [
        (Upload::small().with("/method", json!("sms")), "R1"),
        (
            Upload::small()
                .with("/kind", json!("pd_consent"))
                .with("/method", json!("sms")),
            "R6",
        ),
        (child, "R3"),
    ];
    for (upload, rule) in refused {
        let problem = clinic
            .upload(&upload)?
            .problem(422, "policy")
            .context(rule)?;
        ensure!(problem["rule"] == rule, "{rule}: {problem}");
        ensure!(
            problem["law"].as_str().is_some_and(|law| !law.is_empty()),
            "{rule} without an article: {problem}"
        );
    }
    // R0 once order 947n has ended.
    let record = Upload::small().with("/kind", json!("medical_record_out"));
    let problem = clinic.upload(&record)?.problem(422, "policy")?;
    ensure!(["R1", "R0"].contains(&problem["rule"].as_str().unwrap_or_default()));
    nothing_was_kept(&mut clinic)
}

#[test]
fn malformed_requests_are_refused() -> Result<()> {
    let mut clinic = Stack::shared()?.clinic()?;
    let path = "/api/v1/documents";
    clinic
        .post(path, &json!({}))?
        .problem(415, "unsupported_media_type")?;
    let (content_type, body) = Upload::small().multipart();
    let cut = body.get(..body.len() / 2).unwrap_or_default().to_vec();
    clinic
        .send(
            Method::POST,
            path,
            &[("content-type", &content_type)],
            Some(cut),
        )?
        .problem(400, "bad_request")?;
    let headers = [("content-type", "multipart/form-data")];
    clinic
        .send(Method::POST, path, &headers, Some(body))?
        .problem(415, "unsupported_media_type")?;
    nothing_was_kept(&mut clinic)
}

#[test]
fn without_a_key_nothing_is_accepted() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    clinic.api_key = "not-a-key".to_owned();
    clinic
        .upload(&Upload::small())?
        .problem(401, "unauthorized")?;
    clinic
        .get("/api/v1/documents")?
        .problem(401, "unauthorized")?;
    stack
        .anonymous()
        .get("/api/v1/events")?
        .problem(401, "unauthorized")?;
    Ok(())
}

#[test]
fn large_and_long_documents_are_accepted() -> Result<()> {
    let mut clinic = Stack::shared()?.clinic()?;
    for file in [pdf::padded(20 * 1024 * 1024), pdf::plain(300, "long")] {
        let upload = Upload::small().file(file);
        let id = clinic.send_document(&upload)?;
        let original = clinic
            .get(&format!("/api/v1/documents/{id}/original"))?
            .expect(200)?;
        ensure!(
            original.body == upload.pdf,
            "the original isn't what was sent"
        );
    }
    Ok(())
}

/// Every odd file ends in acceptance or in one of the refusals of the contract.
#[test]
fn odd_files_are_accepted_or_cleanly_refused() -> Result<()> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/odd-pdfs");
    let mut clinic = Stack::shared()?.clinic()?;
    let mut seen = 0;
    for entry in std::fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        if path.extension().is_none_or(|extension| extension != "pdf") {
            continue;
        }
        let reply = clinic.upload(&Upload::small().file(std::fs::read(&path)?))?;
        let name = path.display();
        if reply.status != 201 {
            ensure!(
                [413, 415, 422].contains(&reply.status.as_u16()),
                "{name}: {} {}",
                reply.status,
                reply.text()
            );
            let code = reply.json()?["code"]
                .as_str()
                .unwrap_or_default()
                .to_owned();
            let known = [
                "too_large",
                "not_pdf",
                "encrypted_pdf",
                "active_content",
                "broken_pdf",
            ];
            ensure!(known.contains(&code.as_str()), "{name}: {code}");
        }
        seen += 1;
    }
    ensure!(seen > 0, "{} is empty", folder.display());
    Ok(())
}

fn nothing_was_kept(clinic: &mut Clinic) -> Result<()> {
    let list = clinic.get("/api/v1/documents")?.expect(200)?.json()?;
    ensure!(
        list["items"] == json!([]),
        "a refused document is listed: {list}"
    );
    let events = clinic.events()?;
    ensure!(
        events.is_empty(),
        "a refused document left events: {events:?}"
    );
    Ok(())
}
