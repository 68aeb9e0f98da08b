//! The end of signing in: what the first step brought along takes effect, and the session begins. One transaction.

use crate::db::people;
use crate::db::sessions::last_staff;
use crate::db::steps::{self, Step};
use podpis_kit::db::DbError;
use podpis_kit::staff::StaffSession;
use podpis_kit::store::staff::invitations::{self, Found, Invitation};
use podpis_kit::store::staff::{self, Member, sessions};
use podpis_kit::store::{Event, journal};
use podpis_kit::{Context, Failure, Result, Tx};
use podpis_shared::Timestamp;
use podpis_shared::problem::Code;
use podpis_shared::wire::staff::Purpose;
use serde_json::json;

/// A second step that was right.
pub(crate) struct Done<'a> {
    /// Token of the first.
    pub(crate) token: &'a str,
    pub(crate) step: &'a Step,
    /// `totp`, `passkey`, `recovery` or `enrolled`.
    pub(crate) how: &'static str,
    /// This browser's session until now.
    pub(crate) before: Option<&'a StaffSession>,
}

/// Begins the session; gives its cookie, and for whom it acts.
///
/// # Errors
/// `signed_out` where the person is of no clinic's staff any more; `link_unknown` where the letter's link was used meanwhile.
pub(crate) async fn complete(
    tx: &Tx,
    context: &Context,
    done: &Done<'_>,
    at: Timestamp,
) -> Result<(String, String)> {
    let step = done.step;
    let invited = match &step.invitation_id {
        Some(id) => Some(use_up(tx, id, step, at).await?),
        None => None,
    };
    let wished = match (invited, &step.staff_id) {
        (Some(invitation), _) => Some(invitation.staff_id),
        (None, Some(staff_id)) => Some(staff_id.clone()),
        (None, None) => last_staff(tx, &step.person_id).await?,
    };
    let clinics = staff::of_person(tx, &step.person_id).await?;
    let wished = |(member, _): &&(Member, String)| wished.as_ref() == Some(&member.id);
    let found = clinics.iter().find(wished).or(clinics.first());
    let (member, _) = found.ok_or_else(crate::second::over)?;
    steps::end(tx, done.token, at).await?;
    let (person, before) = (&step.person_id, done.before);
    let cookie = sessions::begin(tx, person, &member.id, before, context, at).await?;
    signed_in(tx, member, done.how, at).await?;
    Ok((cookie, member.id.clone()))
}

/// Notes in a clinic's journal that a member has signed in to it.
///
/// # Errors
/// As the database says.
pub(crate) async fn signed_in(
    tx: &Tx,
    member: &Member,
    how: &str,
    at: Timestamp,
) -> Result<(), DbError> {
    let data = json!({ "by": actor(&member.id), "how": how });
    let clinic = &member.clinic_id;
    journal::append(tx, clinic, None, Event::StaffSignedIn, at, data).await?;
    Ok(())
}

/// Notes in the journals of all clinics of a person that they sign in otherwise from now on.
///
/// # Errors
/// As the database says.
pub(crate) async fn secured(
    tx: &Tx,
    person_id: &str,
    what: &str,
    at: Timestamp,
) -> Result<(), DbError> {
    for (member, _) in staff::of_person(tx, person_id).await? {
        let data = json!({ "by": actor(&member.id), "what": what });
        let clinic = &member.clinic_id;
        journal::append(tx, clinic, None, Event::StaffSecured, at, data).await?;
    }
    Ok(())
}

fn actor(staff_id: &str) -> String {
    format!("staff:{staff_id}")
}

/// Uses a letter's link up, and does what it is for.
async fn use_up(tx: &Tx, id: &str, step: &Step, at: Timestamp) -> Result<Invitation> {
    let Found::Living(invitation) = invitations::by_id(tx, id, at).await? else {
        return Err(used());
    };
    if invitation.person_id != step.person_id || !invitations::end(tx, id, at).await? {
        return Err(used());
    }
    let person = &step.person_id;
    if let Some(hash) = &step.password_hash {
        people::set_password(tx, person, hash).await?;
    }
    match invitation.purpose {
        Purpose::Invite => {
            if !people::join(tx, &invitation.staff_id, step.name.as_deref(), at).await? {
                return Err(used());
            }
            let data = json!({ "by": actor(&invitation.staff_id), "role": invitation.role });
            let clinic = &invitation.clinic_id;
            journal::append(tx, clinic, None, Event::StaffJoined, at, data).await?;
        }
        Purpose::Reset => renew(tx, person, "password", at).await?,
        Purpose::Factor => renew(tx, person, "totp", at).await?,
    }
    Ok(*invitation)
}

/// Whoever is in by what was replaced is out.
async fn renew(tx: &Tx, person_id: &str, what: &str, at: Timestamp) -> Result<(), DbError> {
    sessions::end_all(tx, person_id, None, at).await?;
    steps::end_all(tx, person_id, at).await?;
    secured(tx, person_id, what, at).await
}

/// The link opens nothing any more.
pub(crate) fn used() -> Failure {
    let detail = "Эта ссылка уже использована или заменена новой.";
    Failure::new(Code::LinkUnknown, detail)
}
