//! Requests a minute: by key or session of the staff, and by network address for whoever shows no valid one (`docs/mis-integration.md`).
//!
//! A valid key is never refused for its address: behind one address there may be a whole hospital.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use podpis_kit::rates::{self, Standing};
use podpis_kit::{Context, Db, Failure, Result, store, vars};
use podpis_shared::problem::Code;
use std::sync::{Arc, OnceLock};

/// Requests a minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limits {
    /// Of one key: a hundred a second. A MIS asks for events and sends documents; a burst of reports fits too.
    key: u32,
    /// Of one network address, with no key or a wrong one.
    address: u32,
}

const DEFAULTS: Limits = Limits {
    key: 6000,
    address: 600,
};

/// Carries where the caller stands from the extractor that counted to the answer.
#[derive(Clone, Default)]
pub(crate) struct Meter(Arc<OnceLock<Standing>>);

/// A call that needs no key, counted by address.
pub(crate) struct Public;

impl<S: Sync> FromRequestParts<S> for Public {
    type Rejection = Failure;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        count_address(parts, &Db::open().await?).await?;
        Ok(Self)
    }
}

/// Counts a request with a valid key, of which `stored` ones are known.
///
/// # Errors
/// `too_many_requests`.
pub(crate) async fn count_key(parts: &Parts, key_hash: &str, stored: u32) -> Result<()> {
    let limit = limits().await?.key;
    pass(parts, rates::take(key_hash, stored, limit))
}

/// Counts a request of a member of the staff: each session as a key.
///
/// # Errors
/// `too_many_requests`.
pub(crate) async fn count_staff(parts: &Parts, session_id: &str, db: &Db) -> Result<()> {
    let caller = format!("staff:{session_id}");
    let stored = store::rates::used(db, &caller, rates::minute()).await?;
    count_key(parts, &caller, stored).await
}

/// Counts a request without one.
///
/// # Errors
/// `too_many_requests`.
pub(crate) async fn count_address(parts: &Parts, db: &Db) -> Result<()> {
    let context = parts.extensions.get::<Context>();
    let address = context.and_then(|context| context.client_addr.as_deref());
    // A runtime that names no address can't have anybody limited by it.
    let Some(network) = address.and_then(rates::network) else {
        return Ok(());
    };
    let stored = store::rates::used(db, &network, rates::minute()).await?;
    let limit = limits().await?.address;
    pass(parts, rates::take(&network, stored, limit))
}

fn pass(parts: &Parts, standing: Standing) -> Result<()> {
    if let Some(meter) = parts.extensions.get::<Meter>() {
        // Set by whoever counted first: a request is counted once.
        let _ = meter.0.set(standing);
    }
    if !standing.over {
        return Ok(());
    }
    let detail = format!(
        "more than {} requests in this minute; it ends in {} s",
        standing.limit, standing.reset
    );
    Err(Failure::new(Code::TooMany, detail).retry_after(standing.reset))
}

impl Meter {
    /// Writes the standing into an answer: `RateLimit-Limit`, `-Remaining` and `-Reset`, the form that clients know
    /// (draft-ietf-httpapi-ratelimit-headers, up to 07).
    pub(crate) fn stamp(&self, headers: &mut HeaderMap) {
        const NAMES: [HeaderName; 3] = [
            HeaderName::from_static("ratelimit-limit"),
            HeaderName::from_static("ratelimit-remaining"),
            HeaderName::from_static("ratelimit-reset"),
        ];
        let Some(standing) = self.0.get() else { return };
        let values = [standing.limit, standing.remaining, standing.reset];
        for (name, value) in NAMES.into_iter().zip(values) {
            headers.insert(name, HeaderValue::from(value));
        }
    }
}

/// The variable is read once an instance, which lives for seconds.
async fn limits() -> Result<Limits> {
    static LIMITS: OnceLock<Limits> = OnceLock::new();
    if let Some(limits) = LIMITS.get() {
        return Ok(*limits);
    }
    let text = vars::get("rate_limits").await?;
    let limits = Limits::parse(&text);
    let limits = limits.map_err(|part| Failure::internal("rate_limits", part))?;
    Ok(*LIMITS.get_or_init(|| limits))
}

impl Limits {
    /// Defaults with what the variable changes: `key_minute=6000 address_minute=600`. The error is the part that is wrong.
    fn parse(text: &str) -> Result<Self, String> {
        let mut limits = DEFAULTS;
        for part in text.split_whitespace() {
            let wrong = || part.to_owned();
            let (name, number) = part.split_once('=').ok_or_else(wrong)?;
            let limit = match name {
                "key_minute" => &mut limits.key,
                "address_minute" => &mut limits.address,
                _ => return Err(wrong()),
            };
            *limit = number.parse().map_err(|_| wrong())?;
        }
        Ok(limits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_variable_changes_what_it_names() {
        assert_eq!(Limits::parse(""), Ok(DEFAULTS));
        let limits = Limits {
            key: 10,
            ..DEFAULTS
        };
        assert_eq!(Limits::parse(" key_minute=10 "), Ok(limits));
        for wrong in ["key_minute", "key_minute=-1", "keys=1", "10"] {
            assert_eq!(Limits::parse(wrong), Err(wrong.to_owned()));
        }
    }
}
