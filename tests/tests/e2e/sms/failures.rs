//! What gateways refuse, and what they never answer: the second one is asked only when the first has not the message.

use anyhow::{Context as _, Result, ensure};
use podpis_tests::gateways::{Mode, SmsRu, Smsc};
use podpis_tests::{Upload, wait_for};
use rusqlite::Connection;

use super::{STANDING, both, send, settings, stack, told, told_times, value, wait_for_value};

#[test]
fn refusals_are_final_or_lead_to_the_second_gateway() -> Result<()> {
    let (smsc, smsru) = (Smsc::start()?, SmsRu::start()?);
    let Some(mut stack) = stack("smsc smsru", both(&smsc, &smsru))? else {
        return Ok(());
    };
    let mut clinic = stack.clinic()?;
    // Wrong number, forbidden text: nobody would do better.
    for (code, outcome, reason) in [
        (7, "no_recipient", "bad_number"),
        (6, "rejected", "blocked"),
    ] {
        smsc.set(Mode::Refuses(code));
        let (id, phone) = send(&mut clinic)?;
        let data = told(&mut clinic, &id, "message.failed").with_context(|| format!("{code}"))?;
        ensure!(data["outcome"] == outcome, "{code}: {data}");
        wait_for_value(&mut stack, STANDING, &id, &format!("smsc refused {reason}"))?;
        ensure!(smsru.messages_to(&phone).is_empty(), "{code}");
        let usage = "SELECT count(*) FROM usage_rows WHERE item = 'sms_part' AND document_id = ?1";
        ensure!(value(&mut stack, usage, &id)?.as_deref() == Some("0"));
    }
    // No money, no access, a mistake in the request, no way to the operator: the other one's turn.
    for code in [3, 2, 4, 1, 8, 77] {
        smsc.set(Mode::Refuses(code));
        let (id, phone) = send(&mut clinic)?;
        wait_for_value(&mut stack, STANDING, &id, "smsru taken -")
            .with_context(|| format!("{code}"))?;
        ensure!(
            smsru.messages_to(&phone).len() == 1 && smsc.messages_to(&phone).is_empty(),
            "{code}"
        );
    }
    // Both have no way: final. The person's limit: neither the other one nor a failure, but later.
    smsc.set(Mode::Refuses(8));
    smsru.set(Mode::Refuses(207));
    let (id, _) = send(&mut clinic)?;
    told(&mut clinic, &id, "message.failed")?;
    smsc.set(Mode::Refuses(9));
    smsru.set(Mode::Works);
    let (id, phone) = send(&mut clinic)?;
    wait_for_value(&mut stack, STANDING, &id, "smsc refused too_often")?;
    smsc.set(Mode::Works);
    wait_for_value(&mut stack, STANDING, &id, "smsc taken -")?;
    ensure!(smsru.messages_to(&phone).is_empty() && smsc.messages_to(&phone).len() == 1);
    ensure!(told_times(&mut clinic, &id)? == 0);
    Ok(())
}

#[test]
fn who_does_not_answer_is_asked_before_anybody_else() -> Result<()> {
    let (smsc, smsru) = (Smsc::start()?, SmsRu::start()?);
    let Some(mut stack) = stack("smsc smsru", both(&smsc, &smsru))? else {
        return Ok(());
    };
    let mut clinic = stack.clinic()?;
    // It has the message, and only its answer is late.
    smsc.set(Mode::TakesAndHangs(7000));
    let (taken, phone) = send(&mut clinic)?;
    wait_for_value(&mut stack, STANDING, &taken, "smsc taken -")?;
    ensure!(smsc.asked("/sys/status.php") >= 1);
    ensure!(smsc.messages_to(&phone).len() == 1 && smsru.messages_to(&phone).is_empty());
    let usage = "SELECT count(*) FROM usage_rows WHERE item = 'sms_part' AND document_id = ?1";
    ensure!(value(&mut stack, usage, &taken)?.as_deref() == Some("1"));
    // It has it not, and says so when it is asked.
    smsc.set(Mode::Hangs(7000));
    let (passed, phone) = send(&mut clinic)?;
    wait_for_value(&mut stack, STANDING, &passed, "smsru taken -")?;
    ensure!(smsc.messages_to(&phone).is_empty() && smsru.messages_to(&phone).len() == 1);
    // It is away altogether: nobody says that it has it not, so nobody else gets it.
    smsc.set(Mode::Broken);
    let (unknown, phone) = send(&mut clinic)?;
    wait_for_value(&mut stack, STANDING, &unknown, "smsc sending -")?;
    std::thread::sleep(std::time::Duration::from_secs(3));
    ensure!(smsru.messages_to(&phone).is_empty());
    ensure!(value(&mut stack, STANDING, &unknown)?.as_deref() == Some("smsc sending -"));
    Ok(())
}

