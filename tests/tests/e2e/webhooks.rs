//! Webhooks, as `docs/webhooks.md` promises them, and events pulled with patience.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use http::Method;
use podpis_tests::{Clinic, Reaction, Received, Receiver, Settings, Stack, Upload, wait_for};
use serde_json::{Value, json};

#[test]
fn every_event_is_pushed_in_order_and_its_signature_holds() -> Result<()> {
    let stack = Stack::shared()?;
    let (mut clinic, receiver) = (stack.clinic()?, Receiver::start(|_| Reaction::Status(204))?);
    let set = put(&mut clinic, &receiver.url)?;
    let again = put(&mut clinic, &receiver.url)?;
    ensure!(set["secret"] == again["secret"], "the secret has changed");
    let read = clinic.get("/api/v1/webhook")?.expect(200)?.json()?;
    ensure!(
        read["url"] == set["url"] && read.get("secret").is_none(),
        "{read}"
    );

    let (id, link) = clinic.send_with_link(&Upload::small())?;
    stack.patient(&link)?.sign_as("ivanova")?.expect(200)?;
    let events = wait_for("all events", || {
        let events = clinic.events()?;
        let types: Vec<&str> = events
            .iter()
            .filter_map(|event| event["type"].as_str())
            .collect();
        let signed =
            types.contains(&"document.completed") || types.contains(&"document.patient_signed");
        Ok((signed && receiver.received().len() >= events.len()).then_some(events))
    })?;
    let pushed = receiver.received();
    let bodies: Vec<Value> = pushed.iter().map(Received::event).collect::<Result<_>>()?;
    ensure!(bodies == events, "pushed {bodies:?}, pulled {events:?}");
    let secret = set["secret"].as_str().context("secret")?;
    for one in &pushed {
        ensure!(
            !one.header("content-length").is_empty(),
            "simple receivers read by length"
        );
        ensure!(one.header("podpis-event-id") == one.event()?["id"].as_str().unwrap_or_default());
        ensure!(genuine(&[case(secret, one)])? == [true]);
        ensure!(genuine(&[case("whsec_other", one)])? == [false]);
    }
    let list = clinic
        .get(&format!("/api/v1/webhook/deliveries?document_id={id}"))?
        .expect(200)?
        .json()?;
    let items = list["items"].as_array().context("items")?;
    ensure!(items.len() == events.len());
    for item in items {
        ensure!(
            item["status"] == "delivered" && item["attempts"][0]["http_status"] == 204,
            "{item}"
        );
    }
    Ok(())
}

#[test]
fn two_secrets_are_valid_after_a_rotation_and_a_replay_comes_again() -> Result<()> {
    let stack = Stack::shared()?;
    let (mut clinic, receiver) = (stack.clinic()?, Receiver::start(|_| Reaction::Status(200))?);
    let old = put(&mut clinic, &receiver.url)?["secret"].clone();
    clinic.send_document(&Upload::small())?;
    wait_for("the event", || {
        Ok((!receiver.received().is_empty()).then_some(()))
    })?;
    let rotate = |clinic: &mut Clinic| -> Result<Value> {
        let headers = [
            ("content-type", "application/json"),
            ("idempotency-key", "rotation"),
        ];
        clinic
            .send(
                Method::POST,
                "/api/v1/webhook/rotate",
                &headers,
                Some(b"{}".to_vec()),
            )?
            .expect(200)?
            .json()
    };
    let rotated = rotate(&mut clinic)?;
    ensure!(
        rotate(&mut clinic)? == rotated,
        "the same request made another secret"
    );
    wait_for("both events", || {
        Ok((receiver.received().len() >= 2).then_some(()))
    })?;
    let list = clinic
        .get("/api/v1/webhook/deliveries?limit=1")?
        .expect(200)?
        .json()?;
    let id = list["items"][0]["id"].as_str().context("id")?.to_owned();
    let before = receiver.received().len();
    // The attempt after the first carries one signature, the one after that the other: so two replays.
    for _ in 0..3 {
        let seen = receiver.received().len();
        clinic
            .post(
                &format!("/api/v1/webhook/deliveries/{id}/replay"),
                &json!({}),
            )?
            .expect(202)?;
        wait_for("the replay", || {
            Ok((receiver.received().len() > seen).then_some(()))
        })?;
    }
    let pushed = receiver.received().split_off(before);
    let by = |secret: &Value| -> Result<Vec<bool>> {
        let secret = secret.as_str().context("secret")?;
        genuine(
            &pushed
                .iter()
                .map(|one| case(secret, one))
                .collect::<Vec<_>>(),
        )
    };
    ensure!(
        by(&rotated["secret"])? == [true, false, true],
        "{:?}",
        by(&rotated["secret"])?
    );
    ensure!(by(&old)? == [false, true, true], "{:?}", by(&old)?);
    let mut outsider = stack.clinic()?;
    outsider
        .post(
            &format!("/api/v1/webhook/deliveries/{id}/replay"),
            &json!({}),
        )?
        .problem(404, "not_found")?;
    outsider.get("/api/v1/webhook")?.problem(404, "not_found")?;
    Ok(())
}

