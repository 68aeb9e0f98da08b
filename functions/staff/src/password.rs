//! Changing a password, and asking for a letter that resets it.

use crate::clients::network;
use crate::db::{people, steps, tries};
use crate::limits::{self, Kind, RESET_LETTERS};
use crate::{complete, hash, sign_in};
use axum::body::Body;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use podpis_kit::store::staff::{invitations, sessions};
use podpis_kit::{Context, Db, Result, http, neighbour, now, staff, vars};
use podpis_shared::hash::sha256_hex;
use podpis_shared::wire::staff::{ChangePassword, Reset};

/// `POST /staff/password`: a new password; all other sessions end.
///
/// # Errors
/// `signed_out`, `wrong_password`, `weak_password`, `too_many_requests`.
pub(crate) async fn change(context: Context, headers: HeaderMap, body: Body) -> Result<Response> {
    staff::ours(&headers)?;
    let request: ChangePassword = http::read_json(&headers, body).await?;
    let at = now();
    let session = staff::session(&headers, &Db::open().await?, at).await?;
    let person = sign_in::with_password(&context, &session.email, &request.old, at).await?;
    let hash = hash::new(&request.new, &session.email)?;
    let tx = Db::open().await?.begin().await?;
    people::set_password(&tx, &person.id, &hash).await?;
    sessions::end_all(&tx, &person.id, Some(&session.session_id), at).await?;
    steps::end_all(&tx, &person.id, at).await?;
    complete::secured(&tx, &person.id, "password", at).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// `POST /staff/reset`: a letter to whoever has this e-mail; the answer is the same where nobody has, and the statements are.
///
/// # Errors
/// `too_many_requests`, by the network that asks, never by the e-mail.
pub(crate) async fn reset(context: Context, headers: HeaderMap, body: Body) -> Result<Response> {
    staff::ours(&headers)?;
    let request: Reset = http::read_json(&headers, body).await?;
    let email = request.email.trim().to_lowercase();
    let (subject, client, at) = (sha256_hex(email.as_bytes()), network(&context), now());
    let base_url = vars::base_url(&headers).await?;
    let tx = Db::open().await?.begin().await?;
    let asked = tries::over(&tx, Kind::Reset, RESET_LETTERS, &subject, &client, at).await?;
    limits::take(&tx, Kind::Reset, &subject, &client, at).await?;
    if asked.is_none() {
        invitations::send_reset(&tx, &email, &base_url, at).await?;
    }
    tx.commit().await?;
    neighbour::nudge_delivery(&context);
    Ok(StatusCode::NO_CONTENT.into_response())
}
