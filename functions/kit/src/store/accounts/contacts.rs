//! Phones and e-mails of accounts. A number belongs to one account at a time.

use crate::db::{Db, DbError, Row, Tx};
use crate::random;
use podpis_shared::account::Reach;
use podpis_shared::{Email, Phone, Timestamp};

/// A phone or an e-mail, in the form in which it is stored and compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Contact {
    /// E.164.
    Phone(Phone),
    /// In lower case.
    Email(Email),
}

/// A row of `account_contacts`.
#[derive(Clone, Debug)]
pub struct Held {
    /// Our id.
    pub id: String,
    /// Whose.
    pub account_id: String,
    /// What.
    pub contact: Contact,
    /// Since when.
    pub since: Timestamp,
    /// The last code from it.
    pub proven_at: Timestamp,
    /// Which documents it shows.
    pub reach: Reach,
}

/// Why a contact left its account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Another phone took its place.
    Replaced,
    /// Its new owner said that the account is not theirs.
    Recycled,
    /// Another account proved that it has it.
    Moved,
    /// The person took it off.
    Removed,
    /// The account was closed.
    Erased,
}

/// What finds documents: those that were sent to a phone or e-mail, and created within a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finder {
    /// `phone` or `email`.
    pub kind: String,
    /// E.164, or lower case.
    pub value: String,
    /// From when.
    pub from: Timestamp,
    /// Until when, exclusively.
    pub until: Option<Timestamp>,
}

const COLUMNS: &str = "id, account_id, kind, value, since, proven_at, documents_from, estranged";

impl Ended {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Replaced => "replaced",
            Self::Recycled => "recycled",
            Self::Moved => "moved",
            Self::Removed => "removed",
            Self::Erased => "erased",
        }
    }
}

impl Contact {
    /// As people type them: an address with `@`; a phone with or without `+7`, `8`, spaces, brackets and dashes.
    pub fn parse(typed: &str) -> Option<Self> {
        let typed = typed.trim();
        if typed.contains('@') {
            return Email::parse(&typed.to_lowercase()).map(Self::Email);
        }
        let separators = |c: char| c.is_whitespace() || "()-.\u{2011}\u{2013}".contains(c);
        let plain: String = typed.chars().filter(|c| !separators(*c)).collect();
        let digits = plain.strip_prefix('+').unwrap_or(&plain);
        if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let full = match (plain.starts_with('+'), digits.len()) {
            (true, _) => plain.clone(),
            (false, 11) if digits.starts_with('8') || digits.starts_with('7') => {
                format!("+7{}", &digits[1..])
            }
            (false, 10) if digits.starts_with('9') => format!("+7{digits}"),
            _ => return None,
        };
        Phone::parse(&full).map(Self::Phone)
    }

    /// Its kind in the database.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Phone(_) => "phone",
            Self::Email(_) => "email",
        }
    }

    /// The value itself.
    pub fn expose(&self) -> &str {
        match self {
            Self::Phone(phone) => phone.expose(),
            Self::Email(email) => email.expose(),
        }
    }

    /// Its middle hidden.
    pub fn masked(&self) -> String {
        match self {
            Self::Phone(phone) => phone.masked(),
            Self::Email(email) => email.masked(),
        }
    }

    fn stored(kind: &str, value: &str) -> Option<Self> {
        match kind {
            "phone" => Phone::parse(value).map(Self::Phone),
            "email" => Email::parse(value).map(Self::Email),
            _ => None,
        }
    }
}

impl Held {
    fn of(row: &Row) -> Result<Self, DbError> {
        let contact = Contact::stored(&row.text(2)?, &row.text(3)?);
        Ok(Self {
            id: row.text(0)?,
            account_id: row.text(1)?,
            contact: contact.ok_or_else(|| DbError::corrupt("contact"))?,
            since: Timestamp::from_unix(row.int(4)?),
            proven_at: Timestamp::from_unix(row.int(5)?),
            reach: Reach {
                documents_from: Timestamp::from_unix(row.int(6)?),
                estranged: row.int(7)? != 0,
            },
        })
    }
}

/// Who holds a contact now.
///
/// # Errors
/// As the database says.
pub async fn holder(db: &Db, contact: &Contact) -> Result<Option<Held>, DbError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM account_contacts WHERE kind = ?1 AND value = ?2 AND ended_at IS NULL"
    );
    let params = [contact.kind().into(), contact.expose().into()];
    db.first(&sql, params)
        .await?
        .as_ref()
        .map(Held::of)
        .transpose()
}

/// What an account holds now, phones first.
///
/// # Errors
/// As the database says.
pub async fn of_account(db: &Db, account_id: &str) -> Result<Vec<Held>, DbError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM account_contacts WHERE account_id = ?1 AND ended_at IS NULL ORDER BY kind DESC, since"
    );
    db.query(&sql, [account_id.into()])
        .await?
        .iter()
        .map(Held::of)
        .collect()
}

