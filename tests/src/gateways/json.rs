//! An adapter of a gateway, as `docs/sms.md` describes it.

use anyhow::Result;
use serde_json::{Value, json};

use super::{Memory, Message, Mode, broken, common, parts, sleep};
use crate::production::digest;
use crate::server::{Answer, Request, serve};

/// An adapter with one account.
#[derive(Debug)]
pub struct Json {
    /// Where it answers.
    pub url: String,
    memory: Memory,
}

common!(Json);

impl Json {
    /// The bearer token.
    pub const TOKEN: &str = "token-of-the-adapter";
    /// What its receipts are signed with.
    pub const SECRET: &str = "secret-of-receipts";

    /// Begins to answer; lives as long as the process.
    ///
    /// # Errors
    /// When no port is free.
    pub fn start() -> Result<Self> {
        let memory = Memory::default();
        "900".clone_into(&mut memory.lock().balance);
        let its = memory.clone();
        let url = serve(move |request| Ok(answer(&its, &request)))?;
        Ok(Self { url, memory })
    }

    /// Variables that name it.
    pub fn variables(&self) -> Vec<(&'static str, String)> {
        vec![
            ("SMS_JSON_URL", self.url.clone()),
            ("SMS_JSON_TOKEN", Self::TOKEN.to_owned()),
            ("SMS_JSON_SENDER", "Clinic".to_owned()),
            ("SMS_JSON_RECEIPT_SECRET", Self::SECRET.to_owned()),
        ]
    }

    /// A receipt's body, and the signature of that body at a time in Unix seconds.
    ///
    /// # Errors
    /// When OpenSSL makes no digest.
    pub fn receipt(message: &Message, state: &str, at: i64) -> Result<(String, String)> {
        let body = json!({ "reference": message.id, "state": state, "cost": "3.99" }).to_string();
        let options = ["-sha256", "-hmac", Self::SECRET];
        let signature = format!("v1={}", digest(&options, &format!("{at}.{body}"))?);
        Ok((body, signature))
    }
}

fn answer(memory: &Memory, request: &Request) -> Answer {
    let mode = memory.ask(&request.path);
    if mode == Mode::Broken {
        return broken();
    }
    if request.authorization != format!("Bearer {}", Json::TOKEN) {
        return refusal(401, &json!({}));
    }
    match (request.method.as_str(), request.path.as_str()) {
        ("POST", "/sms") => send(memory, request, mode),
        ("GET", "/sms/balance") => super::json(&json!({ "balance": memory.lock().balance })),
        ("GET", path) => status(memory, path.trim_start_matches("/sms/")),
        _ => refusal(405, &json!({})),
    }
}

fn send(memory: &Memory, request: &Request, mode: Mode) -> Answer {
    let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
    let field = |name: &str| body[name].as_str().unwrap_or_default();
    let (reference, to, text) = (field("reference"), field("to"), field("text"));
    let media = request.content_type == "application/json";
    if !media
        || reference.is_empty()
        || !to.starts_with('+')
        || body["parts"] != parts(text)
        || field("sender") != "Clinic"
    {
        return refusal(400, &json!({ "reason": "request" }));
    }
    match mode {
        Mode::Hangs(milliseconds) => {
            sleep(milliseconds);
            return broken();
        }
        Mode::Refuses(code) => {
            return refusal(
                422,
                &json!({ "reason": "no_money", "code": code.to_string() }),
            );
        }
        _ => {}
    }
    {
        let mut state = memory.lock();
        if !state.messages.iter().any(|message| message.id == reference) {
            state.messages.push(Message {
                id: reference.to_owned(),
                to: to.to_owned(),
                text: text.to_owned(),
                status: 0,
            });
        }
    }
    if let Mode::TakesAndHangs(milliseconds) = mode {
        sleep(milliseconds);
    }
    super::json(
        &json!({ "id": format!("g-{reference}"), "parts": parts(text), "cost": "8.30", "balance": "891.7" }),
    )
}

fn status(memory: &Memory, reference: &str) -> Answer {
    let state = memory.lock();
    let found = state
        .messages
        .iter()
        .find(|message| message.id == reference);
    match found.map(|message| message.status) {
        None => refusal(404, &json!({})),
        Some(0) => super::json(&json!({ "state": "queued" })),
        Some(1) => super::json(&json!({ "state": "delivered", "at": "2026-11-28T11:00:00Z" })),
        Some(_) => super::json(&json!({ "state": "failed", "reason": "expired", "code": "TTL" })),
    }
}

fn refusal(status: u16, body: &Value) -> Answer {
    Answer {
        status,
        ..super::json(body)
    }
}
