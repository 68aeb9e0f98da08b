//! `GET /patient/account`, and the answer to everything that changes what it shows.

use crate::db;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use podpis_kit::db::DbError;
use podpis_kit::store::accounts;
use podpis_kit::store::accounts::contacts::{self, Contact, Held};
use podpis_kit::store::accounts::documents::{self, Synced};
use podpis_kit::store::accounts::sessions::{self, Session};
use podpis_kit::store::agreements;
use podpis_kit::{Db, Result, http, now, session};
use podpis_shared::hash::sha256_hex;
use podpis_shared::wire::account::{AccountView, ClinicRef, ContactView, Gate, Level, Notices};
use podpis_shared::{Birthday, Person, Timestamp};

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
    let synced = documents::sync(db, &session.account_id, at).await?;
    let Synced {
        db,
        account,
        contacts: held,
        several,
    } = synced;
    if several {
        return gated(&db, session, Gate::Who).await;
    }
    let by_esia = account.person.as_ref().filter(|_| account.person_by_esia);
    let birth_date = by_esia.and_then(|person| person.birth_date);
    let counts = documents::counts(&db, &account.id, at).await?;
    Ok(AccountView {
        level: account.level,
        name: account.person.as_ref().map(Person::full_name),
        birth_date: birth_date.map(Birthday::dotted),
        gate: None,
        contacts: held.iter().map(contact).collect(),
        clinics: documents::clinics(&db, &account.id, at).await?,
        to_sign: counts.to_sign,
        signed: counts.signed,
        all: counts.all,
        unread: counts.unread,
        agreements_due: agreements_due(&db, &account.id, &held, at).await?,
        notices: account.notices,
        utc_offset: accounts::utc_offset(&db, &account.id).await?,
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
        utc_offset: None,
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

/// Clinics whose agreement waits: renewed since it was accepted, or needed so that a code signs what the clinic has sent.
async fn agreements_due(
    db: &Db,
    account_id: &str,
    contacts: &[Held],
    at: Timestamp,
) -> Result<Vec<ClinicRef>> {
    let mut due = db::account::renewed_agreements(db, account_id).await?;
    let phone = contacts.iter().find_map(|held| match &held.contact {
        Contact::Phone(phone) => Some(phone.expose()),
        Contact::Email(_) => None,
    });
    let Some(phone) = phone else {
        return Ok(due);
    };
    for clinic in db::account::clinics_that_wait_for_codes(db, account_id, at).await? {
        let is_known = due.iter().any(|known| known.id == clinic.id);
        if !is_known
            && agreements::valid_for_phone(db, &clinic.id, account_id, phone)
                .await?
                .is_none()
        {
            due.push(clinic);
        }
    }
    due.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(due)
}
