//! `GET /esia/login?state=…`: back from ESIA's logout, on to its sign-in. Changes nothing.

use crate::complete::own_session;
use crate::cookie;
use crate::protocol::{Attempt, query};
use crate::settings::Settings;
use axum::extract::RawQuery;
use axum::http::header::LOCATION;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use podpis_kit::{Db, Failure, Result, now};

/// Redirects to ESIA's sign-in page; a session that is not this browser's leads back to the page with an error.
pub async fn login(headers: HeaderMap, RawQuery(raw): RawQuery) -> Result<Response> {
    let settings = Settings::load(&headers).await?;
    let raw = raw.unwrap_or_default();
    let state = form_urlencoded::parse(raw.as_bytes())
        .find(|(name, _)| name == "state")
        .map(|(_, value)| value);
    let state = state.unwrap_or_default();
    let at = now();
    let session = own_session(&Db::open().await?, &headers, &settings, &state).await?;
    let location =
        match session.filter(|session| session.failure.is_none() && at < session.expires_at) {
            Some(_) => {
                let attempt = Attempt {
                    state: &state,
                    browser: cookie::read(&headers, cookie::name(&settings.base_url))
                        .unwrap_or_default(),
                };
                let url = settings
                    .client
                    .authorize_url(attempt, at, &settings.signer)
                    .await;
                url.map_err(|e| Failure::internal("signer", e.to_string()))?
            }
            // The page asks for the outcome, and learns that the session is gone.
            None => format!(
                "/d/#esia?{}",
                query([("state", &*state), ("error", "session_lost")].into_iter())
            ),
        };
    Ok((StatusCode::SEE_OTHER, [(LOCATION, location)]).into_response())
}
