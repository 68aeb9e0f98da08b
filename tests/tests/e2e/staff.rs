//! The staff of a clinic signs in: by invitation, password and second factor; what must not get in, and who is out at once.

mod factors;
mod letters;
mod limits;
mod sessions;

use anyhow::{Context as _, Result, ensure};
use http::Method;
use podpis_tests::{Clinic, Stack, Staff};
use serde_json::{Value, json};

/// A clinic, and somebody of its staff who is signed in.
fn clinic_with(role: &str) -> Result<(Clinic, Staff)> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let person = Staff::joined(&mut clinic, stack.base(), role)?;
    Ok((clinic, person))
}

/// The id of somebody in a clinic's staff.
fn staff_id(clinic: &mut Clinic, person: &Staff) -> Result<String> {
    let list = clinic.get("/api/v1/staff")?.expect(200)?.json()?;
    let items = list["items"].as_array().context("no items")?;
    let own = items.iter().find(|item| item["email"] == person.email);
    let id = own.and_then(|own| own["id"].as_str());
    id.map(str::to_owned).context("not of the staff")
}

#[test]
fn from_the_invitation_into_the_console() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let mut person = Staff::nobody(stack.base());
    let id = person.invited_by(&mut clinic, "registrar")?;
    let token = person.letter("invite")?;
    let look = json!({ "token": token });
    let view = person.post("/invitation", &look)?.expect(200)?.json()?;
    ensure!(
        view["email"] == person.email && view["role"] == "registrar",
        "{view}"
    );
    ensure!(
        view["known"] == false && view["purpose"] == "invite",
        "{view}"
    );

    let accept = |name: Value, password: Value| json!({ "token": token, "name": name, "password": password });
    let fine = Value::from(person.password.clone());
    let path = "/invitation/accept";
    person
        .post(path, &accept(Value::Null, fine.clone()))?
        .problem(422, "invalid")?;
    person
        .post(path, &accept("Ольга".into(), Value::Null))?
        .problem(422, "invalid")?;
    for weak in ["1234567890", "короткий", &person.email.clone()] {
        person
            .post(path, &accept("Ольга".into(), weak.into()))?
            .problem(422, "weak_password")?;
    }
    let step = person
        .post(path, &accept("Смирнова Ольга".into(), fine))?
        .expect(200)?
        .json()?;
    ensure!(step["second"] == "enrol", "{step}");
    let totp = &step["totp"];
    ensure!(
        totp["uri"]
            .as_str()
            .is_some_and(|uri| uri.starts_with("otpauth://totp/")),
        "{totp}"
    );
    ensure!(
        totp["qr_svg"]
            .as_str()
            .is_some_and(|svg| svg.starts_with("<svg ")),
        "{totp}"
    );

    // Half is not in: neither here nor at the API, and the link still works.
    person.get("/me")?.problem(401, "signed_out")?;
    person
        .send(Method::GET, "/api/v1/settings", None)?
        .problem(401, "signed_out")?;
    person.post("/invitation", &look)?.expect(200)?;
    let me = person.enrol(&step)?;
    ensure!(me["id"] == id && me["name"] == "Смирнова Ольга", "{me}");
    ensure!(
        me["permissions"] == json!(["documents_read", "documents_send"]),
        "{me}"
    );
    ensure!(me["has_totp"] == true && me["recovery_codes"] == 8, "{me}");
    ensure!(person.recovery.len() == 8, "{:?}", person.recovery);
    ensure!(person.get("/me")?.expect(200)?.json()? == me);
    person
        .send(Method::GET, "/api/v1/settings", None)?
        .expect(200)?;
    person
        .send(Method::GET, "/api/v1/usage", None)?
        .problem(403, "role")?;

    // The link is used up, by whoever has it.
    person
        .post("/invitation", &look)?
        .problem(404, "link_unknown")?;
    let mut other = person.elsewhere();
    other
        .post("/invitation", &look)?
        .problem(404, "link_unknown")?;
    person.post("/sign-out", &json!({}))?.expect(204)?;
    person.get("/me")?.problem(401, "signed_out")?;
    ensure!(person.sign_in()?["id"] == id);
    Ok(())
}

