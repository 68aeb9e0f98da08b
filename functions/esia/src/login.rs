//! `GET /esia/login?state=…`: back from ESIA's logout, on to its sign-in. Changes nothing.

use crate::account::own_login;
use crate::agreement::own_act;
use crate::browser;
use crate::complete::own_session;
use crate::place::place;
use crate::protocol::{Attempt, query};
use crate::settings::Settings;
use axum::extract::RawQuery;
use axum::http::header::LOCATION;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use podpis_kit::{Db, Result, now, vars};
use podpis_shared::Timestamp;
use podpis_shared::problem::Code;

/// Redirects to ESIA's sign-in page; a session that is not this browser's, and a failure of ours, lead back to the page
/// with an error: the person is between two sites here and has nothing else to read.
pub async fn login(headers: HeaderMap, RawQuery(raw): RawQuery) -> Response {
    let raw = raw.unwrap_or_default();
    let state = form_urlencoded::parse(raw.as_bytes())
        .find(|(name, _)| name == "state")
        .map(|(_, value)| value)
        .unwrap_or_default();
    let location = match sign_in(&headers, &state).await {
        Ok(Some(location)) => location,
        Ok(None) => page(&state, "session_lost").await,
        Err(failure) => {
            eprintln!("error at esia login: {failure:?}");
            page(&state, "temporarily_unavailable").await
        }
    };
    (StatusCode::SEE_OTHER, [(LOCATION, location)]).into_response()
}

/// ESIA's sign-in page for this browser's living session.
async fn sign_in(headers: &HeaderMap, state: &str) -> Result<Option<String>> {
    let base_url = vars::base_url(headers).await?;
    let at = now();
    let db = Db::open().await?;
    let is_alive = |failure: Option<Code>, until: Timestamp| failure.is_none() && at < until;
    let alive = if let Some(own) = own_session(&db, headers, &base_url, state).await? {
        is_alive(own.failure, own.expires_at)
    } else if let Some(own) = own_act(&db, headers, &base_url, state).await? {
        is_alive(own.failure, own.expires_at)
    } else {
        let own = own_login(&db, headers, &base_url, state).await?;
        own.is_some_and(|own| is_alive(own.failure, own.expires_at))
    };
    if !alive {
        return Ok(None);
    }
    let settings = Settings::load(headers).await?;
    let attempt = Attempt {
        state,
        browser: browser::value(headers, &base_url).unwrap_or_default(),
    };
    let client = &settings.client;
    Ok(Some(
        client.authorize_url(attempt, at, &settings.signer).await?,
    ))
}

/// Our page, which asks for the outcome and so learns what has happened.
async fn page(state: &str, error: &str) -> String {
    let pairs = [("state", state), ("error", error)].into_iter();
    format!("{}#esia?{}", place(state).await.address(), query(pairs))
}
