//! By what right a request of the person's pages reaches a document: a link, or a session of the personal account.

use crate::db::Db;
use crate::http::{Failure, Result};
use crate::session;
use crate::store::accounts::documents::{self as own, Role};
use crate::store::accounts::sessions::Session;
use crate::store::documents::{self, Document};
use crate::store::links;
use axum::http::HeaderMap;
use podpis_shared::Timestamp;
use podpis_shared::problem::Code;
use podpis_shared::wire::account::DOCUMENT_HEADER;

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
    /// `not_addressee`.
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
    let Some(id) = headers.get(DOCUMENT_HEADER) else {
        let (db, document) = links::open(headers, now).await?;
        let by = By::Link;
        return Ok(Opened { db, document, by });
    };
    let id = id.to_str().map_err(|_| Failure::not_found())?;
    let db = Db::open().await?;
    let session = session::open(headers, &db, now).await?;
    let role = own::role(&db, &session.account_id, id, now).await?;
    let role = role.ok_or_else(Failure::not_found)?;
    let db = documents::expire(db, Some(id), now, 1).await?;
    let document = documents::find(&db, id)
        .await?
        .ok_or_else(Failure::not_found)?;
    Ok(Opened {
        db,
        document,
        by: By::Account(session, role),
    })
}
