//! A clinic's staff: `/api/v1/staff` (`docs/staff.md`). How they sign in is another function's matter.

use crate::answer::{Done, FromJson, Json, Made};
use crate::auth::{Operator, Session};
use crate::db::{self, staff as rows};
use crate::list;
use axum::http::HeaderMap;
use podpis_kit::extract::{Path, Query};
use podpis_kit::store::staff::{self, Change, Member, NewMember, invitations};
use podpis_kit::store::{Event, journal};
use podpis_kit::{Actor, Context, Db, Failure, Result, Tx, neighbour, now, vars};
use podpis_shared::problem::Code;
use podpis_shared::staff::{NAME_MAX, Role};
use podpis_shared::wire::staff::Purpose;
use podpis_shared::{Email, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Most members of a clinic's staff.
const STAFF_MAX: i64 = 1000;

/// Least time between two letters to one member, in seconds.
const PAUSE: i64 = 60;

/// Somebody to be invited.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(
    test,
    derive(schemars::JsonSchema),
    schemars(rename = "NewStaffMember")
)]
pub(crate) struct New {
    /// Where the invitation goes, and what the person signs in with.
    email: Email,
    /// For the clinic's own list, until the person says it.
    #[serde(default)]
    #[cfg_attr(test, schemars(length(min = 1, max = NAME_MAX)))]
    name: Option<String>,
    role: Role,
}

/// What changes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(inline))]
pub(crate) struct Put {
    role: Role,
}

/// A member of the staff.
// No `Debug`: it names a person.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "StaffMember"))]
pub(crate) struct Item {
    id: String,
    /// Empty where nobody has said it yet.
    name: String,
    email: String,
    role: Role,
    /// `invited`: the invitation was not accepted yet.
    state: State,
    /// When a session for this clinic was last used.
    last_seen_at: Option<Timestamp>,
    created_at: Timestamp,
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(inline))]
enum State {
    Invited,
    Active,
}

/// One page.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(inline))]
pub(crate) struct List {
    items: Vec<Item>,
    /// Cursor for `after`; null at the end.
    next: Option<String>,
}

#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct ListQuery {
    #[cfg_attr(test, schemars(with = "Option<list::schema::Limit>"))]
    limit: Option<String>,
    #[cfg_attr(test, schemars(with = "Option<list::schema::After>"))]
    after: Option<String>,
}

/// `GET /api/v1/staff`: in the order in which they were invited.
pub(crate) async fn list(
    Session { clinic, db }: Session,
    Query(query): Query<ListQuery>,
) -> Result<Json<List>> {
    let (limit, after) = (
        list::limit(query.limit.as_deref())?,
        list::after(query.after.as_deref())?,
    );
    let mut found = staff::list(&db, &clinic.id, after.unwrap_or(0), limit + 1).await?;
    let more = found.len() > usize::try_from(limit).unwrap_or(usize::MAX);
    if more {
        found.pop();
    }
    let next = found.last().filter(|_| more);
    let next = next.map(|member| member.position.to_string());
    let items = found.into_iter().map(item).collect();
    Ok(Json(List { items, next }))
}

/// `POST /api/v1/staff`: names somebody and sends the invitation.
///
/// # Errors
/// `invalid`; `staff_exists`; `too_many_requests` within a minute of the last letter to this person. Nothing changes then.
pub(crate) async fn add(
    Session { clinic, db }: Session,
    context: Context,
    headers: HeaderMap,
    FromJson(new): FromJson<New>,
) -> Result<Made<Item>> {
    invite(db, &clinic.id, &clinic.by, new, &headers, &context).await
}

/// `POST /api/v1/operator/clinics/{id}/staff`: so a clinic without a MIS gets its first head.
///
/// # Errors
/// As [`add`]; 404 where there is no such clinic.
pub(crate) async fn add_of_clinic(
    _: Operator,
    context: Context,
    Path(id): Path<String>,
    headers: HeaderMap,
    FromJson(new): FromJson<New>,
) -> Result<Made<Item>> {
    let db = Db::open().await?;
    if !db::clinic_exists(&db, &id).await? {
        return Err(Failure::not_found());
    }
    invite(db, &id, &Actor::Operator, new, &headers, &context).await
}

/// `PUT /api/v1/staff/{id}`: another role. Whoever has another one now signs in anew.
///
/// # Errors
/// 404 for who is not the clinic's, `last_head`.
pub(crate) async fn put(
    Session { clinic, db }: Session,
    Path(id): Path<String>,
    FromJson(Put { role }): FromJson<Put>,
) -> Result<Json<Item>> {
    let (tx, at) = (db.begin().await?, now());
    let change = staff::set_role(&tx, &clinic.id, &id, role).await?;
    if happened(change)? {
        rows::end_sessions(&tx, &id, at).await?;
        let facts = clinic.by.signed(json!({ "staff_id": id, "role": role }));
        journal::append(&tx, &clinic.id, None, Event::StaffRoleChanged, at, facts).await?;
    }
    let member = own(&tx, &clinic.id, &id).await?;
    tx.commit().await?;
    Ok(Json(item(member)))
}

/// `DELETE /api/v1/staff/{id}`: is out at once, and whatever invited them opens nothing any more.
///
/// # Errors
/// 404 for who is not the clinic's, or no more; `last_head`.
pub(crate) async fn remove(
    Session { clinic, db }: Session,
    Path(id): Path<String>,
) -> Result<Done> {
    let (tx, at) = (db.begin().await?, now());
    let change = staff::remove(&tx, &clinic.id, &id, at).await?;
    if happened(change)? {
        let facts = clinic.by.signed(json!({ "staff_id": id }));
        journal::append(&tx, &clinic.id, None, Event::StaffRemoved, at, facts).await?;
    }
    tx.commit().await?;
    Ok(Done)
}

