//! The second step of somebody who has a second factor.

use crate::clients::network;
use crate::complete::{self, Done};
use crate::db::people::{self, Person};
use crate::db::steps::{self, Kind, Step};
use crate::db::{passkeys, tries};
use crate::limits::{self, Kind as Tried};
use crate::webauthn::{self, Site};
use crate::{recovery, totp};
use axum::body::Body;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use podpis_kit::at_rest::Keys;
use podpis_kit::{Context, Db, Failure, Result, Tx, http, now, staff, vars};
use podpis_shared::Timestamp;
use podpis_shared::problem::Code;
use podpis_shared::wire::staff::{PasskeyAnswer, Second};

/// `POST /staff/second`: the right answer begins a session in the place of this browser's earlier one, and does what the first step
/// brought along: joins a clinic, sets a password.
///
/// # Errors
/// `wrong_code`; `signed_out` where the first step has ended, or after five wrong answers; `too_many_requests`.
pub(crate) async fn prove(context: Context, headers: HeaderMap, body: Body) -> Result<Response> {
    staff::ours(&headers)?;
    let answer: Second = http::read_json(&headers, body).await?;
    let token = staff::step(&headers).await?.ok_or_else(over)?;
    let at = now();
    let db = Db::open().await?;
    let keys = Keys::load(&db).await?;
    let before = staff::current(&headers, &db, at).await?;
    let tx = db.begin().await?;
    let step = steps::try_once(&tx, Kind::Prove, &token, at).await?;
    let step = step.ok_or_else(over)?;
    let subject = &step.person_id;
    let tried = limits::take(&tx, Tried::Second, subject, &network(&context), at).await?;
    let person = people::by_id(&tx, subject).await?.ok_or_else(over)?;
    let how = match &answer {
        Second::Totp(typed) => is_totp(&tx, &keys, &person, typed.expose(), at).await?,
        Second::Recovery(typed) => {
            let hash = recovery::hash(&person.id, typed.expose());
            let right = people::use_recovery(&tx, &person.id, &hash, at).await?;
            right.then_some("recovery")
        }
        Second::Passkey(answer) => {
            steps::forget_challenge(&tx, &token).await?;
            let site = Site::of(vars::base_url(&headers).await?);
            is_passkey(&tx, &site, &step, answer, at).await?
        }
    };
    let Some(how) = how else {
        // The try stays counted.
        tx.commit().await?;
        return Err(wrong());
    };
    tries::forgive(&tx, tried).await?;
    let done = Done {
        token: &token,
        step: &step,
        how,
        before: before.as_ref(),
    };
    let (cookie, staff_id) = complete::complete(&tx, &context, &done, at).await?;
    let me = crate::me::of(&tx, &person.id, &staff_id).await?;
    tx.commit().await?;
    let mut response = http::json(StatusCode::OK, &me)?;
    staff::give(&headers, &mut response, &cookie).await?;
    Ok(response)
}

async fn is_totp(
    tx: &Tx,
    keys: &Keys,
    person: &Person,
    typed: &str,
    at: Timestamp,
) -> Result<Option<&'static str>> {
    let Some(sealed) = &person.totp else {
        return Ok(None);
    };
    let secret = keys.open_text(&purpose(&person.id), sealed.clone())?;
    let Some(step) = totp::step_of(&secret, typed, at) else {
        return Ok(None);
    };
    let fresh = people::use_step(tx, &person.id, step).await?;
    Ok(fresh.then_some("totp"))
}

async fn is_passkey(
    tx: &Tx,
    site: &Site,
    step: &Step,
    answer: &PasskeyAnswer,
    at: Timestamp,
) -> Result<Option<&'static str>> {
    let own = passkeys::of_person(tx, &step.person_id).await?;
    let named = own
        .iter()
        .find(|key| key.credential_id == answer.credential_id);
    let (Some(challenge), Some(passkey)) = (&step.challenge, named) else {
        return Ok(None);
    };
    let stored = (passkey.public_key.as_str(), passkey.sign_count);
    match webauthn::asserted(site, challenge, stored, answer) {
        Ok(count) => Ok(passkeys::used(tx, passkey, count, at)
            .await?
            .then_some("passkey")),
        Err(why) => {
            eprintln!("passkey {} refused: {why}", passkey.id);
            Ok(None)
        }
    }
}

/// What a secret at rest belongs to.
pub(crate) fn purpose(person_id: &str) -> String {
    format!("staff_people.totp:{person_id}")
}

/// The second factor is not proven; what was wrong with it is not told.
pub(crate) fn wrong() -> Failure {
    let detail =
        "Код не подходит. Код из приложения меняется каждые 30 секунд и срабатывает один раз.";
    Failure::new(Code::WrongCode, detail)
}

/// There is no first step, or no more.
pub(crate) fn over() -> Failure {
    Failure::new(
        Code::SignedOut,
        "Вход не завершён вовремя. Начните сначала.",
    )
}
