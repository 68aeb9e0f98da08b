//! The second factor: codes of the phone, recovery codes, passkeys.

use anyhow::{Context as _, Result, ensure};
use http::Method;
use podpis_shared::wire::staff::{PasskeyChallenge, PasskeyOptions};
use podpis_tests::{Passkey, Staff};
use serde_json::{Value, json};

use super::clinic_with;

#[test]
fn a_code_works_once_and_a_recovery_code_too() -> Result<()> {
    let (_, mut person) = clinic_with("medic")?;
    person.first()?.expect(200)?;
    // The code that has set the phone up is used.
    let used = person.used_code()?;
    person
        .post("/second", &json!({ "totp": used }))?
        .problem(401, "wrong_code")?;
    person.second()?;

    let code = person.recovery.pop().context("no recovery code")?;
    let typed = code.to_lowercase().replace('-', " ");
    person.first()?.expect(200)?;
    let me = person
        .post("/second", &json!({ "recovery": typed }))?
        .expect(200)?
        .json()?;
    ensure!(me["recovery_codes"] == 7, "{me}");
    person.first()?.expect(200)?;
    person
        .post("/second", &json!({ "recovery": code }))?
        .problem(401, "wrong_code")?;
    person.second().map(drop)
}

#[test]
fn a_second_step_needs_its_first() -> Result<()> {
    let (_, mut person) = clinic_with("medic")?;
    let code = person.fresh_code()?.context("no fresh code")?;
    let mut other = person.elsewhere();
    other
        .post("/second", &json!({ "totp": code }))?
        .problem(401, "signed_out")?;
    other
        .post("/totp/confirm", &json!({ "code": code }))?
        .problem(401, "signed_out")?;
    // A first step of one kind is none of the other.
    other.first()?.expect(200)?;
    other
        .post("/totp/confirm", &json!({ "code": code }))?
        .problem(401, "signed_out")?;
    other
        .post("/second", &json!({ "totp": code }))?
        .expect(200)?;
    // And it is over then.
    let used = other.used_code()?;
    other.client.cookies.remove("podpis-staff");
    other
        .post("/second", &json!({ "totp": used }))?
        .problem(401, "signed_out")?;
    Ok(())
}

#[test]
fn a_passkey_signs_in() -> Result<()> {
    let (_, mut person) = clinic_with("medic")?;
    let mut passkey = Passkey::new(person.client.base())?;
    let options: PasskeyOptions = serde_json::from_value(
        person
            .post("/passkeys/begin", &json!({}))?
            .expect(200)?
            .json()?,
    )?;
    ensure!(
        options.rp_id == "localhost" && options.exclude.is_empty(),
        "{options:?}"
    );
    let new = passkey.create(&options)?;
    let view = person.post("/passkeys", &new)?.expect(201)?.json()?;
    // The challenge is used, and so is the credential.
    person.post("/passkeys", &new)?.problem(422, "invalid")?;
    let again: PasskeyOptions = serde_json::from_value(
        person
            .post("/passkeys/begin", &json!({}))?
            .expect(200)?
            .json()?,
    )?;
    ensure!(again.exclude.len() == 1, "{again:?}");
    person
        .post("/passkeys", &passkey.create(&again)?)?
        .problem(422, "invalid")?;

    let mut other = person.elsewhere();
    let asked = challenge(&mut other)?;
    let answer = passkey.sign(&asked)?;
    let me = other.post("/second", &answer)?.expect(200)?.json()?;
    ensure!(me["passkeys"] == 1, "{me}");
    // Heard once, it opens nothing: the challenge is another one now.
    let mut thief = person.elsewhere();
    let asked = challenge(&mut thief)?;
    thief.post("/second", &answer)?.problem(401, "wrong_code")?;
    // And a challenge may be answered once, rightly or not.
    let late = passkey.sign(&asked)?;
    thief.post("/second", &late)?.problem(401, "wrong_code")?;

    let path = format!(
        "/staff/passkeys/{}",
        view["id"].as_str().unwrap_or_default()
    );
    person.send(Method::DELETE, &path, None)?.expect(204)?;
    person
        .send(Method::DELETE, &path, None)?
        .problem(404, "not_found")?;
    let step = other.elsewhere().first()?.expect(200)?.json()?;
    ensure!(
        step["passkey"].is_null() && step["second"] == json!(["totp", "recovery"]),
        "{step}"
    );
    Ok(())
}

