//! A clinic sees nothing of another clinic: 404 on every endpoint, and nothing changes.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result, ensure};
use http::Method;
use podpis_tests::{Clinic, Person, Stack, Upload};
use serde_json::{Value, json};

use crate::consultations::Booking;

/// What this test must find in the description of the API, so that an empty description doesn't pass.
const AT_LEAST: &[&str] = &[
    "GET /api/v1/documents/{id}",
    "GET /api/v1/documents/{id}/original",
    "GET /api/v1/documents/{id}/signed",
    "GET /api/v1/documents/{id}/final",
    "GET /api/v1/documents/{id}/kept-signatures/{number}",
    "GET /api/v1/documents/{id}/evidence",
    "POST /api/v1/documents/{id}/cancel",
    "POST /api/v1/documents/{id}/remind",
    "POST /api/v1/documents/{id}/clinic-signature",
    "GET /api/v1/consultations/{id}",
    "POST /api/v1/consultations/{id}/cancel",
    "POST /api/v1/consultations/{id}/reschedule",
];

/// Calls that name no id: an outsider has things of its own there, and none of the owner's.
const OWN: &[&str] = &[
    "GET /api/v1/agreement",
    "GET /api/v1/agreement/file",
    "PUT /api/v1/agreement",
    "GET /api/v1/agreements/acceptances",
    "GET /api/v1/settings",
    "PUT /api/v1/settings",
    "GET /api/v1/branding",
    "PUT /api/v1/branding",
    "GET /api/v1/branding/preview",
    "GET /api/v1/templates",
    "GET /api/v1/templates/{id}",
    "POST /api/v1/templates/{id}/preview",
    "GET /api/v1/usage",
    "GET /api/v1/usage/rows",
    "GET /api/v1/clinic-signers",
    "POST /api/v1/clinic-signers",
    "GET /api/v1/acts",
    "GET /api/v1/keys",
    "GET /api/v1/staff",
];

