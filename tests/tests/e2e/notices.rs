//! When people are told: reminders by a clinic's schedule, the SMS about what nobody has opened, the end. Time is moved by
//! changing the plans in the database while the product is down.

use anyhow::{Context as _, Result, ensure};
use http::Method;
use podpis_tests::client::Reply;
use podpis_tests::time::where_it_is;
use podpis_tests::{Clinic, Person, Right, Settings, Stack, Upload, wait_for};
use rusqlite::Connection;
use serde_json::{Value, json};
use time::OffsetDateTime;

fn put(clinic: &mut Clinic, body: &Value) -> Result<Reply> {
    let headers = [("content-type", "application/json")];
    let body = body.to_string().into_bytes();
    clinic.send(Method::PUT, "/api/v1/settings", &headers, Some(body))
}

fn settings(clinic: &mut Clinic) -> Result<Value> {
    clinic.get("/api/v1/settings")?.expect(200)?.json()
}

/// Stops the product, changes its database, and starts it again.
fn meanwhile(stack: &mut Stack, changes: &[&str]) -> Result<()> {
    stack.stop()?;
    let database = Connection::open(stack.database()?)?;
    for sql in changes {
        database
            .execute_batch(sql)
            .with_context(|| (*sql).to_owned())?;
    }
    drop(database);
    stack.start_again(Settings::default())
}

