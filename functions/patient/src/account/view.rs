//! `GET /patient/account`, and the answer to everything that changes what it shows.

use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use podpis_kit::db::DbError;
use podpis_kit::store::accounts::contacts::{self, Held};
use podpis_kit::store::accounts::sessions::{self, Session};
use podpis_kit::store::accounts::{Account, naming};
use podpis_kit::{Db, Result, http, now, session};
use podpis_shared::Timestamp;
use podpis_shared::hash::sha256_hex;
use podpis_shared::wire::account::{AccountView, ClinicRef, ContactView, Gate, Level, Notices};

/// The account of this browser's session.
///
/// # Errors
/// `signed_out`.
pub(crate) async fn read(headers: HeaderMap) -> Result<Response> {
    let (db, at) = (Db::open().await?, now());
    let session = session::any(&headers, &db, at).await?;
    answer(db, &session, at).await
}

/// The answer to whoever has just got the cookie `token`.
///
/// # Errors
/// As the database says.
pub(crate) async fn signed_in(headers: &HeaderMap, token: &str, at: Timestamp) -> Result<Response> {
    let db = Db::open().await?;
    let session = sessions::find(&db, &sha256_hex(token.as_bytes()), at).await?;
    let session = session.ok_or_else(|| DbError::corrupt("session"))?;
    let mut response = answer(db, &session, at).await?;
    session::give(headers, &mut response, token).await?;
    Ok(response)
}

/// The account as a session may see it.
///
/// # Errors
/// As the database says.
pub(crate) async fn answer(db: Db, session: &Session, at: Timestamp) -> Result<Response> {
    http::json(StatusCode::OK, &view(db, session, at).await?)
}

async fn view(db: Db, session: &Session, at: Timestamp) -> Result<AccountView> {
    if let Some(gate) = session.gate {
        return gated(&db, session, gate).await;
    }
    let summary = summary(db, session, at).await?;
    if let Some(gate) = summary.gate {
        return gated(&summary.db, session, gate).await;
    }
    let account = summary.account;
    let by_esia = account.person.as_ref().filter(|_| account.person_by_esia);
    let birth_date = by_esia.and_then(|person| person.birth_date);
    Ok(AccountView {
        level: account.level,
        name: account.person.as_ref().map(|person| person.full_name()),
        birth_date: birth_date.map(|date| date.dotted()),
        gate: None,
        contacts: summary.contacts.iter().map(contact).collect(),
        clinics: summary.clinics,
        to_sign: summary.to_sign,
        signed: summary.signed,
        all: summary.all,
        unread: summary.unread,
        agreements_due: summary.agreements_due,
        notices: account.notices,
    })
}

/// What somebody sees who has shown nothing but a code: the contact that it came from, which they hold anyway.
async fn gated(db: &Db, session: &Session, gate: Gate) -> Result<AccountView> {
    let held = contacts::of_account(db, &session.account_id).await?;
    let own = |held: &&Held| session.contact_id.as_deref() == Some(held.id.as_str());
    Ok(AccountView {
        level: Level::Contact,
        name: None,
        birth_date: None,
        gate: Some(gate),
        contacts: held
            .iter()
            .filter(own)
            .map(|held| ContactView {
                // Since when somebody else held it is not theirs to know.
                since: session.created_at,
                proven_at: session.created_at,
                ..contact(held)
            })
            .collect(),
        clinics: Vec::new(),
        to_sign: 0,
        signed: 0,
        all: 0,
        unread: 0,
        agreements_due: Vec::new(),
        notices: Notices::default(),
    })
}

fn contact(held: &Held) -> ContactView {
    ContactView {
        id: held.id.clone(),
        kind: held.contact.kind().into(),
        value: held.contact.expose().into(),
        since: held.since,
        proven_at: held.proven_at,
    }
}

/// What the account holds.
struct Summary {
    db: Db,
    account: Account,
    contacts: Vec<Held>,
    gate: Option<Gate>,
    clinics: Vec<ClinicRef>,
    to_sign: u32,
    signed: u32,
    all: u32,
    unread: u32,
    agreements_due: Vec<ClinicRef>,
}

async fn summary(db: Db, session: &Session, _at: Timestamp) -> Result<Summary> {
    let (db, account, gate) = naming::settle(db, &session.account_id).await?;
    let account = account.ok_or_else(|| DbError::corrupt("session"))?;
    let contacts = contacts::of_account(&db, &account.id).await?;
    Ok(Summary {
        db,
        account,
        contacts,
        gate,
        clinics: Vec::new(),
        to_sign: 0,
        signed: 0,
        all: 0,
        unread: 0,
        agreements_due: Vec::new(),
    })
}