#[test]
fn what_fails_is_tried_again_and_410_ends_it() -> Result<()> {
    let times = "timeout_ms=1000 retry_first=1 retry_max=1 event_for=8 breaker_first=1";
    let settings = Settings {
        variables: vec![("DELIVERY_TIMES", times.to_owned())],
        ..Settings::default()
    };
    let Some(stack) = Stack::alone(settings)? else {
        return Ok(());
    };
    let mut flaky = stack.clinic()?;
    let receiver = Receiver::start(|n| Reaction::Status(if n < 3 { 500 } else { 200 }))?;
    put(&mut flaky, &receiver.url)?;
    let mut gone = stack.clinic()?;
    put(&mut gone, &Receiver::start(|_| Reaction::Status(410))?.url)?;
    let mut lost = stack.clinic()?;
    let target = Receiver::start(|_| Reaction::Status(200))?;
    let to = target.url.clone();
    put(
        &mut lost,
        &Receiver::start(move |_| Reaction::Redirect(to.clone()))?.url,
    )?;
    for clinic in [&mut flaky, &mut gone, &mut lost] {
        clinic.send_document(&Upload::small())?;
    }
    settled(&mut flaky, 2)?;
    let events: Vec<Value> = receiver
        .received()
        .iter()
        .map(Received::event)
        .collect::<Result<_>>()?;
    ensure!(
        events[0] == events[1] && events[1] == events[2] && events[2]["type"] == "document.sent",
        "{events:?}"
    );
    ensure!(events.last().context("one more")?["type"] == "message.delivered");
    // What comes after the webhook's end is not queued at all.
    let ended = settled(&mut gone, 1)?;
    ensure!(
        ended
            .iter()
            .any(|d| d["reason"] == "gone" && d["status"] == "failed"),
        "{ended:?}"
    );
    let webhook = gone.get("/api/v1/webhook")?.expect(200)?.json()?;
    ensure!(
        webhook["status"] == "disabled" && webhook["disabled_reason"] == "gone",
        "{webhook}"
    );
    let ended = settled(&mut lost, 2)?;
    ensure!(
        ended
            .iter()
            .all(|d| d["status"] == "dead" && d["reason"] == "redirect"),
        "{ended:?}"
    );
    ensure!(target.received().is_empty(), "a redirect was followed");
    Ok(())
}

