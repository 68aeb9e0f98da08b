//! A message is taken, and a receipt settles it: posted by the gateway, or asked for.

use anyhow::{Context as _, Result, ensure};
use http::Method;
use podpis_tests::client::Reply;
use podpis_tests::gateways::{Json, Message, SmsRu, Smsc};
use podpis_tests::{Stack, wait_for};
use std::time::{SystemTime, UNIX_EPOCH};

use super::{STANDING, TOKEN, send, stack, told, told_times, value, wait_for_value};

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

fn post(
    stack: &Stack,
    gateway: &str,
    token: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Result<Reply> {
    let path = format!("/sms/receipts/{gateway}/{token}");
    stack
        .anonymous()
        .send(Method::POST, &path, headers, Some(body.as_bytes().to_vec()))
}

fn the_one(messages: Vec<Message>) -> Option<Message> {
    messages.into_iter().next()
}

#[test]
fn smsc_sends_and_tells_by_itself() -> Result<()> {
    let smsc = Smsc::start()?;
    let Some(mut stack) = stack("smsc", smsc.variables())? else {
        return Ok(());
    };
    let mut clinic = stack.clinic()?;
    let (id, phone) = send(&mut clinic)?;
    let message = wait_for("the message", || Ok(the_one(smsc.messages_to(&phone))))?;
    ensure!(
        message.text.contains("/d/#") && message.to == phone,
        "{message:?}"
    );
    wait_for_value(&mut stack, STANDING, &id, "smsc taken -")?;
    // What SMSC.ru said: two or three parts in Cyrillic, each 4.12.
    let counted = "SELECT parts || ' ' || gateway_parts || ' ' || (cost_kopecks = parts * 412) FROM sms_sends WHERE document_id = ?1";
    let parts = message.text.encode_utf16().count().div_ceil(67);
    ensure!(value(&mut stack, counted, &id)? == Some(format!("{parts} {parts} 1")));
    let usage = "SELECT count FROM usage_rows WHERE item = 'sms_part' AND document_id = ?1";
    ensure!(value(&mut stack, usage, &id)? == Some(parts.to_string()));
    ensure!(
        told_times(&mut clinic, &id)? == 0,
        "delivered before anybody said so"
    );

    // Nobody else's word counts, and no other address.
    let right = Smsc::receipt(&message, 1)?;
    for forged in [
        right.replace("status=1", "status=20"),
        right.replace("&md5=", "&md5=0"),
        String::new(),
    ] {
        post(&stack, "smsc", TOKEN, &[FORM], &forged)?.problem(400, "bad_request")?;
    }
    post(&stack, "smsc", "token-of-another-12345678", &[FORM], &right)?
        .problem(404, "not_found")?;
    post(&stack, "smsru", TOKEN, &[FORM], &right)?.problem(404, "not_found")?;
    let path = format!("/sms/receipts/smsc/{TOKEN}");
    stack
        .anonymous()
        .get(&path)?
        .problem(405, "method_not_allowed")?;
    let long = "x".repeat(70_000);
    post(&stack, "smsc", TOKEN, &[FORM], &long)?.problem(413, "too_large")?;
    for private in [
        "/sms/codes",
        "/sms/send",
        "/sms/tick",
        "/sms/receipts/smsc",
        "/sms/receipts/..%2fcodes/x",
    ] {
        let reply = stack
            .anonymous()
            .send(Method::POST, private, &[FORM], Some(Vec::new()))?;
        reply.problem(404, "not_found").context(private)?;
    }
    ensure!(value(&mut stack, STANDING, &id)?.as_deref() == Some("smsc taken -"));

    let thanks = post(&stack, "smsc", TOKEN, &[FORM], &right)?.expect(200)?;
    ensure!(thanks.text() == "OK", "{}", thanks.text());
    let data = told(&mut clinic, &id, "message.delivered")?;
    ensure!(
        data["channel"] == "sms" && data["outcome"] == "delivered",
        "{data}"
    );
    // Repeated, contradicted, or about a message of somebody else: nothing more happens.
    post(&stack, "smsc", TOKEN, &[FORM], &right)?.expect(200)?;
    post(
        &stack,
        "smsc",
        TOKEN,
        &[FORM],
        &Smsc::receipt(&message, 20)?,
    )?
    .expect(200)?;
    let other = Message {
        id: "77".to_owned(),
        ..message
    };
    post(&stack, "smsc", TOKEN, &[FORM], &Smsc::receipt(&other, 1)?)?.expect(200)?;
    ensure!(told_times(&mut clinic, &id)? == 1);
    ensure!(smsc.messages_to(&phone).len() == 1);
    Ok(())
}

#[test]
fn smsru_is_asked_and_tells() -> Result<()> {
    let smsru = SmsRu::start()?;
    let Some(mut stack) = stack("smsru", smsru.variables())? else {
        return Ok(());
    };
    let mut clinic = stack.clinic()?;
    let (asked, phone) = send(&mut clinic)?;
    wait_for("the message", || Ok(the_one(smsru.messages_to(&phone))))?;
    smsru.tell(&phone, 103);
    told(&mut clinic, &asked, "message.delivered")?;
    ensure!(smsru.asked("/sms/status") >= 1);
    let cost = "SELECT cost || ' ' || cost_kopecks FROM sms_sends WHERE document_id = ?1";
    ensure!(value(&mut stack, cost, &asked)?.as_deref() == Some("4.30 430"));

    let (failed, phone) = send(&mut clinic)?;
    let message = wait_for("the message", || Ok(the_one(smsru.messages_to(&phone))))?;
    wait_for_value(&mut stack, STANDING, &failed, "smsru taken -")?;
    let right = SmsRu::receipt(&message, 104)?;
    post(
        &stack,
        "smsru",
        TOKEN,
        &[FORM],
        &right.replace("104", "103"),
    )?
    .problem(400, "bad_request")?;
    let thanks = post(&stack, "smsru", TOKEN, &[FORM], &right)?.expect(200)?;
    ensure!(thanks.text() == "100", "{}", thanks.text());
    let data = told(&mut clinic, &failed, "message.failed")?;
    ensure!(data["outcome"] == "undelivered", "{data}");
    wait_for_value(&mut stack, STANDING, &failed, "smsru failed expired")
}

#[test]
fn an_adapter_tells_with_a_signature_of_its_own() -> Result<()> {
    let json = Json::start()?;
    let Some(mut stack) = stack("json", json.variables())? else {
        return Ok(());
    };
    let mut clinic = stack.clinic()?;
    let (id, phone) = send(&mut clinic)?;
    let message = wait_for("the message", || Ok(the_one(json.messages_to(&phone))))?;
    wait_for_value(&mut stack, STANDING, &id, "json taken -")?;
    let now = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs())?;
    for (at, status) in [(now - 3600, 400), (now, 200)] {
        let (body, signature) = Json::receipt(&message, "delivered", at)?;
        let at = at.to_string();
        let headers = [
            ("content-type", "application/json"),
            ("podpis-timestamp", at.as_str()),
            ("podpis-signature", signature.as_str()),
        ];
        let reply = post(&stack, "json", TOKEN, &headers, &body)?;
        ensure!(reply.status == status, "{reply:?}");
    }
    told(&mut clinic, &id, "message.delivered")?;
    // The receipt's cost is newer than that of the sending.
    let cost = "SELECT cost FROM sms_sends WHERE document_id = ?1";
    ensure!(value(&mut stack, cost, &id)?.as_deref() == Some("3.99"));
    Ok(())
}

