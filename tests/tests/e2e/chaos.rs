//! Receivers that fail in every way, and a product that is killed: no event is lost, none overtakes an earlier one about its
//! document, and who is healthy doesn't notice.

use std::collections::{BTreeMap, HashMap};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, bail, ensure};
use podpis_tests::{Clinic, Reaction, Receiver, Settings, Stack, Upload};
use serde_json::{Value, json};

use crate::webhooks::put;

/// Documents of a healthy clinic in each half of the test, and of one whose receiver fails. Each has two events or three, so that the
/// whole is over a thousand. The variable `PODPIS_CHAOS_EVENTS` asks for more (`docs/benchmarks.md`).
const HEALTHY: usize = 120;
const FAILING: usize = 10;
const EVENTS: usize = 1000;

/// Within this time, in seconds, from an event to its arrival, 99 of 100 reach a healthy receiver, whatever the others do and
/// also after a kill, whose leases last 6 s. A loaded machine takes a few seconds more; who waited behind one receiver that
/// hangs would take minutes.
const P99: f64 = 30.0;

/// All is settled by then: an interrupted delivery is taken up after six seconds, a failing one given up after a minute, in which
/// a slow one has its turn on a loaded machine too. More events take more time.
const PATIENCE: Duration = Duration::from_secs(150);

/// How many events there are to be at least, and the number of times that the usual work is done for it.
fn wanted() -> (usize, usize) {
    let asked = std::env::var("PODPIS_CHAOS_EVENTS").ok();
    let events = asked.and_then(|text| text.parse().ok()).unwrap_or(EVENTS);
    (events, events.div_ceil(EVENTS).max(1))
}

struct Party {
    name: &'static str,
    clinic: Clinic,
    receiver: Receiver,
}

#[test]
fn nothing_is_lost_and_the_healthy_are_not_delayed() -> Result<()> {
    let times =
        "timeout_ms=1000 retry_first=1 retry_max=2 event_for=60 breaker_first=1 breaker_max=4";
    let settings = Settings {
        variables: vec![("DELIVERY_TIMES", times.to_owned())],
        ..Settings::default()
    };
    let Some(mut stack) = Stack::alone(settings.clone())? else {
        return Ok(());
    };
    let healthy = [
        party(&stack, "healthy", |_| Reaction::Status(200))?,
        party(&stack, "slow", |_| {
            Reaction::Slow(Duration::from_millis(200), 204)
        })?,
    ];
    let elsewhere = healthy[0].receiver.url.clone();
    let failing = [
        party(&stack, "fails", |_| Reaction::Status(500))?,
        party(&stack, "refuses", |_| Reaction::Status(403))?,
        party(&stack, "hangs", |_| Reaction::Hang)?,
        party(&stack, "closes", |_| Reaction::Close)?,
        party(&stack, "redirects", move |_| {
            Reaction::Redirect(elsewhere.clone())
        })?,
        party(&stack, "endless", |_| Reaction::Endless)?,
        party(&stack, "flaky", |n| {
            Reaction::Status(if n % 3 == 0 { 503 } else { 200 })
        })?,
    ];
    let (events, times) = wanted();
    let begun = Instant::now();
    // First half: everybody sends, and the runtime is killed again and again.
    thread::scope(|scope| {
        let work: Vec<_> = healthy
            .iter()
            .map(|party| (party, HEALTHY * times))
            .chain(failing.iter().map(|party| (party, FAILING)))
            .map(|(party, count)| scope.spawn(move || send(party.clinic.clone(), count)))
            .collect();
        for _ in 0..4 {
            thread::sleep(Duration::from_millis(1500));
            stack.kill()?;
            stack.start_again(settings.clone())?;
        }
        for done in work {
            done.join()
                .map_err(|_| anyhow::anyhow!("a thread died"))??;
        }
        anyhow::Ok(())
    })?;
    for party in &healthy {
        settled(party).with_context(|| party.name)?;
    }
    // Second half: the failing ones still fail, and nothing is killed.
    let from: Vec<usize> = healthy
        .iter()
        .map(|party| party.receiver.received().len())
        .collect();
    let start = unix();
    thread::scope(|scope| {
        let work: Vec<_> = (healthy
            .iter()
            .map(|party| scope.spawn(move || send(party.clinic.clone(), HEALTHY * times))))
        .collect();
        for done in work {
            done.join()
                .map_err(|_| anyhow::anyhow!("a thread died"))??;
        }
        anyhow::Ok(())
    })?;
    let mut total = 0;
    for party in healthy.iter().chain(&failing) {
        total += settled(party).with_context(|| party.name)?;
    }
    ensure!(total > events, "only {total} events");
    println!("{total} events in {:.0} s", begun.elapsed().as_secs_f64());
    for (party, from) in healthy.iter().zip(from) {
        let worst = p99(&party.receiver, from, start)?;
        println!("{}: p99 of {worst:.1} s", party.name);
        ensure!(worst <= P99, "{}: p99 of {worst} s", party.name);
    }
    let outcome = |party: &Party| -> Result<BTreeMap<String, usize>> {
        let mut counts = BTreeMap::new();
        for delivery in deliveries(&mut party.clinic.clone())? {
            let reason = delivery["reason"]
                .as_str()
                .unwrap_or("delivered")
                .to_owned();
            *counts.entry(reason).or_default() += 1;
        }
        Ok(counts)
    };
    for party in &healthy {
        let outcome = outcome(party)?;
        ensure!(
            outcome.keys().eq(["delivered"]),
            "{}: {outcome:?}",
            party.name
        );
    }
    ensure!(
        outcome(&failing[4])?
            .keys()
            .all(|reason| reason == "redirect" || reason == "unavailable")
    );
    ensure!(
        outcome(&failing[5])?.into_keys().eq(["delivered"]),
        "a long answer is an answer"
    );
    ensure!(
        outcome(&failing[6])?.into_keys().eq(["delivered"]),
        "who fails now and then gets all"
    );
    Ok(())
}

