//! Sessions: their limits, and who is out at once.

use anyhow::{Context as _, Result, ensure};
use http::Method;
use podpis_tests::time::while_stopped;
use podpis_tests::{Settings, Stack, Staff};
use serde_json::json;

use super::{clinic_with, letters, staff_id};

#[test]
fn who_is_removed_is_out_at_once() -> Result<()> {
    let (mut clinic, mut person) = clinic_with("registrar")?;
    let id = staff_id(&mut clinic, &person)?;
    person
        .send(Method::GET, "/api/v1/documents", None)?
        .expect(200)?;
    let path = format!("/api/v1/staff/{id}");
    clinic.send(Method::DELETE, &path, &[], None)?.expect(204)?;
    person.get("/me")?.problem(401, "signed_out")?;
    person
        .send(Method::GET, "/api/v1/documents", None)?
        .problem(401, "signed_out")?;
    person.first()?.problem(401, "wrong_password")?;
    Ok(())
}

#[test]
fn signing_in_begins_anew_and_out_everywhere_is_everywhere_else() -> Result<()> {
    let (_, mut person) = clinic_with("medic")?;
    // A session that somebody has planted in the browser ends with signing in.
    let mut planted = person.elsewhere();
    planted.client.cookies.clone_from(&person.client.cookies);
    person.sign_in()?;
    planted.get("/me")?.problem(401, "signed_out")?;

    let mut other = person.elsewhere();
    other.recovery = person.recovery.split_off(4);
    other.sign_in()?;
    let listed = person.get("/sessions")?.expect(200)?.json()?;
    let items = listed["items"].as_array().context("no items")?;
    ensure!(items.len() == 2, "{listed}");
    ensure!(
        items.iter().filter(|item| item["current"] == true).count() == 1,
        "{listed}"
    );
    person
        .send(Method::DELETE, "/staff/sessions", None)?
        .expect(204)?;
    person.get("/me")?.expect(200)?;
    let told = other.get("/me")?.problem(401, "signed_out")?;
    ensure!(told["ended"] == "other", "{told}");
    Ok(())
}

#[test]
fn a_new_password_ends_other_sessions() -> Result<()> {
    let (_, mut person) = clinic_with("medic")?;
    let mut other = person.elsewhere();
    other.sign_in()?;
    let change = |old: &str, new: &str| json!({ "old": old, "new": new });
    let (old, new) = (person.password.clone(), "лошадь съела велосипед");
    person
        .post("/password", &change("не тот пароль", new))?
        .problem(401, "wrong_password")?;
    person
        .post("/password", &change(&old, "1234567890"))?
        .problem(422, "weak_password")?;
    other.get("/me")?.expect(200)?;
    person.post("/password", &change(&old, new))?.expect(204)?;
    person.get("/me")?.expect(200)?;
    other.get("/me")?.problem(401, "signed_out")?;
    other.first()?.problem(401, "wrong_password")?;
    other.password = new.into();
    other.first()?.expect(200)?;
    Ok(())
}

/// One stack for all that time does, since it is stopped for it.
#[test]
fn time_ends_sessions_steps_and_links() -> Result<()> {
    let Some(mut stack) = Stack::alone(Settings::default())? else {
        return Ok(());
    };
    let mut clinic = stack.clinic()?;
    let mut people = Vec::new();
    for _ in 0..6 {
        people.push(Staff::joined(&mut clinic, stack.base(), "medic")?);
    }
    let mut late = Staff::nobody(stack.base());
    late.invited_by(&mut clinic, "medic")?;
    let token = late.letter("invite")?;
    let [idle, old, fresh, half, lost, removed] = &mut people[..] else {
        anyhow::bail!("not six");
    };
    half.client.cookies.clear();
    half.first()?.expect(200)?;
    let emails = [idle.email.clone(), old.email.clone(), fresh.email.clone()];
    while_stopped(&mut stack, |db| {
        let of = "person_id = (SELECT id FROM staff_people WHERE email = ?1)";
        let set = |what: &str| format!("UPDATE staff_sessions SET {what} WHERE {of}");
        db.execute(&set("seen_at = seen_at - 8 * 3600"), [&emails[0]])?;
        // Used all the time, and yet a day is the end.
        let day = "created_at = created_at - 24 * 3600, expires_at = expires_at - 24 * 3600";
        db.execute(&set(day), [&emails[1]])?;
        db.execute(&set("created_at = created_at - 900"), [&emails[2]])?;
        db.execute("UPDATE staff_steps SET expires_at = expires_at - 900", [])?;
        db.execute(
            "UPDATE staff_invitations SET created_at = created_at - 60",
            [],
        )?;
        let week = "UPDATE staff_invitations SET expires_at = expires_at - 7 * 24 * 3600";
        db.execute(week, []).map(drop)
    })?;
    for (person, why) in [(&mut *idle, "idle"), (&mut *old, "absolute")] {
        let told = person.get("/me")?.problem(401, "signed_out")?;
        ensure!(told["ended"] == why, "{told}");
    }
    fresh.get("/me")?.expect(200)?;
    for path in ["/passkeys/begin", "/totp"] {
        fresh.post(path, &json!({}))?.problem(403, "proof_needed")?;
    }
    let code = half.recovery.pop().context("no recovery code")?;
    half.post("/second", &json!({ "recovery": code }))?
        .problem(401, "signed_out")?;
    late.post("/invitation", &json!({ "token": token }))?
        .problem(410, "link_expired")?;
    letters::a_lost_phone_is_replaced(&mut clinic, lost)?;
    letters::who_was_removed_is_invited_again(&mut clinic, removed)?;
    nothing_lies_open(&mut stack, &token)
}

/// Neither tokens nor secrets nor codes can be read in the database's files.
fn nothing_lies_open(stack: &mut Stack, token: &str) -> Result<()> {
    let database = stack.database()?;
    stack.stop()?;
    let connection = rusqlite::Connection::open(&database)?;
    let count = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0));
    let open = "SELECT count(*) FROM staff_people WHERE totp NOT LIKE 'sealed:%' OR password_hash NOT LIKE '$argon2id$%'";
    ensure!(count(open)? == 0);
    ensure!(count("SELECT count(*) FROM staff_people WHERE totp IS NOT NULL")? == 6);
    let kept = "SELECT count(*) FROM staff_steps WHERE ended_at IS NOT NULL AND (totp IS NOT NULL OR password_hash IS NOT NULL)";
    ensure!(count(kept)? == 0, "what an ended step brought stays");
    let text =
        "SELECT count(*) FROM outbox WHERE invitation_id IS NOT NULL AND text NOT LIKE '%{link}%'";
    ensure!(count(text)? == 0, "a token lies in the outbox");
    let tokens = "SELECT count(*) FROM staff_tokens WHERE token_hash = ?1";
    let plain: i64 = connection.query_row(tokens, [token], |row| row.get(0))?;
    ensure!(plain == 0 && count("SELECT count(*) FROM staff_tokens")? > 0);
    Ok(())
}
