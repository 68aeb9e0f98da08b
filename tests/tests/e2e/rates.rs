//! Limits of requests by key and by address, and the request's id in every component's log.

use std::collections::BTreeSet;
use std::fs;

use anyhow::{Context as _, Result, ensure};
use podpis_tests::client::Reply;
use podpis_tests::{Settings, Stack, Upload, wait_for};
use serde_json::Value;

const KEY_LIMIT: u32 = 100;
const ADDRESS_LIMIT: u32 = 20;

fn limited() -> Result<Option<Stack>> {
    let limits = format!("key_minute={KEY_LIMIT} address_minute={ADDRESS_LIMIT}");
    Stack::alone(Settings {
        variables: vec![
            ("RATE_LIMITS", limits),
            ("CLIENT_ADDRESS_HEADER", "X-Real-IP".to_owned()),
        ],
        ..Settings::default()
    })
}

fn number(reply: &Reply, name: &str) -> Result<u32> {
    let text = reply.header(name);
    text.parse().with_context(|| format!("{name}: {text:?}"))
}

/// The minute may end while a test counts; then the numbers start anew, and the test takes the next minute.
fn in_one_minute<T>(work: impl FnMut() -> Result<Option<T>>) -> Result<T> {
    let mut work = work;
    for _ in 0..3 {
        if let Some(result) = work()? {
            return Ok(result);
        }
    }
    anyhow::bail!("no minute was long enough")
}

#[test]
fn a_key_gets_its_requests_and_no_more_by_however_many_instances() -> Result<()> {
    let Some(stack) = limited()? else {
        return Ok(());
    };
    let (mut clinic, mut other) = (stack.clinic()?, stack.clinic()?);
    let passed = in_one_minute(|| {
        let first = clinic.get("/api/v1/documents?limit=1")?;
        let reset = number(&first, "ratelimit-reset")?;
        ensure!((1..=60).contains(&reset), "{reset}");
        if reset < 20 {
            std::thread::sleep(std::time::Duration::from_secs(u64::from(reset) + 1));
            return Ok(None);
        }
        ensure!(number(&first, "ratelimit-limit")? == KEY_LIMIT);
        // From several connections at a time, so that instances are born and die between.
        let mut passed = 1;
        for _ in 0..6 {
            let replies = at_once(&clinic, 50)?;
            passed += replies.iter().filter(|reply| reply.status == 200).count();
            for reply in replies.into_iter().filter(|reply| reply.status != 200) {
                let wait = number(&reply, "retry-after")?;
                ensure!((1..=60).contains(&wait));
                ensure!(number(&reply, "ratelimit-remaining")? == 0);
                reply.problem(429, "too_many_requests")?;
            }
            std::thread::sleep(std::time::Duration::from_millis(400));
        }
        let last = clinic.get("/api/v1/documents?limit=1")?;
        Ok((last.status == 429).then_some(passed))
    })?;
    let limit = usize::try_from(KEY_LIMIT)?;
    ensure!(passed >= limit, "refused after {passed}");
    // What instances don't yet know of each other: rates.rs says how much that may be.
    ensure!(passed <= limit + 100, "{passed} passed");
    // Nobody else pays for it.
    other.get("/api/v1/documents")?.expect(200)?;
    Ok(())
}

fn at_once(clinic: &podpis_tests::Clinic, count: usize) -> Result<Vec<Reply>> {
    let threads: Vec<_> = (0..count)
        .map(|_| {
            let mut clinic = clinic.clone();
            std::thread::spawn(move || clinic.get("/api/v1/documents?limit=1"))
        })
        .collect();
    let joined = threads.into_iter().map(|thread| {
        let reply = thread.join();
        reply.map_err(|_| anyhow::anyhow!("a thread panicked"))?
    });
    joined.collect()
}

#[test]
fn wrong_keys_are_limited_by_address_and_right_ones_are_not() -> Result<()> {
    let Some(stack) = limited()? else {
        return Ok(());
    };
    let mut clinic = stack.clinic()?;
    let mut nobody = stack.anonymous();
    let mut guess = |address: &str| {
        let headers = [
            ("authorization", "Bearer pk_wrong"),
            ("x-real-ip", address),
            ("spin-client-addr", "192.0.2.1:1"),
        ];
        nobody.send(http::Method::GET, "/api/v1/documents", &headers, None)
    };
    let refused = in_one_minute(|| {
        for tries in 0..2 * ADDRESS_LIMIT {
            let reply = guess("203.0.113.7")?;
            ensure!(number(&reply, "ratelimit-limit")? == ADDRESS_LIMIT);
            if reply.status == 429 {
                return Ok(Some((tries, reply)));
            }
            reply.problem(401, "unauthorized")?;
        }
        Ok(None)
    })?;
    ensure!(refused.0 <= ADDRESS_LIMIT, "{} tries passed", refused.0);
    refused.1.problem(429, "too_many_requests")?;
    // Another address, and a right key from the same one.
    guess("203.0.113.8")?.problem(401, "unauthorized")?;
    let headers = [("x-real-ip", "203.0.113.7")];
    let path = "/api/v1/documents";
    clinic
        .send(http::Method::GET, path, &headers, None)?
        .expect(200)?;
    Ok(())
}

#[test]
fn one_id_is_in_the_log_of_every_component_that_worked() -> Result<()> {
    let Some(mut stack) = Stack::alone(Settings {
        // Only the nudge of the request itself delivers.
        tick: false,
        ..Settings::default()
    })?
    else {
        return Ok(());
    };
    let mut clinic = stack.clinic()?;
    let upload = Upload::small();
    let (media, body) = upload.multipart();
    let id = "integration-test-4711";
    let headers = [("content-type", media.as_str()), ("x-request-id", id)];
    let sent = clinic.send(
        http::Method::POST,
        "/api/v1/documents",
        &headers,
        Some(body),
    )?;
    let sent = sent.expect(201)?;
    ensure!(sent.header("x-request-id") == id);
    stack.sandbox().link(&upload.phone)?;
    let log = stack.folder()?.join("runtime.log");
    wait_for("the components' lines", || {
        let text = fs::read_to_string(&log)?;
        let lines = text
            .lines()
            .filter_map(|line| serde_json::from_str(line).ok());
        let of_ours = lines.filter(|line: &Value| line["request_id"] == id);
        let named: BTreeSet<String> = of_ours
            .filter_map(|line| line["component"].as_str().map(str::to_owned))
            .collect();
        let all = ["mis", "vault", "deliver", "sms"];
        Ok(all.iter().all(|one| named.contains(*one)).then_some(()))
    })
}
