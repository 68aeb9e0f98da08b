//! What belongs together is reminded of together: before the end, by a paid SMS, and at the end. Time is moved by changing plans
//! in the database while the product is down.

use anyhow::{Context as _, Result, ensure};
use podpis_tests::time::{where_it_is, while_stopped};
use podpis_tests::{Clinic, Crash, Right, Settings, Stack, wait_for};
use serde_json::{Value, json};

use super::{email, letter, of_package, phone, plans, shared, told};

/// Subjects of the notices about several documents.
const NEARS: &str = "срок документов заканчивается";
const OVER: &str = "срок документов истёк";

/// Letters to a person with this end of their subject, newest first.
fn letters(stack: &Stack, phone: &str, ends: &str) -> Result<Vec<Value>> {
    let mut all = stack.sandbox().messages(&email(phone))?;
    all.retain(|message| {
        let subject = message["subject"].as_str();
        subject.is_some_and(|subject| subject.ends_with(ends))
    });
    Ok(all)
}

fn wait_for_letter(stack: &Stack, phone: &str, ends: &str) -> Result<String> {
    let letter = wait_for(&format!("«{ends}»"), || {
        Ok(letters(stack, phone, ends)?.into_iter().next())
    })?;
    let text = letter["text"].as_str().context("text")?;
    Ok(text.replace('\u{a0}', " "))
}

/// Waits until nothing of this kind is planned of any document.
fn until_done(stack: &mut Stack, kind: &str) -> Result<()> {
    wait_for("the tick to look at the plans", || {
        Ok(plans(stack, kind)?.is_empty().then_some(()))
    })
}

/// What is planned of this kind is due, and it is noon at everybody's who has an account.
fn now_is_due(stack: &mut Stack, kind: &str) -> Result<()> {
    while_stopped(stack, |db| {
        let noon = where_it_is(12);
        db.execute("UPDATE accounts SET utc_offset = ?1", [noon])?;
        let sql = "UPDATE planned_notices SET at = 0 WHERE kind = ?1";
        db.execute(sql, [kind]).map(drop)
    })
}

/// A whole package of so many documents whose signer has an account; its ids.
fn sent(stack: &Stack, clinic: &mut Clinic, of: u8, phone: &str) -> Result<Vec<String>> {
    let package = format!("visit-{of}");
    let mut ids = Vec::new();
    for _ in 0..of {
        let upload = of_package(&package, of, phone).with("/sms_fallback_after_hours", json!(5));
        ids.push(clinic.send_document(&upload)?);
    }
    stack.account().sign_in(phone)?;
    Ok(ids)
}

#[test]
fn a_package_is_reminded_of_once_by_what_is_open() -> Result<()> {
    let Some(mut stack) = Stack::alone(Settings::default())? else {
        return Ok(());
    };
    let mut clinic = stack.clinic()?;
    let phone = phone();
    let ids = sent(&stack, &mut clinic, 4, &phone)?;
    let mut account = stack.account();
    account.sign_in(&phone)?;
    account.documents("all")?;
    account.sign_by_esia(&ids[0], "ivanova")?.expect(200)?;
    ensure!(plans(&mut stack, "deadline_24")? == ids);
    // One is due, the others come within minutes of it.
    now_is_due(&mut stack, "deadline_24")?;
    let text = wait_for_letter(&stack, &phone, NEARS)?;
    until_done(&mut stack, "deadline_24")?;
    ensure!(text.contains("вас ждут 3 документа"), "{text}");
    let until = clinic.document(&ids[1])?["expires_at"].clone();
    let until = podpis_shared::Timestamp::parse(until.as_str().context("expires_at")?);
    let until = until.context("a time")?.moscow_words();
    ensure!(text.contains(&until.replace('\u{a0}', " ")), "{text}");
    ensure!(
        text.contains(&format!("/account/document#{}", ids[1])),
        "{text}"
    );
    for secret in ["Иванова", "Согласие на обработку", "visit-4", &phone]
    {
        ensure!(!text.contains(secret), "{secret}: {text}");
    }
    ensure!(letters(&stack, &phone, NEARS)?.len() == 1);
    // The clinic sees it at each document that it told of, among messages and events.
    let message = shared(&mut clinic, &ids[1..], "deadline")?;
    ensure!(
        !told(&mut clinic, &ids[..1])?.contains(&letter(0, "deadline")),
        "it was signed"
    );
    for id in &ids[1..] {
        wait_for("the event of each", || {
            let events = clinic.events()?;
            let of_it = |event: &Value| {
                event["document_id"] == id.as_str()
                    && event["type"] == "message.delivered"
                    && event["data"]["message_id"] == message
            };
            Ok(events.iter().any(of_it).then_some(()))
        })?;
    }
    // What the clinic reminds of is the document that it names.
    clinic
        .post(&format!("/api/v1/documents/{}/remind", ids[2]), &json!({}))?
        .expect(200)?;
    let reminded = told(&mut clinic, &ids)?;
    let reminders = reminded.iter().filter(|one| one.2 == "reminder").count();
    ensure!(
        reminders == 1 && reminded.contains(&letter(2, "reminder")),
        "{reminded:?}"
    );
    // Nothing is left to be reminded of.
    for id in &ids[1..] {
        account.sign_by_esia(id, "ivanova")?.expect(200)?;
    }
    while_stopped(&mut stack, |db| {
        let again = "INSERT INTO planned_notices SELECT id, 'deadline_24', 0 FROM documents";
        db.execute(again, []).map(drop)
    })?;
    until_done(&mut stack, "deadline_24")?;
    ensure!(letters(&stack, &phone, NEARS)?.len() == 1);
    Ok(())
}

