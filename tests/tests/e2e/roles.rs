//! Least rights: what each role of a clinic's staff may, held against every route of the API's own description.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, bail, ensure};
use http::Method;
use podpis_tests::client::Reply;
use podpis_tests::{Clinic, Member, Stack, Upload};
use serde_json::{Value, json};

use crate::consultations::Booking;
use crate::keys::staff;
use crate::outsider::{routes, state};

const ROLES: [&str; 4] = ["registrar", "medic", "head", "accountant"];

/// Who of the staff may what, written down here independently of the code. A route that a clinic reaches and that is not here
/// fails the test.
const MAY: &[(&[&str], &[&str])] = &[
    (&ROLES, &["GET /api/v1/settings", "GET /api/v1/branding"]),
    (
        &["registrar", "medic", "head"],
        &[
            "POST /api/v1/documents",
            "GET /api/v1/documents",
            "GET /api/v1/documents/{id}",
            "GET /api/v1/documents/{id}/original",
            "GET /api/v1/documents/{id}/signed",
            "GET /api/v1/documents/{id}/final",
            "GET /api/v1/documents/{id}/kept-signatures/{number}",
            "GET /api/v1/documents/{id}/evidence",
            "GET /api/v1/documents/{id}/messages",
            "GET /api/v1/documents/{id}/proof",
            "POST /api/v1/documents/{id}/cancel",
            "POST /api/v1/documents/{id}/remind",
            "GET /api/v1/templates",
            "GET /api/v1/templates/{id}",
            "POST /api/v1/templates/{id}/preview",
            "POST /api/v1/consultations",
            "GET /api/v1/consultations/{id}",
            "POST /api/v1/consultations/{id}/cancel",
            "POST /api/v1/consultations/{id}/reschedule",
        ],
    ),
    (
        &["medic", "head"],
        &["POST /api/v1/documents/{id}/clinic-signature"],
    ),
    (
        &["accountant", "head"],
        &["GET /api/v1/usage", "GET /api/v1/usage/rows"],
    ),
    (
        &["head"],
        &[
            "GET /api/v1/events",
            "GET /api/v1/acts",
            "GET /api/v1/journal/checkpoint",
            "GET /api/v1/journal/consistency",
            "GET /api/v1/webhook",
            "PUT /api/v1/webhook",
            "DELETE /api/v1/webhook",
            "POST /api/v1/webhook/rotate",
            "GET /api/v1/webhook/deliveries",
            "POST /api/v1/webhook/deliveries/{id}/replay",
            "PUT /api/v1/settings",
            "PUT /api/v1/branding",
            "GET /api/v1/branding/preview",
            "POST /api/v1/branding/preview",
            "GET /api/v1/clinic-signers",
            "POST /api/v1/clinic-signers",
            "DELETE /api/v1/clinic-signers/{id}",
            "GET /api/v1/agreement",
            "PUT /api/v1/agreement",
            "GET /api/v1/agreement/file",
            "GET /api/v1/agreements/acceptances",
            "GET /api/v1/export",
            "GET /api/v1/keys",
            "POST /api/v1/keys",
            "DELETE /api/v1/keys/{id}",
            "GET /api/v1/staff",
            "POST /api/v1/staff",
            "PUT /api/v1/staff/{id}",
            "DELETE /api/v1/staff/{id}",
            "POST /api/v1/staff/{id}/invite",
        ],
    ),
];

#[test]
fn every_role_may_what_its_row_says_and_nothing_else() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let routes = of_clinic(stack)?;
    let things = Things::made(stack, &mut clinic)?;
    let members = ROLES.map(|role| Ok((role, stack.member(&mut clinic, role)?)));
    let mut members = members.into_iter().collect::<Result<Vec<_>>>()?;
    let before = (
        state(&mut clinic, &[&things.document])?,
        staff(&mut clinic)?,
    );
    // What a role may not, it may not do to what is there either; and nothing changes.
    for (role, member) in &mut members {
        for route in routes.iter().filter(|route| !may(role, route)) {
            let reply = ask(member, route, &things.id_for(route))?;
            let refused = reply.problem(403, "role");
            refused.with_context(|| format!("{role}: {route}"))?;
        }
    }
    let after = (
        state(&mut clinic, &[&things.document])?,
        staff(&mut clinic)?,
    );
    ensure!(before == after, "a refused request has changed something");
    for (role, member) in &mut members {
        for route in routes.iter().filter(|route| may(role, route)) {
            let reply = ask(member, route, "unknown")?;
            let status = reply.status.as_u16();
            let let_in = ![401, 403].contains(&status) && status < 500;
            ensure!(let_in, "{role}: {route}: {status} {}", reply.text());
        }
        member.get("/api/v1/settings")?.expect(200)?;
    }
    // The MIS may all of it.
    for route in &routes {
        let (method, path, body) = request(route, "unknown")?;
        let headers = [("content-type", "application/json")];
        let reply = clinic.send(method, &path, &headers, body)?;
        let status = reply.status.as_u16();
        ensure!(![401, 403].contains(&status), "MIS: {route}: {status}");
    }
    Ok(())
}