#[test]
fn who_waits_for_an_event_gets_it_at_once_and_else_nothing() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let start = Instant::now();
    let none = clinic.get("/api/v1/events?wait=1")?.expect(200)?.json()?;
    ensure!(none["items"] == json!([]) && start.elapsed() >= Duration::from_secs(1));
    clinic
        .get("/api/v1/events?wait=31")?
        .problem(400, "bad_request")?;
    let mut waiting = clinic.clone();
    let waiter =
        std::thread::spawn(move || waiting.get("/api/v1/events?wait=30")?.expect(200)?.json());
    std::thread::sleep(Duration::from_millis(500));
    clinic.send_document(&Upload::small())?;
    let start = Instant::now();
    let found = waiter
        .join()
        .map_err(|_| anyhow::anyhow!("a thread died"))??;
    ensure!(found["items"][0]["type"] == "document.sent", "{found}");
    ensure!(
        start.elapsed() < Duration::from_secs(10),
        "{:?}",
        start.elapsed()
    );
    Ok(())
}

#[test]
fn the_clinic_sees_what_became_of_its_messages() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let upload = Upload::small();
    let (id, _) = clinic.send_with_link(&upload)?;
    let message = wait_for("the outcome", || {
        let list = clinic
            .get(&format!("/api/v1/documents/{id}/messages"))?
            .expect(200)?
            .json()?;
        let message = list["items"][0].clone();
        Ok((message["status"] == "delivered").then_some(message))
    })?;
    ensure!(
        message["channel"] == "sms" && message["attempts"][0]["reason"] == Value::Null,
        "{message}"
    );
    let masked = message["to_masked"].as_str().context("to_masked")?;
    ensure!(
        masked.contains('*') && !masked.contains(&upload.phone),
        "{masked}"
    );
    Ok(())
}

#[test]
fn what_is_no_receiver_is_refused() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    for url in [
        "http://vault.spin.internal/",
        "ftp://mis.example.ru/",
        "https://u:p@mis.example.ru/",
        "hook",
    ] {
        set(&mut clinic, &json!({ "url": url }))?
            .problem(422, "invalid")
            .context(url)?;
    }
    let unknown = json!({ "url": "https://mis.example.ru/", "events": ["link.issued"] });
    set(&mut clinic, &unknown)?.problem(422, "invalid")?;
    clinic
        .post("/api/v1/webhook/rotate", &json!({}))?
        .problem(404, "not_found")?;
    Ok(())
}

fn set(clinic: &mut Clinic, body: &Value) -> Result<podpis_tests::client::Reply> {
    let headers = [("content-type", "application/json")];
    clinic.send(
        Method::PUT,
        "/api/v1/webhook",
        &headers,
        Some(body.to_string().into_bytes()),
    )
}

pub(crate) fn put(clinic: &mut Clinic, url: &str) -> Result<Value> {
    set(clinic, &json!({ "url": url }))?.expect(200)?.json()
}

/// The deliveries, once there are so many, and none of them is queued any more.
fn settled(clinic: &mut Clinic, least: usize) -> Result<Vec<Value>> {
    wait_for("settled deliveries", || {
        let list = clinic
            .get("/api/v1/webhook/deliveries?limit=200")?
            .expect(200)?
            .json()?;
        let items = list["items"].as_array().context("items")?.clone();
        Ok(
            (items.len() >= least && items.iter().all(|d| d["status"] != "queued"))
                .then_some(items),
        )
    })
}

/// A line for the example in Python.
fn case(secret: &str, received: &Received) -> Value {
    let timestamp: i64 = received
        .header("podpis-timestamp")
        .parse()
        .unwrap_or_default();
    json!({
        "secret": secret, "timestamp": timestamp, "signature": received.header("podpis-signature"),
        "body": String::from_utf8_lossy(&received.body), "now": timestamp,
    })
}

/// What the example in Python says of each case: the judge that a MIS would be.
fn genuine(cases: &[Value]) -> Result<Vec<bool>> {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/webhooks/verify.py");
    let mut python = Command::new("python3")
        .arg(example)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut input = python.stdin.take().context("stdin")?;
    for case in cases {
        writeln!(input, "{case}")?;
    }
    drop(input);
    let output = String::from_utf8(python.wait_with_output()?.stdout)?;
    Ok(output.lines().map(|line| line == "true").collect())
}
