//! Signing in to the personal account through ESIA, and confirming the account that is signed in.
//!
//! The way there is that of a signing act ([`crate::start`], [`crate::complete`]), without a document. A fresh sign-in at ESIA is
//! asked for here too: a browser that somebody else has left signed in there must not open their account.

pub(crate) mod enter;
mod words;

use crate::browser::{self, Departure};
use crate::complete::{self, CodeAtEsia};
use crate::db::logins::{self, Identified, Login, NewLogin};
use crate::protocol::{self, Attempt};
use crate::refused::{self, Refused, Step};
use crate::settings::Settings;
use crate::start::{KEPT_S, SESSION_S};
use crate::subject::Pepper;
use axum::body::Body;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use podpis_kit::{Context, Db, Failure, Result, at_rest, http, now, random, session};
use podpis_shared::hash::sha256_hex;
use podpis_shared::problem::Code;
use podpis_shared::wire::account::{LoginPurpose, LoginStart};
use podpis_shared::wire::patient::{EsiaComplete, EsiaStarted};

/// Logins that one network address may begin within [`SESSION_S`]: a whole waiting room, but no more.
const LOGINS_MAX: i64 = 300;

/// `POST /esia/account/start`: tells the page where to go.
///
/// # Errors
/// `bad_request` for another site's request; `signed_out` where there is no account to confirm; `too_many_requests`;
/// `unavailable` where a key is missing or the signer of our requests is away.
pub async fn start(context: Context, headers: HeaderMap, body: Body) -> Result<Response> {
    session::ours(&headers)?;
    let request: LoginStart = http::read_json(&headers, body).await?;
    let (db, at) = (Db::open().await?, now());
    let account_id = match request.purpose {
        LoginPurpose::SignIn => None,
        LoginPurpose::Bind => Some(session::any(&headers, &db, at).await?.account_id),
    };
    let settings = Settings::load(&headers).await?;
    // What would be missing at the end is said before they go to ESIA.
    at_rest::Keys::load(&db).await?;
    Pepper::load(&db).await?;
    let client = context.client_addr.as_deref().map(without_port);
    if let Some(client) = client
        && logins::count_since(&db, client, at.plus(-SESSION_S)).await? >= LOGINS_MAX
    {
        let detail = "Слишком много попыток. Подождите 15 минут и попробуйте снова.";
        return Err(Failure::new(Code::TooMany, detail).retry_after(900));
    }
    let browser = browser::value_or_new(&headers, &settings.base_url)?;
    let state = protocol::uuid(random::bytes()?);
    let departure = Departure {
        attempt: Attempt {
            state: &state,
            browser: &browser,
        },
        document_id: None,
    };
    let location = departure.location(&db, &settings, at).await?;
    let tx = db.begin().await?;
    logins::forget(&tx, at.plus(-KEPT_S)).await?;
    let login = NewLogin {
        id: &sha256_hex(state.as_bytes()),
        browser_hash: &sha256_hex(browser.as_bytes()),
        purpose: request.purpose,
        account_id: account_id.as_deref(),
        client,
        expires_at: at.plus(SESSION_S),
    };
    logins::insert(&tx, login, at).await?;
    tx.commit().await?;
    let mut response = http::json(StatusCode::OK, &EsiaStarted { location })?;
    browser::keep(&mut response, &settings.base_url, &browser)?;
    Ok(response)
}

/// `POST /esia/complete` for a `state` that began here.
///
/// # Errors
/// `esia_…`; `wrong_person` where the account is somebody else's; `signed_out`.
pub(crate) async fn complete(
    context: &Context,
    headers: &HeaderMap,
    base_url: &str,
    db: Db,
    request: &EsiaComplete,
) -> Result<Response> {
    let login = own_login(&db, headers, base_url, &request.state).await?;
    let login = login.ok_or_else(|| words::failure(&Refused::Session))?;
    if let Some(code) = login.failure {
        return Err(words::of(code));
    }
    if login.done {
        return enter::again(headers, &login).await;
    }
    let identified = match &login.identified {
        Some(identified) => identified.clone(),
        None => {
            let settings = Settings::load(headers).await?;
            let attempt = Attempt {
                state: &request.state,
                browser: browser::value(headers, base_url).unwrap_or_default(),
            };
            identify(&db, &settings, &login, request, attempt).await?
        }
    };
    enter::enter(context, headers, &login, &identified).await
}

/// The login of a `state`, if this browser started it.
pub(crate) async fn own_login(
    db: &Db,
    headers: &HeaderMap,
    base_url: &str,
    state: &str,
) -> Result<Option<Login>> {
    let login = logins::find(db, &sha256_hex(state.as_bytes())).await?;
    Ok(login.filter(|login| browser::is_of(headers, base_url, &login.browser_hash)))
}

/// Finds out who came back, and stores it before anything else can happen.
async fn identify(
    db: &Db,
    settings: &Settings,
    login: &Login,
    request: &EsiaComplete,
    attempt: Attempt<'_>,
) -> Result<Identified> {
    let at = now();
    let outcome = if at >= login.expires_at {
        Err(Refused::Session)
    } else if let Some(error) = &request.error {
        let description = request.error_description.as_deref().unwrap_or_default();
        Err(refused::of_esia(Step::Authorize, error, description))
    } else {
        let code = CodeAtEsia {
            code: request.code.as_deref().unwrap_or_default(),
            started_at: login.created_at,
            attempt,
        };
        complete::ask_esia(db, settings, code).await?
    };
    complete::record_health(db, request.error.is_some(), &outcome).await;
    let refused = match outcome {
        Ok(identity) => {
            let identified = Identified {
                subject: Pepper::load(db).await?.subject(identity.subject.expose()),
                person: identity.person,
            };
            if logins::identify(db, &login.id, &identified).await? {
                return Ok(identified);
            }
            Refused::Session
        }
        Err(refused) => refused,
    };
    // A used code: another request of this login may have been faster.
    let raced = refused == Refused::Session && at < login.expires_at && request.error.is_none();
    if raced && let Some(identified) = wait_for_identity(db, &login.id).await? {
        return Ok(identified);
    }
    logins::refuse(db, &login.id, refused.code(), refused.is_final()).await?;
    Err(words::failure(&refused))
}

/// Looks for a while whether another request identifies the person of this login.
async fn wait_for_identity(db: &Db, id: &str) -> Result<Option<Identified>> {
    for _ in 0..complete::WAIT_STEPS {
        let login = logins::find(db, id).await?;
        if let Some(identified) = login.and_then(|login| login.identified) {
            return Ok(Some(identified));
        }
        spin_sdk::time::sleep(complete::WAIT_STEP).await;
    }
    Ok(None)
}

/// `192.0.2.1` of `192.0.2.1:54321`; the address of `[2001:db8::1]:443` in brackets.
fn without_port(address: &str) -> &str {
    match address.rsplit_once(':') {
        Some((host, _)) if host.ends_with(']') || !host.contains(':') => host,
        _ => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        for (given, address) in [
            ("192.0.2.1:54321", "192.0.2.1"),
            ("192.0.2.1", "192.0.2.1"),
            ("[2001:db8::1]:443", "[2001:db8::1]"),
            ("2001:db8::1", "2001:db8::1"),
        ] {
            assert_eq!(without_port(given), address);
        }
    }
}