#[test]
fn nobody_gets_in_without_a_session_or_from_another_site() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let mut head = stack.member(&mut clinic, "head")?;
    let mut stranger = stack.anonymous();
    for route in of_clinic(stack)? {
        let (method, path, body) = request(&route, "unknown")?;
        let headers = [("content-type", "application/json"), ("podpis-staff", "1")];
        let reply = stranger.send(method.clone(), &path, &headers, body.clone())?;
        let refused = reply.problem(401, "signed_out");
        refused.with_context(|| route.clone())?;
        // A cookie alone is not enough: any page makes a browser send it.
        let headers = [("content-type", "application/json")];
        let client = &mut head.person.client;
        let reply = client.send(method.clone(), &path, &headers, body.clone())?;
        let refused = reply.problem(401, "unauthorized");
        refused.with_context(|| route.clone())?;
        for foreign in [
            ("sec-fetch-site", "cross-site"),
            ("origin", "https://evil.example"),
        ] {
            let headers = [
                ("content-type", "application/json"),
                ("podpis-staff", "1"),
                foreign,
            ];
            let reply = client.send(method.clone(), &path, &headers, body.clone())?;
            let refused = reply.problem(400, "bad_request");
            refused.with_context(|| format!("{route} {foreign:?}"))?;
        }
    }
    // The operator's routes don't know any staff.
    let all = description(stack)?;
    for route in routes(&all)?.iter().filter(|r| r.contains("/operator/")) {
        let reply = ask(&mut head, route, &clinic.id)?;
        let refused = reply.problem(401, "unauthorized");
        refused.with_context(|| route.clone())?;
    }
    head.get("/api/v1/settings")?.expect(200)?;
    Ok(())
}

#[test]
fn staff_of_another_clinic_find_nothing() -> Result<()> {
    let stack = Stack::shared()?;
    let (mut owner, mut other) = (stack.clinic()?, stack.clinic()?);
    let things = Things::made(stack, &mut owner)?;
    let mut outsider = stack.member(&mut other, "head")?;
    let before = (state(&mut owner, &[&things.document])?, staff(&mut owner)?);
    let mut asked = 0;
    for route in of_clinic(stack)? {
        if !route.contains("{id}") || route.contains("/templates/") {
            continue;
        }
        let reply = ask(&mut outsider, &route, &things.id_for(&route))?;
        let refused = reply.problem(404, "not_found");
        refused.with_context(|| route.clone())?;
        asked += 1;
    }
    ensure!(asked >= 17, "only {asked} routes with an id");
    let list = outsider.get("/api/v1/documents")?.expect(200)?.json()?;
    ensure!(list["items"] == json!([]), "{list}");
    let after = (state(&mut owner, &[&things.document])?, staff(&mut owner)?);
    ensure!(before == after, "something has changed");
    Ok(())
}