#[test]
fn balances_and_errors_are_shown_to_the_operator() -> Result<()> {
    let (smsc, smsru) = (Smsc::start()?, SmsRu::start()?);
    smsc.set_balance("12.345");
    let mut variables = super::both(&smsc, &smsru);
    variables.retain(|(name, _)| *name != "SMSRU_API_ID");
    variables.push(("SMSRU_API_ID", "wrong".to_owned()));
    let Some(stack) = stack("smsc smsru", variables)? else {
        return Ok(());
    };
    let mut operator = stack.operator();
    let gateways = wait_for("both balances", || {
        let reply = operator.call(Method::GET, "/api/v1/operator/sms", None)?;
        let gateways = reply.expect(200)?.json()?["gateways"].take();
        let asked = gateways[0]["balance_at"].is_string() && gateways[1]["last_error"].is_object();
        Ok(asked.then_some(gateways))
    })?;
    ensure!(
        gateways[0]["name"] == "smsc" && gateways[0]["state"] == "low",
        "{gateways}"
    );
    ensure!(gateways[0]["balance_kopecks"] == 1235, "{gateways}");
    ensure!(
        gateways[1]["state"] == "failing" && gateways[1]["last_error"]["code"] == "auth 200",
        "{gateways}"
    );
    let health = stack.anonymous().get("/api/health")?.expect(200)?.json()?;
    ensure!(
        health["sms"][0]["state"] == "low" && health["status"] == "ok",
        "{health}"
    );
    ensure!(!health["sms"].to_string().contains("balance"), "{health}");
    stack
        .anonymous()
        .get("/api/v1/operator/sms")?
        .problem(401, "unauthorized")?;
    Ok(())
}
