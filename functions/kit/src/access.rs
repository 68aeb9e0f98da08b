//! By what right a request of the person's pages reaches a document: a link, or a session of the personal account.

use crate::db::Db;
use crate::http::{Failure, Result};
use crate::policy;
use crate::session;
use crate::store::accounts::Account;
use crate::store::accounts::contacts::Held;
use crate::store::accounts::documents::{self as own, Role};
use crate::store::accounts::sessions::Session;
use crate::store::agreements::{self, Agreement};
use crate::store::documents::{self, Document};
use crate::store::links;
use axum::http::HeaderMap;
use podpis_shared::Timestamp;
use podpis_shared::policy::acts_until;
use podpis_shared::problem::Code;
use podpis_shared::wire::account::{AGREEMENT_HEADER, DOCUMENT_HEADER};

/// Longest id that is looked for, in bytes.
const ID_MAX: usize = 64;

/// A document with the right by which it was reached.
pub struct Opened {
    /// The database's handle that it was found by.
    pub db: Db,
    /// The document, as time has left it.
    pub document: Document,
    /// By what right.
    pub by: By,
}

/// The right.
#[derive(Clone, Debug)]
pub enum By {
    /// The token of a link.
    Link,
    /// A session of the account.
    Account(Session, Role),
}

impl By {
    /// The account, where it is one.
    pub fn account_id(&self) -> Option<&str> {
        match self {
            Self::Link => None,
            Self::Account(session, _) => Some(&session.account_id),
        }
    }

    /// Whether this person may sign or decline; whoever only sees the document may not.
    ///
    /// # Errors
    /// `wrong_person`.
    pub fn may_act(&self) -> Result<()> {
        match self {
            Self::Link | Self::Account(_, Role::Signer) => Ok(()),
            Self::Account(_, Role::Patient) => Err(Failure::new(
                Code::WrongPerson,
                "Этот документ подписывает ваш представитель.",
            )),
        }
    }
}

/// The document of a request: named by the header of a link, or by that of the account's pages.
///
/// # Errors
/// Those of [`links::open`]; `signed_out`, `gated`; `not_found` for a document that is not the account's.
pub async fn open(headers: &HeaderMap, now: Timestamp) -> Result<Opened> {
    if !headers.contains_key(DOCUMENT_HEADER) {
        let (db, document) = links::open(headers, now).await?;
        let by = By::Link;
        return Ok(Opened { db, document, by });
    }
    let db = Db::open().await?;
    let session = session::open(headers, &db, now).await?;
    let id = id(headers, DOCUMENT_HEADER)?;
    let (db, role) = match own::role(&db, &session.account_id, id, now).await? {
        Some(role) => (db, Some(role)),
        None => {
            // It may have come since the account was last looked at.
            let db = up_to_date(db, session.clone(), now).await?.db;
            let role = own::role(&db, &session.account_id, id, now).await?;
            (db, role)
        }
    };
    let role = role.ok_or_else(Failure::not_found)?;
    let db = documents::expire(db, Some(id), now, 1).await?;
    let document = documents::find(&db, id)
        .await?
        .ok_or_else(Failure::not_found)?;
    if role == Role::Signer && is_over(&document, now).await? {
        return Err(Failure::not_found());
    }
    Ok(Opened {
        db,
        document,
        by: By::Account(session, role),
    })
}

/// A signed-in person and the account as it is now.
pub struct SignedIn {
    /// The database's handle that it was found by.
    pub db: Db,
    /// The session.
    pub session: Session,
    /// The account.
    pub account: Account,
    /// Its phones and e-mails.
    pub contacts: Vec<Held>,
}

/// The account of a request, nothing before its documents, these brought up to date.
///
/// # Errors
/// `signed_out`, `gated`.
pub async fn account(headers: &HeaderMap, now: Timestamp) -> Result<SignedIn> {
    let db = Db::open().await?;
    let session = session::open(headers, &db, now).await?;
    up_to_date(db, session, now).await
}

/// A clinic's user agreement that a signed-in person reads.
pub struct Offered {
    /// Who reads it.
    pub reader: SignedIn,
    /// The version in force.
    pub agreement: Agreement,
}

/// The agreement in force of the clinic that a request names.
///
/// # Errors
/// `signed_out`, `gated`; `not_found` for an unknown clinic and for one without an agreement.
pub async fn agreement(headers: &HeaderMap, now: Timestamp) -> Result<Offered> {
    let reader = account(headers, now).await?;
    let clinic_id = id(headers, AGREEMENT_HEADER)?;
    let agreement = agreements::current(&reader.db, clinic_id).await?;
    let agreement = agreement.ok_or_else(Failure::not_found)?;
    Ok(Offered { reader, agreement })
}

async fn up_to_date(db: Db, session: Session, now: Timestamp) -> Result<SignedIn> {
    let synced = own::sync(db, &session.account_id, now).await?;
    if synced.several {
        return Err(session::gated());
    }
    Ok(SignedIn {
        db: synced.db,
        session,
        account: synced.account,
        contacts: synced.contacts,
    })
}

/// The patient has come of the age that ends the representative's part. The row of the account says so too, but by the table
/// that was in force when it was written.
async fn is_over(document: &Document, now: Timestamp) -> Result<bool> {
    let Some(representative) = &document.representative else {
        return Ok(false);
    };
    let Some(born) = document.patient.birth_date else {
        return Ok(true);
    };
    let (table, ground) = (policy::table().await?, representative.ground);
    let until = acts_until(&table, document.kind, ground, born);
    Ok(until.is_some_and(|day| day.midnight() <= now))
}

fn id<'a>(headers: &'a HeaderMap, name: &str) -> Result<&'a str> {
    let id = headers.get(name).and_then(|value| value.to_str().ok());
    id.filter(|id| id.len() <= ID_MAX)
        .ok_or_else(Failure::not_found)
}
