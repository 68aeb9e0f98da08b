//! A clinic's API keys and the list of its staff, as its MIS manages them.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use http::Method;
use podpis_tests::client::Reply;
use podpis_tests::{Clinic, Stack, wait_for};
use serde_json::{Value, json};

#[test]
fn a_key_is_shown_once_works_and_ends() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let headers = [
        ("content-type", "application/json"),
        ("idempotency-key", "a-key"),
    ];
    let mut make = |body: &Value| {
        let body = Some(body.to_string().into_bytes());
        clinic.send(Method::POST, "/api/v1/keys", &headers, body)
    };
    let label = json!({"label": "Регистратура"});
    let made = make(&label)?.expect(201)?.json()?;
    ensure!(make(&label)?.expect(201)?.json()? == made, "a second key");
    make(&json!({}))?.problem(409, "idempotency_conflict")?;
    let (id, key) = (text(&made, "key_id")?, text(&made, "api_key")?);

    let mut second = clinic.clone();
    second.api_key.clone_from(&key);
    second.get("/api/v1/documents")?.expect(200)?;
    let item = wait_for("a use of the key", || {
        let found = keys(&mut clinic)?.into_iter().find(|one| one["id"] == *id);
        Ok(found.filter(|one| one["last_used_at"].is_string()))
    })?;
    ensure!(item["label"] == "Регистратура", "{item}");
    ensure!(keys(&mut clinic)?.len() == 2);
    let list = clinic.get("/api/v1/keys")?.text();
    ensure!(!list.contains(&key), "the list shows a key");

    let one = format!("/api/v1/keys/{id}");
    let mut outsider = stack.clinic()?;
    outsider
        .send(Method::DELETE, &one, &[], None)?
        .problem(404, "not_found")?;
    second.get("/api/v1/documents")?.expect(200)?;
    for _ in 0..2 {
        clinic.send(Method::DELETE, &one, &[], None)?.expect(204)?;
    }
    second
        .get("/api/v1/documents")?
        .problem(401, "unauthorized")?;
    ensure!(keys(&mut clinic)?.len() == 1, "a dead key is listed");
    ensure!(
        acts(&mut clinic)? == ["key.revoked", "key.made"],
        "each once: {:?}",
        acts(&mut clinic)?
    );
    Ok(())
}

#[test]
fn what_is_no_label_is_refused() -> Result<()> {
    let mut clinic = Stack::shared()?.clinic()?;
    for wrong in [json!(""), json!("a\nb"), json!("x".repeat(101))] {
        let body = json!({ "label": wrong });
        clinic
            .post("/api/v1/keys", &body)?
            .problem(422, "invalid")
            .with_context(|| body.to_string())?;
    }
    ensure!(keys(&mut clinic)?.len() == 1);
    Ok(())
}

#[test]
fn a_mis_invites_and_removes_staff() -> Result<()> {
    let stack = Stack::shared()?;
    let (mut clinic, mut other) = (stack.clinic()?, stack.clinic()?);
    let email = format!("Head.{}@Example.ru", clinic.id);
    let body = json!({"email": email, "role": "head", "name": "Анна Ильинична"});
    let begun = Instant::now();
    let made = clinic.post("/api/v1/staff", &body)?.expect(201)?.json()?;
    ensure!(
        made["state"] == "invited" && made["email"] == email.to_lowercase(),
        "{made}"
    );
    let id = text(&made, "id")?;
    clinic
        .post("/api/v1/staff", &body)?
        .problem(409, "staff_exists")?;
    let letter = letter(stack, &email, 1)?;
    ensure!(letter.contains("/clinic#invite-"), "{letter}");
    // In another clinic the same e-mail is somebody else's business.
    other.post("/api/v1/staff", &body)?.expect(201)?;

    for wrong in [
        json!({"email": "nobody", "role": "head"}),
        json!({"email": "a@example.ru", "role": "owner"}),
        json!({"email": "a@example.ru"}),
        json!({"email": "a@example.ru", "role": "head", "name": "a\nb"}),
    ] {
        clinic
            .post("/api/v1/staff", &wrong)?
            .problem(422, "invalid")
            .with_context(|| wrong.to_string())?;
    }
    let one = format!("/api/v1/staff/{id}");
    let again = clinic.post(&format!("{one}/invite"), &json!({}))?;
    within_a_minute(begun, again)?;

    let json_type = [("content-type", "application/json")];
    let role = |role: &str| Some(json!({ "role": role }).to_string().into_bytes());
    let put = clinic.send(Method::PUT, &one, &json_type, role("medic"))?;
    ensure!(put.expect(200)?.json()?["role"] == "medic");
    clinic
        .send(Method::PUT, &one, &json_type, role("medic"))?
        .expect(200)?;
    for (method, path, body) in [
        (Method::PUT, one.clone(), role("head")),
        (Method::DELETE, one.clone(), None),
        (Method::POST, format!("{one}/invite"), Some(b"{}".to_vec())),
    ] {
        other
            .send(method, &path, &json_type, body)?
            .problem(404, "not_found")?;
    }
    ensure!(staff(&mut clinic)? == [(id.clone(), "medic".to_owned())]);
    // Whoever has not joined is nobody's last head, so a wrong e-mail can be mended.
    clinic.send(Method::DELETE, &one, &[], None)?.expect(204)?;
    clinic
        .send(Method::DELETE, &one, &[], None)?
        .problem(404, "not_found")?;
    ensure!(staff(&mut clinic)?.is_empty() && staff(&mut other)?.len() == 1);
    ensure!(
        acts(&mut clinic)? == ["staff.removed", "staff.role_changed", "staff.invited"],
        "{:?}",
        acts(&mut clinic)?
    );
    // Nor does removing and inviting make letters without end.
    let again = clinic.post("/api/v1/staff", &body)?;
    within_a_minute(begun, again)
}

