//! What a letter's link lets: becoming staff, a new password, a new second factor.
//!
//! The letter waits in the outbox without a token; `deliver` makes one when it sends it, so that none ever lies in the database.

use super::{Member, letter};
use crate::db::{Db, DbError, Row, Tx};
use crate::random;
use podpis_shared::Timestamp;
use podpis_shared::hash::sha256_hex;
use podpis_shared::staff::Role;
use podpis_shared::wire::staff::Purpose;

/// How long an invitation may be accepted, in seconds: 7 days.
pub const INVITE_S: i64 = 7 * 24 * 3600;

/// How long a password may be reset, in seconds: an hour.
pub const RESET_S: i64 = 3600;

/// How long a second factor may be replaced, in seconds: a day.
pub const FACTOR_S: i64 = 24 * 3600;

/// A living invitation. No `Debug`: it names a person.
pub struct Invitation {
    /// Our id.
    pub id: String,
    /// What it is for.
    pub purpose: Purpose,
    /// Whose.
    pub person_id: String,
    /// That person in the clinic that the letter is from.
    pub staff_id: String,
    /// E-mail.
    pub email: String,
    /// Name there.
    pub name: String,
    /// Role there.
    pub role: Role,
    /// The clinic.
    pub clinic_id: String,
    /// Its name.
    pub clinic_name: String,
    /// The person has a password and a second factor.
    pub known: bool,
    /// Until when it works.
    pub expires_at: Timestamp,
}

/// What became of a token.
pub enum Found {
    /// It opens this.
    Living(Box<Invitation>),
    /// Its time is over.
    Expired,
    /// Nobody has it, it was used, or replaced by a newer one.
    Unknown,
}

/// Name in the database.
pub(super) const fn name(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Invite => "invite",
        Purpose::Reset => "reset",
        Purpose::Factor => "factor",
    }
}

const fn lives(purpose: Purpose) -> i64 {
    match purpose {
        Purpose::Invite => INVITE_S,
        Purpose::Reset => RESET_S,
        Purpose::Factor => FACTOR_S,
    }
}

/// Queues the letter that a clinic's word to a member is: an invitation while it waits, and afterwards the way to a new second
/// factor, the phone being lost. Earlier ones of the kind open nothing any more. Gives which of the two it is.
///
/// `base_url`: address of this installation.
///
/// # Errors
/// As the database says.
pub async fn send(
    tx: &Tx,
    member: &Member,
    base_url: &str,
    now: Timestamp,
) -> Result<Purpose, DbError> {
    let purpose = match member.joined_at {
        None => Purpose::Invite,
        Some(_) => Purpose::Factor,
    };
    write(tx, &member.email, Some(&member.id), purpose, base_url, now).await?;
    Ok(purpose)
}

/// Queues the letter that resets a password, where somebody who has joined a clinic has this e-mail. The same statements run where
/// nobody has it, so that the time tells nothing.
///
/// # Errors
/// As the database says.
pub async fn send_reset(
    tx: &Tx,
    email: &str,
    base_url: &str,
    now: Timestamp,
) -> Result<(), DbError> {
    write(tx, email, None, Purpose::Reset, base_url, now).await
}

/// The row and its letter: of one member, or of the first clinic that whoever has this e-mail has joined.
async fn write(
    tx: &Tx,
    email: &str,
    staff_id: Option<&str>,
    purpose: Purpose,
    base_url: &str,
    now: Timestamp,
) -> Result<(), DbError> {
    let email = email.to_lowercase();
    let sql = "UPDATE staff_invitations SET ended_at = ?3 WHERE purpose = ?2 AND ended_at IS NULL \
               AND person_id = (SELECT id FROM staff_people WHERE email = ?1) AND (?4 IS NULL OR staff_id = ?4)";
    let params = [
        email.as_str().into(),
        name(purpose).into(),
        now.unix().into(),
        staff_id.into(),
    ];
    tx.execute(sql, params).await?;
    let id = random::id("inv").map_err(|e| DbError::host("random", e))?;
    let sql = "INSERT INTO staff_invitations (id, person_id, staff_id, purpose, created_at, expires_at) \
               SELECT ?1, p.id, m.id, ?3, ?4, ?5 FROM staff_people p JOIN staff m ON m.person_id = p.id \
               WHERE p.email = ?2 AND m.removed_at IS NULL AND (m.id = ?6 OR ?6 IS NULL AND m.joined_at IS NOT NULL) \
               ORDER BY m.joined_at LIMIT 1";
    let params = [
        id.as_str().into(),
        email.as_str().into(),
        name(purpose).into(),
        now.unix().into(),
        now.plus(lives(purpose)).unix().into(),
        staff_id.into(),
    ];
    tx.execute(sql, params).await?;
    letter::queue(tx, &id, purpose, base_url, now).await
}

