//! Requests to ESIA over HTTP. It does not always answer in JSON, and not always at all.
//!
//! Each request has a time limit, and a second try where nothing can be lost by it. Of what ESIA answers the log gets the
//! status and ESIA's own code, never a token or a body.

use crate::refused::{self, EsiaCode, Refused, Step};
use crate::token::TokenError;
use axum::body::Body;
use axum::http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use axum::http::{Request, StatusCode};
use bytes::Bytes;
use podpis_kit::outbound::{self, SendError};
use podpis_shared::Sensitive;
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::time::Duration;

/// How long one try may take.
const TIMEOUT: Duration = Duration::from_secs(10);

/// How long to wait before a second try.
const PAUSE: Duration = Duration::from_millis(300);

/// Largest answer that is read, in bytes.
const ANSWER_MAX: usize = 256 * 1024;

/// What a code was exchanged for.
#[derive(Debug)]
pub struct Tokens {
    /// Proof of the sign-in.
    pub id_token: Sensitive<String>,
    /// Opens the person's data.
    pub access_token: Sensitive<String>,
}

type Answer = Result<(StatusCode, Bytes), SendError>;

/// Exchanges a code; `state` is the token request's own.
///
/// The code works once, so the request is repeated only where ESIA can't have seen it.
///
/// # Errors
/// `Session` for a used or expired code, `State` for an answer to another request, `Token` for an answer without tokens,
/// else as [`refused::of_esia`] reads ESIA's error; `Unavailable` for everything else.
pub async fn exchange(url: &str, form: String, state: &str) -> Result<Tokens, Refused> {
    let request = || {
        Request::post(url)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(ACCEPT, "application/json")
            .body(Body::from(form.clone()))
    };
    let unseen = |answer: &Answer| answer.as_ref().is_err_and(|error| error.unsent);
    let (status, body) = send(Step::Token, request, unseen).await?;
    read_tokens(status, &body, state)
}

/// Reads the person's data, as JSON not yet looked at.
///
/// # Errors
/// `Session` where the access token is over, `Rejected` where our system has no right to the data, else `Unavailable`.
pub async fn person(url: &str, access_token: &str) -> Result<Bytes, Refused> {
    let request = || {
        Request::get(url)
            .header(AUTHORIZATION, format!("Bearer {access_token}"))
            .header(ACCEPT, "application/json")
            .body(Body::empty())
    };
    // The code is used up by now: a hiccup must not cost the person the act.
    let hiccup = |answer: &Answer| match answer {
        Ok((status, body)) => status.is_server_error() || !is_json(body),
        Err(_) => true,
    };
    let (status, body) = send(Step::Person, request, hiccup).await?;
    read_person(status, body)
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
        log(Step::Token, status, None);
        return Err(Refused::Unavailable(Step::Token));
    };
    if let Some(error) = answer.error {
        let description = answer.error_description.unwrap_or_default();
        log(Step::Token, status, EsiaCode::read(&description));
        return Err(refused::of_esia(Step::Token, &error, &description));
    }
    if status != StatusCode::OK {
        log(Step::Token, status, None);
        return Err(Refused::Unavailable(Step::Token));
    }
    if answer.state.as_deref() != Some(state) {
        return Err(Refused::State);
    }
    match (answer.id_token, answer.access_token) {
        (Some(id), Some(access)) => Ok(Tokens {
            id_token: Sensitive::new(id),
            access_token: Sensitive::new(access),
        }),
        _ => Err(Refused::Token(TokenError::Form)),
    }
}

/// Reads the answer of the REST interface: the data, or `{"code": "ESIA-…", "message": …}`, alone or in an array.
fn read_person(status: StatusCode, body: Bytes) -> Result<Bytes, Refused> {
    #[derive(Deserialize)]
    struct Fault {
        code: String,
    }
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Faults {
        One(Fault),
        Many(Vec<Fault>),
    }
    if status == StatusCode::OK && is_json(&body) {
        return Ok(body);
    }
    let code = match serde_json::from_slice(&body) {
        Ok(Faults::One(fault)) => EsiaCode::read(&fault.code),
        Ok(Faults::Many(faults)) => faults.first().and_then(|fault| EsiaCode::read(&fault.code)),
        Err(_) => None,
    };
    log(Step::Person, status, code);
    Err(match code.map(|code| code.to_string()).as_deref() {
        // expiredToken: the person took no time, ESIA did. Another sign-in brings another token.
        Some("ESIA-005013") => Refused::Session,
        // scopeNotAllowed: our system may not ask for this.
        Some("ESIA-005029") => Refused::Rejected(code),
        // invalidToken of a token that ESIA has just given out, and anything else, is its own trouble.
        _ => Refused::Unavailable(Step::Person),
    })
}