#[test]
fn a_package_costs_one_sms_and_ends_with_one_letter() -> Result<()> {
    let Some(mut stack) = Stack::alone(Settings::default())? else {
        return Ok(());
    };
    let mut clinic = stack.clinic()?;
    let (idle, busy) = (phone(), phone());
    let ids = sent(&stack, &mut clinic, 3, &idle)?;
    let opened = sent(&stack, &mut clinic, 2, &busy)?;
    let mut account = stack.account();
    account.sign_in(&busy)?;
    account.documents("all")?;
    account
        .send(
            http::Method::POST,
            Right::Document(&opened[1]),
            "/patient/document/opened",
            Some(&json!({})),
        )?
        .expect(200)?;
    now_is_due(&mut stack, "unopened")?;
    let texts = |phone: &str| -> Result<Vec<String>> {
        let all = stack.sandbox().messages(phone)?;
        let texts = all.iter().filter_map(|message| message["text"].as_str());
        let fallback = texts.filter(|text| text.contains("вас ждут") || text.contains("вас ждёт"));
        Ok(fallback.map(|text| text.replace('\u{a0}', " ")).collect())
    };
    let text = wait_for("the SMS", || Ok(texts(&idle)?.into_iter().next()))?;
    ensure!(text.contains("вас ждут 3 документа."), "{text}");
    wait_for("the SMS at each document", || {
        let told = told(&mut clinic, &ids)?;
        let sms = |index| (index, "sms".to_owned(), "unopened".to_owned());
        Ok((0..3).all(|index| told.contains(&sms(index))).then_some(()))
    })?;
    ensure!(texts(&idle)?.len() == 1, "once");
    ensure!(texts(&busy)?.is_empty(), "one of the package was opened");
    until_done(&mut stack, "unopened")?;

    // All end at once: the clinic hears of each, the person of all.
    while_stopped(&mut stack, |db| {
        let sql = "UPDATE documents SET expires_at = created_at + 1";
        db.execute(sql, []).map(drop)
    })?;
    for id in ids.iter().chain(&opened) {
        clinic.wait_for_status(id, "expired")?;
    }
    now_is_due(&mut stack, "expired")?;
    for (phone, all, words) in [
        (&idle, &ids, "срок 3 документов истёк"),
        (&busy, &opened, "срок 2 документов истёк"),
    ] {
        let text = wait_for_letter(&stack, phone, OVER)?;
        ensure!(text.contains(words), "{text}");
        shared(&mut clinic, all, "expired")?;
        ensure!(letters(&stack, phone, OVER)?.len() == 1);
        ensure!(letters(&stack, phone, "срок документа истёк")?.is_empty());
    }
    Ok(())
}

#[test]
fn a_crash_of_the_tick_makes_one_reminder() -> Result<()> {
    let Some(mut stack) = Stack::alone(Settings::default())? else {
        return Ok(());
    };
    let mut clinic = stack.clinic()?;
    let phone = phone();
    stack.account().sign_in(&phone)?;
    let mut before = 0;
    // The first statements are those of the schema; every fourth one: what is between them is one transaction.
    for statement in (8..200).step_by(4) {
        let context = || format!("crash at statement {statement}");
        let package = format!("visit-{statement}");
        let ids = [
            clinic.send_document(&of_package(&package, 2, &phone))?,
            clinic.send_document(&of_package(&package, 2, &phone))?,
        ];
        stack.stop()?;
        let database = rusqlite::Connection::open(stack.database()?)?;
        let noon = where_it_is(12);
        database.execute("UPDATE accounts SET utc_offset = ?1", [noon])?;
        let sql = "UPDATE planned_notices SET at = 0 WHERE kind = 'deadline_24'";
        database.execute(sql, [])?;
        drop(database);
        // The tick's statements are the only ones; it may come to this one before anybody sees the product up.
        let crashing = Settings {
            crash: Some(Crash::Statement(statement)),
            ..Settings::default()
        };
        if stack.start_again(crashing).is_err() {
            ensure!(!stack.is_alive()?, "{}", context());
        }
        stack.ended()?;
        let is_done = plans(&mut stack, "deadline_24")?.is_empty();
        before += usize::from(!is_done);
        stack.start_again(Settings::default())?;
        until_done(&mut stack, "deadline_24")?;
        shared(&mut clinic, &ids, "deadline").with_context(context)?;
        let about = |text: &str| ids.iter().any(|id| text.contains(id));
        let count = || -> Result<usize> {
            let all = letters(&stack, &phone, NEARS)?;
            let texts = all.iter().filter_map(|message| message["text"].as_str());
            Ok(texts.filter(|text| about(text)).count())
        };
        wait_for("the letter", || Ok((count()? > 0).then_some(()))).with_context(context)?;
        ensure!(count()? == 1, "{}", context());
        if is_done {
            ensure!(before > 2, "only {before} crashes: is the counting right?");
            return Ok(());
        }
    }
    anyhow::bail!("a tick has over 200 statements");
}
