//! Setting up a program on the phone: with an invitation, in the place of a lost phone, or anew by somebody who is signed in.

use crate::clients::network;
use crate::complete::{self, Done};
use crate::db::people::{self, Person};
use crate::db::steps::{self, Kind, Step};
use crate::db::{passkeys, tries};
use crate::limits::{self, Kind as Tried};
use crate::{me, recovery, second, totp};
use axum::body::Body;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use podpis_kit::at_rest::Keys;
use podpis_kit::db::DbError;
use podpis_kit::staff::StaffSession;
use podpis_kit::store::staff::invitations::{self, Found};
use podpis_kit::{Context, Db, Failure, Result, Tx, http, now, staff, vars};
use podpis_shared::problem::Code;
use podpis_shared::wire::staff::{self as wire, ConfirmTotp, Enrol, Enrolled, Purpose};
use podpis_shared::{Sensitive, Timestamp};

/// Begins a second step that sets up a new secret, and shows it.
///
/// # Errors
/// `unavailable` where secrets can't be kept.
pub(crate) async fn begin(
    db: Db,
    headers: &HeaderMap,
    person: &Person,
    mut step: Step,
    at: Timestamp,
) -> Result<Response> {
    let keys = Keys::load(&db).await?;
    let secret = totp::secret()?;
    step.totp = Some(keys.seal_text(&second::purpose(&person.id), &secret)?);
    let shown = totp::shown(&secret, &person.email, &vars::get("operator_name").await?)?;
    let tx = db.begin().await?;
    let token = steps::begin(&tx, Kind::Enrol, &step, at).await?;
    tx.commit().await?;
    let next = wire::Step::Enrol {
        second: Enrol::Enrol,
        totp: shown,
    };
    let mut response = http::json(StatusCode::OK, &next)?;
    staff::give_step(headers, &mut response, &token).await?;
    Ok(response)
}

/// `POST /staff/totp`: a new phone of somebody who is signed in; the one in use stays until the new one is confirmed.
///
/// # Errors
/// `signed_out`; `proof_needed` where the sign-in is older than 15 minutes.
pub(crate) async fn anew(headers: HeaderMap) -> Result<Response> {
    let (db, at) = (Db::open().await?, now());
    let session = staff::session(&headers, &db, at).await?;
    fresh(&session, at)?;
    let person = people::by_id(&db, &session.person_id).await?;
    let person = person.ok_or_else(|| DbError::corrupt("session"))?;
    let step = Step {
        person_id: session.person_id,
        staff_id: Some(session.staff_id),
        ..Step::default()
    };
    begin(db, &headers, &person, step, at).await
}

/// `POST /staff/totp/confirm`: the first code of the new secret. It begins a session, as [`second::prove`] does.
///
/// # Errors
/// `wrong_code`; `signed_out` where the first step has ended, or after five wrong answers; `link_unknown` where the link was used
/// meanwhile; `too_many_requests`.
pub(crate) async fn confirm(context: Context, headers: HeaderMap, body: Body) -> Result<Response> {
    staff::ours(&headers)?;
    let request: ConfirmTotp = http::read_json(&headers, body).await?;
    let token = staff::step(&headers).await?.ok_or_else(second::over)?;
    let at = now();
    let db = Db::open().await?;
    let keys = Keys::load(&db).await?;
    let before = staff::current(&headers, &db, at).await?;
    let tx = db.begin().await?;
    let step = steps::try_once(&tx, Kind::Enrol, &token, at).await?;
    let step = step.ok_or_else(second::over)?;
    let person = step.person_id.as_str();
    let tried = limits::take(&tx, Tried::Second, person, &network(&context), at).await?;
    let sealed = step.totp.clone().ok_or_else(second::over)?;
    let secret = keys.open_text(&second::purpose(person), sealed.clone())?;
    let Some(used) = totp::step_of(&secret, request.code.expose(), at) else {
        tx.commit().await?;
        return Err(second::wrong());
    };
    tries::forgive(&tx, tried).await?;
    may_enrol(&tx, &step, before.as_ref(), at).await?;
    people::set_totp(&tx, person, &sealed, used).await?;
    let codes = recovery::new()?;
    let hashes: Vec<String> = codes
        .iter()
        .map(|code| recovery::hash(person, code))
        .collect();
    people::set_recovery(&tx, person, &hashes).await?;
    let done = Done {
        token: &token,
        step: &step,
        how: "enrolled",
        before: before.as_ref(),
    };
    let (cookie, staff_id) = complete::complete(&tx, &context, &done, at).await?;
    let me = me::of(&tx, person, &staff_id).await?;
    tx.commit().await?;
    let enrolled = Enrolled {
        recovery_codes: codes.into_iter().map(Sensitive::new).collect(),
        me,
    };
    let mut response = http::json(StatusCode::OK, &enrolled)?;
    staff::give(&headers, &mut response, &cookie).await?;
    Ok(response)
}

/// Looks again whether this step may replace factors, since things have changed meanwhile.
async fn may_enrol(
    tx: &Tx,
    step: &Step,
    before: Option<&StaffSession>,
    at: Timestamp,
) -> Result<()> {
    let Some(id) = &step.invitation_id else {
        // Begun by whoever is signed in, and still is.
        let own = before.is_some_and(|session| session.person_id == step.person_id);
        if !own {
            return Err(second::over());
        }
        return Ok(complete::secured(tx, &step.person_id, "totp", at).await?);
    };
    match invitations::by_id(tx, id, at).await? {
        // A second invitation of somebody who has accepted another one meanwhile: the factors there are have to be shown.
        Found::Living(found) if found.purpose == Purpose::Invite && found.known => {
            Err(complete::used())
        }
        Found::Living(found) if found.purpose == Purpose::Factor => {
            Ok(passkeys::remove_all(tx, &found.person_id).await?)
        }
        Found::Living(_) => Ok(()),
        Found::Expired | Found::Unknown => Err(complete::used()),
    }
}

/// Whoever changes factors has signed in just now.
///
/// # Errors
/// `proof_needed`.
pub(crate) fn fresh(session: &StaffSession, at: Timestamp) -> Result<()> {
    if session.created_at.plus(staff::PROOF_S) > at {
        return Ok(());
    }
    let detail = "Для этого нужен свежий вход: выйдите и войдите ещё раз.";
    Err(Failure::new(Code::ProofNeeded, detail))
}