/// Whether an account held this contact once and gave it up, or lost it to its new owner.
///
/// # Errors
/// As the database says.
pub async fn given_up(db: &Db, contact: &Contact) -> Result<bool, DbError> {
    let sql = "SELECT 1 FROM account_contacts WHERE kind = ?1 AND value = ?2 AND ended_at IS NOT NULL LIMIT 1";
    let params = [contact.kind().into(), contact.expose().into()];
    Ok(db.first(sql, params).await?.is_some())
}

/// What finds the documents of an account. For one that ESIA has confirmed the name decides, so its contacts reach back
/// without an end; else what was sent before the account could have had a contact, or after it was replaced, is left out.
///
/// # Errors
/// As the database says.
pub async fn finders(db: &Db, account_id: &str, confirmed: bool) -> Result<Vec<Finder>, DbError> {
    let sql = "SELECT kind, value, documents_from, ended_at FROM account_contacts WHERE account_id = ?1 \
               AND (ended_at IS NULL OR ended_why = 'replaced') ORDER BY kind DESC, since";
    let of = |row: &Row| {
        let from = if confirmed { 0 } else { row.int(2)? };
        let until = row.opt_int(3)?.map(Timestamp::from_unix);
        Ok(Finder {
            kind: row.text(0)?,
            value: row.text(1)?,
            from: Timestamp::from_unix(from),
            until: until.filter(|_| !confirmed),
        })
    };
    let rows = db.query(sql, [account_id.into()]).await?;
    rows.iter().map(of).collect()
}

/// Gives a contact to an account; its id.
///
/// # Errors
/// As the database says; a conflict where somebody holds it.
pub async fn add(
    tx: &Tx,
    account_id: &str,
    contact: &Contact,
    reach: Reach,
    now: Timestamp,
) -> Result<String, DbError> {
    let id = random::id("con").map_err(|e| DbError::host("random", e))?;
    let sql = "INSERT INTO account_contacts (id, account_id, kind, value, since, proven_at, documents_from, estranged) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?6, ?7)";
    let params = [
        id.as_str().into(),
        account_id.into(),
        contact.kind().into(),
        contact.expose().into(),
        now.unix().into(),
        reach.documents_from.unix().into(),
        i64::from(reach.estranged).into(),
    ];
    tx.execute(sql, params).await?;
    super::documents::forget(tx, account_id).await?;
    Ok(id)
}

/// A code came from it.
///
/// # Errors
/// As the database says.
pub async fn prove(tx: &Tx, id: &str, now: Timestamp) -> Result<(), DbError> {
    let sql = "UPDATE account_contacts SET proven_at = ?2 WHERE id = ?1 AND ended_at IS NULL";
    tx.execute(sql, [id.into(), now.unix().into()])
        .await
        .map(|_| ())
}

/// Whom clinics named at an account's contacts so far is nobody of its.
///
/// # Errors
/// As the database says.
pub async fn estrange(tx: &Tx, account_id: &str, now: Timestamp) -> Result<(), DbError> {
    let sql = "UPDATE account_contacts SET since = ?2, documents_from = ?2 + 1, estranged = 1 \
               WHERE account_id = ?1 AND ended_at IS NULL";
    tx.execute(sql, [account_id.into(), now.unix().into()])
        .await?;
    super::documents::forget(tx, account_id).await
}

/// Takes it from its account.
///
/// # Errors
/// As the database says.
pub async fn end(tx: &Tx, held: &Held, why: Ended, now: Timestamp) -> Result<(), DbError> {
    let sql = "UPDATE account_contacts SET ended_at = ?2, ended_why = ?3 WHERE id = ?1 AND ended_at IS NULL";
    let params = [
        held.id.as_str().into(),
        now.unix().into(),
        why.as_str().into(),
    ];
    tx.execute(sql, params).await?;
    super::documents::forget(tx, &held.account_id).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phones_as_people_type_them() {
        for typed in [
            "+79161234567",
            "8 (916) 123-45-67",
            "79161234567",
            "916 123 45 67",
            " +7 916 123‑45‑67 ",
        ] {
            assert_eq!(
                Contact::parse(typed).unwrap().expose(),
                "+79161234567",
                "{typed}"
            );
        }
        for wrong in ["", "+", "916", "телефон", "+7 916 12", "8916123456a"] {
            assert_eq!(Contact::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn addresses_are_compared_in_lower_case() {
        let contact = Contact::parse(" Maria@Example.RU ").unwrap();
        assert_eq!(
            (contact.kind(), contact.expose()),
            ("email", "maria@example.ru")
        );
    }
}
