//! Signing in by a code to a phone or an e-mail.
//!
//! Whether an account has the contact is looked up only after the right code: until then nothing depends on it, neither an
//! answer nor the time that it takes.

use super::{codes, view};
use axum::body::Body;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use podpis_kit::db::DbError;
use podpis_kit::store::accounts::contacts::{self, Contact, Held};
use podpis_kit::store::accounts::sessions::{self, Earlier, NewSession, Session};
use podpis_kit::store::accounts::{self, naming};
use podpis_kit::{Context, Db, Result, Tx, http, now, random, session};
use podpis_shared::account::{SignInFacts, State, at_sign_in, device_name, reach, silent};
use podpis_shared::wire::account::{Level, SignIn, TypedCode};
use podpis_shared::wire::code::Purpose;
use podpis_shared::{Person, Timestamp};
use serde_json::json;

/// `POST /patient/account/sign-in`: sends a code that works in this browser only.
///
/// # Errors
/// `invalid` for what is neither phone nor e-mail; those of `sms`.
pub(crate) async fn ask(context: Context, headers: HeaderMap, body: Body) -> Result<Response> {
    session::ours(&headers)?;
    let request: SignIn = http::read_json(&headers, body).await?;
    let contact = codes::contact(&request.contact)?;
    let browser = match session::browser(&headers).await? {
        Some(browser) => browser,
        None => random::token()?,
    };
    let sent = codes::send(&context, &headers, Purpose::SignIn, &contact, &browser).await?;
    let mut response = http::json(StatusCode::OK, &sent)?;
    session::mark(&headers, &mut response, &browser).await?;
    Ok(response)
}

/// `POST /patient/account/sign-in/code`: the right code begins a session in the place of this browser's earlier one.
///
/// # Errors
/// `code_wrong`, `code_expired`, `invalid`.
pub(crate) async fn enter(context: Context, headers: HeaderMap, body: Body) -> Result<Response> {
    session::ours(&headers)?;
    let typed: TypedCode = http::read_json(&headers, body).await?;
    let browser = session::browser(&headers).await?.ok_or_else(codes::over)?;
    let db = Db::open().await?;
    let (contact, _) = codes::check(&context, &db, Purpose::SignIn, &typed, &browser).await?;
    let at = now();
    let before = session::current(&headers, &db, at).await?;
    let tx = db.begin().await?;
    let token = match sessions::earlier(&tx, &typed.code_id).await? {
        Earlier::None => {
            begin(&tx, &contact, &typed.code_id, before.as_ref(), &context, at).await?
        }
        Earlier::Renewed { token, .. } => token,
        Earlier::Ended => return Err(codes::over()),
    };
    tx.commit().await?;
    view::signed_in(&headers, &token, at).await
}

/// Finds the account of a contact or makes one, and begins a session.
async fn begin(
    tx: &Tx,
    contact: &Contact,
    code_id: &str,
    before: Option<&Session>,
    context: &Context,
    at: Timestamp,
) -> Result<String> {
    let (account_id, contact_id, state, people) = match contacts::holder(tx, contact).await? {
        Some(held) => of_holder(tx, held, at).await?,
        None => of_nobody(tx, contact, at).await?,
    };
    let decision = at_sign_in(SignInFacts {
        now: at,
        contact: state,
        people: &people,
    });
    if decision.proves {
        contacts::prove(tx, &contact_id, at).await?;
    }
    naming::write(tx, &account_id, decision.person.as_deref(), at).await?;
    let data = json!({
        "how": contact.kind(), "device": device_name(context.user_agent.as_deref()), "gate": decision.gate,
    });
    accounts::log(tx, &account_id, "signed_in", &data, at).await?;
    let new = NewSession {
        begun_by: code_id,
        account_id: &account_id,
        how: contact.kind(),
        contact_id: Some(&contact_id),
        gate: decision.gate,
        signed_in: at,
    };
    Ok(sessions::begin(tx, new, before, context, at).await?)
}

type Found = (String, String, State, Vec<Person>);

async fn of_holder(tx: &Tx, held: Held, at: Timestamp) -> Result<Found> {
    let account = accounts::find(tx, &held.account_id).await?;
    let account = account.ok_or_else(|| DbError::corrupt("contact"))?;
    let state = State::Held {
        proven_at: held.proven_at,
        named: account.person.is_some() || account.level == Level::Confirmed,
    };
    let people = match state {
        State::Held { named: false, .. } if !silent(held.proven_at, at) => {
            let held = contacts::of_account(tx, &account.id).await?;
            naming::candidates(tx, &held).await?
        }
        _ => Vec::new(),
    };
    Ok((account.id, held.id, state, people))
}

async fn of_nobody(tx: &Tx, contact: &Contact, at: Timestamp) -> Result<Found> {
    let account_id = accounts::create(tx, at).await?;
    accounts::log(tx, &account_id, "created", &json!({}), at).await?;
    let reach = reach(contacts::given_up(tx, contact).await?, at);
    let contact_id = contacts::add(tx, &account_id, contact, reach, at).await?;
    let held = contacts::of_account(tx, &account_id).await?;
    let people = naming::candidates(tx, &held).await?;
    Ok((account_id, contact_id, State::Free, people))
}
