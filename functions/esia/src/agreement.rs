//! Accepting a clinic's user agreement through ESIA, in the personal account.
//!
//! The way there and back is that of a signing act ([`crate::start`], [`crate::complete`]), and it is a sign-in as well: ESIA's person
//! must be the account's. The order is what makes a repeat harmless: who came back is stored as soon as ESIA has said it; one
//! transaction then confirms the account as theirs and begins its next session; `vault` accepts once an act.

mod start;
mod words;

pub(crate) use start::start;

use crate::account::enter::{self, Entering};
use crate::browser;
use crate::complete::{self, CodeAtEsia, WAIT_STEP, WAIT_STEPS};
use crate::db::acceptances::{self, Acceptance};
use crate::db::logins::Identified;
use crate::protocol::Attempt;
use crate::refused::{self, Refused, Step};
use crate::settings::Settings;
use crate::subject::Pepper;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use podpis_kit::store::accounts::sessions::{self, Earlier};
use podpis_kit::store::agreements;
use podpis_kit::{Context, Db, Failure, Result};
use podpis_kit::{acceptance, at_rest, http, neighbour, now, session, vars};
use podpis_shared::hash::sha256_hex;
use podpis_shared::policy;
use podpis_shared::problem::Code;
use podpis_shared::wire::patient::{EsiaComplete, EsiaCompleted};
use podpis_shared::wire::vault::{Accept, Accepted, EsiaIdentity, Identity};
use podpis_shared::{Method, Status, Timestamp};

/// The act of a `state`, if this browser began it.
pub(crate) async fn own_act(
    db: &Db,
    headers: &HeaderMap,
    base_url: &str,
    state: &str,
) -> Result<Option<Acceptance>> {
    let act = acceptances::find(db, &sha256_hex(state.as_bytes())).await?;
    Ok(act.filter(|act| browser::is_of(headers, base_url, &act.browser_hash)))
}

/// `POST /esia/complete` for a `state` that began here.
///
/// # Errors
/// `esia_…`; `consent_changed` where the version is not in force any more; `policy`; `wrong_person` where the account is somebody
/// else's; `signed_out`, `gated`; those of `vault`.
pub(crate) async fn complete(
    context: &Context,
    headers: &HeaderMap,
    db: Db,
    act: Acceptance,
    request: &EsiaComplete,
) -> Result<Response> {
    if let Some(code) = act.failure {
        return Err(words::failure(code));
    }
    let identity = match &act.identity {
        Some(identity) => identity.clone(),
        None => identify(&db, headers, &act, request).await?,
    };
    drop(db);
    let bound = bind(context, headers, &act, &identity).await?;
    // The browser's old session has ended by now, so it gets the new one whatever becomes of the acceptance.
    let mut response = match accept(context, act, bound.account_id, identity).await {
        Ok(done) => http::json(StatusCode::OK, &done)?,
        Err(failure) => failure.into_response(),
    };
    session::give(headers, &mut response, &bound.token).await?;
    Ok(response)
}

/// Finds out who came back, and stores it before anything else can happen.
async fn identify(
    db: &Db,
    headers: &HeaderMap,
    act: &Acceptance,
    request: &EsiaComplete,
) -> Result<EsiaIdentity> {
    let at = now();
    let base_url = vars::base_url(headers).await?;
    check_in_force(db, act).await?;
    // Only now: who is identified already must not fail with our key or certificate.
    let settings = Settings::load(headers).await?;
    let table = podpis_kit::policy::table().await?;
    let outcome = if at >= act.expires_at {
        Err(Refused::Session)
    } else if let Some(error) = &request.error {
        let description = request.error_description.as_deref().unwrap_or_default();
        Err(refused::of_esia(Step::Authorize, error, description))
    } else {
        let code = CodeAtEsia {
            code: request.code.as_deref().unwrap_or_default(),
            started_at: act.act.started_at,
            attempt: Attempt {
                state: &request.state,
                browser: browser::value(headers, &base_url).unwrap_or_default(),
            },
        };
        let identity = complete::ask_esia(db, &settings, code).await?;
        identity.and_then(|identity| may_accept(&table, identity, at))
    };
    complete::record_health(db, request.error.is_some(), &outcome).await;
    let refused = match outcome {
        Ok(identity) => {
            if acceptances::identify(db, &act.id, &identity).await? {
                return Ok(identity);
            }
            Refused::Session
        }
        Err(refused) => refused,
    };
    // A used code: another request of this act may have been faster.
    let raced = refused == Refused::Session && at < act.expires_at && request.error.is_none();
    if raced && let Some(decided) = wait_for_decision(db, &act.id).await? {
        let code = decided.failure.unwrap_or(Code::EsiaSession);
        return decided.identity.ok_or_else(|| words::failure(code));
    }
    acceptances::refuse(db, &act.id, refused.code(), refused.is_final()).await?;
    Err(words::of(refused))
}