#[test]
fn another_role_or_none_ends_the_session() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let (mut head, mut medic) = (
        stack.member(&mut clinic, "head")?,
        stack.member(&mut clinic, "medic")?,
    );
    let of = |member: &Member| format!("/api/v1/staff/{}", member.id);
    let to = |role: &str| json!({ "role": role });
    // The only head stays one, whoever asks.
    let own = of(&head);
    put(&mut head, &own, &to("medic"))?.problem(409, "last_head")?;
    delete(&mut head, &own)?.problem(409, "last_head")?;
    let json_type = [("content-type", "application/json")];
    let body = Some(to("medic").to_string().into_bytes());
    clinic
        .send(Method::PUT, &own, &json_type, body)?
        .problem(409, "last_head")?;
    clinic
        .send(Method::DELETE, &own, &[], None)?
        .problem(409, "last_head")?;
    head.get("/api/v1/staff")?.expect(200)?;

    medic.get("/api/v1/documents")?.expect(200)?;
    put(&mut head, &of(&medic), &to("medic"))?.expect(200)?;
    medic.get("/api/v1/documents")?.expect(200)?;
    put(&mut head, &of(&medic), &to("accountant"))?.expect(200)?;
    medic.get("/api/v1/settings")?.problem(401, "signed_out")?;
    medic.person.sign_in()?;
    medic.get("/api/v1/documents")?.problem(403, "role")?;
    medic.get("/api/v1/usage")?.expect(200)?;
    put(&mut head, &of(&medic), &to("head"))?.expect(200)?;
    medic.person.sign_in()?;
    delete(&mut medic, &own)?.expect(204)?;
    head.get("/api/v1/settings")?.problem(401, "signed_out")?;
    ensure!(head.person.sign_in().is_err(), "somebody removed signs in");
    Ok(())
}

#[test]
fn what_staff_do_is_theirs_in_the_journal() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let mut head = stack.member(&mut clinic, "head")?;
    let mut registrar = stack.member(&mut clinic, "registrar")?;
    // The same Idempotency-Key of a MIS and of two people are three keys.
    let upload = Upload::small().key("visit-1");
    let (kind, body) = upload.multipart();
    let headers = [
        ("content-type", kind.as_str()),
        ("idempotency-key", "visit-1"),
    ];
    let mut sent = Vec::new();
    let first = clinic.upload(&upload)?.expect(201)?.json()?;
    sent.push((text(&first, "id")?, "key:".to_owned()));
    for member in [&mut head, &mut registrar] {
        let post = |member: &mut Member| {
            let path = "/api/v1/documents";
            member.send(Method::POST, path, &headers, Some(body.clone()))
        };
        let first = post(member)?.expect(201)?.json()?;
        ensure!(post(member)?.expect(201)?.json()? == first);
        sent.push((text(&first, "id")?, format!("staff:{}", member.id)));
    }
    let told: BTreeMap<String, String> = clinic
        .events()?
        .iter()
        .filter(|event| event["type"] == "document.sent")
        .map(|event| Ok((text(event, "document_id")?, text(&event["data"], "by")?)))
        .collect::<Result<_>>()?;
    ensure!(told.len() == 3, "{told:?}");
    for (id, by) in &sent {
        ensure!(told[id].starts_with(by), "{id} by {}, not {by}", told[id]);
    }
    let id = &sent[2].0;
    head.post(&format!("/api/v1/documents/{id}/cancel"), &json!({}))?
        .expect(200)?;
    let acts = format!("/api/v1/acts?by=staff:{}", head.id);
    let acts = head.get(&acts)?.expect(200)?.json()?;
    let kinds: Vec<_> = acts["items"].as_array().context("items")?.iter().collect();
    ensure!(
        kinds[0]["type"] == "document.cancelled" && kinds[0]["document_id"] == **id,
        "{acts}"
    );
    // Staff learn whose a document is; a MIS knows, and is not told.
    let path = format!("/api/v1/documents/{id}");
    let seen = registrar.get(&path)?.expect(200)?.json()?;
    ensure!(
        seen["patient"]["name"] == "Иванова Мария Петровна",
        "{seen}"
    );
    let list = registrar.get("/api/v1/documents?q=%D0%B8%D0%B2%D0%B0%D0%BD%D0%BE")?;
    let list = list.expect(200)?.json()?;
    ensure!(list["items"].as_array().is_some_and(|all| all.len() == 3));
    ensure!(list["items"][0]["patient"]["birth_date"] == "1985-03-12");
    let none = registrar.get("/api/v1/documents?q=zzz")?.expect(200)?;
    ensure!(none.json()?["items"] == json!([]));
    ensure!(clinic.document(id)?.get("patient").is_none());
    Ok(())
}

/// What is there to be reached.
struct Things {
    document: String,
    consultation: String,
    signer: String,
    key: String,
    staff: String,
}

