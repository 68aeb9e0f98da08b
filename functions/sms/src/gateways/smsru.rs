//! SMS.ru, after its documentation (`sms.ru/api/send`, `/api/status`, `/api/balance`, `/api/callback`): `/sms/send`,
//! `/sms/status`, `/my/balance` with `json=1`, and the handler of statuses.
//!
//! SMS.ru takes no id of ours: whether it has a message that it gave no answer about, can't be asked. It refuses the same
//! text to the same number within a minute (231); nothing else keeps such a message from going out twice.

use super::answer::{About, Reason, Refused, Sent, Standing, Taken, Word};
use super::call::{self, Silence};
use super::money::Sum;
use podpis_shared::hash::hex;
use podpis_shared::{Sensitive, Timestamp};
use serde::Deserialize;
use serde_json::value::RawValue;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use subtle::ConstantTimeEq as _;

/// Entries of one call of the handler, as documented: up to 100.
const ENTRIES_MAX: usize = 100;

/// The code of a request, and of a message, that went well.
const OK: i64 = 100;

/// An account at SMS.ru.
#[derive(Debug)]
pub(crate) struct SmsRu {
    /// Without a slash at the end.
    pub(crate) url: String,
    pub(crate) api_id: Sensitive<String>,
    /// Empty: the account's own.
    pub(crate) sender: String,
}

#[derive(Deserialize)]
struct Answer<'a> {
    status_code: i64,
    #[serde(borrow, default)]
    sms: BTreeMap<String, Message<'a>>,
    #[serde(borrow)]
    balance: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Message<'a> {
    status_code: i64,
    sms_id: Option<String>,
    #[serde(borrow)]
    cost: Option<&'a RawValue>,
}

impl SmsRu {
    /// `/sms/send`: one number in digits, the text in UTF-8.
    pub(crate) async fn send(&self, to: &str, text: &str) -> Sent {
        let mut pairs = self.account();
        pairs.extend([("to", to.trim_start_matches('+')), ("msg", text)]);
        if !self.sender.is_empty() {
            pairs.push(("from", &self.sender));
        }
        match call::form(self.at("/sms/send"), &pairs, call::SENDING).await {
            Ok(body) => read_sent(&body),
            Err(Silence::Unsent(what)) => Sent::Refused(Refused::new(Reason::Down, what)),
            Err(Silence::Lost(what)) => Sent::Unknown(what),
        }
    }

    /// `/sms/status` by SMS.ru's own id.
    pub(crate) async fn status(&self, gateway_id: &str) -> Word {
        let mut pairs = self.account();
        pairs.push(("sms_id", gateway_id));
        match call::form(self.at("/sms/status"), &pairs, call::ASKING).await {
            Ok(body) => read_status(&body, gateway_id),
            Err(Silence::Unsent(what) | Silence::Lost(what)) => Word::of(Standing::Unknown(what)),
        }
    }

    /// `/my/balance`.
    pub(crate) async fn balance(&self) -> Result<Sum, Refused> {
        match call::form(self.at("/my/balance"), &self.account(), call::ASKING).await {
            Ok(body) => read_balance(&body),
            Err(Silence::Unsent(what) | Silence::Lost(what)) => {
                Err(Refused::new(Reason::Down, what))
            }
        }
    }

    /// The handler's form: `data[0]`, `data[1]` and so on, each some lines: `sms_status`, id, status, time; and `hash`, the
    /// SHA-256 of our `api_id` and all entries one after another. `None`: it is not SMS.ru's word. Entries of other kinds
    /// (`callcheck_status`, `test`) say nothing of messages.
    pub(crate) fn receipts(&self, body: &[u8]) -> Option<Vec<(About, Word)>> {
        let (mut hash, mut entries) = (String::new(), BTreeMap::new());
        for (name, value) in form_urlencoded::parse(body) {
            let number = name
                .strip_prefix("data[")
                .and_then(|rest| rest.strip_suffix(']'));
            match number.map(str::parse::<usize>) {
                Some(Ok(number)) => drop(entries.insert(number, value)),
                Some(Err(_)) => return None,
                None if name == "hash" => hash = value.to_ascii_lowercase(),
                None => {}
            }
        }
        let mut digest = Sha256::new();
        digest.update(self.api_id.expose().as_bytes());
        entries
            .values()
            .for_each(|entry| digest.update(entry.as_bytes()));
        let right = hex(&digest.finalize());
        if entries.len() > ENTRIES_MAX || !bool::from(right.as_bytes().ct_eq(hash.as_bytes())) {
            return None;
        }
        Some(
            entries
                .values()
                .filter_map(|entry| receipt(entry))
                .collect(),
        )
    }

