//! One-time codes when much happens at the same moment: no try too many, no message too many.

#![expect(clippy::unwrap_used, reason = "a test panics where it fails")]

mod common;

use common::{check, code, install, issue, other, row, to_sign, to_sign_in};
use serde_json::Value as Json;

async fn ready() {
    install("at_once", &[]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn guesses_at_the_same_moment_are_five_at_most() {
    ready().await;
    let body = to_sign();
    let id = issue(&body).await.id();
    let code = code(&id).await;
    let wrong = other(&code);
    let replies = at_once(32, || (id.clone(), body.clone(), wrong.clone())).await;
    let count = |problem| {
        replies
            .iter()
            .filter(|reply| reply.problem() == problem)
            .count()
    };
    assert_eq!(count((403, "code_wrong")), 4);
    assert_eq!(count((410, "code_expired")), 28);
    let tries = row("SELECT tries FROM codes WHERE id = ?1", &id).await;
    assert_eq!(tries.as_deref(), Some("5"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_right_code_at_the_same_moment_gives_everybody_the_same() {
    ready().await;
    let body = to_sign();
    let id = issue(&body).await.id();
    let code = code(&id).await;
    let replies = at_once(16, || (id.clone(), body.clone(), code.clone())).await;
    for reply in &replies {
        assert_eq!((reply.status, &reply.json), (200, &replies[0].json));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn requests_at_the_same_moment_send_one_message() {
    ready().await;
    let body = to_sign_in();
    let tasks: Vec<_> = (0..16)
        .map(|_| {
            let body = body.clone();
            tokio::spawn(async move { issue(&body).await.status })
        })
        .collect();
    let mut statuses = Vec::new();
    for task in tasks {
        statuses.push(task.await.unwrap());
    }
    statuses.sort_unstable();
    assert_eq!((statuses[0], &statuses[1..]), (201, &[429; 15][..]));
    let sql = "SELECT count(*) FROM sandbox_messages WHERE recipient = ?1";
    let sent = row(sql, body["to"].as_str().unwrap()).await;
    assert_eq!(sent.as_deref(), Some("1"));
}

async fn at_once(times: usize, of: impl Fn() -> (String, Json, String)) -> Vec<common::Reply> {
    let tasks: Vec<_> = (0..times)
        .map(|_| {
            let (id, body, code) = of();
            tokio::spawn(async move { check(&id, &body, &code).await })
        })
        .collect();
    let mut replies = Vec::new();
    for task in tasks {
        replies.push(task.await.unwrap());
    }
    replies
}
