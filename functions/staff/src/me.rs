//! Who is signed in, and for which clinic.

use crate::complete;
use crate::db::people;
use crate::db::sessions::act_for;
use axum::body::Body;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use podpis_kit::store::staff::{self as store};
use podpis_kit::{Db, Failure, Result, http, now, staff, vars};
use podpis_shared::wire::staff::{ChooseClinic, Clinic, ClinicChoice, Me};

/// `GET /staff/me`.
///
/// # Errors
/// `signed_out`.
pub(crate) async fn read(headers: HeaderMap) -> Result<Response> {
    let db = Db::open().await?;
    let session = staff::session(&headers, &db, now()).await?;
    http::json(
        StatusCode::OK,
        &of(&db, &session.person_id, &session.staff_id).await?,
    )
}

/// `POST /staff/clinic`: the session acts for another of the person's clinics from now on.
///
/// # Errors
/// `signed_out`; `not_found` for a clinic that the person is not of the staff of.
pub(crate) async fn choose(headers: HeaderMap, body: Body) -> Result<Response> {
    staff::ours(&headers)?;
    let request: ChooseClinic = http::read_json(&headers, body).await?;
    let (db, at) = (Db::open().await?, now());
    let session = staff::session(&headers, &db, at).await?;
    let tx = db.begin().await?;
    let clinics = store::of_person(&tx, &session.person_id).await?;
    let chosen = clinics
        .iter()
        .find(|(member, _)| member.clinic_id == request.id);
    let (member, _) = chosen.ok_or_else(Failure::not_found)?;
    if member.id != session.staff_id {
        if !act_for(&tx, &session.session_id, &member.id).await? {
            return Err(staff::signed_out());
        }
        complete::signed_in(&tx, member, "chosen", at).await?;
    }
    let me = of(&tx, &session.person_id, &member.id).await?;
    tx.commit().await?;
    http::json(StatusCode::OK, &me)
}

/// What the console is told of a person in one of their clinics.
///
/// # Errors
/// `signed_out` where they are not of its staff.
pub(crate) async fn of(db: &Db, person_id: &str, staff_id: &str) -> Result<Me> {
    let person = people::by_id(db, person_id).await?;
    let person = person.ok_or_else(staff::signed_out)?;
    let clinics = store::of_person(db, person_id).await?;
    let here = clinics.iter().find(|(member, _)| member.id == staff_id);
    let (member, name) = here.ok_or_else(staff::signed_out)?;
    let count = |number| u32::try_from(number).unwrap_or(u32::MAX);
    let choices = clinics.iter().map(|(member, name)| ClinicChoice {
        id: member.clinic_id.clone(),
        name: name.clone(),
        role: member.role,
    });
    Ok(Me {
        id: member.id.clone(),
        name: member.name.clone(),
        email: person.email,
        role: member.role,
        clinic: Clinic {
            id: member.clinic_id.clone(),
            name: name.clone(),
        },
        clinics: choices.collect(),
        permissions: member.role.permissions(),
        has_totp: person.totp.is_some(),
        passkeys: count(person.passkeys),
        recovery_codes: count(person.recovery_codes),
        sandbox: vars::sandbox().await?,
    })
}