/// The routes come from the API's own description: a new one is tested without anyone thinking of it.
#[test]
fn an_outsider_gets_404_everywhere_and_changes_nothing() -> Result<()> {
    let stack = Stack::shared()?;
    let (mut owner, mut outsider) = (stack.clinic()?, stack.clinic()?);
    let (open, link) = owner.send_with_link(&Upload::small())?;
    let (signed, signed_link) = owner.send_with_link(&Upload::small())?;
    let account = owner.send_document(&Upload::by_code(Person::IVANOVA))?;
    owner.publish_agreement()?;
    let look = json!({"display_name": "Клиника", "primary_color": "#aa0000"}).to_string();
    let headers = [("content-type", "application/json")];
    let put = owner.send(
        Method::PUT,
        "/api/v1/branding",
        &headers,
        Some(look.into_bytes()),
    )?;
    put.expect(200)?;
    stack
        .patient(&signed_link)?
        .sign_as("ivanova")?
        .expect(200)?;
    let kept = owner.send_document(&Upload::small().for_keeping())?;
    let medic = json!({"name": "Врач", "snils": "11223344595"});
    owner.post("/api/v1/clinic-signers", &medic)?.expect(201)?;
    let booked = Booking::new().booked(stack, &mut owner)?;
    let ids = [open.as_str(), &signed, &account, &kept, &booked.document];
    let before = (state(&mut owner, &ids)?, booked.now(&mut owner)?);

    let routes = routes(
        &stack
            .anonymous()
            .get("/api/openapi.json")?
            .expect(200)?
            .json()?,
    )?;
    for route in AT_LEAST.iter().chain(OWN) {
        ensure!(routes.contains(*route), "{route} isn't in the description");
    }
    for route in routes
        .iter()
        .filter(|route| route.contains("/documents/{id}"))
    {
        for id in ids.into_iter().chain(["unknown"]) {
            let (method, path) = route.split_once(' ').context("a route")?;
            let method: Method = method.parse()?;
            let body = (method != Method::GET).then(|| b"{}".to_vec());
            let headers = [("content-type", "application/json")];
            let path = path.replace("{id}", id).replace("{number}", "1");
            let reply = outsider.send(method, &path, &headers, body)?;
            reply
                .problem(404, "not_found")
                .with_context(|| route.clone())?;
        }
    }
    for route in routes
        .iter()
        .filter(|route| route.contains("/consultations/{id}"))
    {
        for id in [booked.id.as_str(), "unknown"] {
            let (method, path) = route.split_once(' ').context("a route")?;
            let method: Method = method.parse()?;
            let body = json!({"starts_at": "2099-01-01T00:00:00Z"});
            let body = body.to_string().into_bytes();
            let body = (method != Method::GET).then(|| match path.ends_with("/reschedule") {
                true => body,
                false => b"{}".to_vec(),
            });
            let headers = [("content-type", "application/json")];
            let reply = outsider.send(method, &path.replace("{id}", id), &headers, body)?;
            reply
                .problem(404, "not_found")
                .with_context(|| route.clone())?;
        }
    }
    let list = outsider.get("/api/v1/documents")?.expect(200)?.json()?;
    ensure!(list["items"] == json!([]), "the outsider's list: {list}");
    ensure!(outsider.events()?.is_empty(), "the outsider's events");
    for path in ["/api/v1/agreement", "/api/v1/agreement/file"] {
        outsider.get(path)?.problem(404, "not_found")?;
    }
    outsider.publish_agreement()?;
    let settings = br#"{"reminders_before_hours": [7]}"#.to_vec();
    let headers = [("content-type", "application/json")];
    outsider
        .send(Method::PUT, "/api/v1/settings", &headers, Some(settings))?
        .expect(200)?;
    let signers = outsider.get("/api/v1/clinic-signers")?.expect(200)?;
    ensure!(signers.json()?["items"] == json!([]), "signers");
    let accepted = outsider
        .get("/api/v1/agreements/acceptances")?
        .expect(200)?;
    ensure!(accepted.json()?["items"] == json!([]), "acceptances");

    // Its own look and its own account, whatever the owner has.
    let look = outsider.get("/api/v1/branding")?.expect(200)?.json()?;
    ensure!(look["primary_color"].is_null(), "the owner's look: {look}");
    let own = json!({"display_name": "Чужая клиника", "primary_color": "#112233"}).to_string();
    let headers = [("content-type", "application/json")];
    let put = outsider.send(
        Method::PUT,
        "/api/v1/branding",
        &headers,
        Some(own.into_bytes()),
    )?;
    put.expect(200)?;
    let rows = outsider.get("/api/v1/usage/rows")?.expect(200)?.json()?;
    let rows = rows["items"].as_array().context("rows")?;
    ensure!(
        rows.iter()
            .all(|row| !ids.iter().any(|id| row["document_id"] == *id)),
        "the owner's rows: {rows:?}"
    );

    let after = (state(&mut owner, &ids)?, booked.now(&mut owner)?);
    ensure!(after == before, "something has changed");
    stack.patient(&link)?.document()?;
    Ok(())
}

/// All that the owner can see.
pub(crate) fn state(owner: &mut Clinic, ids: &[&str]) -> Result<Vec<Value>> {
    let mut all = owner.events()?;
    all.push(
        owner
            .get("/api/v1/documents?limit=200")?
            .expect(200)?
            .json()?,
    );
    for path in [
        "/api/v1/agreement",
        "/api/v1/agreements/acceptances",
        "/api/v1/settings",
        "/api/v1/branding",
        "/api/v1/clinic-signers",
    ] {
        all.push(owner.get(path)?.expect(200)?.json()?);
    }
    for id in ids {
        all.push(owner.document(id)?);
    }
    Ok(all)
}

/// `METHOD /path` of every call in the description.
pub(crate) fn routes(description: &Value) -> Result<BTreeSet<String>> {
    let paths = description["paths"].as_object().context("paths")?;
    let methods = ["get", "post", "put", "delete", "patch"];
    Ok(paths
        .iter()
        .flat_map(|(path, calls)| {
            let present = methods
                .into_iter()
                .filter(|method| calls.get(method).is_some());
            present.map(move |method| format!("{} {path}", method.to_uppercase()))
        })
        .collect())
}
