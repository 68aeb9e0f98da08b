//! What links of letters do: a new password, a second clinic, a lost phone.

use anyhow::{Context as _, Result, ensure};
use http::Method;
use podpis_tests::{Clinic, Passkey, Stack, Staff};
use serde_json::json;

use super::{clinic_with, staff_id};

#[test]
fn a_reset_needs_the_second_factor() -> Result<()> {
    let (_, mut person) = clinic_with("medic")?;
    person
        .post("/reset", &json!({ "email": person.email }))?
        .expect(204)?;
    let token = person.letter("reset")?;
    let mut other = person.elsewhere();
    let view = other
        .post("/invitation", &json!({ "token": token }))?
        .expect(200)?
        .json()?;
    ensure!(
        view["purpose"] == "reset" && view["known"] == true,
        "{view}"
    );
    let new = "лошадь съела велосипед";
    let accept = json!({ "token": token, "password": new });
    let step = other
        .post("/invitation/accept", &accept)?
        .expect(200)?
        .json()?;
    ensure!(step["second"] == json!(["totp", "recovery"]), "{step}");
    // Whoever has only the mailbox changes nothing.
    other.get("/me")?.problem(401, "signed_out")?;
    person.get("/me")?.expect(200)?;
    person.elsewhere().first()?.expect(200)?;

    other.second()?;
    person.get("/me")?.problem(401, "signed_out")?;
    person.elsewhere().first()?.problem(401, "wrong_password")?;
    person
        .post("/invitation", &json!({ "token": token }))?
        .problem(404, "link_unknown")?;
    other.password = new.into();
    other.sign_in().map(drop)
}

#[test]
fn the_newest_letter_counts_and_three_an_hour_go_out() -> Result<()> {
    let (_, mut person) = clinic_with("medic")?;
    let mut tokens = Vec::new();
    for _ in 1..=3 {
        person
            .post("/reset", &json!({ "email": person.email }))?
            .expect(204)?;
        tokens.push(person.letter("reset")?);
    }
    // Nobody is told that there is no fourth; the third goes on working.
    person
        .post("/reset", &json!({ "email": person.email }))?
        .expect(204)?;
    let newest = tokens.pop().context("no token")?;
    for old in tokens {
        person
            .post("/invitation", &json!({ "token": old }))?
            .problem(404, "link_unknown")?;
    }
    person
        .post("/invitation", &json!({ "token": newest }))?
        .expect(200)?;
    Ok(())
}

#[test]
fn one_person_in_two_clinics() -> Result<()> {
    let (_, mut person) = clinic_with("registrar")?;
    let stack = Stack::shared()?;
    let first = person.get("/me")?.expect(200)?.json()?;
    let mut second = stack.clinic()?;
    person.invited_by(&mut second, "head")?;
    let token = person.letter("invite")?;
    let mut other = person.elsewhere();
    let view = other
        .post("/invitation", &json!({ "token": token }))?
        .expect(200)?
        .json()?;
    ensure!(view["known"] == true, "{view}");
    // Before the second factor the second clinic knows nobody.
    let accept = json!({ "token": token, "name": "Смирнова О." });
    let step = other
        .post("/invitation/accept", &accept)?
        .expect(200)?
        .json()?;
    ensure!(step["second"] == json!(["totp", "recovery"]), "{step}");
    let listed = second.get("/api/v1/staff")?.expect(200)?.json()?;
    ensure!(listed["items"][0]["state"] == "invited", "{listed}");

    let me = other.second()?;
    ensure!(
        me["role"] == "head" && me["clinics"].as_array().is_some_and(|all| all.len() == 2),
        "{me}"
    );
    let usage = |person: &mut Staff| person.send(Method::GET, "/api/v1/usage", None);
    usage(&mut other)?.expect(200)?;
    let choose = json!({ "id": first["clinic"]["id"] });
    let back = other.post("/clinic", &choose)?.expect(200)?.json()?;
    ensure!(
        back["role"] == "registrar" && back["clinic"] == first["clinic"],
        "{back}"
    );
    usage(&mut other)?.problem(403, "role")?;
    // A clinic that exists, but has nothing to do with this person, is none.
    let (_, mut stranger) = clinic_with("head")?;
    let foreign = stranger.get("/me")?.expect(200)?.json()?;
    for id in [&foreign["clinic"]["id"], &json!("cli_unknown")] {
        other
            .post("/clinic", &json!({ "id": id }))?
            .problem(404, "not_found")?;
    }
    // Out of one clinic is not out of the other.
    let id = staff_id(&mut second, &person)?;
    second
        .send(Method::DELETE, &format!("/api/v1/staff/{id}"), &[], None)?
        .problem(409, "last_head")?;
    other.get("/me")?.expect(200)?;
    Ok(())
}