#[test]
fn a_crash_between_sending_and_storing_sends_once() -> Result<()> {
    let smsc = Smsc::start()?;
    let set = settings("smsc", smsc.variables())?;
    let Some(mut stack) = podpis_tests::Stack::alone(set.clone())? else {
        return Ok(());
    };
    let mut clinic = stack.clinic()?;
    smsc.set(Mode::TakesAndHangs(4000));
    let (id, phone) = send(&mut clinic)?;
    wait_for("the gateway to take it", || {
        Ok((!smsc.messages_to(&phone).is_empty()).then_some(()))
    })?;
    stack.kill()?;
    smsc.set(Mode::Works);
    smsc.tell(&phone, 1);
    // Half a minute and the lease pass.
    let db = Connection::open(stack.database()?)?;
    db.execute(
        "UPDATE sms_sends SET asked_at = asked_at - 100, next_poll_at = NULL",
        [],
    )?;
    db.execute(
        "UPDATE outbox SET lease = NULL, next_at = 0 WHERE status = 'queued'",
        [],
    )?;
    drop(db);
    stack.start_again(set)?;
    told(&mut clinic, &id, "message.delivered")?;
    ensure!(smsc.messages_to(&phone).len() == 1 && smsc.asked("/sys/send.php") == 1);
    ensure!(smsc.asked("/sys/status.php") >= 1);
    let usage = "SELECT count(*) FROM usage_rows WHERE item = 'sms_part' AND document_id = ?1";
    ensure!(value(&mut stack, usage, &id)?.as_deref() == Some("1"));
    ensure!(told_times(&mut clinic, &id)? == 1);
    Ok(())
}

#[test]
fn a_phone_gets_no_more_texts_than_its_limit() -> Result<()> {
    let smsc = Smsc::start()?;
    let mut variables = smsc.variables();
    variables.push(("SMS_LIMITS", "text_recipient_hour=2".to_owned()));
    let Some(mut stack) = stack("smsc", variables)? else {
        return Ok(());
    };
    let mut clinic = stack.clinic()?;
    let (_, phone) = send(&mut clinic)?;
    let mut last = String::new();
    for _ in 0..2 {
        last = clinic.send_document(&Upload::small().to_phone(&phone))?;
    }
    let limited = "SELECT count(*) > 0 FROM delivery_attempts a JOIN outbox o ON o.id = a.subject \
                   WHERE a.reason = 'limit' AND o.recipient = ?1";
    wait_for_value(&mut stack, limited, &phone, "1")?;
    ensure!(smsc.messages_to(&phone).len() == 2, "{last}");
    // Nobody else is kept waiting.
    let (_, other) = send(&mut clinic)?;
    wait_for("another phone's message", || {
        Ok((smsc.messages_to(&other).len() == 1).then_some(()))
    })
}

#[test]
fn without_gateways_nothing_is_sent() -> Result<()> {
    let Some(mut stack) = stack("", Vec::new())? else {
        return Ok(());
    };
    let mut clinic = stack.clinic()?;
    let (_, phone) = send(&mut clinic)?;
    let tried = "SELECT count(*) > 0 FROM delivery_attempts a JOIN outbox o ON o.id = a.subject \
                 WHERE a.reason = 'unavailable' AND o.recipient = ?1";
    wait_for_value(&mut stack, tried, &phone, "1")?;
    let health = stack.anonymous().get("/api/health")?.expect(200)?.json()?;
    ensure!(health["sms"] == serde_json::json!([]), "{health}");
    Ok(())
}
