//! `GET /api/metrics` opens with its token only, and `/api/docs` is a page that runs nothing; health tells what is broken.

use anyhow::{Context as _, Result, ensure};
use http::Method;
use podpis_tests::client::Reply;
use podpis_tests::{Settings, Stack, Upload};

/// Token of the metrics in stacks of these tests.
pub(crate) const TOKEN: &str = "metrics-token-of-the-tests";

/// A stack that counts.
pub(crate) fn counting() -> Result<Option<Stack>> {
    Stack::alone(Settings {
        variables: vec![
            ("METRICS", "true".to_owned()),
            ("METRICS_TOKEN", TOKEN.to_owned()),
        ],
        ..Settings::default()
    })
}

pub(crate) fn read(stack: &Stack, token: &str) -> Result<Reply> {
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", bearer.as_str())];
    stack
        .anonymous()
        .send(Method::GET, "/api/metrics", &headers, None)
}

#[test]
fn metrics_open_with_their_token_only() -> Result<()> {
    let shared = Stack::shared()?;
    shared
        .anonymous()
        .get("/api/metrics")?
        .problem(404, "not_found")?;
    read(shared, "")?.problem(404, "not_found")?;
    let Some(stack) = counting()? else {
        return Ok(());
    };
    let clinic = stack.clinic()?;
    stack
        .anonymous()
        .get("/api/metrics")?
        .problem(401, "unauthorized")?;
    for wrong in ["", "wrong", stack.operator_token(), clinic.api_key.as_str()] {
        read(&stack, wrong)?.problem(401, "unauthorized")?;
    }
    let reply = read(&stack, TOKEN)?.expect(200)?;
    ensure!(
        reply
            .header("content-type")
            .starts_with("text/plain; version=0.0.4")
    );
    ensure!(!reply.text().contains(&clinic.id), "no clinic is named");
    Ok(())
}

#[test]
fn health_says_that_nothing_can_be_sealed() -> Result<()> {
    let Some(stack) = Stack::alone(Settings {
        variables: vec![("JOURNAL_KEY", "no key".to_owned())],
        ..Settings::default()
    })?
    else {
        return Ok(());
    };
    let health = stack.anonymous().get("/api/health")?.expect(200)?.json()?;
    ensure!(health["status"] == "degraded", "{health}");
    ensure!(health["seal"]["state"] == "missing", "{health}");
    let well = Stack::shared()?
        .anonymous()
        .get("/api/health")?
        .expect(200)?
        .json()?;
    ensure!(
        well["status"] == "ok" && well["seal"]["state"] == "ok",
        "{well}"
    );
    ensure!(well["outbox"]["state"] == "ok", "{well}");
    Ok(())
}

#[test]
fn health_says_that_messages_are_not_sent() -> Result<()> {
    let quiet = Settings {
        tick: false,
        ..Settings::default()
    };
    let Some(mut stack) = Stack::alone(quiet.clone())? else {
        return Ok(());
    };
    let mut clinic = stack.clinic()?;
    let upload = Upload::small();
    clinic.send_document(&upload)?;
    stack.sandbox().link(&upload.phone)?;
    stack.stop()?;
    let sql = "UPDATE outbox SET status = 'queued', lease = NULL, next_at = created_at - 3600";
    let changed = rusqlite::Connection::open(stack.database()?)?.execute(sql, [])?;
    ensure!(changed == 1, "{changed} messages");
    stack.start_again(quiet)?;
    let health = stack.anonymous().get("/api/health")?.expect(200)?.json()?;
    ensure!(health["status"] == "degraded", "{health}");
    ensure!(health["outbox"]["state"] == "late", "{health}");
    let overdue = health["outbox"]["overdue_seconds"].as_i64();
    ensure!(overdue.is_some_and(|seconds| seconds >= 3590), "{health}");
    Ok(())
}

#[test]
fn the_description_is_a_page_that_runs_nothing() -> Result<()> {
    let mut nobody = Stack::shared()?.anonymous();
    let page = nobody.get("/api/docs")?.expect(200)?;
    ensure!(page.header("content-type") == "text/html; charset=utf-8");
    let policy = page.header("content-security-policy");
    ensure!(
        policy.starts_with("default-src 'none'; style-src 'sha256-"),
        "{policy}"
    );
    ensure!(
        !policy.contains("unsafe") && !policy.contains("script"),
        "{policy}"
    );
    let (text, api) = (
        page.text(),
        nobody.get("/api/openapi.json")?.expect(200)?.json()?,
    );
    for path in api["paths"].as_object().context("paths")?.keys() {
        ensure!(
            text.contains(&path.replace('/', "/<wbr>")),
            "{path} is not on the page"
        );
    }
    Ok(())
}
