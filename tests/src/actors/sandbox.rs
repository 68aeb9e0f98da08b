//! The messages that would have been sent.

use anyhow::{Context as _, Result};
use serde_json::Value;

use crate::client::Client;
use crate::wait_for;

/// Reads `/sandbox/messages`.
#[derive(Debug)]
pub struct Sandbox {
    client: Client,
}

impl Sandbox {
    pub(crate) const fn new(client: Client) -> Self {
        Self { client }
    }

    /// Messages to a phone, newest first.
    ///
    /// # Errors
    /// When they can't be read.
    pub fn messages(&mut self, phone: &str) -> Result<Vec<Value>> {
        let path = format!("/sandbox/messages?to={}", phone.replace('+', "%2B"));
        let list = self.client.get(&path)?.expect(200)?.json()?;
        list["items"].as_array().cloned().context("no items")
    }

    /// Waits for a message with a link to that phone; the link.
    ///
    /// # Errors
    /// When none comes.
    pub fn link(&mut self, phone: &str) -> Result<String> {
        wait_for(&format!("an SMS to {phone}"), || {
            let texts = self.messages(phone)?;
            let words = texts
                .iter()
                .filter_map(|message| message["text"].as_str())
                .flat_map(str::split_whitespace);
            Ok(words
                .filter(|word| word.contains("/d/#") || word.contains("/c/#"))
                .map(str::to_owned)
                .next())
        })
    }
}