/// The law's word on a person whose age ESIA has told; before, nobody may have known it.
fn may_accept(
    table: &policy::Table,
    identity: EsiaIdentity,
    at: Timestamp,
) -> Result<EsiaIdentity, Refused> {
    let question = acceptance::question(Some(&identity.person), Method::Esia, at);
    match policy::decide(table, question) {
        Ok(_) => Ok(identity),
        Err(refusal) => Err(Refused::Policy(refusal)),
    }
}

/// Nothing is asked of ESIA for a version that nobody can accept any more.
async fn check_in_force(db: &Db, act: &Acceptance) -> Result<()> {
    let agreement = agreements::find(db, &act.agreement_id).await?;
    let agreement = agreement.ok_or_else(Failure::not_found)?;
    let current = agreements::current(db, &agreement.clinic_id).await?;
    if current.is_some_and(|current| current.id == agreement.id) {
        return Ok(());
    }
    acceptances::refuse(db, &act.id, Code::ConsentChanged, true).await?;
    Err(words::failure(Code::ConsentChanged))
}

/// Looks for a while whether another request identifies or fails this act.
async fn wait_for_decision(db: &Db, id: &str) -> Result<Option<Acceptance>> {
    for _ in 0..WAIT_STEPS {
        let act = acceptances::find(db, id).await?;
        if let Some(act) = act.filter(|act| act.identity.is_some() || act.failure.is_some()) {
            return Ok(Some(act));
        }
        spin_sdk::time::sleep(WAIT_STEP).await;
    }
    Ok(None)
}

/// The account that accepts, and its session from now on.
struct Bound {
    account_id: String,
    token: String,
}

/// Confirms the account as this person's, by the same decision as anywhere else, and begins its next session. One transaction.
async fn bind(
    context: &Context,
    headers: &HeaderMap,
    act: &Acceptance,
    identity: &EsiaIdentity,
) -> Result<Bound> {
    let (db, at) = (Db::open().await?, now());
    let before = session::current(headers, &db, at).await?;
    let (keys, pepper) = (at_rest::Keys::load(&db).await?, Pepper::load(&db).await?);
    let identified = Identified {
        person: identity.person.clone(),
        subject: pepper.subject(identity.subject.expose()),
    };
    let tx = db.begin().await?;
    match sessions::earlier(&tx, &act.id).await? {
        Earlier::Renewed { token, account_id } => {
            tx.commit().await?;
            return Ok(Bound { account_id, token });
        }
        Earlier::Ended => return Err(session::signed_out()),
        Earlier::None => {}
    }
    let before = match &before {
        Some(before) => sessions::by_id(&tx, &before.id, at).await?,
        None => None,
    };
    let before = before.filter(|before| before.account_id == act.account_id);
    let before = before.ok_or_else(session::signed_out)?;
    if before.gate.is_some() {
        return Err(session::gated());
    }
    let entering = Entering {
        tx: &tx,
        keys: &keys,
        identified: &identified,
        at,
    };
    let Some(account_id) = entering.bind(&before).await? else {
        drop(tx);
        let db = Db::open().await?;
        acceptances::refuse(&db, &act.id, Code::WrongPerson, true).await?;
        return Err(words::failure(Code::WrongPerson));
    };
    if !acceptances::bind(&tx, &act.id, &account_id).await? {
        return Err(Failure::busy());
    }
    let token = enter::begin(&tx, &act.id, &account_id, Some(&before), context, at).await?;
    tx.commit().await?;
    Ok(Bound { account_id, token })
}

/// Asks `vault` for the one atomic step. The act's id makes a repeat harmless.
async fn accept(
    context: &Context,
    act: Acceptance,
    account_id: String,
    identity: EsiaIdentity,
) -> Result<EsiaCompleted> {
    let id = act.id;
    let request = Accept {
        agreement_id: act.agreement_id,
        account_id,
        act_id: id.clone(),
        act: act.act,
        person: None,
        identity: Identity::Esia(Box::new(identity)),
    };
    let accepted: Accepted = neighbour::post_json(context, "vault", "/accept", &request).await?;
    acceptances::accepted(&Db::open().await?, &id).await?;
    neighbour::nudge_delivery(context);
    Ok(EsiaCompleted {
        status: Status::Completed,
        signed_at: accepted.accepted_at,
        document_id: Some(accepted.document_id),
    })
}
