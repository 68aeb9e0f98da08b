//! `Idempotency-Key`: the same request again gives the first answer again.

use std::thread;

use anyhow::{Result, anyhow, ensure};
use podpis_tests::{Stack, Upload};
use serde_json::json;

#[test]
fn the_same_request_gives_the_first_answer_again() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let upload = Upload::small().key("key-1");
    let first = clinic.upload(&upload)?.expect(201)?;
    let second = clinic.upload(&upload)?.expect(201)?;
    ensure!(
        first.body == second.body,
        "{} then {}",
        first.text(),
        second.text()
    );
    let id = first.json()?["id"].as_str().unwrap_or_default().to_owned();
    ensure!(clinic.event_types(&id)? == ["document.sent"]);
    stack.sandbox().link(&upload.phone)?;
    ensure!(
        stack.sandbox().messages(&upload.phone)?.len() == 1,
        "two SMS"
    );
    Ok(())
}

#[test]
fn another_body_under_the_same_key_conflicts() -> Result<()> {
    let mut clinic = Stack::shared()?.clinic()?;
    let upload = Upload::small().key("key-2");
    clinic.upload(&upload)?.expect(201)?;
    clinic
        .upload(&upload.clone().with("/title", json!("Другое")))?
        .problem(409, "idempotency_conflict")?;
    clinic
        .upload(&upload.file(podpis_tests::pdf::plain(2, "other")))?
        .problem(409, "idempotency_conflict")?;
    Ok(())
}

#[test]
fn a_key_belongs_to_one_clinic() -> Result<()> {
    let stack = Stack::shared()?;
    let upload = Upload::small().key("key-3");
    let one = stack.clinic()?.send_document(&upload)?;
    let other = stack.clinic()?.send_document(&upload)?;
    ensure!(one != other, "two clinics share a document");
    Ok(())
}

#[test]
fn at_once_only_one_is_made() -> Result<()> {
    let mut clinic = Stack::shared()?.clinic()?;
    let upload = Upload::small().key("key-4");
    let replies = thread::scope(|scope| {
        let calls: Vec<_> = (0..4)
            .map(|_| {
                let (mut clinic, upload) = (clinic.clone(), &upload);
                scope.spawn(move || clinic.upload(upload))
            })
            .collect();
        calls
            .into_iter()
            .map(|call| call.join().map_err(|_| anyhow!("a thread died"))?)
            .collect::<Result<Vec<_>>>()
    })?;
    for reply in replies {
        if reply.status != 201 {
            reply.problem(409, "idempotency_busy")?;
        }
    }
    let list = clinic.get("/api/v1/documents")?.expect(200)?.json()?;
    ensure!(list["items"].as_array().map(Vec::len) == Some(1), "{list}");
    Ok(())
}

#[test]
fn cancel_takes_a_key_as_well() -> Result<()> {
    let mut clinic = Stack::shared()?.clinic()?;
    let id = clinic.send_document(&Upload::small())?;
    let path = format!("/api/v1/documents/{id}/cancel");
    let headers = [
        ("idempotency-key", "key-5"),
        ("content-type", "application/json"),
    ];
    let mut cancel =
        |body: &str| clinic.send(http::Method::POST, &path, &headers, Some(body.into()));
    let first = cancel("{\"reason\":\"ошибка\"}")?.expect(200)?;
    let second = cancel("{\"reason\":\"ошибка\"}")?.expect(200)?;
    ensure!(
        first.body == second.body,
        "{} then {}",
        first.text(),
        second.text()
    );
    cancel("{}")?.problem(409, "idempotency_conflict")?;
    Ok(())
}