impl Things {
    fn made(stack: &Stack, clinic: &mut Clinic) -> Result<Self> {
        let document = clinic.send_document(&Upload::small())?;
        clinic.publish_agreement()?;
        let medic = json!({"name": "Врач", "snils": "11223344595"});
        let signer = clinic.post("/api/v1/clinic-signers", &medic)?.expect(201)?;
        let email = format!("somebody.{}@example.ru", clinic.id);
        let invited = json!({"email": email, "role": "medic"});
        let staff = clinic.post("/api/v1/staff", &invited)?.expect(201)?;
        let key = clinic.post("/api/v1/keys", &json!({}))?.expect(201)?;
        Ok(Self {
            document,
            consultation: Booking::new().booked(stack, clinic)?.id,
            signer: text(&signer.json()?, "id")?,
            key: text(&key.json()?, "key_id")?,
            staff: text(&staff.json()?, "id")?,
        })
    }

    /// The one that a route with an id is about.
    fn id_for(&self, route: &str) -> String {
        let of = [
            ("/documents/", &self.document),
            ("/consultations/", &self.consultation),
            ("/clinic-signers/", &self.signer),
            ("/keys/", &self.key),
            ("/staff/", &self.staff),
        ];
        let found = of.iter().find(|(part, _)| route.contains(part));
        found.map_or_else(|| "unknown".to_owned(), |(_, id)| (*id).clone())
    }
}

fn put(member: &mut Member, path: &str, body: &Value) -> Result<Reply> {
    let headers = [("content-type", "application/json")];
    let body = body.to_string().into_bytes();
    member.send(Method::PUT, path, &headers, Some(body))
}

fn delete(member: &mut Member, path: &str) -> Result<Reply> {
    member.send(Method::DELETE, path, &[], None)
}

fn may(role: &str, route: &str) -> bool {
    MAY.iter()
        .any(|(roles, routes)| roles.contains(&role) && routes.contains(&route))
}

fn description(stack: &Stack) -> Result<Value> {
    stack
        .anonymous()
        .get("/api/openapi.json")?
        .expect(200)?
        .json()
}

/// Routes that a clinic reaches, as the description tells; each stands in [`MAY`], and nothing else does.
fn of_clinic(stack: &Stack) -> Result<Vec<String>> {
    let all = description(stack)?;
    let mut found = Vec::new();
    for route in routes(&all)? {
        let (method, path) = route.split_once(' ').context("a route")?;
        let call = &all["paths"][path][method.to_lowercase()];
        let by = |name: &str| {
            let schemes = call["security"].as_array().into_iter().flatten();
            schemes.into_iter().any(|scheme| scheme.get(name).is_some())
        };
        ensure!(by("clinicKey") == by("staffSession"), "{route}");
        if by("clinicKey") {
            found.push(route);
        }
    }
    let known: Vec<&str> = MAY
        .iter()
        .flat_map(|(_, routes)| *routes)
        .copied()
        .collect();
    for route in &found {
        if !known.contains(&route.as_str()) {
            bail!("{route}: nothing says which role may it");
        }
    }
    ensure!(known.len() == found.len(), "a route is gone, or here twice");
    Ok(found)
}

/// The request of a route with its id, and as little of a body as can be.
fn request(route: &str, id: &str) -> Result<(Method, String, Option<Vec<u8>>)> {
    let (method, path) = route.split_once(' ').context("a route")?;
    let method: Method = method.parse()?;
    let body = match (&method, path) {
        (&Method::GET | &Method::DELETE, _) => None,
        (_, path) if path.ends_with("/reschedule") => {
            Some(br#"{"starts_at": "2099-01-01T00:00:00Z"}"#.to_vec())
        }
        (&Method::PUT, path) if path.contains("/staff/") => Some(br#"{"role": "medic"}"#.to_vec()),
        _ => Some(b"{}".to_vec()),
    };
    let path = path.replace("{id}", id).replace("{key_id}", "unknown");
    let path = path.replace("{number}", "1");
    Ok((method, path.replace("{sha256}", &"0".repeat(64)), body))
}

fn ask(member: &mut Member, route: &str, id: &str) -> Result<Reply> {
    let (method, path, body) = request(route, id)?;
    let headers = [("content-type", "application/json")];
    member.send(method, &path, &headers, body)
}

fn text(value: &Value, name: &str) -> Result<String> {
    let text = value[name].as_str().map(str::to_owned);
    text.with_context(|| format!("no {name}: {value}"))
}
