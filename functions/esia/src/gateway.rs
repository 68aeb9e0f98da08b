//! Requests to ESIA over HTTP. It does not always answer in JSON, and not always at all.

use crate::refused::{self, Refused};
use axum::body::Body;
use axum::http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use axum::http::{Request, StatusCode};
use bytes::Bytes;
use podpis_kit::outbound;
use podpis_shared::Sensitive;
use serde::Deserialize;
use std::time::Duration;

/// How long an answer may take.
const TIMEOUT: Duration = Duration::from_secs(15);

/// Largest answer that is read, in bytes.
const ANSWER_MAX: usize = 256 * 1024;

/// How often the person's data are asked for: by then the code is used up, so a hiccup must not cost the act.
const PERSON_TRIES: u64 = 3;

/// What a code was exchanged for.
#[derive(Debug)]
pub struct Tokens {
    /// Proof of the sign-in.
    pub id_token: Sensitive<String>,
    /// Opens the person's data.
    pub access_token: Sensitive<String>,
}

/// Exchanges a code; `state` is the token request's own.
///
/// # Errors
/// `Session` for a used or expired code, `Unavailable`, or `Invalid` for an answer to another request.
pub async fn exchange(url: &str, form: String, state: &str) -> Result<Tokens, Refused> {
    let request = Request::post(url)
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(ACCEPT, "application/json")
        .body(Body::from(form));
    let (status, body) = send(request, "token").await?;
    read_tokens(status, &body, state)
}

/// Reads the person's data, as JSON not yet looked at.
///
/// # Errors
/// `Unavailable`.
pub async fn person(url: &str, access_token: &str) -> Result<Bytes, Refused> {
    let mut last = Refused::Unavailable("person");
    for attempt in 0..PERSON_TRIES {
        if attempt > 0 {
            spin_sdk::time::sleep(Duration::from_millis(300 * attempt)).await;
        }
        let request = Request::get(url)
            .header(AUTHORIZATION, format!("Bearer {access_token}"))
            .header(ACCEPT, "application/json")
            .body(Body::empty());
        match send(request, "person").await {
            Ok((StatusCode::OK, body))
                if serde_json::from_slice::<serde::de::IgnoredAny>(&body).is_ok() =>
            {
                return Ok(body);
            }
            Ok((status, _)) => eprintln!("esia answers {status} for a person's data"),
            Err(refused) => last = refused,
        }
    }
    Err(last)
}

/// Reads the answer of the token endpoint.
///
/// `expires_in` is a number or a string; the access token says itself how long it lives, so it is not read.
fn read_tokens(status: StatusCode, body: &[u8], state: &str) -> Result<Tokens, Refused> {
    #[derive(Deserialize)]
    struct Answer {
        id_token: Option<String>,
        access_token: Option<String>,
        state: Option<String>,
        error: Option<String>,
        error_description: Option<String>,
    }
    let Ok(answer) = serde_json::from_slice::<Answer>(body) else {
        eprintln!("esia answers {status} without JSON");
        return Err(Refused::Unavailable("token"));
    };
    if let Some(error) = answer.error {
        let description = answer.error_description.unwrap_or_default();
        eprintln!(
            "esia answers {status}, {}",
            refused::esia_code(&description).unwrap_or("no code")
        );
        return Err(refused::of_esia(&error, &description));
    }
    if status != StatusCode::OK {
        return Err(Refused::Unavailable("token"));
    }
    if answer.state.as_deref() != Some(state) {
        return Err(Refused::Invalid("state"));
    }
    match (answer.id_token, answer.access_token) {
        (Some(id), Some(access)) => Ok(Tokens {
            id_token: Sensitive::new(id),
            access_token: Sensitive::new(access),
        }),
        _ => Err(Refused::Invalid("tokens")),
    }
}

async fn send(
    request: axum::http::Result<Request<Body>>,
    step: &'static str,
) -> Result<(StatusCode, Bytes), Refused> {
    outbound::send(request, ANSWER_MAX, TIMEOUT)
        .await
        .map_err(|what| {
            eprintln!("error at esia {step}: {what}");
            Refused::Unavailable(step)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(status: u16, body: &str) -> Result<Tokens, Refused> {
        read_tokens(StatusCode::from_u16(status).unwrap(), body.as_bytes(), "s1")
    }

    #[test]
    fn both_forms_of_expires_in() {
        for expires in ["3600", "\"3600\""] {
            let body = format!(
                r#"{{"id_token":"i","access_token":"a","state":"s1","expires_in":{expires}}}"#
            );
            let tokens = read(200, &body).unwrap();
            assert_eq!(
                (
                    tokens.id_token.expose().as_str(),
                    tokens.access_token.expose().as_str()
                ),
                ("i", "a")
            );
        }
    }

    #[test]
    fn whatever_else_comes() {
        for (status, body, refused) in [
            (200, "<html>", Refused::Unavailable("token")),
            (500, "", Refused::Unavailable("token")),
            (
                503,
                r#"{"id_token":"i","access_token":"a","state":"s1"}"#,
                Refused::Unavailable("token"),
            ),
            (
                400,
                r#"{"error":"invalid_grant","error_description":"ESIA-007011: x"}"#,
                Refused::Session,
            ),
            (
                400,
                r#"{"error":"access_denied","error_description":"ESIA-007053: x"}"#,
                Refused::Unavailable("answer"),
            ),
            (
                200,
                r#"{"id_token":"i","access_token":"a","state":"s2"}"#,
                Refused::Invalid("state"),
            ),
            (
                200,
                r#"{"id_token":"i","access_token":"a"}"#,
                Refused::Invalid("state"),
            ),
            (
                200,
                r#"{"access_token":"a","state":"s1"}"#,
                Refused::Invalid("tokens"),
            ),
        ] {
            assert_eq!(read(status, body).unwrap_err(), refused, "{status} {body}");
        }
    }

    #[test]
    fn tokens_are_not_shown() {
        let tokens = read(
            200,
            r#"{"id_token":"secret1","access_token":"secret2","state":"s1"}"#,
        )
        .unwrap();
        assert!(!format!("{tokens:?}").contains("secret"));
    }
}
