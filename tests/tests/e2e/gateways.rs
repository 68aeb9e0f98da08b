//! Gateways that are away: push service, mail relay, SMS gateway. Whoever doesn't need them notices nothing, and when they come back,
//! every message is delivered, or dead with its reason.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use http::Method;
use podpis_tests::gate::{Gate, Way};
use podpis_tests::gateways::Json;
use podpis_tests::push::PushService;
use podpis_tests::relay::Relay;
use podpis_tests::{
    Clinic, Person, Reaction, Receiver, Right, Settings, Stack, Upload, production, wait_for,
};
use rusqlite::{Connection, OpenFlags};
use serde_json::{Value, json};

use crate::webhooks::put;

/// People with a browser in the first test; documents of each kind in the second.
const COUNT: usize = 8;

/// Longest time from a document to its event at a receiver while a push service hangs. One that waits behind it would wait for as
/// long as it hangs.
const DELAY: Duration = Duration::from_secs(20);

#[test]
fn a_push_service_that_hangs_delays_no_event_and_gets_its_messages_when_it_is_back() -> Result<()> {
    let mut service = PushService::start()?;
    let gate = Gate::before(port(&service.url)?)?;
    service.url = format!("http://localhost:{}", gate.port);
    let times = "timeout_ms=2000 retry_first=1 retry_max=2 breaker_first=1 breaker_max=4";
    let settings = Settings {
        variables: vec![
            ("PUSH_MORE_URL", service.url.clone()),
            ("DELIVERY_TIMES", times.to_owned()),
        ],
        ..Settings::default()
    };
    let Some(mut stack) = Stack::alone(settings)? else {
        return Ok(());
    };
    let (mut clinic, receiver) = (stack.clinic()?, Receiver::start(|_| Reaction::Status(200))?);
    put(&mut clinic, &receiver.url)?;
    let mut people = Vec::new();
    for number in 0..COUNT {
        let upload = Upload::by_code(Person::IVANOVA);
        let mut account = stack.account();
        account.sign_in(&upload.phone)?;
        account.live_at(12)?;
        let key = account.get("/push/key")?.expect(200)?.json()?;
        let key = key["key"].as_str().context("no key")?;
        let browser = service.browser(&format!("/push/{number}"), key)?;
        let (path, body) = ("/patient/account/push", browser.subscription());
        account
            .send(Method::PUT, Right::Own, path, Some(&body))?
            .expect(204)?;
        people.push((upload, browser));
    }
    gate.set(Way::Silent)?;
    let mut documents = Vec::new();
    for (upload, _) in &people {
        documents.push(clinic.send_document(upload)?);
    }
    wait_for("the service to be left alone", || {
        let sql =
            "SELECT count(*) FROM webhook_origins WHERE origin LIKE 'push %' AND failures >= 5";
        Ok((count(&mut stack, sql)? == 1).then_some(()))
    })?;
    // Events and SMS go on as if nothing were.
    for _ in 0..COUNT {
        let start = Instant::now();
        let (id, _) = clinic.send_with_link(&Upload::small())?;
        wait_for("the event", || {
            let received = receiver.received();
            let mut events = received.iter().filter_map(|one| one.event().ok());
            Ok(events
                .any(|event| event["document_id"] == id.as_str())
                .then_some(()))
        })?;
        ensure!(start.elapsed() < DELAY, "after {:?}", start.elapsed());
    }
    for (_, browser) in &people {
        ensure!(service.got(browser)?.is_empty(), "nobody was there");
    }
    // It is refused for a while, and then it is back.
    gate.set(Way::Shut)?;
    gate.set(Way::Open)?;
    for ((_, browser), id) in people.iter().zip(&documents) {
        let got = wait_for("the push message", || {
            let got = service.got(browser)?;
            Ok((!got.is_empty()).then_some(got))
        })?;
        ensure!(got.iter().any(|got| got.status == 201), "{got:?}");
        let told = outcomes(&mut clinic, std::slice::from_ref(id), 1)?;
        ensure!(
            told == BTreeMap::from([("push sent".to_owned(), 1)]),
            "{told:?}"
        );
    }
    wait_for("the service not to be left alone any more", || {
        let sql = "SELECT count(*) FROM webhook_origins WHERE origin LIKE 'push %'";
        Ok((count(&mut stack, sql)? == 0).then_some(()))
    })
}