/// A minute after the invitation, since letters to one member go out no sooner.
pub(super) fn a_lost_phone_is_replaced(clinic: &mut Clinic, person: &mut Staff) -> Result<()> {
    let passkey = Passkey::new(person.client.base())?;
    let options = person
        .post("/passkeys/begin", &json!({}))?
        .expect(200)?
        .json()?;
    let new = passkey.create(&serde_json::from_value(options)?)?;
    person.post("/passkeys", &new)?.expect(201)?;
    let id = staff_id(clinic, person)?;
    let path = format!("/api/v1/staff/{id}/invite");
    clinic.post(&path, &json!({}))?.expect(200)?;
    let token = person.letter("factor")?;
    let mut other = person.elsewhere();
    let with = |password: &str| json!({ "token": token, "password": password });
    other
        .post("/invitation/accept", &json!({ "token": token }))?
        .problem(422, "invalid")?;
    other
        .post("/invitation/accept", &with("лошадь съела велосипед"))?
        .problem(401, "wrong_password")?;
    let accept = with(&person.password);
    let step = other
        .post("/invitation/accept", &accept)?
        .expect(200)?
        .json()?;
    person.get("/me")?.expect(200)?;
    let me = other.enrol(&step)?;
    ensure!(me["passkeys"] == 0 && me["recovery_codes"] == 8, "{me}");
    person.get("/me")?.problem(401, "signed_out")?;
    person.first()?.expect(200)?;
    let old = person.recovery.pop().context("no recovery code")?;
    person
        .post("/second", &json!({ "recovery": old }))?
        .problem(401, "wrong_code")?;
    other.sign_in().map(drop)
}

/// Likewise: who was removed comes back with what they have.
pub(super) fn who_was_removed_is_invited_again(
    clinic: &mut Clinic,
    person: &mut Staff,
) -> Result<()> {
    let id = staff_id(clinic, person)?;
    clinic
        .send(Method::DELETE, &format!("/api/v1/staff/{id}"), &[], None)?
        .expect(204)?;
    person.get("/me")?.problem(401, "signed_out")?;
    person.first()?.problem(401, "wrong_password")?;
    person.invited_by(clinic, "registrar")?;
    let token = person.letter("invite")?;
    let nameless = json!({ "token": token });
    person
        .post("/invitation/accept", &nameless)?
        .problem(422, "invalid")?;
    let accept = json!({ "token": token, "name": "Смирнова Ольга" });
    person.post("/invitation/accept", &accept)?.expect(200)?;
    ensure!(person.second()?["role"] == "registrar");
    Ok(())
}

#[test]
fn a_link_that_nobody_sent_opens_nothing() -> Result<()> {
    let stack = Stack::shared()?;
    let mut person = Staff::nobody(stack.base());
    for token in [
        "",
        "x",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "' OR 1=1 --",
    ] {
        let look = json!({ "token": token });
        person
            .post("/invitation", &look)?
            .problem(404, "link_unknown")?;
        let accept = json!({ "token": token, "name": "Я", "password": "корова съела трактор" });
        person
            .post("/invitation/accept", &accept)?
            .problem(404, "link_unknown")?;
    }
    // Who is removed before accepting stays out.
    let mut clinic = stack.clinic()?;
    let id = person.invited_by(&mut clinic, "medic")?;
    let token = person.letter("invite")?;
    let accept = json!({ "token": token, "name": "Я", "password": person.password });
    let step = person
        .post("/invitation/accept", &accept)?
        .expect(200)?
        .json()?;
    clinic
        .send(Method::DELETE, &format!("/api/v1/staff/{id}"), &[], None)?
        .expect(204)?;
    ensure!(
        person.enrol(&step).is_err(),
        "joined after having been removed"
    );
    person
        .post("/invitation", &json!({ "token": token }))?
        .problem(404, "link_unknown")?;
    person.first()?.problem(401, "wrong_password")?;
    Ok(())
}
