//! How often one may try.

use anyhow::{Context as _, Result, ensure};
use serde_json::json;

use super::clinic_with;

#[test]
fn ten_wrong_passwords_and_then_a_pause_for_this_mailbox_only() -> Result<()> {
    let (_, mut person) = clinic_with("medic")?;
    let (_, mut other) = clinic_with("medic")?;
    let mut guesser = person.elsewhere();
    for number in 0..10 {
        guesser.password = format!("не тот пароль {number}");
        guesser.first()?.problem(401, "wrong_password")?;
    }
    // The right one as well: a guesser learns nothing.
    let reply = person.first()?;
    let wait: u32 = reply
        .header("retry-after")
        .parse()
        .context("no Retry-After")?;
    ensure!((1..=900).contains(&wait), "{wait}");
    reply.problem(429, "too_many_requests")?;
    person.get("/me")?.expect(200)?;
    other.sign_in().map(drop)
}

#[test]
fn right_passwords_are_not_counted() -> Result<()> {
    let (_, mut person) = clinic_with("medic")?;
    for _ in 0..12 {
        person.first()?.expect(200)?;
    }
    Ok(())
}

#[test]
fn five_wrong_codes_end_a_sign_in_and_ten_end_them_for_an_hour() -> Result<()> {
    let (_, person) = clinic_with("medic")?;
    let wrong = json!({ "totp": person.wrong_code()? });
    let mut guesser = person.elsewhere();
    for _ in 0..2 {
        guesser.first()?.expect(200)?;
        for _ in 0..5 {
            guesser
                .post("/second", &wrong)?
                .problem(401, "wrong_code")?;
        }
        guesser
            .post("/second", &wrong)?
            .problem(401, "signed_out")?;
    }
    guesser.first()?.expect(200)?;
    let code = guesser.recovery.pop().context("no recovery code")?;
    guesser
        .post("/second", &json!({ "recovery": code }))?
        .problem(429, "too_many_requests")?;
    Ok(())
}