    fn at(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }

    fn account(&self) -> Vec<(&str, &str)> {
        vec![("api_id", self.api_id.expose()), ("json", "1")]
    }
}

fn receipt(entry: &str) -> Option<(About, Word)> {
    let mut lines = entry.lines();
    if lines.next() != Some("sms_status") {
        return None;
    }
    let (id, status) = (lines.next()?, lines.next()?.parse().ok()?);
    let word = Word {
        standing: standing(status),
        at: lines
            .next()
            .and_then(|time| Some(Timestamp::from_unix(time.parse().ok()?))),
        cost: None,
    };
    Some((About::GatewayId(id.to_owned()), word))
}

fn read_sent(body: &[u8]) -> Sent {
    let Ok(answer) = serde_json::from_slice::<Answer<'_>>(body) else {
        return Sent::Unknown("no JSON".into());
    };
    if answer.status_code != OK {
        return Sent::Refused(refusal(answer.status_code));
    }
    let mut messages = answer.sms.into_values();
    match (messages.next(), messages.next()) {
        (Some(message), None) if message.status_code != OK => {
            Sent::Refused(refusal(message.status_code))
        }
        (
            Some(Message {
                sms_id: Some(id),
                cost,
                ..
            }),
            None,
        ) => Sent::Taken(Taken {
            gateway_id: id,
            parts: None,
            cost: Sum::of(cost),
            balance: Sum::of(answer.balance),
        }),
        _ => Sent::Unknown("not one message with its id".into()),
    }
}

fn read_status(body: &[u8], gateway_id: &str) -> Word {
    let Ok(answer) = serde_json::from_slice::<Answer<'_>>(body) else {
        return Word::of(Standing::Unknown("no JSON".into()));
    };
    match answer.sms.get(gateway_id) {
        Some(message) if answer.status_code == OK => Word {
            standing: standing(message.status_code),
            at: None,
            cost: Sum::of(message.cost),
        },
        _ => Word::of(Standing::Unknown(format!(
            "status_code {}",
            answer.status_code
        ))),
    }
}

fn read_balance(body: &[u8]) -> Result<Sum, Refused> {
    let Ok(answer) = serde_json::from_slice::<Answer<'_>>(body) else {
        return Err(Refused::new(Reason::Other, "no JSON"));
    };
    match (answer.status_code, Sum::of(answer.balance)) {
        (OK, Some(balance)) => Ok(balance),
        (OK, None) => Err(Refused::new(Reason::Other, "no balance")),
        (code, _) => Err(refusal(code)),
    }
}

/// Codes of a request or of a message in it, from 200 on.
fn refusal(code: i64) -> Refused {
    let reason = match code {
        // api_id, token, login; an account that is not confirmed.
        200 | 300..=302 => Reason::Auth,
        201 => Reason::NoMoney,
        // The number itself; a number abroad, where only Russian ones are allowed.
        202 | 214 => Reason::BadNumber,
        // A sender's name that is not agreed, or none at all.
        204 | 221 => Reason::Sender,
        // The account's daily limit: another gateway has its own.
        206 => Reason::NoMoney,
        207 => Reason::NoRoute,
        // Stop lists: the account's, and that of people who complained to SMS.ru.
        209 | 215 => Reason::OptedOut,
        // A forbidden word.
        216 => Reason::Blocked,
        // "Temporarily unavailable, try again later"; "an error of the server, repeat the request".
        220 | 500 => Reason::Down,
        // Limits of one number: a day's, the same text in a minute and in a day, codes too close together.
        230..=233 => Reason::TooOften,
        // No text, too long, wrong time, GET, unknown method, not UTF-8, too many numbers, advertising without its phrase.
        203 | 205 | 208 | 210..=213 | 217 => Reason::Request,
        _ => Reason::Other,
    };
    Refused::new(reason, code)
}

/// Statuses: −1 not found, 100 in SMS.ru's queue, 101 on its way to the operator, 102 on its way to the phone, 103
/// delivered, 104 out of time, 105 deleted by the operator, 106 fault of the phone, 107 unknown reason, 108 rejected, 110
/// read, 150 no route.
fn standing(status: i64) -> Standing {
    let reason = match status {
        100..=102 => return Standing::Pending,
        103 | 110 => return Standing::Delivered,
        -1 => return Standing::Missing,
        104 => Reason::Expired,
        105..=108 => Reason::Undelivered,
        150 => Reason::NoRoute,
        _ => return Standing::Unknown(format!("status {status}")),
    };
    Standing::Failed(Refused::new(reason, status))
}

#[cfg(test)]
mod tests;