#[test]
fn nobody_learns_who_is_of_the_staff() -> Result<()> {
    let (mut clinic, mut person) = clinic_with("medic")?;
    let stack = Stack::shared()?;
    let mut invited = Staff::nobody(stack.base());
    invited.invited_by(&mut clinic, "medic")?;
    let mut nobody = Staff::nobody(stack.base());
    let right = std::mem::replace(&mut person.password, "лошадь съела велосипед".into());
    let mut answers = Vec::new();
    for who in [&mut person, &mut invited, &mut nobody] {
        let reply = who.elsewhere().first()?;
        ensure!(
            !reply.headers.contains_key("set-cookie"),
            "{:?}",
            reply.headers
        );
        answers.push(reply.problem(401, "wrong_password")?);
    }
    ensure!(
        answers.windows(2).all(|pair| pair[0] == pair[1]),
        "{answers:?}"
    );

    for who in [&mut person, &mut invited, &mut nobody] {
        let reply = who
            .post("/reset", &json!({ "email": who.email.to_uppercase() }))?
            .expect(204)?;
        ensure!(reply.body.is_empty());
    }
    person.letter("reset")?;
    // Whoever has not joined has no password to reset; that letter would have come with the other one.
    for who in [&invited, &nobody] {
        let messages = stack.sandbox().messages(&who.email)?;
        let resets = messages
            .iter()
            .filter_map(|message| message["text"].as_str());
        ensure!(resets.filter(|text| text.contains("#reset-")).count() == 0);
    }
    person.password = right;
    person.sign_in().map(drop)
}

#[test]
fn only_the_consoles_own_pages_ask() -> Result<()> {
    let (_, mut person) = clinic_with("head")?;
    let host = person
        .client
        .base()
        .trim_start_matches("http://")
        .to_owned();
    let routes = [
        (Method::POST, "/staff/sign-in"),
        (Method::POST, "/staff/second"),
        (Method::POST, "/staff/invitation"),
        (Method::POST, "/staff/invitation/accept"),
        (Method::POST, "/staff/totp"),
        (Method::POST, "/staff/totp/confirm"),
        (Method::POST, "/staff/passkeys/begin"),
        (Method::POST, "/staff/passkeys"),
        (Method::GET, "/staff/passkeys"),
        (Method::DELETE, "/staff/passkeys/psk_1"),
        (Method::GET, "/staff/me"),
        (Method::POST, "/staff/clinic"),
        (Method::POST, "/staff/password"),
        (Method::POST, "/staff/reset"),
        (Method::GET, "/staff/sessions"),
        (Method::DELETE, "/staff/sessions"),
        (Method::POST, "/staff/sign-out"),
    ];
    let (json_type, own) = (("content-type", "application/json"), ("podpis-staff", "1"));
    let evil = [
        vec![json_type],
        vec![json_type, ("podpis-account", "1")],
        vec![json_type, own, ("origin", "https://evil.example")],
        vec![json_type, own, ("sec-fetch-site", "cross-site")],
        vec![json_type, own, ("sec-fetch-site", "same-site")],
    ];
    for (method, path) in routes {
        for headers in &evil {
            let body = (method == Method::POST).then(|| b"{}".to_vec());
            let reply = person.client.send(method.clone(), path, headers, body)?;
            reply.problem(400, "bad_request")?;
        }
    }
    let origin = format!("http://{host}");
    let fine = [
        own,
        ("origin", origin.as_str()),
        ("sec-fetch-site", "same-origin"),
    ];
    person
        .client
        .send(Method::GET, "/staff/me", &fine, None)?
        .expect(200)?;
    Ok(())
}

#[test]
fn a_cookie_is_for_our_pages_only() -> Result<()> {
    let (_, person) = clinic_with("head")?;
    let mut person = person.elsewhere();
    let first = person.first()?.expect(200)?;
    ensure!(is_strict(first.header("set-cookie")), "{:?}", first.headers);
    person.second()?;
    ensure!(person.client.cookies.contains_key("podpis-staff"));
    ensure!(
        !person.client.cookies.contains_key("podpis-staff-step"),
        "the first step is over"
    );
    let ended = person.post("/sign-out", &json!({}))?.expect(204)?;
    ensure!(is_strict(ended.header("set-cookie")), "{:?}", ended.headers);
    Ok(())
}

fn is_strict(cookie: &str) -> bool {
    ["HttpOnly", "SameSite=Strict", "Path=/"]
        .iter()
        .all(|attribute| cookie.contains(attribute))
        && !cookie.contains("Domain")
}

#[test]
fn the_journal_tells_of_the_staff_without_naming_anybody() -> Result<()> {
    let (mut clinic, mut person) = clinic_with("head")?;
    let id = staff_id(&mut clinic, &person)?;
    person.elsewhere().sign_in()?;
    // The acts are not events for a MIS.
    let events = clinic.events()?;
    ensure!(
        events.iter().all(|event| !event["type"]
            .as_str()
            .is_some_and(|kind| kind.starts_with("staff."))),
        "{events:?}"
    );
    let export = person
        .send(Method::GET, "/api/v1/acts?limit=200", None)?
        .expect(200)?
        .text();
    for kind in ["staff.invited", "staff.joined", "staff.signed_in"] {
        ensure!(export.contains(kind), "{kind}: {export}");
    }
    ensure!(export.contains(&format!("staff:{id}")), "{export}");
    Ok(())
}
