//! Passkeys of whoever is signed in: adding, looking, removing. At sign-in one stands in place of the code from the phone.

use crate::complete;
use crate::db::passkeys::{self, Passkey};
use crate::db::sessions::{set_challenge, take_challenge};
use crate::enrol::fresh;
use crate::webauthn::{self, Site};
use axum::body::Body;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL;
use podpis_kit::extract::Path;
use podpis_kit::{Db, Failure, Result, http, now, random, staff, vars};
use podpis_shared::problem::Code;
use podpis_shared::wire::staff::{NewPasskey, PasskeyOptions, PasskeyView};
use serde_json::json;

/// How long adding one may take, in seconds.
const CHALLENGE_S: i64 = 300;

/// As many as a person has at most.
const MOST: usize = 10;

/// Longest name, in characters.
const NAME_MAX: usize = 60;

/// `POST /staff/passkeys/begin`.
///
/// # Errors
/// `signed_out`; `proof_needed` where the sign-in is older than 15 minutes; `invalid` where there are ten.
pub(crate) async fn begin(headers: HeaderMap) -> Result<Response> {
    let (db, at) = (Db::open().await?, now());
    let session = staff::session(&headers, &db, at).await?;
    fresh(&session, at)?;
    let own = passkeys::of_person(&db, &session.person_id).await?;
    if own.len() >= MOST {
        let detail = "Ключей доступа уже десять. Удалите лишние.";
        return Err(Failure::new(Code::Invalid, detail));
    }
    let challenge = random::token()?;
    set_challenge(&db, &session.session_id, &challenge, at.plus(CHALLENGE_S)).await?;
    let options = PasskeyOptions {
        challenge,
        rp_id: webauthn::rp_id(&vars::base_url(&headers).await?).to_owned(),
        rp_name: vars::get("operator_name").await?,
        user_id: BASE64URL.encode(&session.person_id),
        user_name: session.email,
        display_name: session.name,
        exclude: own.into_iter().map(|key| key.credential_id).collect(),
    };
    http::json(StatusCode::OK, &options)
}

/// `POST /staff/passkeys`: the challenge of `begin` works once.
///
/// # Errors
/// `signed_out`, `proof_needed`; `invalid` for what is not a passkey made for this, or has a name of no use.
pub(crate) async fn add(headers: HeaderMap, body: Body) -> Result<Response> {
    staff::ours(&headers)?;
    let request: NewPasskey = http::read_json(&headers, body).await?;
    let (db, at) = (Db::open().await?, now());
    let session = staff::session(&headers, &db, at).await?;
    fresh(&session, at)?;
    let name = request.name.trim();
    let length = name.chars().count();
    if !(1..=NAME_MAX).contains(&length) || name.chars().any(char::is_control) {
        return Err(Failure::new(
            Code::Invalid,
            "Назовите ключ: от 1 до 60 знаков.",
        ));
    }
    let tx = db.begin().await?;
    let challenge = take_challenge(&tx, &session.session_id, at).await?;
    let site = Site::of(vars::base_url(&headers).await?);
    let read = match &challenge {
        Some(challenge) => webauthn::registered(&site, challenge, &request),
        None => Err(webauthn::Refused::ClientData),
    };
    let Ok(count) = read else {
        // The challenge is used whatever came of it.
        tx.commit().await?;
        return Err(refused());
    };
    let passkey = Passkey {
        id: random::id("psk")?,
        credential_id: request.credential_id.clone(),
        public_key: request.public_key.clone(),
        sign_count: count.into(),
        name: name.to_owned(),
        created_at: at,
        used_at: None,
    };
    if !passkeys::insert(&tx, &session.person_id, &passkey).await? {
        return Err(refused());
    }
    complete::secured(&tx, &session.person_id, "passkey", at).await?;
    tx.commit().await?;
    http::json(StatusCode::CREATED, &view(passkey))
}

/// `GET /staff/passkeys`: oldest first.
///
/// # Errors
/// `signed_out`.
pub(crate) async fn list(headers: HeaderMap) -> Result<Response> {
    let db = Db::open().await?;
    let session = staff::session(&headers, &db, now()).await?;
    let own = passkeys::of_person(&db, &session.person_id).await?;
    let items: Vec<PasskeyView> = own.into_iter().map(view).collect();
    http::json(StatusCode::OK, &json!({ "items": items }))
}

/// `DELETE /staff/passkeys/{id}`.
///
/// # Errors
/// `signed_out`, `proof_needed`; `not_found` for one of somebody else.
pub(crate) async fn remove(headers: HeaderMap, Path(id): Path<String>) -> Result<Response> {
    let (db, at) = (Db::open().await?, now());
    let session = staff::session(&headers, &db, at).await?;
    fresh(&session, at)?;
    let tx = db.begin().await?;
    if !passkeys::remove(&tx, &session.person_id, &id).await? {
        return Err(Failure::not_found());
    }
    complete::secured(&tx, &session.person_id, "passkey", at).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

fn view(passkey: Passkey) -> PasskeyView {
    PasskeyView {
        id: passkey.id,
        name: passkey.name,
        created_at: passkey.created_at,
        used_at: passkey.used_at,
    }
}

fn refused() -> Failure {
    let detail = "Этот ключ доступа не подходит. Начните сначала.";
    Failure::new(Code::Invalid, detail)
}
