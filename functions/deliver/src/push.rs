//! Push messages to browsers: RFC 8030, encrypted by RFC 8291, with our name on it by RFC 8292.
//!
//! A message goes only to a service that `podpis_shared::push` allows. The address of a subscription lets its holder send, so
//! it stands in no log.

mod encrypt;
mod payload;
mod vapid;

use self::encrypt::Browser;
use self::payload::Payload;
use self::vapid::Sender;
use crate::attempt::{Failed, Known, Receipt};
use crate::db::push::{self as db, Subscription};
use crate::send::Parcel;
use axum::body::Body;
use axum::http::header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderMap, Request, StatusCode};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use podpis_kit::store::notices::Notice;
use podpis_kit::{Db, Failure, Result, http, now, outbound, vars};
use podpis_shared::delivery::Reason;
use podpis_shared::push;
use serde_json::json;
use std::time::Duration;

/// How long a push service may take to answer; whoever calls [`send`] may bound it further.
const TIMEOUT: Duration = Duration::from_secs(20);

/// Most of an answer that is read, in bytes: it only says why.
const ANSWER_MAX: usize = 16 * 1024;

/// Longest wait that a service may ask for, in seconds.
const WAIT_MAX: i64 = 24 * 3600;

/// `GET /push/key`, for `patient`: the public key for browsers (`applicationServerKey`); `null` where none is configured.
///
/// # Errors
/// 500 where the key can't be read.
pub(crate) async fn key() -> Result<Response> {
    let sender = Sender::load(&Db::open().await?).await?;
    let key = sender.map(|sender| sender.public());
    http::json(StatusCode::OK, &json!({ "key": key }))
}

/// Sends one. A sandbox keeps it, with the address where a click leads, and sends it only to the operator's own service.
pub(crate) async fn send(parcel: Parcel<'_>) -> Result<Receipt, Failed> {
    let set = |name| async move { vars::get(name).await.map_err(ours) };
    let more = set("push_more_url").await?;
    let (base, path) = (
        set("public_url").await?,
        payload::path(&parcel.message.document_id),
    );
    let shown = format!("{} {}{path}", parcel.text, base.trim_end_matches('/'));
    let kept = crate::sandbox::keep(Parcel {
        text: &shown,
        ..parcel
    })
    .await?;
    let endpoint = parcel.message.recipient.as_str();
    match kept {
        Some(receipt) if push::named_by_operator(endpoint, &more).is_none() => Ok(receipt),
        _ => match push::allowed(endpoint, &more) {
            Some(origin) => to_service(parcel, origin).await,
            None => Err(Failed::for_good(Reason::AddressRefused)),
        },
    }
}

async fn to_service(parcel: Parcel<'_>, origin: &str) -> Result<Receipt, Failed> {
    let (message, at) = (parcel.message, now());
    let open = || async { Db::open().await.map_err(|e| ours(e.into())) };
    let db = open().await?;
    let sender = Sender::load(&db).await.map_err(ours)?;
    let sender = sender.ok_or(Failed::for_now(Reason::NotConfigured))?;
    let found = db::find(&db, &message.recipient, &message.document_id).await;
    let found = found.map_err(|e| ours(e.into()))?;
    let it = found.ok_or(Failed::for_good(Reason::Unsubscribed))?;
    drop(db);
    let asks = message.notice.as_deref().is_some_and(Notice::asks_to_sign);
    let request = Request::post(&message.recipient)
        .header(AUTHORIZATION, sender.authorization(origin, at))
        .header("ttl", payload::ttl(asks, it.expires_at, at))
        .header("urgency", payload::urgency(message.notice.as_deref()))
        .header(
            "topic",
            payload::topic(&message.recipient, &message.document_id),
        )
        .header(CONTENT_TYPE, "application/octet-stream")
        .header(CONTENT_ENCODING, "aes128gcm")
        .body(Body::from(body(parcel, &it)?));
    let answer = outbound::exchange(request, ANSWER_MAX, TIMEOUT).await;
    let answer = answer.map_err(|e| {
        eprintln!("error at push service: {e}");
        Failed::for_now(Reason::Connection)
    })?;
    let said = verdict(answer.status(), answer.headers());
    if said
        .as_ref()
        .is_err_and(|failed| failed.reason == Reason::Unsubscribed)
    {
        let forgotten = db::forget(&open().await?, &message.recipient).await;
        forgotten.map_err(|e| ours(e.into()))?;
    }
    said
}

