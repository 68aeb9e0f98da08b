//! A push service (RFC 8030), as strict as those of browsers, and browsers that read what it gets.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Instant;

use anyhow::{Context as _, Result, anyhow, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::server::{Answer, Request, serve};

/// Largest body that services take (RFC 8030 section 7.2).
const BODY_MAX: usize = 4096;

/// Longest time, in seconds, that the largest service keeps a message.
const TTL_MAX: u64 = 2_419_200;

/// A push service; its server lives as long as the process.
#[derive(Clone, Debug)]
pub struct PushService {
    /// Where it answers.
    pub url: String,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    /// What it answers next, before it takes anything again.
    answers: Vec<(u16, &'static str)>,
    /// The keys that subscriptions are restricted to (RFC 8292 section 4), by path.
    keys: BTreeMap<String, String>,
    got: Vec<Got>,
}

/// A message as the service got it.
#[derive(Clone, Debug)]
pub struct Got {
    /// Path of the subscription.
    pub path: String,
    /// Headers by their names in lower case.
    pub headers: BTreeMap<String, String>,
    /// The encrypted body.
    pub body: Vec<u8>,
    /// What the service answered.
    pub status: u16,
    /// When it came.
    pub at: Instant,
}

/// A browser that has subscribed, with the secrets that only it knows.
#[derive(Clone, Debug)]
pub struct Browser {
    /// Address of its subscription.
    pub endpoint: String,
    keys: Value,
}

/// What a browser reads, and whose word it has for that.
#[derive(Clone, Debug)]
pub struct Opened {
    /// The message.
    pub message: Value,
    /// The sender's key, base64url.
    pub key: String,
    /// What the sender's token says.
    pub claims: Value,
}

impl PushService {
    /// Starts one.
    ///
    /// # Errors
    /// When no port is free.
    pub fn start() -> Result<Self> {
        let state = Arc::new(Mutex::new(State::default()));
        let shared = Arc::clone(&state);
        let url = serve(move |request| {
            let mut state = lock(&shared)?;
            let (status, more) = state.judge(&request);
            state.got.push(Got {
                path: request.path.clone(),
                headers: request.headers,
                body: request.body,
                status,
                at: Instant::now(),
            });
            let location = format!("location: {}/message\r\n", request.path);
            Ok(Answer {
                status,
                content_type: "text/plain",
                more_headers: if status == 201 { location } else { more.into() },
                body: Vec::new(),
            })
        })?;
        Ok(Self { url, state })
    }

    /// A new browser, which takes messages of the holder of `key` only.
    ///
    /// # Errors
    /// Without the witness's packages.
    pub fn browser(&self, path: &str, key: &str) -> Result<Browser> {
        let mut state = lock(&self.state)?;
        state.keys.insert(path.to_owned(), key.to_owned());
        Ok(Browser {
            endpoint: format!("{}{path}", self.url),
            keys: witness("keys", &Value::Null)?,
        })
    }

    /// What it answers to the next messages: status, and a whole line of a header or nothing.
    ///
    /// # Errors
    /// When a thread of the service has died.
    pub fn answer_next(&self, answers: &[(u16, &'static str)]) -> Result<()> {
        lock(&self.state)?.answers = answers.iter().rev().copied().collect();
        Ok(())
    }

    /// All that it got for a browser, oldest first.
    ///
    /// # Errors
    /// When a thread of the service has died.
    pub fn got(&self, browser: &Browser) -> Result<Vec<Got>> {
        let state = lock(&self.state)?;
        let of = |got: &&Got| browser.endpoint.ends_with(&got.path);
        Ok(state.got.iter().filter(of).cloned().collect())
    }
}

impl State {
    /// Status and a further header.
    fn judge(&mut self, request: &Request) -> (u16, &'static str) {
        if let Some(answer) = self.answers.pop() {
            return answer;
        }
        let header = |name: &str| request.headers.get(name).map_or("", String::as_str);
        let Some(key) = self.keys.get(&request.path) else {
            return (404, "");
        };
        if request.method != "POST" {
            return (405, "");
        }
        if request.body.len() > BODY_MAX {
            return (413, "");
        }
        // RFC 8292 section 2: who sends must say so; a key of somebody else is refused.
        let said = request.authorization.strip_prefix("vapid ");
        match said.map(|said| said.ends_with(&format!("k={key}"))) {
            None => return (401, ""),
            Some(false) => return (403, ""),
            Some(true) => {}
        }
        let ttl = header("ttl").parse().is_ok_and(|ttl: u64| ttl <= TTL_MAX);
        let base64url = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        let topic = header("topic");
        let topic = topic.len() <= 32 && topic.bytes().all(base64url);
        let urgency = ["", "very-low", "low", "normal", "high"].contains(&header("urgency"));
        let encoding = header("content-encoding") == "aes128gcm";
        if ttl && topic && urgency && encoding {
            (201, "")
        } else {
            (400, "")
        }
    }
}

impl Browser {
    /// What a page tells the server of the subscription.
    pub fn subscription(&self) -> Value {
        json!({ "endpoint": self.endpoint, "p256dh": self.keys["p256dh"], "auth": self.keys["auth"] })
    }

    /// Reads a message, and checks whose it is.
    ///
    /// # Errors
    /// What the witness has against it.
    pub fn open(&self, got: &Got) -> Result<Opened> {
        let origin = self.endpoint.strip_suffix(&got.path);
        let opened = witness(
            "open",
            &json!({
                "private": self.keys["private"], "auth": self.keys["auth"],
                "body": URL_SAFE_NO_PAD.encode(&got.body),
                "authorization": got.headers.get("authorization"),
                "origin": origin.context("another browser's message")?,
            }),
        )?;
        Ok(Opened {
            message: serde_json::from_str(opened["text"].as_str().context("no text")?)?,
            key: opened["key"].as_str().context("no key")?.to_owned(),
            claims: opened["claims"].clone(),
        })
    }
}

/// Runs `tests/witness/web_push.py`.
fn witness(what: &str, input: &Value) -> Result<Value> {
    let installed = std::env::var_os("PODPIS_WITNESS").map(PathBuf::from).context(
        "the witness's packages are not installed: `cargo xtask test --only e2e` does it and says what fails",
    )?;
    let mut child = Command::new(installed.join("python/bin/python"))
        .arg(format!(
            "{}/witness/web_push.py",
            env!("CARGO_MANIFEST_DIR")
        ))
        .arg(what)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .context("python")?;
    let mut stdin = child.stdin.take().context("no stdin")?;
    stdin.write_all(input.to_string().as_bytes())?;
    drop(stdin);
    let output = child.wait_with_output()?;
    let complained = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "web_push.py {what}: {complained}");
    Ok(serde_json::from_slice(&output.stdout)?)
}

fn lock(state: &Mutex<State>) -> Result<MutexGuard<'_, State>> {
    state.lock().map_err(|_| anyhow!("a thread died"))
}