/// Sends a request, and once more where the answer asks for it.
async fn send(
    step: Step,
    request: impl Fn() -> axum::http::Result<Request<Body>>,
    again: impl Fn(&Answer) -> bool,
) -> Result<(StatusCode, Bytes), Refused> {
    let mut answer = outbound::send(request(), ANSWER_MAX, TIMEOUT).await;
    if again(&answer) {
        spin_sdk::time::sleep(PAUSE).await;
        answer = outbound::send(request(), ANSWER_MAX, TIMEOUT).await;
    }
    answer.map_err(|what| {
        eprintln!("error at esia {}: {what}", step.as_str());
        Refused::Unavailable(step)
    })
}

fn is_json(body: &[u8]) -> bool {
    serde_json::from_slice::<IgnoredAny>(body).is_ok()
}

fn log(step: Step, status: StatusCode, code: Option<EsiaCode>) {
    let code = code.map_or_else(|| "no code".into(), |code| code.to_string());
    eprintln!("error at esia {}: status {status}, {code}", step.as_str());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(status: u16, body: &str) -> Result<Tokens, Refused> {
        read_tokens(StatusCode::from_u16(status).unwrap(), body.as_bytes(), "s1")
    }

    fn read_rest(status: u16, body: &str) -> Result<Bytes, Refused> {
        let status = StatusCode::from_u16(status).unwrap();
        read_person(status, Bytes::copy_from_slice(body.as_bytes()))
    }

    #[test]
    fn both_forms_of_expires_in() {
        for expires in ["3600", "\"3600\"", "null", "{}"] {
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
    fn whatever_else_the_token_endpoint_says() {
        let down = || Refused::Unavailable(Step::Token);
        let whole = r#"{"id_token":"i","access_token":"a","state":"s1"}"#;
        for (status, body, refused) in [
            (200, "<html>", down()),
            (200, &whole[..30], down()),
            (200, "", down()),
            (200, "[]", down()),
            (
                200,
                r#"{"id_token":1,"access_token":"a","state":"s1"}"#,
                down(),
            ),
            (
                200,
                r#"{"id_token":"i","id_token":"j","access_token":"a","state":"s1"}"#,
                down(),
            ),
            (500, "", down()),
            (503, whole, down()),
            (302, whole, down()),
            (
                500,
                r#"{"error":"server_error","error_description":"ESIA-007007: x"}"#,
                down(),
            ),
            (
                400,
                r#"{"error":"invalid_grant","error_description":"ESIA-007011: x"}"#,
                Refused::Session,
            ),
            (
                400,
                r#"{"error":"access_denied","error_description":"ESIA-007053: x"}"#,
                Refused::Rejected(EsiaCode::read("ESIA-007053")),
            ),
            (400, r#"{"error":"invalid_grant"}"#, Refused::Session),
            (
                200,
                r#"{"id_token":"i","access_token":"a","state":"s2"}"#,
                Refused::State,
            ),
            (
                200,
                r#"{"id_token":"i","access_token":"a"}"#,
                Refused::State,
            ),
            (
                200,
                r#"{"access_token":"a","state":"s1"}"#,
                Refused::Token(TokenError::Form),
            ),
        ] {
            assert_eq!(read(status, body).unwrap_err(), refused, "{status} {body}");
        }
    }

    #[test]
    fn rest_errors_alone_and_in_arrays() {
        let down = || Refused::Unavailable(Step::Person);
        let denied = Refused::Rejected(EsiaCode::read("ESIA-005029"));
        for (status, code, refused) in [
            (401, "ESIA-005011", down()),
            (401, "ESIA-005013", Refused::Session),
            (403, "ESIA-005029", denied),
            (401, "ESIA-009999", down()),
            (401, "", down()),
        ] {
            let one = format!(r#"{{"code":"{code}","message":"SecurityErrorEnum.x"}}"#);
            for body in [&one, &format!("[{one}]")] {
                assert_eq!(read_rest(status, body).unwrap_err(), refused, "{body}");
            }
        }
        for (status, body) in [
            (200, "<html>"),
            (200, r#"{"firstName":"Мар"#),
            (200, ""),
            (502, r#"{"firstName":"Мария"}"#),
            (404, "{}"),
            (401, "[]"),
            (401, "{\"code\":5011}"),
        ] {
            assert_eq!(read_rest(status, body).unwrap_err(), down(), "{body}");
        }
        assert!(read_rest(200, r#"{"firstName":"Мария"}"#).is_ok());
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
