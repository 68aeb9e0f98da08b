//! SMSC.ru, after its documentation of the HTTP interface (`smsc.ru/api/http/`): `/sys/send.php`, `/sys/status.php`,
//! `/sys/balance.php` with `fmt=3`, and the handler of statuses (`/api/http/miscellaneous/callback/`).
//!
//! Every answer has status 200; an error is `{"error": …, "error_code": N}`. `id` is ours, a number from 1 to 2147483647
//! that need not be unique there (the last message with it is told of): so ours are unique (`sms_sends_reference`).

use super::answer::{About, Reason, Refused, Sent, Standing, Taken, Word};
use super::call::{self, Silence};
use super::money::{Sum, plain};
use md5::{Digest as _, Md5};
use podpis_shared::hash::hex;
use podpis_shared::{Sensitive, Timestamp};
use serde::Deserialize;
use serde_json::value::RawValue;
use subtle::ConstantTimeEq as _;

/// An account at SMSC.ru.
#[derive(Debug)]
pub(crate) struct Smsc {
    /// Without a slash at the end.
    pub(crate) url: String,
    /// Empty: the password is an API key.
    pub(crate) login: Sensitive<String>,
    pub(crate) password: Sensitive<String>,
    /// Empty: the account's own.
    pub(crate) sender: String,
    /// What the handler's signatures are made with; empty: no receipt is believed.
    pub(crate) secret: Sensitive<String>,
}

#[derive(Deserialize)]
struct Answer<'a> {
    #[serde(borrow)]
    id: Option<&'a RawValue>,
    cnt: Option<u32>,
    #[serde(borrow)]
    cost: Option<&'a RawValue>,
    #[serde(borrow)]
    balance: Option<&'a RawValue>,
    error_code: Option<i64>,
    status: Option<i64>,
    last_timestamp: Option<i64>,
}

impl Smsc {
    /// `send.php`: `phones` with its plus, so that nothing of it is "corrected"; `cost=3` asks for number of SMS, cost and
    /// balance.
    pub(crate) async fn send(&self, reference: &str, to: &str, text: &str) -> Sent {
        let mut pairs = self.account();
        pairs.extend([
            ("phones", to),
            ("mes", text),
            ("id", reference),
            ("cost", "3"),
        ]);
        if !self.sender.is_empty() {
            pairs.push(("sender", &self.sender));
        }
        match call::form(self.at("send"), &pairs, call::SENDING).await {
            Ok(body) => read_sent(&body),
            Err(Silence::Unsent(what)) => Sent::Refused(Refused::new(Reason::Down, what)),
            Err(Silence::Lost(what)) => Sent::Unknown(what),
        }
    }

    /// `status.php` by our own id; `all=1` adds the cost. Asked at most five times a minute for one message.
    pub(crate) async fn status(&self, reference: &str, to: &str) -> Word {
        let mut pairs = self.account();
        pairs.extend([("phone", to), ("id", reference), ("all", "1")]);
        match call::form(self.at("status"), &pairs, call::ASKING).await {
            Ok(body) => read_status(&body),
            Err(Silence::Unsent(what) | Silence::Lost(what)) => Word::of(Standing::Unknown(what)),
        }
    }

    /// `balance.php`.
    pub(crate) async fn balance(&self) -> Result<Sum, Refused> {
        match call::form(self.at("balance"), &self.account(), call::ASKING).await {
            Ok(body) => read_balance(&body),
            Err(Silence::Unsent(what) | Silence::Lost(what)) => {
                Err(Refused::new(Reason::Down, what))
            }
        }
    }

    /// The handler's form: `id`, `phone`, `status`, `ts`, `cost` and more, signed by
    /// `md5 = MD5(id:phone:status:secret)` in hex. `None`: it is not SMSC.ru's word.
    pub(crate) fn receipts(&self, body: &[u8]) -> Option<Vec<(About, Word)>> {
        if self.secret.expose().is_empty() {
            return None;
        }
        let field = |name: &str| {
            let mut pairs = form_urlencoded::parse(body);
            pairs.find(|(key, _)| key == name).map(|(_, value)| value)
        };
        let (id, phone, status) = (field("id")?, field("phone")?, field("status")?);
        let signed = format!("{id}:{phone}:{status}:{}", self.secret.expose());
        let right = hex(&Md5::digest(signed.as_bytes()));
        let given = field("md5")?.to_ascii_lowercase();
        if !bool::from(right.as_bytes().ct_eq(given.as_bytes())) {
            return None;
        }
        let word = Word {
            standing: standing(status.parse().ok()?),
            at: field("ts").and_then(|ts| Some(Timestamp::from_unix(ts.parse().ok()?))),
            cost: field("cost").and_then(|cost| Sum::parse(&cost)),
        };
        Some(vec![(About::Reference(id.into_owned()), word)])
    }

