//! An e-mail service over HTTP, as strict as `docs/email.md` describes it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::Result;
use serde_json::{Value, json};

use crate::server::{Answer, Request, serve};
use crate::wait_for;

const TOKEN: &str = "token-of-the-mail-service";
const PATH: &str = "/v1/letters";

/// A running service; its server lives as long as the process.
#[derive(Clone, Debug)]
pub struct MailService {
    url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

/// A request, and what it got.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The letter, or null where it was none.
    pub letter: Value,
    /// Status of the answer.
    pub status: u16,
}

impl MailService {
    /// Starts one. What it does with a letter, its recipient's name says: `later` and `busy` get 429 and 503 at first, `moved` a
    /// redirect, `nobody` 422, `outage` always 503; others are taken.
    ///
    /// # Errors
    /// When no port is free.
    pub fn start() -> Result<Self> {
        let asked = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&asked);
        let url = serve(move |request| {
            let mut kept = lock(&kept);
            let letter = serde_json::from_slice(&request.body).unwrap_or_default();
            let (status, more_headers) = judge(&request, &letter, &kept);
            kept.push(Asked { letter, status });
            Ok(Answer {
                status,
                content_type: "application/json",
                more_headers: more_headers.to_owned(),
                body: json!({ "status": status }).to_string().into_bytes(),
            })
        })?;
        Ok(Self { url, asked })
    }

    /// Variables of an installation that sends by it.
    pub fn variables(&self) -> Vec<(&'static str, String)> {
        vec![
            ("MAIL_SERVICE_URL", self.url.clone()),
            ("MAIL_SERVICE_PATH", PATH.to_owned()),
            ("MAIL_SERVICE_TOKEN", TOKEN.to_owned()),
            ("MAIL_FROM", "no-reply@sign.example".to_owned()),
            ("MAIL_REPLY_TO", "help@sign.example".to_owned()),
        ]
    }

    /// All requests about letters to an address, oldest first.
    pub fn asked(&self, to: &str) -> Vec<Asked> {
        let mut asked = lock(&self.asked).clone();
        asked.retain(|asked| asked.letter["to"] == to);
        asked
    }

    /// Waits until so many have come.
    ///
    /// # Errors
    /// When they don't.
    pub fn wait(&self, to: &str, count: usize) -> Result<Vec<Asked>> {
        wait_for(&format!("{count} letters to {to}"), || {
            let asked = self.asked(to);
            Ok((asked.len() >= count).then_some(asked))
        })
    }

    /// How many requests there were at all.
    pub fn count(&self) -> usize {
        lock(&self.asked).len()
    }
}

/// Status, and whole lines of headers.
fn judge(request: &Request, letter: &Value, before: &[Asked]) -> (u16, &'static str) {
    if request.path != PATH {
        return (404, "");
    }
    if request.method != "POST" {
        return (405, "");
    }
    if request.authorization != format!("Bearer {TOKEN}") {
        return (401, "");
    }
    if request.content_type != "application/json" {
        return (415, "");
    }
    if !is_letter(letter) {
        return (400, "");
    }
    let to = letter["to"].as_str().unwrap_or_default();
    let first = before.iter().all(|asked| asked.letter["to"] != to);
    match to.split('@').next().unwrap_or_default() {
        "later" if first => (429, "retry-after: 2\r\n"),
        "busy" if first => (503, ""),
        "moved" if first => (302, "location: http://localhost:1/\r\n"),
        "nobody" => (422, ""),
        "outage" => (503, ""),
        _ => (202, ""),
    }
}

/// Exactly the fields that are described, of the right types.
fn is_letter(letter: &Value) -> bool {
    let fields = [
        "id",
        "message_id",
        "from",
        "reply_to",
        "to",
        "subject",
        "text",
        "html",
        "headers",
    ];
    let texts = ["id", "message_id", "to", "subject", "text", "html"];
    let keys = |value: &Value| {
        value
            .as_object()
            .map(|map| map.keys().cloned().collect::<Vec<_>>())
    };
    let mut names = keys(letter).unwrap_or_default();
    names.sort_unstable();
    let mut known = fields.to_vec();
    known.sort_unstable();
    let id = letter["id"].as_str().unwrap_or_default();
    names == known
        && texts
            .iter()
            .all(|name| letter[*name].as_str().is_some_and(|text| !text.is_empty()))
        && letter["message_id"]
            .as_str()
            .is_some_and(|text| text.starts_with(&format!("{id}@")))
        && letter["from"]["name"].is_string()
        && letter["from"]["email"].is_string()
        && (letter["reply_to"].is_string() || letter["reply_to"].is_null())
        && letter["headers"]
            .as_object()
            .is_some_and(|headers| headers.values().all(Value::is_string))
}

fn lock(asked: &Mutex<Vec<Asked>>) -> MutexGuard<'_, Vec<Asked>> {
    asked.lock().unwrap_or_else(PoisonError::into_inner)
}
