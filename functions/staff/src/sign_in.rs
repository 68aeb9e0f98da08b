//! The first step: e-mail and password.

use crate::clients::network;
use crate::db::people::{self, Person};
use crate::db::steps::{self, Kind, Step};
use crate::db::{passkeys, tries};
use crate::{hash, limits, webauthn};
use axum::body::Body;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use podpis_kit::{Context, Db, Result, Tx, http, now, random, staff, vars};
use podpis_shared::hash::sha256_hex;
use podpis_shared::wire::staff::{self as wire, Factor, PasskeyChallenge, SignIn};
use podpis_shared::{Sensitive, Timestamp};

/// `POST /staff/sign-in`: the right password leads to the second step. A wrong one and an unknown e-mail have the same answer, after the
/// same work.
///
/// # Errors
/// `wrong_password`, `too_many_requests`.
pub(crate) async fn begin(context: Context, headers: HeaderMap, body: Body) -> Result<Response> {
    staff::ours(&headers)?;
    let request: SignIn = http::read_json(&headers, body).await?;
    let at = now();
    let person = with_password(&context, &request.email, &request.password, at).await?;
    let step = Step {
        person_id: person.id.clone(),
        ..Step::default()
    };
    let tx = Db::open().await?.begin().await?;
    // Hashing takes its time: whoever has changed the password meanwhile has ended this.
    let still = people::by_email(&tx, &person.email).await?;
    let still = still.filter(|still| still.password_hash == person.password_hash);
    let person = still.ok_or_else(hash::wrong)?;
    let (token, next) = prove(&tx, &headers, &person, step, at).await?;
    tx.commit().await?;
    let mut response = http::json(StatusCode::OK, &next)?;
    staff::give_step(&headers, &mut response, &token).await?;
    Ok(response)
}

/// Whoever has this e-mail with this password.
///
/// # Errors
/// `wrong_password`, `too_many_requests`.
pub(crate) async fn with_password(
    context: &Context,
    email: &str,
    password: &Sensitive<String>,
    at: Timestamp,
) -> Result<Person> {
    let email = email.trim().to_lowercase();
    let tx = Db::open().await?.begin().await?;
    let subject = sha256_hex(email.as_bytes());
    let tried = limits::take(&tx, limits::Kind::Password, &subject, &network(context), at).await?;
    let person = people::by_email(&tx, &email).await?;
    tx.commit().await?;
    let stored = person.as_ref().and_then(|p| p.password_hash.as_deref());
    let right = hash::is_right(password, stored)?;
    let person = person.filter(|_| right).ok_or_else(hash::wrong)?;
    let tx = Db::open().await?.begin().await?;
    tries::forgive(&tx, tried).await?;
    tx.commit().await?;
    Ok(person)
}

/// Begins the second step of somebody who has factors: its token, and what the page is told.
///
/// # Errors
/// As the database says.
pub(crate) async fn prove(
    tx: &Tx,
    headers: &HeaderMap,
    person: &Person,
    mut step: Step,
    at: Timestamp,
) -> Result<(String, wire::Step)> {
    let has = [
        (Factor::Totp, person.totp.is_some()),
        (Factor::Passkey, person.passkeys > 0),
        (Factor::Recovery, person.recovery_codes > 0),
    ];
    let second = has.iter().filter(|(_, has)| *has);
    let second = second.map(|(factor, _)| *factor).collect();
    let passkey = match person.passkeys {
        0 => None,
        _ => {
            let own = passkeys::of_person(tx, &person.id).await?;
            let challenge = random::token()?;
            step.challenge = Some(challenge.clone());
            Some(PasskeyChallenge {
                challenge,
                rp_id: webauthn::rp_id(&vars::base_url(headers).await?).to_owned(),
                credentials: own.into_iter().map(|key| key.credential_id).collect(),
            })
        }
    };
    let token = steps::begin(tx, Kind::Prove, &step, at).await?;
    Ok((token, wire::Step::Prove { second, passkey }))
}
