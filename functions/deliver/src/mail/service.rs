//! An e-mail service over HTTP, where sockets are not to be had: one JSON object a letter (`docs/email.md`).

use super::html;
use super::letter::Letter;
use super::settings::{Service, Settings};
use crate::attempt::Failed;
use axum::body::Body;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{Method, Request};
use podpis_shared::delivery::Reason;
use serde_json::{Value, json};

/// Gives a letter to the service; the status of its answer.
pub(super) async fn send(
    service: &Service,
    settings: &Settings,
    letter: &Letter<'_>,
) -> Result<u16, Failed> {
    let body = body(settings, letter).to_string();
    let request = Request::builder()
        .method(Method::POST)
        .uri(&service.url)
        .header(CONTENT_TYPE, "application/json")
        .header(AUTHORIZATION, format!("Bearer {}", service.token))
        .body(Body::from(body));
    let request = request.map_err(|_| Failed::for_now(Reason::NotConfigured))?;
    let answer = spin_sdk::http::send(request).await;
    let answer = answer.map_err(|_| Failed::for_now(Reason::Connection))?;
    let after = answer.headers().get(RETRY_AFTER);
    let after = after.and_then(|v| v.to_str().ok()?.parse().ok());
    let status = answer.status().as_u16();
    outcome(status, after).map(|()| status)
}

fn body(settings: &Settings, letter: &Letter<'_>) -> Value {
    let mut headers = json!({ "Auto-Submitted": "auto-generated" });
    if let Some(url) = &letter.unsubscribe {
        headers["List-Unsubscribe"] = format!("<{url}>").into();
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click".into();
    }
    json!({
        "id": letter.id,
        "message_id": letter.message_id(settings),
        "from": { "name": letter.sender.name, "email": settings.from },
        "reply_to": settings.reply_to,
        "to": letter.to,
        "subject": letter.subject,
        "text": letter.text,
        "html": html::page(letter.sender, letter.text),
        "headers": headers,
    })
}

/// `2xx`: taken; `408`, `429`, `5xx`: later; `401`, `403`: our token; another `4xx`: never.
fn outcome(status: u16, after: Option<i64>) -> Result<(), Failed> {
    let failed = match status {
        200..300 => return Ok(()),
        429 => Failed::for_now(Reason::Limit),
        401 | 403 => Failed::for_now(Reason::NotConfigured),
        400..500 if status != 408 => Failed::for_good(Reason::Rejected),
        _ => Failed::for_now(Reason::Unavailable),
    };
    Err(Failed {
        status: Some(status),
        after,
        ..failed
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_told_apart() {
        assert_eq!(outcome(202, None), Ok(()));
        for (status, retry) in [
            (302, true),
            (400, false),
            (401, true),
            (408, true),
            (422, false),
            (429, true),
            (503, true),
        ] {
            let failed = outcome(status, Some(7)).unwrap_err();
            let found = (failed.retry, failed.status, failed.after);
            assert_eq!(found, (retry, Some(status), Some(7)));
        }
    }
}