/// What is planned of a document: kinds and unix seconds.
fn plans(stack: &mut Stack, id: &str) -> Result<Vec<(String, i64)>> {
    let database = Connection::open(stack.database()?)?;
    let sql = "SELECT kind, at FROM planned_notices WHERE document_id = ?1 ORDER BY kind";
    let mut statement = database.prepare(sql)?;
    let rows = statement.query_map([id], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Waits until nothing is planned of a document.
fn until_planned(stack: &mut Stack, id: &str, count: usize) -> Result<()> {
    wait_for("the tick to look at the plan", || {
        Ok((plans(stack, id)?.len() == count).then_some(()))
    })
}

#[test]
fn a_clinic_chooses_when_people_are_reminded() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let usual =
        json!({ "reminders_before_hours": [24], "sms_fallback_after_hours": null, "details": {} });
    ensure!(settings(&mut clinic)? == usual);
    let details = json!({ "address": "Москва, ул. Примерная, д. 12" });
    let chosen = json!({
        "reminders_before_hours": [72, 24, 3], "sms_fallback_after_hours": 4, "details": details,
    });
    ensure!(put(&mut clinic, &chosen)?.expect(200)?.json()? == chosen);
    put(&mut clinic, &chosen)?.expect(200)?;
    ensure!(settings(&mut clinic)? == chosen);
    for wrong in [
        json!({ "reminders_before_hours": [0] }),
        json!({ "reminders_before_hours": [169] }),
        json!({ "reminders_before_hours": [24, 24] }),
        json!({ "reminders_before_hours": [1, 2, 3, 4, 5, 6] }),
        json!({ "reminders_before_hours": 24 }),
        json!({ "sms_fallback_after_hours": 0 }),
        json!({ "sms_fallback_after_hours": 721 }),
        json!({ "sms_fallback_after_hours": -1 }),
        json!({ "reminders": [24] }),
    ] {
        put(&mut clinic, &wrong)?
            .problem(422, "invalid")
            .with_context(|| wrong.to_string())?;
    }
    ensure!(settings(&mut clinic)? == chosen);
    ensure!(settings(&mut stack.clinic()?)? == usual, "another clinic's");
    // Each change is in the journal once.
    let events = clinic.events()?;
    let mut told = chosen.clone();
    told["by"] = events[0]["data"]["by"].clone();
    ensure!(
        told["by"].as_str().is_some_and(|by| by.starts_with("key:")),
        "{told}"
    );
    let changed = |event: &Value| event["type"] == "settings.changed" && event["data"] == told;
    ensure!(
        events.len() == 1 && events.iter().all(changed),
        "{events:?}"
    );
    put(&mut clinic, &json!({}))?.expect(200)?;
    ensure!(
        settings(&mut clinic)? == usual,
        "what is left out is as usual"
    );
    Ok(())
}

#[test]
fn the_own_time_of_a_document_is_checked() -> Result<()> {
    let mut clinic = Stack::shared()?.clinic()?;
    let upload = || Upload::by_code(Person::IVANOVA);
    let field = "/sms_fallback_after_hours";
    clinic.send_document(&upload().with(field, json!(0)))?;
    clinic.send_document(&upload().with(field, json!(720)))?;
    for wrong in [json!(721), json!(-1), json!("4")] {
        let wrong = upload().with(field, wrong);
        clinic.upload(&wrong)?.problem(422, "invalid")?;
    }
    // By link an SMS has gone out already; without a phone none can.
    let by_link = Upload::small().with(field, json!(4));
    clinic.upload(&by_link)?.problem(422, "invalid")?;
    let no_phone = upload()
        .with("/patient/phone", Value::Null)
        .with(field, json!(4));
    clinic.upload(&no_phone)?.problem(422, "invalid")?;
    Ok(())
}

#[test]
fn an_sms_goes_out_once_where_nobody_has_opened() -> Result<()> {
    let Some(mut stack) = Stack::alone(Settings::default())? else {
        return Ok(());
    };
    let mut clinic = stack.clinic()?;
    put(&mut clinic, &json!({ "sms_fallback_after_hours": 4 }))?.expect(200)?;
    let upload = || Upload::by_code(Person::IVANOVA);
    let (unopened, opened, own, off) = (upload(), upload(), upload(), upload());
    let ids = [
        clinic.send_document(&unopened)?,
        clinic.send_document(&opened)?,
        clinic.send_document(&own.clone().with("/sms_fallback_after_hours", json!(48)))?,
        clinic.send_document(&off.clone().with("/sms_fallback_after_hours", json!(0)))?,
    ];
    let of = |plans: Vec<(String, i64)>| plans.into_iter().find(|(kind, _)| kind == "unopened");
    let now = OffsetDateTime::now_utc().unix_timestamp();
    for (id, hours) in ids.iter().zip([Some(4), Some(4), Some(48), None]) {
        let at = of(plans(&mut stack, id)?).map(|(_, at)| (at - now + 60) / 3600);
        ensure!(at == hours, "{id}: {at:?}");
    }
    let mut account = stack.account();
    account.sign_in(&opened.phone)?;
    ensure!(account.documents("to_sign")?.items.len() == 1);
    account
        .send(
            Method::POST,
            Right::Document(&ids[1]),
            "/patient/document/opened",
            Some(&json!({})),
        )?
        .expect(200)?;
    // Four hours have passed, and it is night where the person is.
    let person = where_it_is(0);
    let night = format!(
        "UPDATE planned_notices SET at = 0 WHERE kind = 'unopened';
         UPDATE accounts SET utc_offset = {person};
         UPDATE clinics SET timezone = 'Europe/Moscow';"
    );
    // Who has no account is told by the clinic's clock: so all of them get one.
    for upload in [&unopened, &own, &off] {
        stack.account().sign_in(&upload.phone)?;
    }
    meanwhile(&mut stack, &[&night])?;
    let waits = |stack: &mut Stack, id: &str| -> Result<bool> {
        Ok(of(plans(stack, id)?).is_some_and(|(_, at)| at > now))
    };
    wait_for("the plan to wait for the day", || {
        Ok(waits(&mut stack, &ids[0])?.then_some(()))
    })?;
    wait_for("the own one, too", || {
        Ok(waits(&mut stack, &ids[2])?.then_some(()))
    })?;
    let texts = |stack: &Stack, upload: &Upload| -> Result<Vec<Value>> {
        let all = stack.sandbox().messages(&upload.phone)?;
        let fallback = |message: &Value| message["text"].to_string().contains("вас ждёт документ");
        Ok(all.into_iter().filter(fallback).collect())
    };
    ensure!(texts(&stack, &unopened)?.is_empty(), "at night");
    // It is day.
    let person = where_it_is(12);
    let day = format!(
        "UPDATE planned_notices SET at = 0 WHERE kind = 'unopened'; UPDATE accounts SET utc_offset = {person};"
    );
    meanwhile(&mut stack, &[&day])?;
    let [sms] = wait_for("the SMS", || {
        let texts = texts(&stack, &unopened)?;
        Ok(<[Value; 1]>::try_from(texts).ok())
    })?;
    let text = sms["text"].as_str().context("no text")?;
    ensure!(
        sms["channel"] == "sms"
            && text.starts_with("Клиника «Тест»")
            && text.ends_with(&format!("{}/account", stack.base())),
        "{text}"
    );
    for secret in ["Иванова", "Мария", "Согласие", ids[0].as_str()] {
        ensure!(!text.contains(secret), "{secret}: {text}");
    }
    for id in &ids {
        wait_for("the tick to be done", || {
            Ok(of(plans(&mut stack, id)?).is_none().then_some(()))
        })?;
    }
    // Once; and not for what was opened.
    let again = "INSERT INTO planned_notices SELECT id, 'unopened', 0 FROM documents";
    meanwhile(&mut stack, &[again])?;
    for id in &ids {
        wait_for("the tick to be done", || {
            Ok(of(plans(&mut stack, id)?).is_none().then_some(()))
        })?;
    }
    ensure!(texts(&stack, &unopened)?.len() == 1, "twice");
    ensure!(texts(&stack, &opened)?.is_empty(), "it was opened");
    wait_for("the clinic to hear of it", || {
        let events = clinic.events()?;
        let told = events.iter().any(|event| {
            event["document_id"] == ids[0].as_str()
                && event["type"] == "message.delivered"
                && event["data"]["channel"] == "sms"
        });
        Ok(told.then_some(()))
    })
}

#[test]
fn reminders_follow_the_schedule_and_the_end_is_told() -> Result<()> {
    let Some(mut stack) = Stack::alone(Settings::default())? else {
        return Ok(());
    };
    let mut clinic = stack.clinic()?;
    let schedule = json!({ "reminders_before_hours": [72, 24, 3] });
    put(&mut clinic, &schedule)?.expect(200)?;
    let upload = Upload::by_code(Person::IVANOVA);
    let email = format!("m{}@example.ru", upload.phone.trim_start_matches('+'));
    let upload = upload.with("/patient/email", json!(email));
    let id = clinic.send_document(&upload)?;
    let planned = plans(&mut stack, &id)?;
    let kinds: Vec<&str> = planned.iter().map(|(kind, _)| kind.as_str()).collect();
    ensure!(
        kinds == ["deadline_24", "deadline_3", "deadline_72"],
        "{planned:?}"
    );
    // By day in Moscow, and before the end.
    for (kind, at) in &planned {
        let hour = (at + 3 * 3600).rem_euclid(86_400) / 3600;
        ensure!((10..21).contains(&hour), "{kind}: {hour}");
    }
    // To whom nothing is to be said there is nothing planned.
    put(&mut clinic, &json!({ "reminders_before_hours": [] }))?.expect(200)?;
    let silent = clinic.send_document(&Upload::by_code(Person::IVANOVA))?;
    ensure!(plans(&mut stack, &silent)?.is_empty());

    // By day where the person is, whatever the hour in Moscow.
    stack.account().sign_in(&upload.phone)?;
    let clock = format!("UPDATE accounts SET utc_offset = {};", where_it_is(12));
    let letters = |stack: &Stack, ends: &str| -> Result<usize> {
        let messages = stack.sandbox().messages(&email)?;
        let of = |message: &&Value| {
            message["subject"]
                .as_str()
                .is_some_and(|s| s.ends_with(ends))
        };
        Ok(messages.iter().filter(of).count())
    };
    let wait_for_letters = |stack: &Stack, ends: &str, count: usize| {
        wait_for(&format!("{count} of «{ends}»"), || {
            Ok((letters(stack, ends)? == count).then_some(()))
        })
    };
    let nears = "срок документа заканчивается";
    let first = format!("{clock} UPDATE planned_notices SET at = 0 WHERE kind = 'deadline_72'");
    meanwhile(&mut stack, &[&first])?;
    wait_for_letters(&stack, nears, 1)?;
    until_planned(&mut stack, &id, 2)?;
    // After a pause of ours both are due, and one goes out.
    meanwhile(&mut stack, &["UPDATE planned_notices SET at = 0"])?;
    wait_for_letters(&stack, nears, 2)?;
    until_planned(&mut stack, &id, 0)?;

    // The end: the clinic has the event, the person a letter.
    meanwhile(
        &mut stack,
        &["UPDATE documents SET expires_at = created_at + 1"],
    )?;
    clinic.wait_for_status(&id, "expired")?;
    wait_for_letters(&stack, "срок документа истёк", 1)?;
    ensure!(
        clinic
            .event_types(&id)?
            .last()
            .is_some_and(|last| last == "document.expired")
    );
    ensure!(letters(&stack, nears)? == 2);
    Ok(())
}