#[test]
fn a_passkey_of_another_is_none() -> Result<()> {
    let (_, mut person) = clinic_with("medic")?;
    let (_, mut stranger) = clinic_with("medic")?;
    let mut keys = Vec::new();
    for who in [&mut person, &mut stranger] {
        let key = Passkey::new(who.client.base())?;
        let options = who
            .post("/passkeys/begin", &json!({}))?
            .expect(200)?
            .json()?;
        let view = who.post("/passkeys", &key.create(&serde_json::from_value(options)?)?)?;
        keys.push((key, view.expect(201)?.json()?));
    }
    let (mut foreign, view) = keys.pop().context("no key")?;
    let mut other = person.elsewhere();
    let asked = challenge(&mut other)?;
    other
        .post("/second", &foreign.sign(&asked)?)?
        .problem(401, "wrong_code")?;
    // The right one, asked by a page elsewhere for the right challenge.
    let (mut own, _) = keys.pop().context("no key")?;
    let here = std::mem::replace(&mut own.origin, "https://evil.example".into());
    let asked = challenge(&mut other)?;
    other
        .post("/second", &own.sign(&asked)?)?
        .problem(401, "wrong_code")?;
    own.origin = here;
    let asked = challenge(&mut other)?;
    other.post("/second", &own.sign(&asked)?)?.expect(200)?;
    let path = format!(
        "/staff/passkeys/{}",
        view["id"].as_str().unwrap_or_default()
    );
    person
        .send(Method::DELETE, &path, None)?
        .problem(404, "not_found")?;
    let listed = stranger.get("/passkeys")?.expect(200)?.json()?;
    ensure!(
        listed["items"]
            .as_array()
            .is_some_and(|items| items.len() == 1),
        "{listed}"
    );
    Ok(())
}

#[test]
fn a_new_phone_takes_the_place_of_the_old_one() -> Result<()> {
    let (_, mut person) = clinic_with("medic")?;
    let mut old = person.elsewhere();
    let step = person.post("/totp", &json!({}))?.expect(200)?.json()?;
    // Until the first code is right the old one counts, and somebody else's browser confirms nothing.
    let mut thief = person.elsewhere();
    let cookie = person.client.cookies.get("podpis-staff-step").cloned();
    thief
        .client
        .cookies
        .insert("podpis-staff-step".into(), cookie.context("no step")?);
    let wrong = old.wrong_code()?;
    thief
        .post("/totp/confirm", &json!({ "code": wrong }))?
        .problem(401, "wrong_code")?;
    old.clone().sign_in()?;
    let me = person.enrol(&step)?;
    ensure!(me["recovery_codes"] == 8, "{me}");
    old.first()?.expect(200)?;
    let code = old.fresh_code()?;
    if let Some(code) = code {
        old.post("/second", &json!({ "totp": code }))?
            .problem(401, "wrong_code")?;
    }
    let code = old.recovery.pop().context("no recovery code")?;
    old.post("/second", &json!({ "recovery": code }))?
        .problem(401, "wrong_code")?;
    person.sign_in().map(drop)
}

fn challenge(person: &mut Staff) -> Result<PasskeyChallenge> {
    let step: Value = person.first()?.expect(200)?.json()?;
    ensure!(
        step["second"] == json!(["totp", "passkey", "recovery"]),
        "{step}"
    );
    Ok(serde_json::from_value(step["passkey"].clone())?)
}
