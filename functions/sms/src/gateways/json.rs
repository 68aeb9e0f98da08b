//! Any other gateway, by an adapter that speaks the interface of `docs/sms.md`: JSON over HTTPS.

use super::answer::{About, Reason, Refused, Sent, Standing, Taken, Word};
use super::call::{self, Silence};
use super::money::{Sum, plain};
use axum::body::Body;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::request::Builder;
use axum::http::{HeaderMap, Request, StatusCode};
use hmac::{Hmac, Mac as _};
use podpis_shared::hash::hex;
use podpis_shared::{Sensitive, Timestamp};
use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;
use sha2::Sha256;
use subtle::ConstantTimeEq as _;

/// How old a receipt may be, in seconds, and how far ahead its clock: an old one may not be played again.
const SKEW: i64 = 300;

/// A gateway behind an adapter.
#[derive(Debug)]
pub(crate) struct Json {
    /// Host and path, without a slash at the end.
    pub(crate) url: String,
    /// Bearer token.
    pub(crate) token: Sensitive<String>,
    /// Empty: the adapter knows.
    pub(crate) sender: String,
    /// Signs the adapter's receipts; empty: none is believed.
    pub(crate) secret: Sensitive<String>,
}

#[derive(Deserialize)]
struct Answer<'a> {
    /// Our name for the message, in receipts.
    reference: Option<String>,
    #[serde(borrow)]
    id: Option<&'a RawValue>,
    state: Option<String>,
    parts: Option<u32>,
    #[serde(borrow)]
    cost: Option<&'a RawValue>,
    #[serde(borrow)]
    balance: Option<&'a RawValue>,
    reason: Option<String>,
    code: Option<String>,
    at: Option<Timestamp>,
}

impl Json {
    /// `POST <url>`: the same `reference` again must give the first answer again.
    pub(crate) async fn send(&self, reference: &str, to: &str, text: &str, parts: u32) -> Sent {
        let mut body = json!({ "reference": reference, "to": to, "text": text, "parts": parts });
        if !self.sender.is_empty() {
            body["sender"] = json!(self.sender);
        }
        let request = self
            .request(Request::post(&self.url))
            .header(CONTENT_TYPE, "application/json");
        match call::send(request, Body::from(body.to_string()), call::SENDING).await {
            Ok((status, body)) => read_sent(status, &body, reference),
            Err(Silence::Unsent(what)) => Sent::Refused(Refused::new(Reason::Down, what)),
            Err(Silence::Lost(what)) => Sent::Unknown(what),
        }
    }

