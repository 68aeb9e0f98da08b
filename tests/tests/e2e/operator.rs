//! The operator's API and the keys of clinics.

use anyhow::{Context as _, Result, ensure};
use http::Method;
use podpis_tests::{Settings, Stack, production};
use serde_json::{Value, json};

#[test]
fn a_clinic_gets_a_key_that_is_shown_once() -> Result<()> {
    let stack = Stack::shared()?;
    let mut operator = stack.operator();
    let mut clinic = operator.create_clinic("Клиника ключей")?;
    clinic.get("/api/v1/documents")?.expect(200)?;
    let clinics = operator
        .call(Method::GET, "/api/v1/operator/clinics?limit=200", None)?
        .expect(200)?
        .text();
    ensure!(clinics.contains(&clinic.id), "the new clinic isn't listed");
    ensure!(!clinics.contains(&clinic.api_key), "the list shows a key");
    Ok(())
}

#[test]
fn a_revoked_key_stops_working_and_the_others_go_on() -> Result<()> {
    let stack = Stack::shared()?;
    let mut operator = stack.operator();
    let mut clinic = operator.create_clinic("Клиника отзыва")?;
    let keys = format!("/api/v1/operator/clinics/{}/keys", clinic.id);
    let second = operator
        .call(Method::POST, &keys, Some(&json!({})))?
        .expect(201)?
        .json()?;
    let field = |name: &str| {
        second[name]
            .as_str()
            .map(str::to_owned)
            .with_context(|| format!("no {name}: {second}"))
    };
    let (key_id, key) = (field("key_id")?, field("api_key")?);
    let first = std::mem::replace(&mut clinic.api_key, key);
    clinic.get("/api/v1/documents")?.expect(200)?;
    let revoked = operator.call(Method::DELETE, &format!("{keys}/{key_id}"), None)?;
    ensure!(revoked.status.is_success(), "{}", revoked.text());
    clinic
        .get("/api/v1/documents")?
        .problem(401, "unauthorized")?;
    clinic.api_key = first;
    clinic.get("/api/v1/documents")?.expect(200)?;
    Ok(())
}

#[test]
fn nobody_else_is_the_operator() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let body = json!({"name": "Чужая", "inn": "7707083893"});
    clinic
        .post("/api/v1/operator/clinics", &body)?
        .problem(401, "unauthorized")?;
    stack
        .anonymous()
        .get("/api/v1/operator/clinics")?
        .problem(401, "unauthorized")?;
    Ok(())
}

#[test]
fn wrong_clinics_are_refused() -> Result<()> {
    let mut operator = Stack::shared()?.operator();
    let wrong: [Value; 3] = [
        json!({"name": "", "inn": "7707083893"}),
        json!({"name": "Без ИНН"}),
        json!({"name": "Короткий ИНН", "inn": "770708389"}),
    ];
    for body in wrong {
        operator
            .call(Method::POST, "/api/v1/operator/clinics", Some(&body))?
            .problem(422, "invalid")
            .with_context(|| body.to_string())?;
    }
    Ok(())
}

#[test]
fn without_the_sandbox_there_is_no_sandbox() -> Result<()> {
    let Some(stack) = Stack::alone(Settings {
        sandbox: false,
        variables: production::keys()?,
        ..Settings::default()
    })?
    else {
        return Ok(());
    };
    stack
        .anonymous()
        .get("/sandbox/messages")?
        .problem(404, "not_found")?;
    // Its authority's key is known to everybody.
    let trust = stack.anonymous().get("/api/v1/trust")?.expect(200)?;
    ensure!(trust.json()?["clinic_roots"] == json!([]));
    Ok(())
}

#[test]
fn health_tells_the_version() -> Result<()> {
    let health = Stack::shared()?
        .anonymous()
        .get("/api/health")?
        .expect(200)?
        .json()?;
    ensure!(
        health["status"] == "ok" && health["version"].is_string(),
        "{health}"
    );
    Ok(())
}