/// What only the browser can read.
fn body(parcel: Parcel<'_>, it: &Subscription) -> Result<Vec<u8>, Failed> {
    let payload = Payload {
        title: parcel.message.subject.as_deref().unwrap_or_default(),
        body: parcel.text,
        path: payload::path(&parcel.message.document_id),
        tag: &parcel.message.document_id,
    };
    let json = serde_json::to_vec(&payload).map_err(|_| Failed::for_good(Reason::Internal))?;
    let browser = Browser::parse(&it.p256dh, &it.auth);
    let browser = browser.ok_or(Failed::for_good(Reason::Rejected))?;
    browser.encrypt(&json).map_err(|error| match error {
        encrypt::EncryptError::TooLong => Failed::for_good(Reason::Rejected),
        encrypt::EncryptError::Failed => Failed::for_now(Reason::Internal),
    })
}

/// What a service's answer means (RFC 8030 sections 5 and 7.3). Nobody tells whether the browser got what a service took.
fn verdict(status: StatusCode, headers: &HeaderMap) -> Result<Receipt, Failed> {
    let code = Some(status.as_u16());
    let failed = |failed: Failed| {
        Err(Failed {
            status: code,
            ..failed
        })
    };
    match status {
        status if status.is_success() => Ok(Receipt {
            reference: None,
            known: Known::NoMore,
            status: code,
        }),
        StatusCode::NOT_FOUND | StatusCode::GONE => failed(Failed::for_good(Reason::Unsubscribed)),
        StatusCode::TOO_MANY_REQUESTS => failed(Failed {
            after: retry_after(headers),
            ..Failed::for_now(Reason::Limit)
        }),
        status if status.is_server_error() || status == StatusCode::REQUEST_TIMEOUT => {
            failed(Failed {
                after: retry_after(headers),
                ..Failed::for_now(Reason::Unavailable)
            })
        }
        status if status.is_redirection() => failed(Failed::for_good(Reason::Redirect)),
        _ => failed(Failed::for_good(Reason::Rejected)),
    }
}

/// Seconds or a date (RFC 9110 section 10.2.3), as seconds from now.
fn retry_after(headers: &HeaderMap) -> Option<i64> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let seconds = match text.parse::<i64>() {
        Ok(seconds) => seconds,
        Err(_) => {
            let then = httpdate::parse_http_date(text).ok()?;
            let then = then.duration_since(std::time::UNIX_EPOCH).ok()?;
            i64::try_from(then.as_secs()).ok()? - now().unix()
        }
    };
    Some(seconds.clamp(0, WAIT_MAX))
}

/// Something on our side; the log has it.
fn ours(failure: Failure) -> Failed {
    failure.log();
    Failed::for_now(Reason::Internal)
}

fn to_base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Reads base64url, padded or not: browsers and tools write both.
fn base64url(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(status: u16, retry_after: Option<&str>) -> Result<Receipt, Failed> {
        let mut headers = HeaderMap::new();
        if let Some(text) = retry_after {
            headers.insert(RETRY_AFTER, text.parse().unwrap());
        }
        verdict(StatusCode::from_u16(status).unwrap(), &headers)
    }

    #[test]
    fn what_a_service_says() {
        for status in [200, 201, 202] {
            assert_eq!(of(status, None).unwrap().known, Known::NoMore);
        }
        for (status, retry, reason) in [
            (404, false, Reason::Unsubscribed),
            (410, false, Reason::Unsubscribed),
            (301, false, Reason::Redirect),
            (400, false, Reason::Rejected),
            (403, false, Reason::Rejected),
            (413, false, Reason::Rejected),
            (429, true, Reason::Limit),
            (500, true, Reason::Unavailable),
            (503, true, Reason::Unavailable),
        ] {
            let failed = of(status, None).unwrap_err();
            assert_eq!((failed.retry, failed.reason), (retry, reason), "{status}");
            assert_eq!((failed.status, failed.after), (Some(status), None));
        }
    }

    #[test]
    fn how_long_it_wants_us_to_wait() {
        let of = |text| of(503, Some(text)).unwrap_err().after;
        assert_eq!(of("120"), Some(120));
        assert_eq!(of("9999999"), Some(WAIT_MAX));
        assert_eq!(of("soon"), None);
        assert_eq!(of("Wed, 21 Oct 2015 07:28:00 GMT"), Some(0));
        assert_eq!(of("Wed, 21 Oct 2099 07:28:00 GMT"), Some(WAIT_MAX));
    }
}
