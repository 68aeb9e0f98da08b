//! Which notices a person wants, and the browsers that take push messages (W3C Push API, RFC 8030).

use super::view;
use crate::db;
use axum::body::Body;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use podpis_kit::store::accounts;
use podpis_kit::{Db, Failure, Result, http, now, session, vars};
use podpis_shared::problem::Code;
use podpis_shared::wire::account::{Notices, PushSubscription};
use serde_json::json;

/// Longest address of a push service, in bytes.
const ENDPOINT_MAX: usize = 1000;

/// `PUT /patient/account/notices`.
///
/// # Errors
/// `signed_out`, `gated`, `invalid`.
pub(crate) async fn choose(headers: HeaderMap, body: Body) -> Result<Response> {
    let (db, at) = (Db::open().await?, now());
    let session = session::open(&headers, &db, at).await?;
    let notices: Notices = http::read_json(&headers, body).await?;
    let tx = db.begin().await?;
    accounts::set_notices(&tx, &session.account_id, notices).await?;
    let (account, what) = (&session.account_id, "notices_chosen");
    accounts::log(&tx, account, what, &json!(notices), at).await?;
    tx.commit().await?;
    view::answer(Db::open().await?, &session, at).await
}

/// `GET /patient/account/push/key`: the server's key (RFC 8292), base64url; `null` where no push service is used.
///
/// # Errors
/// `signed_out`, `gated`.
pub(crate) async fn push_key(headers: HeaderMap) -> Result<Response> {
    session::open(&headers, &Db::open().await?, now()).await?;
    let key = vars::get("push_public_key").await?;
    let key = Some(key.trim()).filter(|key| !key.is_empty());
    http::json(StatusCode::OK, &json!({ "key": key }))
}

/// `PUT /patient/account/push`: this browser takes push messages.
///
/// # Errors
/// `signed_out`, `gated`, `invalid`.
pub(crate) async fn subscribe(headers: HeaderMap, body: Body) -> Result<Response> {
    let (db, at) = (Db::open().await?, now());
    let session = session::open(&headers, &db, at).await?;
    let subscription: PushSubscription = http::read_json(&headers, body).await?;
    check(&subscription)?;
    let tx = db.begin().await?;
    db::push::subscribe(&tx, &session, &subscription, at).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// `DELETE /patient/account/push`: it takes no more of them.
///
/// # Errors
/// `signed_out`, `gated`.
pub(crate) async fn unsubscribe(headers: HeaderMap, body: Body) -> Result<Response> {
    let (db, at) = (Db::open().await?, now());
    let session = session::open(&headers, &db, at).await?;
    let subscription: PushSubscription = http::read_json(&headers, body).await?;
    db::push::unsubscribe(&db, &session.account_id, &subscription.endpoint).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// An address of a push service, an uncompressed point of P-256, and 16 bytes, as RFC 8291 has them.
fn check(subscription: &PushSubscription) -> Result<()> {
    let host = subscription.endpoint.strip_prefix("https://");
    let endpoint = subscription.endpoint.len() <= ENDPOINT_MAX
        && host.is_some_and(|host| host.starts_with(|c: char| c.is_ascii_alphanumeric()))
        && subscription.endpoint.bytes().all(|b| b.is_ascii_graphic());
    let base64 = |text: &str, length: usize| {
        let symbol = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        text.len() == length && text.bytes().all(symbol)
    };
    // The point's first byte is 4: so its base64url begins with B.
    let point = base64(&subscription.p256dh, 87) && subscription.p256dh.starts_with('B');
    if endpoint && point && base64(&subscription.auth, 22) {
        Ok(())
    } else {
        let detail = "the push subscription is not one of W3C Push API";
        Err(Failure::new(Code::Invalid, detail))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subscriptions() {
        let right = PushSubscription {
            endpoint: "https://push.example.ru/v1/abc".into(),
            p256dh: format!("B{}", "x".repeat(86)),
            auth: "a".repeat(22),
        };
        assert!(check(&right).is_ok());
        let wrong = |change: &dyn Fn(&mut PushSubscription)| {
            let mut subscription = right.clone();
            change(&mut subscription);
            assert!(check(&subscription).is_err(), "{subscription:?}");
        };
        wrong(&|s| s.endpoint = "http://push.example.ru/v1".into());
        wrong(&|s| s.endpoint = "https://".into());
        wrong(&|s| s.endpoint = "https://push.example.ru/a b".into());
        wrong(&|s| s.endpoint = format!("https://p.ru/{}", "a".repeat(ENDPOINT_MAX)));
        wrong(&|s| s.p256dh = format!("A{}", "x".repeat(86)));
        wrong(&|s| s.p256dh.truncate(86));
        wrong(&|s| s.auth.push('a'));
        wrong(&|s| s.auth = "+".repeat(22));
    }
}