    fn at(&self, script: &str) -> String {
        format!("{}/sys/{script}.php", self.url)
    }

    /// `login` and `psw`, or `apikey`; answers as JSON, everything in UTF-8.
    fn account(&self) -> Vec<(&str, &str)> {
        let mut pairs = vec![("fmt", "3"), ("charset", "utf-8")];
        if self.login.expose().is_empty() {
            pairs.push(("apikey", self.password.expose()));
        } else {
            pairs.push(("login", self.login.expose()));
            pairs.push(("psw", self.password.expose()));
        }
        pairs
    }
}

fn read_sent(body: &[u8]) -> Sent {
    let Ok(answer) = serde_json::from_slice::<Answer<'_>>(body) else {
        return Sent::Unknown("no JSON".into());
    };
    if let Some(code) = answer.error_code {
        return Sent::Refused(refusal(code));
    }
    match answer.id {
        Some(id) => Sent::Taken(Taken {
            gateway_id: plain(id).to_owned(),
            parts: answer.cnt,
            cost: Sum::of(answer.cost),
            balance: Sum::of(answer.balance),
        }),
        None => Sent::Unknown("neither id nor error_code".into()),
    }
}

fn read_status(body: &[u8]) -> Word {
    let Ok(answer) = serde_json::from_slice::<Answer<'_>>(body) else {
        return Word::of(Standing::Unknown("no JSON".into()));
    };
    let standing = match (answer.error_code, answer.status) {
        // "Message not found": a code of its own in the answer about a single message.
        (Some(3), _) => Standing::Missing,
        (Some(code), _) => Standing::Unknown(format!("error_code {code}")),
        (None, Some(status)) => standing(status),
        (None, None) => Standing::Unknown("neither status nor error_code".into()),
    };
    Word {
        standing,
        at: answer.last_timestamp.map(Timestamp::from_unix),
        cost: Sum::of(answer.cost),
    }
}

fn read_balance(body: &[u8]) -> Result<Sum, Refused> {
    let Ok(answer) = serde_json::from_slice::<Answer<'_>>(body) else {
        return Err(Refused::new(Reason::Other, "no JSON"));
    };
    match (answer.error_code, Sum::of(answer.balance)) {
        (Some(code), _) => Err(refusal(code)),
        (None, Some(balance)) => Ok(balance),
        (None, None) => Err(Refused::new(Reason::Other, "no balance")),
    }
}

/// Codes of `send.php` and `balance.php`: 1 parameters, 2 login or password (or an address that is not on the account's
/// list), 3 money, 4 address blocked for a time after frequent mistakes, 5 date, 6 forbidden by text or sender, 7 number's
/// form, 8 can't be delivered to this number, 9 the same request twice in a minute or too many at once.
fn refusal(code: i64) -> Refused {
    let reason = match code {
        1 | 5 => Reason::Request,
        2 | 4 => Reason::Auth,
        3 => Reason::NoMoney,
        6 => Reason::Blocked,
        7 => Reason::BadNumber,
        8 => Reason::NoRoute,
        9 => Reason::TooOften,
        _ => Reason::Other,
    };
    Refused::new(reason, code)
}

/// Statuses: −3 not found, −2 stopped, −1 waits, 0 handed to the operator, 1 delivered, 2 read, 3 out of time, 4 its link
/// was followed, 20 impossible, 22 wrong number, 23 forbidden, 24 no money, 25 number not available.
fn standing(status: i64) -> Standing {
    let reason = match status {
        -1 | 0 => return Standing::Pending,
        1 | 2 | 4 => return Standing::Delivered,
        -3 => return Standing::Missing,
        3 => Reason::Expired,
        -2 | 20 => Reason::Undelivered,
        22 => Reason::BadNumber,
        23 => Reason::Blocked,
        24 => Reason::NoMoney,
        25 => Reason::NoRoute,
        _ => return Standing::Unknown(format!("status {status}")),
    };
    Standing::Failed(Refused::new(reason, status))
}

#[cfg(test)]
mod tests;
