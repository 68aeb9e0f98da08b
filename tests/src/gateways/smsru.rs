//! SMS.ru: `/sms/send`, `/sms/status`, `/my/balance`, and its signed receipts.

use std::collections::BTreeMap;

use anyhow::Result;
use serde_json::{Value, json};
use url::form_urlencoded;

use super::{Memory, Message, Mode, broken, common, sleep};
use crate::production::digest;
use crate::server::{Answer, Request, serve};

/// SMS.ru with one account.
#[derive(Debug)]
pub struct SmsRu {
    /// Where it answers.
    pub url: String,
    memory: Memory,
}

common!(SmsRu);

type Form = BTreeMap<String, String>;

impl SmsRu {
    /// The account.
    pub const API_ID: &str = "24EE3A41-98A6-A84F-13FF-85F6204E142A";

    /// Begins to answer; lives as long as the process.
    ///
    /// # Errors
    /// When no port is free.
    pub fn start() -> Result<Self> {
        let memory = Memory::default();
        "4122.56".clone_into(&mut memory.lock().balance);
        let its = memory.clone();
        let url = serve(move |request| Ok(answer(&its, &request)))?;
        Ok(Self { url, memory })
    }

    /// Variables that name it.
    pub fn variables(&self) -> Vec<(&'static str, String)> {
        vec![
            ("SMSRU_URL", self.url.clone()),
            ("SMSRU_API_ID", Self::API_ID.to_owned()),
        ]
    }

    /// The form of a receipt as it posts it: with an entry of another kind before it.
    ///
    /// # Errors
    /// When OpenSSL makes no digest.
    pub fn receipt(message: &Message, status: i64) -> Result<String> {
        let entries = [
            "callcheck_status\n1\n401\n1795867200".to_owned(),
            format!("sms_status\n{}\n{status}\n1795867200", message.id),
        ];
        let hash = digest(
            &["-sha256"],
            &format!("{}{}", Self::API_ID, entries.concat()),
        )?;
        let mut form = form_urlencoded::Serializer::new(String::new());
        for (number, entry) in entries.iter().enumerate() {
            form.append_pair(&format!("data[{number}]"), entry);
        }
        Ok(form.append_pair("hash", &hash).finish())
    }
}

fn answer(memory: &Memory, request: &Request) -> Answer {
    let mode = memory.ask(&request.path);
    if mode == Mode::Broken {
        return broken();
    }
    let media = request.content_type.split(';').next().unwrap_or_default();
    if request.method != "POST" || media != "application/x-www-form-urlencoded" {
        return error(210);
    }
    let mut form = Form::new();
    for (name, value) in form_urlencoded::parse(&request.body) {
        form.insert(name.into_owned(), value.into_owned());
    }
    if form.get("api_id").is_none_or(|id| id != SmsRu::API_ID) {
        return error(200);
    }
    if form.get("json").is_none_or(|json| json != "1") {
        return broken();
    }
    match request.path.as_str() {
        "/sms/send" => send(memory, &form, mode),
        "/sms/status" => status(memory, &form),
        "/my/balance" => {
            let balance: Value = serde_json::from_str(&memory.lock().balance).unwrap_or_default();
            super::json(&json!({ "status": "OK", "status_code": 100, "balance": balance }))
        }
        _ => error(211),
    }
}

fn send(memory: &Memory, form: &Form, mode: Mode) -> Answer {
    let field = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
    let (to, text) = (field("to"), field("msg"));
    match mode {
        Mode::Hangs(milliseconds) => {
            sleep(milliseconds);
            return broken();
        }
        // Refusals of a request stand at the top, those of one message inside.
        Mode::Refuses(code @ (200 | 201 | 220 | 300..=302 | 500)) => return error(code),
        _ => {}
    }
    let mut state = memory.lock();
    let same = |message: &Message| message.to == to && message.text == text;
    let code = match mode {
        Mode::Refuses(code) => code,
        _ if to.len() != 11 || !to.bytes().all(|b| b.is_ascii_digit()) => 202,
        _ if text.is_empty() => 203,
        _ if state.messages.iter().any(same) => 231,
        _ => 100,
    };
    let message = if code == 100 {
        let id = format!("202648-{}", 1_000_000 + state.messages.len());
        state.messages.push(Message {
            id: id.clone(),
            to: to.to_owned(),
            text: text.to_owned(),
            status: 100,
        });
        json!({ "status": "OK", "status_code": 100, "sms_id": id, "cost": "4.30" })
    } else {
        json!({ "status": "ERROR", "status_code": code, "status_text": "…" })
    };
    let balance: Value = serde_json::from_str(&state.balance).unwrap_or_default();
    drop(state);
    if let Mode::TakesAndHangs(milliseconds) = mode {
        sleep(milliseconds);
    }
    super::json(
        &json!({ "status": "OK", "status_code": 100, "sms": { to: message }, "balance": balance }),
    )
}

fn status(memory: &Memory, form: &Form) -> Answer {
    let id = form.get("sms_id").cloned().unwrap_or_default();
    let state = memory.lock();
    let found = state.messages.iter().find(|message| message.id == id);
    let message = json!({
        "status": "OK", "status_code": found.map_or(-1, |message| message.status), "cost": "4.30", "status_text": "…",
    });
    super::json(
        &json!({ "status": "OK", "status_code": 100, "sms": { id: message }, "balance": 4122.56 }),
    )
}

fn error(code: i64) -> Answer {
    super::json(&json!({ "status": "ERROR", "status_code": code, "status_text": "…" }))
}
