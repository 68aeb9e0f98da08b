//! The clinic's user agreement: versions, refusals, and that it is nobody else's.

use anyhow::{Result, ensure};
use http::Method;
use podpis_shared::hash::Hashes;
use podpis_tests::client::Reply;
use podpis_tests::{Clinic, Stack, pdf};
use serde_json::{Value, json};

const PATH: &str = "/api/v1/agreement";

#[test]
fn a_version_is_published_once_and_renewed_by_other_bytes() -> Result<()> {
    let mut clinic = Stack::shared()?.clinic()?;
    clinic.get(PATH)?.problem(404, "not_found")?;
    clinic
        .get("/api/v1/agreement/file")?
        .problem(404, "not_found")?;
    let (one, two) = (pdf::plain(2, "version one"), pdf::plain(1, "version two"));

    let first = put(&mut clinic, "", "application/pdf", one.clone())?
        .expect(200)?
        .json()?;
    let hashes = Hashes::of(&one);
    ensure!(
        first["version"] == 1
            && first["title"] == "Пользовательское соглашение"
            && first["sha256"] == hashes.sha256.as_str()
            && first["streebog256"] == hashes.streebog256.as_str()
            && first["size"] == one.len()
            && first["pages"] == 2
            && first["created_at"].is_string(),
        "{first}"
    );
    ensure!(clinic.get(PATH)?.expect(200)?.json()? == first);
    ensure!(clinic.get("/api/v1/agreement/file")?.expect(200)?.body == one);
    let again = put(&mut clinic, "?title=X", "application/pdf", one.clone())?;
    ensure!(again.expect(200)?.json()? == first, "published twice");

    let title = "?title=%D0%9E%D1%84%D0%B5%D1%80%D1%82%D0%B0";
    let second = put(&mut clinic, title, "application/pdf", two.clone())?
        .expect(200)?
        .json()?;
    ensure!(
        second["version"] == 2 && second["title"] == "Оферта" && second["id"] != first["id"],
        "{second}"
    );
    ensure!(clinic.get("/api/v1/agreement/file")?.expect(200)?.body == two);
    // What was in force once is another version when it comes back.
    let third = put(&mut clinic, "", "application/pdf", one)?.expect(200)?;
    ensure!(third.json()?["version"] == 3);

    let versions: Vec<Value> = clinic
        .events()?
        .into_iter()
        .filter(|event| event["type"] == "agreement.published")
        .map(|event| event["data"]["version"].clone())
        .collect();
    ensure!(versions == [json!(1), json!(2), json!(3)], "{versions:?}");
    Ok(())
}

#[test]
fn a_form_is_taken_as_well() -> Result<()> {
    let mut clinic = Stack::shared()?.clinic()?;
    let file = pdf::plain(1, "a form");
    let (media, body) = form(&[("title", "Соглашение".as_bytes()), ("file", &file)]);
    let published = put(&mut clinic, "", &media, body)?.expect(200)?.json()?;
    ensure!(published["title"] == "Соглашение", "{published}");
    ensure!(clinic.get("/api/v1/agreement/file")?.expect(200)?.body == file);
    for parts in [
        &[("title", &b"T"[..])][..],
        &[("file", &file[..]), ("file", &file[..])],
        &[("file", &file[..]), ("other", b"x")],
    ] {
        let (media, body) = form(parts);
        put(&mut clinic, "", &media, body)?.problem(400, "bad_request")?;
    }
    ensure!(clinic.get(PATH)?.expect(200)?.json()? == published);
    Ok(())
}

#[test]
fn what_is_refused_publishes_nothing() -> Result<()> {
    let mut clinic = Stack::shared()?.clinic()?;
    let media = "application/pdf";
    put(&mut clinic, "", media, b"text".to_vec())?.problem(415, "not_pdf")?;
    put(&mut clinic, "", media, pdf::broken())?.problem(422, "broken_pdf")?;
    put(&mut clinic, "", media, pdf::with_javascript())?.problem(422, "active_content")?;
    put(&mut clinic, "", media, pdf::padded(26 * 1024 * 1024))?.problem(413, "too_large")?;
    put(&mut clinic, "", "text/plain", pdf::plain(1, "t"))?
        .problem(415, "unsupported_media_type")?;
    for title in ["%20", "%0A", &"x".repeat(301)] {
        let query = format!("?title={title}");
        put(&mut clinic, &query, media, pdf::plain(1, "t"))?.problem(422, "invalid")?;
    }
    clinic.get(PATH)?.problem(404, "not_found")?;
    ensure!(clinic.events()?.is_empty());
    Ok(())
}

#[test]
fn acceptances_begin_empty_and_take_a_cursor() -> Result<()> {
    let mut clinic = Stack::shared()?.clinic()?;
    let path = "/api/v1/agreements/acceptances";
    ensure!(clinic.get(path)?.expect(200)?.json()? == json!({"items": [], "next": null}));
    for query in ["limit=0", "limit=201", "after=x"] {
        clinic
            .get(&format!("{path}?{query}"))?
            .problem(400, "bad_request")?;
    }
    let mut anonymous = Stack::shared()?.anonymous();
    for path in [PATH, "/api/v1/agreement/file", path] {
        anonymous.get(path)?.problem(401, "unauthorized")?;
    }
    Ok(())
}

fn put(clinic: &mut Clinic, query: &str, media: &str, body: Vec<u8>) -> Result<Reply> {
    let headers = [("content-type", media)];
    clinic.send(Method::PUT, &format!("{PATH}{query}"), &headers, Some(body))
}

/// Content type and body of a form.
fn form(parts: &[(&str, &[u8])]) -> (String, Vec<u8>) {
    const BOUNDARY: &str = "podpis-tests-agreement-51f0";
    let mut body = Vec::new();
    for (name, content) in parts {
        let head =
            format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n");
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
    (format!("multipart/form-data; boundary={BOUNDARY}"), body)
}
