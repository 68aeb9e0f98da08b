//! SMSC.ru: `/sys/send.php`, `/sys/status.php`, `/sys/balance.php`, and its signed receipts.

use std::collections::BTreeMap;

use anyhow::Result;
use serde_json::{Value, json};
use url::form_urlencoded;

use super::{Memory, Message, Mode, broken, common, parts, sleep};
use crate::production::digest;
use crate::server::{Answer, Request, serve};

/// SMSC.ru with one account.
#[derive(Debug)]
pub struct Smsc {
    /// Where it answers.
    pub url: String,
    memory: Memory,
}

common!(Smsc);

type Form = BTreeMap<String, String>;

impl Smsc {
    /// The account.
    pub const LOGIN: &str = "clinic";
    /// Its password: the form must be encoded.
    pub const PASSWORD: &str = "пароль&+ %";
    /// What its receipts are signed with.
    pub const SECRET: &str = "secret-of-the-handler";

    /// Begins to answer; lives as long as the process.
    ///
    /// # Errors
    /// When no port is free.
    pub fn start() -> Result<Self> {
        let memory = Memory::default();
        "100.50".clone_into(&mut memory.lock().balance);
        let its = memory.clone();
        let url = serve(move |request| Ok(answer(&its, &request)))?;
        Ok(Self { url, memory })
    }

    /// Variables that name it.
    pub fn variables(&self) -> Vec<(&'static str, String)> {
        vec![
            ("SMSC_URL", self.url.clone()),
            ("SMSC_LOGIN", Self::LOGIN.to_owned()),
            ("SMSC_PASSWORD", Self::PASSWORD.to_owned()),
            ("SMSC_RECEIPT_SECRET", Self::SECRET.to_owned()),
        ]
    }

    /// The form of a receipt as it posts it.
    ///
    /// # Errors
    /// When OpenSSL makes no digest.
    pub fn receipt(message: &Message, status: i64) -> Result<String> {
        let phone = message.to.trim_start_matches('+');
        let signed = format!("{}:{phone}:{status}:{}", message.id, Self::SECRET);
        let pairs = [
            ("id", message.id.clone()),
            ("phone", phone.to_owned()),
            ("status", status.to_string()),
            ("time", "28.11.2026 12:00:00".to_owned()),
            ("err", "0".to_owned()),
            ("cnt", parts(&message.text).to_string()),
            ("md5", digest(&["-md5"], &signed)?),
        ];
        Ok(form_urlencoded::Serializer::new(String::new())
            .extend_pairs(pairs)
            .finish())
    }
}

fn answer(memory: &Memory, request: &Request) -> Answer {
    let mode = memory.ask(&request.path);
    if mode == Mode::Broken {
        return broken();
    }
    let form = match form(request) {
        Ok(form) => form,
        Err(code) => return error(code),
    };
    match request.path.as_str() {
        "/sys/send.php" => send(memory, &form, mode),
        "/sys/status.php" => status(memory, &form),
        "/sys/balance.php" => super::json(&json!({ "balance": memory.lock().balance })),
        _ => Answer {
            status: 404,
            ..error(1)
        },
    }
}

/// The form, where account and forms of answer are right.
fn form(request: &Request) -> Result<Form, i64> {
    let media = request.content_type.split(';').next().unwrap_or_default();
    if request.method != "POST" || media != "application/x-www-form-urlencoded" {
        return Err(1);
    }
    let mut form = Form::new();
    for (name, value) in form_urlencoded::parse(&request.body) {
        if form.insert(name.into_owned(), value.into_owned()).is_some() {
            return Err(1);
        }
    }
    let is = |name: &str, value: &str| form.get(name).is_some_and(|given| given == value);
    if !is("login", Smsc::LOGIN) || !is("psw", Smsc::PASSWORD) {
        return Err(2);
    }
    if !is("fmt", "3") || !is("charset", "utf-8") {
        return Err(1);
    }
    Ok(form)
}

fn send(memory: &Memory, form: &Form, mode: Mode) -> Answer {
    const KNOWN: [&str; 9] = [
        "login", "psw", "fmt", "charset", "phones", "mes", "id", "cost", "sender",
    ];
    let field = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
    let (phone, text, id) = (field("phones"), field("mes"), field("id"));
    let id_fits = id
        .parse::<u32>()
        .is_ok_and(|id| (1..=0x7fff_ffff).contains(&id));
    if form.keys().any(|name| !KNOWN.contains(&name.as_str()))
        || text.is_empty()
        || !id_fits
        || field("cost") != "3"
    {
        return error(1);
    }
    let digits = phone.strip_prefix('+').unwrap_or_default();
    if digits.len() != 11 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return error(7);
    }
    match mode {
        Mode::Refuses(code) => return error(code),
        Mode::Hangs(milliseconds) => {
            sleep(milliseconds);
            return broken();
        }
        _ => {}
    }
    let taken = {
        let mut state = memory.lock();
        let same = |message: &Message| message.to == phone && message.text == text;
        if state.messages.iter().any(same) {
            return error(9);
        }
        state.messages.push(Message {
            id: id.to_owned(),
            to: phone.to_owned(),
            text: text.to_owned(),
            status: 0,
        });
        let parts = parts(text);
        let cost = format!("{}.{:02}", parts * 412 / 100, parts * 412 % 100);
        let id: u32 = id.parse().unwrap_or_default();
        json!({ "id": id, "cnt": parts, "cost": cost, "balance": state.balance })
    };
    if let Mode::TakesAndHangs(milliseconds) = mode {
        sleep(milliseconds);
    }
    super::json(&taken)
}

fn status(memory: &Memory, form: &Form) -> Answer {
    let field = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
    let state = memory.lock();
    // Of two messages with one id it tells of the last.
    let found = state.messages.iter().rev().find(|message| {
        message.id == field("id")
            && message.to.trim_start_matches('+') == field("phone").trim_start_matches('+')
    });
    match found {
        Some(message) => super::json(&json!({
            "status": message.status, "last_date": "28.11.2026 12:00:00", "last_timestamp": 1_795_867_200,
            "cost": "4.12", "status_name": "…",
        })),
        None => error(3),
    }
}

fn error(code: i64) -> Answer {
    let value: Value = json!({ "error": "описание ошибки", "error_code": code });
    super::json(&value)
}
