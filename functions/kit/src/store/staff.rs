//! The staff of a clinic: who is of it, and in which role. A person is one e-mail, in however many clinics.

pub mod invitations;
mod letter;
pub mod sessions;

use crate::db::{Db, DbError, Row, Tx};
use crate::random;
use podpis_shared::Timestamp;
use podpis_shared::staff::Role;

/// A member of a clinic's staff, or somebody who is invited to be. No `Debug`: it names a person.
pub struct Member {
    /// Our id: `stf_…`.
    pub id: String,
    /// The clinic.
    pub clinic_id: String,
    /// The person, in all clinics.
    pub person_id: String,
    /// Place in the list.
    pub position: i64,
    /// E-mail, in lower case.
    pub email: String,
    /// Name; empty where nobody has said it.
    pub name: String,
    /// Role.
    pub role: Role,
    /// When the clinic named this person.
    pub created_at: Timestamp,
    /// When the invitation was accepted; `None`: it still waits.
    pub joined_at: Option<Timestamp>,
    /// When a session for this clinic was last used.
    pub seen_at: Option<Timestamp>,
}

/// Somebody to be invited.
#[derive(Clone, Copy)]
pub struct NewMember<'a> {
    /// The clinic.
    pub clinic_id: &'a str,
    /// E-mail.
    pub email: &'a str,
    /// Name, where it is known; else empty.
    pub name: &'a str,
    /// Role.
    pub role: Role,
}

/// What came of a change of somebody's role or membership.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It is done.
    Done,
    /// It was so already.
    Same,
    /// There is no such member in this clinic.
    NotFound,
    /// The clinic would be left without a head who has joined; nothing changed.
    LastHead,
}

const COLUMNS: &str = "m.id, m.clinic_id, m.person_id, m.position, p.email, m.name, m.role, m.created_at, m.joined_at, \
    (SELECT max(s.seen_at) FROM staff_sessions s WHERE s.staff_id = m.id)";

const FROM: &str = "staff m JOIN staff_people p ON p.id = m.person_id";

impl Member {
    fn of(row: &Row) -> Result<Self, DbError> {
        let time = |column| Ok::<_, DbError>(row.opt_int(column)?.map(Timestamp::from_unix));
        Ok(Self {
            id: row.text(0)?,
            clinic_id: row.text(1)?,
            person_id: row.text(2)?,
            position: row.int(3)?,
            email: row.text(4)?,
            name: row.text(5)?,
            role: role(row, 6)?,
            created_at: Timestamp::from_unix(row.int(7)?),
            joined_at: time(8)?,
            seen_at: time(9)?,
        })
    }
}

/// Members of a clinic behind a position, in the order in which they were invited.
///
/// # Errors
/// As the database says.
pub async fn list(
    db: &Db,
    clinic_id: &str,
    after: i64,
    limit: i64,
) -> Result<Vec<Member>, DbError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM {FROM} WHERE m.clinic_id = ?1 AND m.removed_at IS NULL AND m.position > ?2 ORDER BY m.position LIMIT ?3"
    );
    let rows = db
        .query(&sql, [clinic_id.into(), after.into(), limit.into()])
        .await?;
    rows.iter().map(Member::of).collect()
}

/// A member of a clinic; `None` where there is no such one, or no more.
///
/// # Errors
/// As the database says.
pub async fn find(db: &Db, clinic_id: &str, id: &str) -> Result<Option<Member>, DbError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM {FROM} WHERE m.clinic_id = ?1 AND m.id = ?2 AND m.removed_at IS NULL"
    );
    let row = db.first(&sql, [clinic_id.into(), id.into()]).await?;
    row.as_ref().map(Member::of).transpose()
}

/// The clinics of a person who has joined them, by name: members with the clinics' names.
///
/// # Errors
/// As the database says.
pub async fn of_person(db: &Db, person_id: &str) -> Result<Vec<(Member, String)>, DbError> {
    let sql = format!(
        "SELECT {COLUMNS}, c.name FROM {FROM} JOIN clinics c ON c.id = m.clinic_id WHERE m.person_id = ?1 \
         AND m.removed_at IS NULL AND m.joined_at IS NOT NULL ORDER BY c.name, m.id"
    );
    let rows = db.query(&sql, [person_id.into()]).await?;
    let of = |row: &Row| Ok((Member::of(row)?, row.text(10)?));
    rows.iter().map(of).collect()
}

