//! The link of a letter in the place of a password: joining a clinic, a new password, a new phone.
//!
//! Looking and accepting change nothing that lasts; the second step does, and uses the link up.

use crate::db::people::{self, Person};
use crate::db::steps::Step;
use crate::{complete, enrol, hash, sign_in};
use axum::body::Body;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use podpis_kit::db::DbError;
use podpis_kit::store::staff::invitations::{self, Found, Invitation};
use podpis_kit::{Context, Db, Failure, Result, http, now, staff};
use podpis_shared::Timestamp;
use podpis_shared::problem::Code;
use podpis_shared::staff::NAME_MAX;
use podpis_shared::wire::staff as wire;
use podpis_shared::wire::staff::{AcceptInvitation, InvitationView, Purpose};

/// `POST /staff/invitation`: what a link is for.
///
/// # Errors
/// `link_unknown`, `link_expired`.
pub(crate) async fn look(headers: HeaderMap, body: Body) -> Result<Response> {
    staff::ours(&headers)?;
    let request: wire::Invitation = http::read_json(&headers, body).await?;
    let db = Db::open().await?;
    let invitation = living(&db, request.token.expose(), now()).await?;
    let view = InvitationView {
        email: invitation.email,
        clinic_name: invitation.clinic_name,
        role: invitation.role,
        name: invitation.name,
        known: invitation.known,
        purpose: invitation.purpose,
    };
    http::json(StatusCode::OK, &view)
}

/// `POST /staff/invitation/accept`: the first step by a link; the second is to be shown, or set up.
///
/// # Errors
/// `link_unknown`, `link_expired`; `invalid` without a name or a password where it is needed, `weak_password`; `wrong_password`.
pub(crate) async fn accept(context: Context, headers: HeaderMap, body: Body) -> Result<Response> {
    staff::ours(&headers)?;
    let request: AcceptInvitation = http::read_json(&headers, body).await?;
    let (db, at) = (Db::open().await?, now());
    let invitation = living(&db, request.token.expose(), at).await?;
    let person = people::by_id(&db, &invitation.person_id).await?;
    let person = person.ok_or_else(|| DbError::corrupt("invitation"))?;
    let name = name(&request, &invitation)?;
    let is_new = invitation.purpose == Purpose::Invite && !invitation.known;
    let password_hash = if is_new || invitation.purpose == Purpose::Reset {
        let password = request.password.as_ref().ok_or_else(no_password)?;
        Some(hash::new(password, &invitation.email)?)
    } else {
        None
    };
    if invitation.purpose == Purpose::Factor {
        let password = request.password.as_ref().ok_or_else(no_password)?;
        sign_in::with_password(&context, &invitation.email, password, at).await?;
    }
    let step = Step {
        person_id: person.id.clone(),
        invitation_id: Some(invitation.id.clone()),
        name,
        password_hash,
        ..Step::default()
    };
    next(
        db,
        &headers,
        &person,
        step,
        is_new || invitation.purpose == Purpose::Factor,
        at,
    )
    .await
}

/// The answer to a first step: the second one is to be set up, or to be shown.
async fn next(
    db: Db,
    headers: &HeaderMap,
    person: &Person,
    step: Step,
    enrols: bool,
    at: Timestamp,
) -> Result<Response> {
    if enrols {
        return enrol::begin(db, headers, person, step, at).await;
    }
    let tx = db.begin().await?;
    let (token, next) = sign_in::prove(&tx, headers, person, step, at).await?;
    tx.commit().await?;
    let mut response = http::json(StatusCode::OK, &next)?;
    staff::give_step(headers, &mut response, &token).await?;
    Ok(response)
}

async fn living(db: &Db, token: &str, at: Timestamp) -> Result<Invitation> {
    match invitations::by_token(db, token, at).await? {
        Found::Living(invitation) => Ok(*invitation),
        Found::Expired => {
            let detail = "Срок ссылки истёк. Попросите прислать новую.";
            Err(Failure::new(Code::LinkExpired, detail))
        }
        Found::Unknown => Err(complete::used()),
    }
}

/// The name that a person gives when joining.
fn name(request: &AcceptInvitation, invitation: &Invitation) -> Result<Option<String>> {
    let given = request.name.as_deref().map(str::trim);
    let given = given.filter(|name| !name.is_empty());
    if invitation.purpose != Purpose::Invite {
        return Ok(None);
    }
    if given.is_none() && invitation.name.is_empty() {
        return Err(Failure::new(Code::Invalid, "Назовите себя: имя и фамилия."));
    }
    if let Some(name) = given {
        let long = name.chars().count() > NAME_MAX;
        if long || name.chars().any(char::is_control) {
            return Err(Failure::new(
                Code::Invalid,
                "Имя длиннее 200 знаков или содержит лишние.",
            ));
        }
    }
    Ok(given.map(str::to_owned))
}

fn no_password() -> Failure {
    Failure::new(Code::Invalid, "Введите пароль.")
}