    /// `GET <url>/<reference>`.
    pub(crate) async fn status(&self, reference: &str) -> Word {
        let request = self.request(Request::get(format!("{}/{reference}", self.url)));
        match call::send(request, Body::empty(), call::ASKING).await {
            Ok((StatusCode::NOT_FOUND, _)) => Word::of(Standing::Missing),
            Ok((StatusCode::OK, body)) => serde_json::from_slice::<Answer<'_>>(&body).map_or_else(
                |_| Word::of(Standing::Unknown("no JSON".into())),
                |answer| word(&answer),
            ),
            Ok((status, _)) => Word::of(Standing::Unknown(format!("status {status}"))),
            Err(Silence::Unsent(what) | Silence::Lost(what)) => Word::of(Standing::Unknown(what)),
        }
    }

    /// `GET <url>/balance`.
    pub(crate) async fn balance(&self) -> Result<Sum, Refused> {
        let request = self.request(Request::get(format!("{}/balance", self.url)));
        match call::send(request, Body::empty(), call::ASKING).await {
            Ok((StatusCode::OK, body)) => serde_json::from_slice::<Answer<'_>>(&body)
                .ok()
                .and_then(|answer| Sum::of(answer.balance))
                .ok_or_else(|| Refused::new(Reason::Other, "no balance")),
            Ok((status, body)) => Err(refusal(status, &body)
                .unwrap_or_else(|| Refused::new(Reason::Down, format!("status {status}")))),
            Err(Silence::Unsent(what) | Silence::Lost(what)) => {
                Err(Refused::new(Reason::Down, what))
            }
        }
    }

    /// A receipt, signed as our own webhooks are: `Podpis-Signature: v1=<hex HMAC-SHA256(secret, timestamp + "." + body)>`
    /// with `Podpis-Timestamp` in Unix seconds. `None`: it is not the adapter's word, or too old.
    pub(crate) fn receipts(
        &self,
        headers: &HeaderMap,
        body: &[u8],
        now: Timestamp,
    ) -> Option<Vec<(About, Word)>> {
        if self.secret.expose().is_empty() {
            return None;
        }
        let header = |name| headers.get(name)?.to_str().ok();
        let (at, given) = (header("podpis-timestamp")?, header("podpis-signature")?);
        let age = now.unix().checked_sub(at.parse().ok()?)?;
        let mut mac = Hmac::<Sha256>::new_from_slice(self.secret.expose().as_bytes()).ok()?;
        mac.update(at.as_bytes());
        mac.update(b".");
        mac.update(body);
        let right = hex(&mac.finalize().into_bytes());
        let right = bool::from(
            right
                .as_bytes()
                .ct_eq(given.strip_prefix("v1=")?.as_bytes()),
        );
        if !right || !(-SKEW..=SKEW).contains(&age) {
            return None;
        }
        let answer: Answer<'_> = serde_json::from_slice(body).ok()?;
        let word = word(&answer);
        Some(vec![(About::Reference(answer.reference?), word)])
    }

    fn request(&self, request: Builder) -> Builder {
        request.header(AUTHORIZATION, format!("Bearer {}", self.token.expose()))
    }
}

fn read_sent(status: StatusCode, body: &[u8], reference: &str) -> Sent {
    if status.is_success() {
        let answer = serde_json::from_slice::<Answer<'_>>(body).ok();
        return answer.map_or_else(
            || Sent::Unknown("no JSON".into()),
            |answer| {
                Sent::Taken(Taken {
                    gateway_id: answer.id.map_or(reference, plain).to_owned(),
                    parts: answer.parts,
                    cost: Sum::of(answer.cost),
                    balance: Sum::of(answer.balance),
                })
            },
        );
    }
    match refusal(status, body) {
        Some(refused) => Sent::Refused(refused),
        None if status.is_server_error() => Sent::Unknown(format!("status {status}")),
        None => Sent::Refused(Refused::new(by_status(status), status.as_u16())),
    }
}

/// A refusal that names its reason, with any status.
fn refusal(status: StatusCode, body: &[u8]) -> Option<Refused> {
    let answer: Answer<'_> = serde_json::from_slice(body).ok()?;
    let reason = Reason::parse(answer.reason.as_deref()?).unwrap_or(Reason::Other);
    Some(Refused::new(
        reason,
        answer.code.unwrap_or_else(|| status.as_u16().to_string()),
    ))
}

/// A refusal that names none.
fn by_status(status: StatusCode) -> Reason {
    match status.as_u16() {
        401 | 403 => Reason::Auth,
        402 => Reason::NoMoney,
        429 => Reason::TooOften,
        400..=499 => Reason::Request,
        _ => Reason::Down,
    }
}

fn word(answer: &Answer<'_>) -> Word {
    let refused = || {
        let reason = answer
            .reason
            .as_deref()
            .and_then(Reason::parse)
            .unwrap_or(Reason::Undelivered);
        Refused::new(reason, answer.code.as_deref().unwrap_or_default())
    };
    let standing = match answer.state.as_deref() {
        Some("queued" | "sent") => Standing::Pending,
        Some("delivered") => Standing::Delivered,
        Some("failed") => Standing::Failed(refused()),
        _ => Standing::Unknown("no state".into()),
    };
    Word {
        standing,
        at: answer.at,
        cost: Sum::of(answer.cost),
    }
}

#[cfg(test)]
mod tests;