#[test]
fn relay_and_sms_gateway_go_away_and_come_back() -> Result<()> {
    let (relay, sms) = (Relay::start()?, Json::start()?);
    let (mail_gate, sms_gate) = (
        Gate::before(relay.port("starttls")?)?,
        Gate::before(port(&sms.url)?)?,
    );
    let settings = |times: &str| -> Result<Settings> {
        let mut variables = production::keys()?;
        variables.extend(relay.variables("starttls"));
        variables.extend(sms.variables());
        variables.extend([
            ("SMTP_URL", format!("tcp://127.0.0.1:{}", mail_gate.port)),
            (
                "SMS_JSON_URL",
                format!("http://localhost:{}", sms_gate.port),
            ),
            ("SMS_GATEWAYS", "json".to_owned()),
            ("DELIVERY_TIMES", times.to_owned()),
        ]);
        Ok(Settings {
            sandbox: false,
            variables,
            ..Settings::default()
        })
    };
    let patient =
        settings("timeout_ms=2000 retry_first=1 retry_max=2 breaker_first=1 breaker_max=4")?;
    let Some(mut stack) = Stack::alone(patient)? else {
        return Ok(());
    };
    let mut clinic = stack.clinic()?;

    // Both are away, each in its way: nothing is lost, and what needs neither goes on.
    mail_gate.set(Way::Silent)?;
    sms_gate.set(Way::Shut)?;
    let (by_sms, phones) = texts(&mut clinic)?;
    let by_mail = letters(&mut clinic, "back")?;
    for channel in ["sms", "email"] {
        wait_for("a try", || {
            let sql = format!(
                "SELECT count(*) FROM delivery_attempts a JOIN outbox o ON o.id = a.subject \
                 WHERE o.channel = '{channel}' AND a.reason IS NOT NULL"
            );
            Ok((count(&mut stack, &sql)? > 0).then_some(()))
        })?;
    }
    ensure!(
        clinic
            .events()?
            .iter()
            .all(|event| event["type"] == "document.sent")
    );
    // The relay is back: its letters don't wait for the SMS.
    mail_gate.set(Way::Open)?;
    let told = outcomes(&mut clinic, &by_mail, COUNT)?;
    ensure!(
        told == BTreeMap::from([("email sent".to_owned(), COUNT)]),
        "{told:?}"
    );
    ensure!(sms.messages().is_empty());
    sms_gate.set(Way::Open)?;
    wait_for("the SMS", || {
        Ok((sms.messages().len() >= COUNT).then_some(()))
    })?;
    for phone in &phones {
        ensure!(sms.messages_to(phone).len() == 1, "{phone} got it twice");
    }

    // They stay away: every message is given up, and the clinic is told why.
    stack.stop()?;
    mail_gate.set(Way::Shut)?;
    sms_gate.set(Way::Shut)?;
    stack.start_again(settings(
        "timeout_ms=2000 retry_first=1 retry_max=1 message_for=6 breaker_first=1 breaker_max=4",
    )?)?;
    let (lost_sms, lost_phones) = texts(&mut clinic)?;
    let lost_mail = letters(&mut clinic, "lost")?;
    for (channel, documents) in [("sms", &lost_sms), ("email", &lost_mail)] {
        let told = outcomes(&mut clinic, documents, COUNT)?;
        let known = ["unavailable", "connection", "timeout"].map(|why| format!("{channel} {why}"));
        ensure!(told.keys().all(|why| known.contains(why)), "{told:?}");
    }
    // Dead is dead: nothing comes when they are back.
    mail_gate.set(Way::Open)?;
    sms_gate.set(Way::Open)?;
    let (_, phones) = texts(&mut clinic)?;
    wait_for("newer SMS", || {
        let came = |phone: &String| !sms.messages_to(phone).is_empty();
        Ok(phones.iter().all(came).then_some(()))
    })?;
    ensure!(
        lost_phones
            .iter()
            .all(|phone| sms.messages_to(phone).is_empty())
    );
    let newer = letters(&mut clinic, "newer")?;
    outcomes(&mut clinic, &newer, COUNT)?;
    let lost = |said: &Value| said["rcpt_tos"][0].to_string().contains("lost");
    ensure!(!relay.said()?.iter().any(lost));
    let queued = "SELECT count(*) FROM outbox WHERE status = 'queued'";
    ensure!(count(&mut stack, queued)? == 0);
    ensure!(!by_sms.is_empty());
    Ok(())
}

/// Documents by link, and their phones.
fn texts(clinic: &mut Clinic) -> Result<(Vec<String>, Vec<String>)> {
    let (mut ids, mut phones) = (Vec::new(), Vec::new());
    for _ in 0..COUNT {
        let upload = Upload::small();
        ids.push(clinic.send_document(&upload)?);
        phones.push(upload.phone);
    }
    Ok((ids, phones))
}

/// Documents for the account, told by letter.
fn letters(clinic: &mut Clinic, to: &str) -> Result<Vec<String>> {
    (0..COUNT)
        .map(|number| {
            let upload = Upload::small()
                .with("/delivery", json!("account"))
                .with("/patient/email", json!(format!("{to}{number}@example.ru")));
            clinic.send_document(&upload)
        })
        .collect()
}

/// Waits until the clinic has been told of so many messages about these documents; how many had which end.
fn outcomes(
    clinic: &mut Clinic,
    documents: &[String],
    many: usize,
) -> Result<BTreeMap<String, usize>> {
    wait_for(&format!("the ends of {many} messages"), || {
        let mut ends = BTreeMap::new();
        for event in clinic.events()? {
            let about = documents
                .iter()
                .any(|id| event["document_id"] == id.as_str());
            let kind = event["type"].as_str().unwrap_or_default();
            if about && kind.starts_with("message.") {
                let word = |name: &str| event["data"][name].as_str().unwrap_or("?").to_owned();
                let end = format!("{} {}", word("channel"), word("outcome"));
                *ends.entry(end).or_insert(0) += 1;
            }
        }
        Ok((ends.values().sum::<usize>() >= many).then_some(ends))
    })
}

fn count(stack: &mut Stack, sql: &str) -> Result<i64> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
    let db = Connection::open_with_flags(stack.database()?, flags)?;
    Ok(db.query_row(sql, [], |row| row.get(0))?)
}

fn port(url: &str) -> Result<u16> {
    let port = url.rsplit(':').next().context("no port")?;
    Ok(port.parse()?)
}
