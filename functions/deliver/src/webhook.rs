//! Events of clinics, pushed to their webhooks (`docs/webhooks.md`).

mod sign;

use crate::db::breaker;
use crate::db::webhooks::{self as rows, Delivery};
use crate::settings::Times;
use axum::body::Body;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER, USER_AGENT};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use podpis_kit::at_rest::Keys;
use podpis_kit::store::outbox::{self, Attempt};
use podpis_kit::store::webhooks::{self, Ended, KEY_VARIABLE};
use podpis_kit::{Db, Result, Tx, now, outbound, vars, webhook_url};
use podpis_shared::Timestamp;
use podpis_shared::delivery::Reason;
use sign::Secrets;
use std::time::Instant;

/// Most of an answer that is read, in bytes.
const ANSWER_MAX: usize = 64 * 1024;

/// Longest pause that a receiver may ask for, in seconds.
const RETRY_AFTER_MAX: i64 = 3600;

/// What a receiver said, or why it said nothing.
struct Said {
    status: Option<u16>,
    /// `None`: it took the event.
    reason: Option<Reason>,
    /// Seconds that it asks us to wait.
    after: Option<i64>,
}

/// Pushes a leased event; stores what came of it. A crash before that lets the lease run out, and the event goes out again.
///
/// # Errors
/// Only what the database or the keys say: a receiver's failure is an outcome.
pub(crate) async fn deliver(delivery: Delivery, times: Times) -> Result<()> {
    let (at, clock) = (now(), Instant::now());
    let said = push(&delivery, at, &times).await?;
    let ms = i64::try_from(clock.elapsed().as_millis()).unwrap_or(i64::MAX);
    let tx = Db::open().await?.begin().await?;
    let asked = format!("POST {}", without_query(&delivery.url));
    let attempt = Attempt {
        subject: &delivery.id,
        number: delivery.attempts,
        at,
        asked: &asked,
        status: said.status,
        ms,
        reason: said.reason.map(Reason::as_str),
    };
    outbox::note_attempt(&tx, attempt).await?;
    store(&tx, &delivery, &said, &times).await?;
    Ok(tx.commit().await?)
}

async fn push(delivery: &Delivery, at: Timestamp, times: &Times) -> Result<Said> {
    // Once more: the rules may have become stricter, and the sandbox may have ended.
    let Ok(target) = webhook_url::parse(&delivery.url, vars::sandbox().await?) else {
        return Ok(Said::nothing(Reason::AddressRefused));
    };
    let secrets = secrets(delivery, at).await?;
    let body = delivery.body();
    let request = Request::builder()
        .method(Method::POST)
        .uri(target.url)
        .header(CONTENT_TYPE, "application/json")
        // Simple receivers don't read chunks.
        .header(CONTENT_LENGTH, body.len())
        .header(USER_AGENT, "Podpis-Webhook/1")
        .header("podpis-event-id", &delivery.event_id)
        .header("podpis-timestamp", at.unix())
        .header(
            "podpis-signature",
            secrets.header(at, &body, delivery.attempts),
        )
        .body(Body::from(body));
    Ok(
        match outbound::status(request, ANSWER_MAX, times.timeout()).await {
            Ok((status, headers)) => Said::by(status, &headers),
            Err(failure) => Said::nothing(failure.reason),
        },
    )
}

async fn secrets(delivery: &Delivery, at: Timestamp) -> Result<Secrets> {
    let keys = Keys::load_named(&Db::open().await?, KEY_VARIABLE).await?;
    let purpose = webhooks::purpose(&delivery.clinic_id);
    let open = |sealed: &str| keys.open_text(&purpose, sealed.to_owned());
    let old = delivery.old_secret.as_deref();
    let old = old.filter(|_| delivery.old_until.is_some_and(|until| until > at));
    Ok(Secrets {
        current: open(&delivery.secret)?,
        old: old.map(open).transpose()?,
    })
}

impl Said {
    const fn nothing(reason: Reason) -> Self {
        Self {
            status: None,
            reason: Some(reason),
            after: None,
        }
    }

    fn by(status: StatusCode, headers: &HeaderMap) -> Self {
        let reason = match status {
            _ if status.is_success() => None,
            StatusCode::GONE => Some(Reason::Gone),
            _ if status.is_redirection() => Some(Reason::Redirect),
            _ => Some(Reason::Status),
        };
        let after = headers.get(RETRY_AFTER).and_then(|v| v.to_str().ok());
        let after = after.and_then(|text| text.trim().parse::<i64>().ok());
        Self {
            status: Some(status.as_u16()),
            reason,
            after: after.map(|seconds| seconds.clamp(0, RETRY_AFTER_MAX)),
        }
    }

    /// Whether it shows that the host as a whole can't take events now, rather than that it minds this one.
    fn is_hosts_fault(&self) -> bool {
        match self.status {
            Some(status) => status >= 500 || status == 429,
            None => self.reason != Some(Reason::AddressRefused),
        }
    }
}

/// Outcome, breaker and, after `410`, the webhook's end, in one step. That an event was taken is true whoever holds the lease; a
/// failure is only stored by its holder.
async fn store(tx: &Tx, delivery: &Delivery, said: &Said, times: &Times) -> Result<()> {
    let at = now();
    let Some(reason) = said.reason else {
        breaker::host_answers(tx, &delivery.origin).await?;
        webhooks::settle(tx, &delivery.id, Ended::Delivered, said.status, at).await?;
        return Ok(());
    };
    if !rows::is_ours(tx, delivery).await? {
        return Ok(());
    }
    if said.is_hosts_fault() {
        breaker::host_fails(tx, &delivery.origin, at, times).await?;
    } else {
        breaker::host_answers(tx, &delivery.origin).await?;
    }
    if reason == Reason::Gone {
        webhooks::settle(tx, &delivery.id, Ended::Failed(reason), said.status, at).await?;
        rows::disable(tx, &delivery.clinic_id, reason, at).await?;
        return Ok(webhooks::stop(tx, &delivery.clinic_id, at).await?);
    }
    let pause = times.pause(delivery.tries).max(said.after.unwrap_or(0));
    let next = at.plus(pause);
    if next < delivery.since.plus(times.event_for) {
        return Ok(rows::retry_later(tx, delivery, said.status, reason, next).await?);
    }
    webhooks::settle(tx, &delivery.id, Ended::Dead(reason), said.status, at).await?;
    Ok(())
}

fn without_query(url: &str) -> &str {
    url.split('?').next().unwrap_or_default()
}
