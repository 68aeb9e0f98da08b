//! Which notices a person wants, and the browsers that take push messages (W3C Push API, RFC 8030).

use super::view;
use crate::db;
use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use podpis_kit::store::accounts;
use podpis_kit::{Context, Db, Failure, Result, daytime, http, neighbour, now, session, vars};
use podpis_shared::problem::Code;
use podpis_shared::push;
use podpis_shared::wire::account::{Clock, Notices, PushSubscription};
use serde_json::json;

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

/// `PUT /patient/account/clock`: what the browser's clock says, so that reminders come by day.
///
/// # Errors
/// `signed_out`, `gated`, `invalid`.
pub(crate) async fn clock(headers: HeaderMap, body: Body) -> Result<Response> {
    let db = Db::open().await?;
    let session = session::open(&headers, &db, now()).await?;
    let Clock { utc_offset } = http::read_json(&headers, body).await?;
    if !daytime::Clock::MINUTES.contains(&i64::from(utc_offset)) {
        let detail = "utc_offset is minutes from -720 to 840";
        return Err(Failure::new(Code::Invalid, detail));
    }
    accounts::set_utc_offset(&db, &session.account_id, utc_offset).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// `GET /patient/account/push/key`: the server's key (RFC 8292), base64url; `null` where no push messages are sent. The
/// private half is `deliver`'s alone, so it is asked.
///
/// # Errors
/// `signed_out`, `gated`.
pub(crate) async fn push_key(context: Context, headers: HeaderMap) -> Result<Response> {
    session::open(&headers, &Db::open().await?, now()).await?;
    let request = neighbour::request(&context, "deliver", Method::GET, "/push/key");
    let answer = neighbour::send(request.body(Body::empty())).await?;
    Ok(([(CONTENT_TYPE, "application/json")], answer).into_response())
}

/// `PUT /patient/account/push`: this browser takes push messages.
///
/// # Errors
/// `signed_out`, `gated`, `invalid`.
pub(crate) async fn subscribe(headers: HeaderMap, body: Body) -> Result<Response> {
    let (db, at) = (Db::open().await?, now());
    let session = session::open(&headers, &db, at).await?;
    let subscription: PushSubscription = http::read_json(&headers, body).await?;
    let more = vars::get("push_more_url").await?;
    check(&subscription, &more, vars::sandbox().await?)?;
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

/// An address of a push service, an uncompressed point of P-256, and 16 bytes, as RFC 8291 has them. A sandbox takes any
/// https address by name, because it only keeps what would be sent there.
fn check(subscription: &PushSubscription, more: &str, sandbox: bool) -> Result<()> {
    let endpoint = subscription.endpoint.as_str();
    let is_fine =
        push::allowed(endpoint, more).is_some() || (sandbox && push::origin(endpoint).is_some());
    if !is_fine {
        let detail = "the address is of no push service that messages go to";
        return Err(Failure::new(Code::Invalid, detail));
    }
    let base64 = |text: &str, length: usize| {
        let symbol = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        text.len() == length && text.bytes().all(symbol)
    };
    // The point's first byte is 4: so its base64url begins with B.
    let point = base64(&subscription.p256dh, 87) && subscription.p256dh.starts_with('B');
    if point && base64(&subscription.auth, 22) {
        Ok(())
    } else {
        let detail = "the push subscription is not one of W3C Push API";
        Err(Failure::new(Code::Invalid, detail))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SERVICE: &str = "https://fcm.googleapis.com/fcm/send/abc";

    fn right(endpoint: &str) -> PushSubscription {
        PushSubscription {
            endpoint: endpoint.into(),
            p256dh: format!("B{}", "x".repeat(86)),
            auth: "a".repeat(22),
        }
    }

    #[test]
    fn keys() {
        assert!(check(&right(SERVICE), "", false).is_ok());
        let wrong = |change: &dyn Fn(&mut PushSubscription)| {
            let mut subscription = right(SERVICE);
            change(&mut subscription);
            assert!(check(&subscription, "", true).is_err(), "{subscription:?}");
        };
        wrong(&|s| s.p256dh = format!("A{}", "x".repeat(86)));
        wrong(&|s| s.p256dh.truncate(86));
        wrong(&|s| s.auth.push('a'));
        wrong(&|s| s.auth = "+".repeat(22));
    }

    #[test]
    fn services() {
        let more = "http://localhost:4000";
        for (endpoint, in_production, in_a_sandbox) in [
            (SERVICE, true, true),
            ("http://localhost:4000/1", true, true),
            ("https://push.example.ru/v1/abc", false, true),
            ("http://push.example.ru/v1", false, false),
            ("https://", false, false),
            ("https://push.example.ru/a b", false, false),
            ("https://127.0.0.1/v1", false, false),
            ("https://[fd00::1]/v1", false, false),
            ("https://169.254.169.254/v1", false, false),
            ("https://localhost/v1", false, false),
        ] {
            let taken = |sandbox| check(&right(endpoint), more, sandbox).is_ok();
            assert_eq!(taken(false), in_production, "{endpoint}");
            assert_eq!(taken(true), in_a_sandbox, "{endpoint}");
        }
    }
}
