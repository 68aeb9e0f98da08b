//! Everybody else: not signed in, or signed in to another account.

use anyhow::{Context as _, Result, ensure};
use http::Method;
use podpis_tests::{Person, Right, Stack, Upload};
use serde_json::{Value, json};

use super::{clinic_with_agreement, registered};

/// Every route of the account's pages, with a body where it takes one; `{id}` is a document, `{clinic}` a clinic.
const ACCOUNT: &[(&str, &str)] = &[
    ("GET", ""),
    ("POST", "/sign-out-everywhere"),
    ("POST", "/gate"),
    ("GET", "/devices"),
    ("DELETE", "/devices/ses_unknown"),
    ("POST", "/contacts"),
    ("POST", "/contacts/code"),
    ("DELETE", "/contacts/con_unknown"),
    ("PUT", "/notices"),
    ("PUT", "/clock"),
    ("PUT", "/push"),
    ("GET", "/push/key"),
    ("DELETE", "/push"),
    ("GET", "/log"),
    ("GET", "/export"),
    ("GET", "/consents"),
    ("POST", "/consents/{id}/withdraw"),
    ("GET", "/erase"),
    ("POST", "/erase"),
    ("GET", "/agreements"),
    ("GET", "/documents"),
];

/// Every route of a document's page.
const DOCUMENT: &[(&str, &str)] = &[
    ("GET", ""),
    ("GET", "/file"),
    ("GET", "/signed"),
    ("GET", "/evidence"),
    ("GET", "/history"),
    ("POST", "/opened"),
    ("POST", "/decline"),
    ("POST", "/code"),
    ("POST", "/sign"),
];

#[test]
fn without_a_session_nothing_is_told() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = clinic_with_agreement(stack)?;
    let id = clinic.send_document(&Upload::by_code(Person::IVANOVA))?;
    let mut nobody = stack.account();
    for (method, path) in ACCOUNT {
        let path = format!("/patient/account{}", path.replace("{id}", &id));
        let method: Method = method.parse()?;
        let body = (method != Method::GET).then(|| json!({}));
        let reply = nobody.send(method, Right::Own, &path, body.as_ref())?;
        // A body that is wrong may be told first; never anything of an account.
        reply
            .expect_any(&[401, 422])
            .with_context(|| path.clone())?;
    }
    for right in [Right::Document(&id), Right::Agreement(&clinic.id)] {
        nobody
            .send(Method::POST, right, "/esia/start", Some(&act()))?
            .problem(401, "signed_out")?;
        for (method, path) in DOCUMENT {
            let path = format!("/patient/document{path}");
            let method: Method = method.parse()?;
            let body = (method != Method::GET).then(|| json!({}));
            let reply = nobody.send(method, right, &path, body.as_ref())?;
            reply
                .expect_any(&[401, 404, 422])
                .with_context(|| path.clone())?;
        }
    }
    let start = nobody.send(
        Method::POST,
        Right::Own,
        "/esia/account/start",
        Some(&json!({"purpose": "bind"})),
    )?;
    start.problem(401, "signed_out")?;
    Ok(())
}

#[test]
fn another_account_sees_nothing_and_changes_nothing() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = clinic_with_agreement(stack)?;
    let upload = Upload::by_code(Person::IVANOVA);
    let id = clinic.send_document(&upload)?;
    let kept = Upload::small().for_keeping().to_phone(&upload.phone);
    let kept = clinic.send_document(&kept)?;
    let (mut owner, _) = registered(stack, &clinic, &upload.phone)?;
    let before = (clinic.document(&id)?, clinic.document(&kept)?);
    let other = Upload::by_code(Person::PETROV);
    clinic.send_document(&other)?;
    let (mut outsider, _) = registered(stack, &clinic, &other.phone)?;
    let settled = clinic.events()?.len();
    let act = act();
    for (method, path) in DOCUMENT {
        let path = format!("/patient/document{path}");
        let method: Method = method.parse()?;
        let body = match (&method, path.rsplit('/').next()) {
            (&Method::GET, _) => None,
            (_, Some("code")) => Some(act.clone()),
            (_, Some("sign")) => Some(json!({"code_id": "code_x", "code": "123456"})),
            _ => Some(json!({})),
        };
        for id in [&id, &kept] {
            let right = Right::Document(id);
            let reply = outsider.send(method.clone(), right, &path, body.as_ref())?;
            reply
                .problem(404, "not_found")
                .with_context(|| path.clone())?;
        }
    }
    for id in [&id, &kept] {
        let right = Right::Document(id);
        outsider
            .send(Method::POST, right, "/esia/start", Some(&act))?
            .problem(404, "not_found")?;
    }
    // There is no agreement there; and of another clinic's nothing is told but that it is not seen whole.
    outsider
        .send(
            Method::POST,
            Right::Agreement("cl_unknown"),
            "/esia/start",
            Some(&act),
        )?
        .problem(404, "not_found")?;
    outsider
        .send(
            Method::POST,
            Right::Agreement(&clinic.id),
            "/esia/start",
            Some(&act),
        )?
        .problem(409, "hash_mismatch")?;
    outsider
        .post(&format!("/consents/{id}/withdraw"), &json!({}))?
        .problem(404, "not_found")?;
    let own: Vec<String> = outsider
        .documents("all")?
        .items
        .into_iter()
        .map(|item| item.id)
        .collect();
    ensure!(!own.contains(&id) && !own.contains(&kept), "{own:?}");

    let devices = owner.get("/devices")?.expect(200)?.json()?;
    let device = devices["items"][0]["id"].as_str().context("id")?;
    let contact = owner.view()?.contacts[0].id.clone();
    for path in [
        format!("/patient/account/devices/{device}"),
        format!("/patient/account/contacts/{contact}"),
    ] {
        outsider
            .send(Method::DELETE, Right::Own, &path, None)?
            .problem(404, "not_found")?;
    }
    ensure!(
        (clinic.document(&id)?, clinic.document(&kept)?) == before,
        "a document has changed"
    );
    ensure!(clinic.events()?.len() == settled, "something has happened");
    owner.view()?;
    Ok(())
}

/// What a page tells that has seen nothing.
fn act() -> Value {
    json!({
        "sha256": "0".repeat(64), "streebog256": "0".repeat(64), "consent_version": "x",
        "presentation": {"total_ms": 1, "pages": [], "reached_end": true, "downloaded": false},
    })
}