fn party(
    stack: &Stack,
    name: &'static str,
    react: impl Fn(usize) -> Reaction + Send + Sync + 'static,
) -> Result<Party> {
    let (mut clinic, receiver) = (stack.clinic()?, Receiver::start(react)?);
    put(&mut clinic, &receiver.url)?;
    Ok(Party {
        name,
        clinic,
        receiver,
    })
}

/// Sends documents and takes them back, as a MIS does that repeats what got no answer.
fn send(mut clinic: Clinic, count: usize) -> Result<()> {
    for _ in 0..count {
        let mut upload = Upload::small();
        let key = upload.document["external_id"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        upload = upload.key(&key);
        let document = repeat(|| clinic.upload(&upload)?.expect(201)?.json())?;
        let id = document["id"].as_str().context("id")?;
        repeat(|| {
            let reply = clinic.post(&format!("/api/v1/documents/{id}/cancel"), &json!({}))?;
            // A cancellation that got no answer may have been done.
            reply.expect_any(&[200, 409]).map(drop)
        })?;
    }
    Ok(())
}

fn repeat<T>(mut work: impl FnMut() -> Result<T>) -> Result<T> {
    let start = Instant::now();
    loop {
        match work() {
            Ok(done) => return Ok(done),
            Err(error) if start.elapsed() > Duration::from_secs(60) => return Err(error),
            Err(_) => thread::sleep(Duration::from_millis(100)),
        }
    }
}

/// Waits until nothing is queued; then every event was delivered or given up with a reason, and what arrived, in order. Gives
/// how many events there are.
fn settled(party: &Party) -> Result<usize> {
    let mut clinic = party.clinic.clone();
    let start = Instant::now();
    let deliveries = loop {
        let all = deliveries(&mut clinic)?;
        let events = clinic.events()?.len();
        if all.len() == events && all.iter().all(|delivery| delivery["status"] != "queued") {
            break all;
        }
        if start.elapsed() > PATIENCE * u32::try_from(wanted().1)? {
            let queued = all
                .iter()
                .filter(|delivery| delivery["status"] == "queued")
                .count();
            bail!(
                "{queued} of {} are still queued, of {events} events",
                all.len()
            );
        }
        thread::sleep(Duration::from_millis(500));
    };
    let mut first: HashMap<String, usize> = HashMap::new();
    let mut last: HashMap<String, i64> = HashMap::new();
    for (place, received) in party.receiver.received().iter().enumerate() {
        let event = received.event()?;
        let id = event["id"].as_str().context("id")?.to_owned();
        if first.contains_key(&id) {
            continue;
        }
        first.insert(id, place);
        let (document, seq) = (
            event["document_id"].to_string(),
            event["seq"].as_i64().context("seq")?,
        );
        let before = last.insert(document, seq).unwrap_or_default();
        ensure!(before < seq, "event {seq} came after {before}");
    }
    for delivery in &deliveries {
        let id = delivery["event_id"].as_str().context("event_id")?;
        match delivery["status"].as_str() {
            Some("delivered") => ensure!(first.contains_key(id), "{id} never came"),
            Some("dead") => ensure!(delivery["reason"].is_string(), "{delivery}"),
            _ => bail!("{delivery}"),
        }
    }
    Ok(deliveries.len())
}

fn deliveries(clinic: &mut Clinic) -> Result<Vec<Value>> {
    let (mut all, mut after) = (Vec::new(), String::new());
    loop {
        let page = clinic
            .get(&format!("/api/v1/webhook/deliveries?limit=200{after}"))?
            .expect(200)?
            .json()?;
        all.extend(page["items"].as_array().context("items")?.iter().cloned());
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => return Ok(all),
        }
    }
}

/// Seconds from an event to its arrival, for 99 of 100 of those since `start`.
fn p99(receiver: &Receiver, from: usize, start: f64) -> Result<f64> {
    let (clock, wall) = (Instant::now(), unix());
    let mut delays = Vec::new();
    for received in receiver.received().split_off(from) {
        let at: podpis_shared::Timestamp = serde_json::from_value(received.event()?["at"].clone())?;
        let at = at.unix() as f64;
        if at >= start {
            delays.push(wall - (clock - received.at).as_secs_f64() - at);
        }
    }
    ensure!(delays.len() > HEALTHY, "only {} events", delays.len());
    delays.sort_by(f64::total_cmp);
    Ok(delays[delays.len() * 99 / 100])
}

fn unix() -> f64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0.0, |since| since.as_secs_f64())
}