/// Stores the token of a letter that goes out now, hashed; `false` where its invitation opens nothing any more, so that nobody needs
/// the letter.
///
/// # Errors
/// As the database says.
pub async fn insert_token(
    tx: &Tx,
    token: &str,
    invitation_id: &str,
    now: Timestamp,
) -> Result<bool, DbError> {
    let sql = "INSERT INTO staff_tokens (token_hash, invitation_id, created_at) \
               SELECT ?1, id, ?3 FROM staff_invitations WHERE id = ?2 AND ended_at IS NULL AND expires_at > ?3";
    let params = [
        sha256_hex(token.as_bytes()).into(),
        invitation_id.into(),
        now.unix().into(),
    ];
    Ok(tx.execute(sql, params).await? > 0)
}

/// What a token opens.
///
/// # Errors
/// As the database says.
pub async fn by_token(db: &Db, token: &str, now: Timestamp) -> Result<Found, DbError> {
    let sql = "SELECT invitation_id FROM staff_tokens WHERE token_hash = ?1";
    let row = db.first(sql, [sha256_hex(token.as_bytes()).into()]).await?;
    match row {
        Some(row) => by_id(db, &row.text(0)?, now).await,
        None => Ok(Found::Unknown),
    }
}

/// Likewise by its id, read anew inside a transaction.
///
/// # Errors
/// As the database says.
pub async fn by_id(db: &Db, id: &str, now: Timestamp) -> Result<Found, DbError> {
    let sql = "SELECT i.id, i.purpose, i.person_id, i.staff_id, p.email, m.name, m.role, c.id, c.name, \
               p.password_hash IS NOT NULL AND (p.totp IS NOT NULL \
               OR EXISTS (SELECT 1 FROM staff_passkeys k WHERE k.person_id = p.id)), i.expires_at \
               FROM staff_invitations i JOIN staff_people p ON p.id = i.person_id JOIN staff m ON m.id = i.staff_id \
               JOIN clinics c ON c.id = m.clinic_id WHERE i.id = ?1 AND i.ended_at IS NULL AND m.removed_at IS NULL";
    let Some(row) = db.first(sql, [id.into()]).await? else {
        return Ok(Found::Unknown);
    };
    let invitation = Invitation::of(&row)?;
    if invitation.expires_at <= now {
        return Ok(Found::Expired);
    }
    Ok(Found::Living(Box::new(invitation)))
}

/// Uses an invitation up; `false` where somebody has already.
///
/// # Errors
/// As the database says.
pub async fn end(tx: &Tx, id: &str, now: Timestamp) -> Result<bool, DbError> {
    let sql = "UPDATE staff_invitations SET ended_at = ?2 WHERE id = ?1 AND ended_at IS NULL AND expires_at > ?2";
    Ok(tx.execute(sql, [id.into(), now.unix().into()]).await? > 0)
}

impl Invitation {
    fn of(row: &Row) -> Result<Self, DbError> {
        let purpose = match row.text(1)?.as_str() {
            "invite" => Purpose::Invite,
            "reset" => Purpose::Reset,
            "factor" => Purpose::Factor,
            _ => return Err(DbError::corrupt("invitation")),
        };
        Ok(Self {
            id: row.text(0)?,
            purpose,
            person_id: row.text(2)?,
            staff_id: row.text(3)?,
            email: row.text(4)?,
            name: row.text(5)?,
            role: super::role(row, 6)?,
            clinic_id: row.text(7)?,
            clinic_name: row.text(8)?,
            known: row.int(9)? == 1,
            expires_at: Timestamp::from_unix(row.int(10)?),
        })
    }
}