/// Names somebody as staff, to be invited next ([`invitations::send`]); `None` where this e-mail is of the clinic's staff already.
///
/// # Errors
/// As the database says.
pub async fn add(tx: &Tx, new: NewMember<'_>, now: Timestamp) -> Result<Option<Member>, DbError> {
    let id = |prefix| random::id(prefix).map_err(|e| DbError::host("random", e));
    let email = new.email.to_lowercase();
    let sql = "INSERT INTO staff_people (id, email, created_at) VALUES (?1, ?2, ?3) ON CONFLICT (email) DO NOTHING";
    let params = [id("per")?.into(), email.as_str().into(), now.unix().into()];
    tx.execute(sql, params).await?;
    let id = id("stf")?;
    let sql = "INSERT INTO staff (id, clinic_id, person_id, position, name, role, created_at) \
               SELECT ?1, ?2, p.id, 1 + coalesce((SELECT max(position) FROM staff WHERE clinic_id = ?2), 0), ?4, ?5, ?6 \
               FROM staff_people p WHERE p.email = ?3 AND NOT EXISTS (SELECT 1 FROM staff m \
               WHERE m.clinic_id = ?2 AND m.person_id = p.id AND m.removed_at IS NULL)";
    let params = [
        id.as_str().into(),
        new.clinic_id.into(),
        email.as_str().into(),
        new.name.trim().into(),
        new.role.as_str().into(),
        now.unix().into(),
    ];
    if tx.execute(sql, params).await? == 0 {
        return Ok(None);
    }
    find(tx, new.clinic_id, &id).await
}

/// Gives a member another role; it counts from the next request of every session on.
///
/// # Errors
/// As the database says.
pub async fn set_role(tx: &Tx, clinic_id: &str, id: &str, role: Role) -> Result<Change, DbError> {
    let Some(member) = find(tx, clinic_id, id).await? else {
        return Ok(Change::NotFound);
    };
    if member.role == role {
        return Ok(Change::Same);
    }
    if is_last_head(tx, &member).await? {
        return Ok(Change::LastHead);
    }
    let sql = "UPDATE staff SET role = ?2 WHERE id = ?1 AND removed_at IS NULL";
    tx.execute(sql, [id.into(), role.as_str().into()]).await?;
    Ok(Change::Done)
}

/// Removes a member: sessions that act for this clinic end at once, an invitation opens nothing any more.
///
/// # Errors
/// As the database says.
pub async fn remove(tx: &Tx, clinic_id: &str, id: &str, now: Timestamp) -> Result<Change, DbError> {
    let Some(member) = find(tx, clinic_id, id).await? else {
        return Ok(Change::NotFound);
    };
    if is_last_head(tx, &member).await? {
        return Ok(Change::LastHead);
    }
    for sql in [
        "UPDATE staff SET removed_at = ?2 WHERE id = ?1 AND removed_at IS NULL",
        "UPDATE staff_sessions SET ended_at = ?2 WHERE staff_id = ?1 AND ended_at IS NULL",
        "UPDATE staff_invitations SET ended_at = ?2 WHERE staff_id = ?1 AND ended_at IS NULL",
    ] {
        tx.execute(sql, [id.into(), now.unix().into()]).await?;
    }
    Ok(Change::Done)
}

/// Whether this is the only head of the clinic who has joined.
async fn is_last_head(tx: &Tx, member: &Member) -> Result<bool, DbError> {
    if member.role != Role::Head || member.joined_at.is_none() {
        return Ok(false);
    }
    let sql = "SELECT 1 FROM staff WHERE clinic_id = ?1 AND id <> ?2 AND role = 'head' AND removed_at IS NULL \
               AND joined_at IS NOT NULL LIMIT 1";
    let params = [member.clinic_id.as_str().into(), member.id.as_str().into()];
    Ok(tx.first(sql, params).await?.is_none())
}

fn role(row: &Row, column: usize) -> Result<Role, DbError> {
    Role::parse(&row.text(column)?).ok_or_else(|| DbError::corrupt("role"))
}