/// `POST /api/v1/staff/{id}/invite`: the invitation again; to who has accepted it, the way to a new second factor, the phone being
/// lost. What was sent before opens nothing any more.
///
/// # Errors
/// 404 for who is not the clinic's; `too_many_requests` within a minute of the last letter.
pub(crate) async fn invite_again(
    Session { clinic, db }: Session,
    context: Context,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Json<Item>> {
    let base_url = vars::base_url(&headers).await?;
    let (tx, at) = (db.begin().await?, now());
    let member = own(&tx, &clinic.id, &id).await?;
    write(&tx, &member, &clinic.by, &base_url, at).await?;
    tx.commit().await?;
    neighbour::nudge_delivery(&context);
    Ok(Json(item(member)))
}

/// The step: the member, the invitation with its letter, the journal entry.
async fn invite(
    db: Db,
    clinic_id: &str,
    by: &Actor,
    new: New,
    headers: &HeaderMap,
    context: &Context,
) -> Result<Made<Item>> {
    let name = new.name.map(checked).transpose()?.unwrap_or_default();
    let base_url = vars::base_url(headers).await?;
    let (tx, at) = (db.begin().await?, now());
    let all = staff::list(&tx, clinic_id, 0, STAFF_MAX).await?;
    if i64::try_from(all.len()).unwrap_or(i64::MAX) >= STAFF_MAX {
        let detail = format!("the clinic has {STAFF_MAX} members of its staff");
        return Err(Failure::new(Code::Invalid, detail));
    }
    let new = NewMember {
        clinic_id,
        email: new.email.expose(),
        name: &name,
        role: new.role,
    };
    let Some(member) = staff::add(&tx, new, at).await? else {
        let detail = "somebody with this e-mail is staff of the clinic already";
        return Err(Failure::new(Code::StaffExists, detail));
    };
    write(&tx, &member, by, &base_url, at).await?;
    tx.commit().await?;
    neighbour::nudge_delivery(context);
    Ok(Json(item(member)))
}

/// The letter, with its journal entry.
///
/// # Errors
/// `too_many_requests` within a minute of the last one.
async fn write(tx: &Tx, member: &Member, by: &Actor, base_url: &str, at: Timestamp) -> Result<()> {
    if let Some(last) = rows::last_letter(tx, member).await? {
        let wait = last.plus(PAUSE).unix() - at.unix();
        if wait > 0 {
            let failure = Failure::new(Code::TooMany, "one letter a minute to one person");
            return Err(failure.retry_after(u32::try_from(wait).unwrap_or(1)));
        }
    }
    let purpose = invitations::send(tx, member, base_url, at).await?;
    let (event, facts) = match purpose {
        Purpose::Invite | Purpose::Reset => (
            Event::StaffInvited,
            json!({ "staff_id": member.id, "role": member.role }),
        ),
        Purpose::Factor => (
            Event::StaffSecured,
            json!({ "staff_id": member.id, "what": "factor_letter" }),
        ),
    };
    journal::append(tx, &member.clinic_id, None, event, at, by.signed(facts)).await?;
    Ok(())
}

/// Whether something changed.
///
/// # Errors
/// 404, `last_head`.
fn happened(change: Change) -> Result<bool> {
    match change {
        Change::Done => Ok(true),
        Change::Same => Ok(false),
        Change::NotFound => Err(Failure::not_found()),
        Change::LastHead => Err(Failure::new(
            Code::LastHead,
            "the clinic would be left without a head who has joined; make somebody else a head first",
        )),
    }
}

async fn own(db: &Db, clinic_id: &str, id: &str) -> Result<Member> {
    let member = staff::find(db, clinic_id, id).await?;
    member.ok_or_else(Failure::not_found)
}

fn checked(name: String) -> Result<String> {
    let name = name.trim();
    let fits = (1..=NAME_MAX).contains(&name.chars().count());
    if fits && !name.chars().any(char::is_control) {
        return Ok(name.to_owned());
    }
    let detail = format!("name is 1 to {NAME_MAX} characters");
    Err(Failure::new(Code::Invalid, detail))
}

fn item(member: Member) -> Item {
    let state = match member.joined_at {
        Some(_) => State::Active,
        None => State::Invited,
    };
    Item {
        id: member.id,
        name: member.name,
        email: member.email,
        role: member.role,
        state,
        last_seen_at: member.seen_at,
        created_at: member.created_at,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_line_of_text() {
        assert_eq!(checked(" Анна ".into()).unwrap(), "Анна");
        for wrong in ["", " ", "a\tb", &"я".repeat(NAME_MAX + 1)] {
            let refused = checked(wrong.into()).unwrap_err();
            assert_eq!(refused.code(), Some(Code::Invalid), "{wrong:?}");
        }
    }

    #[test]
    fn what_cannot_change_says_why() {
        assert!(happened(Change::Done).unwrap() && !happened(Change::Same).unwrap());
        let code = |change| happened(change).unwrap_err().code();
        assert_eq!(code(Change::NotFound), Some(Code::NotFound));
        assert_eq!(code(Change::LastHead), Some(Code::LastHead));
    }
}