/// One letter a minute to a person, however slow this machine is.
fn within_a_minute(begun: Instant, reply: Reply) -> Result<()> {
    if begun.elapsed() >= Duration::from_secs(60) {
        return Ok(());
    }
    ensure!(!reply.header("retry-after").is_empty());
    reply.problem(429, "too_many_requests").map(drop)
}

#[test]
fn the_operator_invites_the_first_head() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let mut operator = stack.operator();
    let email = format!("first.{}@example.ru", clinic.id);
    let body = json!({"email": email, "role": "head"});
    let path = |id: &str| format!("/api/v1/operator/clinics/{id}/staff");
    operator
        .call(Method::POST, &path(&clinic.id), Some(&body))?
        .expect(201)?;
    letter(stack, &email, 1)?;
    operator
        .call(Method::POST, &path("cl_unknown"), Some(&body))?
        .problem(404, "not_found")?;
    clinic
        .post(&path(&clinic.id), &body)?
        .problem(401, "unauthorized")?;
    let list = clinic.get("/api/v1/acts")?.expect(200)?.json()?;
    ensure!(
        list["items"][0]["by"] == "operator" && list["items"][0]["type"] == "staff.invited",
        "{list}"
    );
    ensure!(!list.to_string().contains("example.ru"), "{list}");
    Ok(())
}

fn text(value: &Value, name: &str) -> Result<String> {
    let text = value[name].as_str().map(str::to_owned);
    text.with_context(|| format!("no {name}: {value}"))
}

fn keys(clinic: &mut Clinic) -> Result<Vec<Value>> {
    let list = clinic.get("/api/v1/keys")?.expect(200)?.json()?;
    list["items"].as_array().cloned().context("items")
}

/// Ids and roles.
pub(crate) fn staff(clinic: &mut Clinic) -> Result<Vec<(String, String)>> {
    let list = clinic.get("/api/v1/staff")?.expect(200)?.json()?;
    let items = list["items"].as_array().context("items")?;
    let of = |item: &Value| Ok((text(item, "id")?, text(item, "role")?));
    items.iter().map(of).collect()
}

/// Types of what was done for the clinic, newest first.
fn acts(clinic: &mut Clinic) -> Result<Vec<String>> {
    let list = clinic.get("/api/v1/acts")?.expect(200)?.json()?;
    let items = list["items"].as_array().context("items")?;
    items.iter().map(|item| text(item, "type")).collect()
}

/// The newest letter, once there are so many.
fn letter(stack: &Stack, email: &str, count: usize) -> Result<String> {
    wait_for(&format!("a letter to {email}"), || {
        let letters = stack.sandbox().messages(&email.to_lowercase())?;
        let enough = letters.len() >= count;
        Ok(enough
            .then(|| letters[0]["text"].as_str().map(str::to_owned))
            .flatten())
    })
}
