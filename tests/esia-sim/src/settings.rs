//! How the simulator behaves until told otherwise: `POST /sim/settings`.

use crate::crypto::Algorithm;
use crate::pkce::Pkce;
use serde::{Deserialize, Deserializer, Serialize};

/// What stays until it is changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Settings {
    /// What tokens are signed with.
    pub token_alg: Algorithm,
    /// Whether v2 demands a proof key.
    pub pkce: Pkce,
    /// Whether a signed-in browser comes back without the login page, and with the old `auth_time`, as at ESIA.
    pub single_sign_on: bool,
    /// Whether only confirmed accounts may sign in: others get ESIA-007055.
    pub confirmed_only: bool,
    /// All of ESIA is out of order.
    pub down: Option<Down>,
    /// Milliseconds that [`Down::Slow`] takes.
    pub delay_ms: u64,
}

/// How all of ESIA is out of order. `/sim/` goes on working.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Down {
    /// Connections end without an answer.
    Refuse,
    /// Status 503 with an empty body.
    Error503,
    /// Status 200 with an HTML page.
    Html,
    /// Connections end in the middle of the answer.
    Half,
    /// Answers come late, by `delay_ms`.
    Slow,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            token_alg: Algorithm::Gost,
            pkce: Pkce::Off,
            single_sign_on: false,
            confirmed_only: false,
            down: None,
            delay_ms: 30_000,
        }
    }
}

/// Body of `POST /sim/settings`: what it names is changed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Change {
    token_alg: Option<Algorithm>,
    pkce: Option<Pkce>,
    single_sign_on: Option<bool>,
    confirmed_only: Option<bool>,
    #[serde(deserialize_with = "named")]
    down: Option<Option<Down>>,
    delay_ms: Option<u64>,
}

impl Settings {
    /// Takes over what `change` names.
    pub(crate) fn apply(&mut self, change: Change) {
        self.token_alg = change.token_alg.unwrap_or(self.token_alg);
        self.pkce = change.pkce.unwrap_or(self.pkce);
        self.single_sign_on = change.single_sign_on.unwrap_or(self.single_sign_on);
        self.confirmed_only = change.confirmed_only.unwrap_or(self.confirmed_only);
        self.down = change.down.unwrap_or(self.down);
        self.delay_ms = change.delay_ms.unwrap_or(self.delay_ms);
    }
}

/// Tells `null` from an absent field.
fn named<'de, D: Deserializer<'de>>(input: D) -> Result<Option<Option<Down>>, D::Error> {
    Option::deserialize(input).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn null_ends_an_outage_and_silence_keeps_it() {
        let mut settings = Settings::default();
        let mut apply = |text: &str| {
            settings.apply(serde_json::from_str(text).unwrap());
            settings.down
        };
        assert_eq!(apply(r#"{"down": "html"}"#), Some(Down::Html));
        assert_eq!(apply(r#"{"pkce": "required"}"#), Some(Down::Html));
        assert_eq!(apply(r#"{"down": null}"#), None);
        assert_eq!(settings.pkce, Pkce::Required);
    }
}
