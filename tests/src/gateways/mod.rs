//! Stand-ins of SMS gateways, as strict as their documentation (`docs/sms.md`), which can be told to fail.

mod json;
mod smsc;
mod smsru;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use serde_json::Value;

use crate::server::Answer;

pub use json::Json;
pub use smsc::Smsc;
pub use smsru::SmsRu;

/// How a gateway behaves from now on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// As documented.
    #[default]
    Works,
    /// Refuses every message with this code of its own.
    Refuses(i64),
    /// Takes messages, but answers so many milliseconds later.
    TakesAndHangs(u64),
    /// Takes nothing, and answers so many milliseconds later.
    Hangs(u64),
    /// Answers 502 with a page.
    Broken,
}

/// A message that a gateway has.
#[derive(Clone, Debug)]
pub struct Message {
    /// Its id there, or ours where the gateway takes one.
    pub id: String,
    /// As it was asked for.
    pub to: String,
    /// Its words.
    pub text: String,
    /// The status that is told.
    pub status: i64,
}

/// What a gateway knows.
#[derive(Debug, Default)]
struct State {
    mode: Mode,
    messages: Vec<Message>,
    /// Requests by path.
    asked: BTreeMap<String, usize>,
    balance: String,
}

/// A gateway's memory, shared with its server.
#[derive(Clone, Debug, Default)]
struct Memory(Arc<Mutex<State>>);

impl Memory {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a request; how to behave.
    fn ask(&self, path: &str) -> Mode {
        let mut state = self.lock();
        *state.asked.entry(path.to_owned()).or_default() += 1;
        state.mode
    }
}

/// What every gateway can be asked and told; the same for all three.
macro_rules! common {
    ($gateway:ty) => {
        impl $gateway {
            /// Changes how it behaves.
            pub fn set(&self, mode: Mode) {
                self.memory.lock().mode = mode;
            }

            /// Messages that it has, oldest first.
            pub fn messages(&self) -> Vec<Message> {
                self.memory.lock().messages.clone()
            }

            /// Messages to a phone in E.164.
            pub fn messages_to(&self, phone: &str) -> Vec<Message> {
                let digits = phone.trim_start_matches('+');
                let mut messages = self.messages();
                messages.retain(|message| message.to.trim_start_matches('+') == digits);
                messages
            }

            /// Every message to a phone has this status from now on.
            pub fn tell(&self, phone: &str, status: i64) {
                let digits = phone.trim_start_matches('+');
                let mut state = self.memory.lock();
                let messages = state.messages.iter_mut();
                for message in messages.filter(|m| m.to.trim_start_matches('+') == digits) {
                    message.status = status;
                }
            }

            /// How often a path was asked for.
            pub fn asked(&self, path: &str) -> usize {
                self.memory.lock().asked.get(path).copied().unwrap_or(0)
            }

            /// What is left on the account, in rubles.
            pub fn set_balance(&self, balance: &str) {
                balance.clone_into(&mut self.memory.lock().balance);
            }
        }
    };
}
use common;

/// The SMS that a text in Cyrillic takes.
fn parts(text: &str) -> usize {
    match text.encode_utf16().count() {
        ..=70 => 1,
        length => length.div_ceil(67),
    }
}

fn json(value: &Value) -> Answer {
    Answer {
        status: 200,
        content_type: "application/json; charset=utf-8",
        more_headers: String::new(),
        body: value.to_string().into_bytes(),
    }
}

fn broken() -> Answer {
    Answer {
        status: 502,
        content_type: "text/html",
        more_headers: String::new(),
        body: b"<html>Bad gateway</html>".to_vec(),
    }
}

fn sleep(milliseconds: u64) {
    thread::sleep(Duration::from_millis(milliseconds));
}
