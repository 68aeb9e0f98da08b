//! Who signs in, whether they allow it, and the session that remains: `/login`, `/login/decision`, `/idp/ext/Logout`.

use crate::authorize::{back_with_code, back_with_error, browser};
use crate::broken::Broken;
use crate::error::EsiaError;
use crate::pages;
use crate::params::Params;
use crate::people::Account;
use crate::scope;
use crate::serve::Peer;
use crate::state::{Authorization, Esia, Login, uuid};
use crate::tokens;
use axum::Extension;
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::header::{COOKIE, LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

/// Cookie of a living session, with single sign-on only.
const SESSION_COOKIE: &str = "esia-sim-session";

/// The login page: a button for every person.
pub(crate) async fn page(State(esia): State<Arc<Esia>>, RawQuery(query): RawQuery) -> Response {
    let params = Params::decode(query.unwrap_or_default().as_bytes());
    let pending = |id: &str| {
        let memory = esia.memory();
        let (authorization, _) = memory.pending.get(id)?;
        Some(authorization.client.clone())
    };
    match params.required("id").map(|id| (id, pending(id))) {
        Ok((id, Some(client))) => pages::login(id, &client),
        _ => pages::error(&EsiaError::request_time()),
    }
}

/// A person was chosen: asks for the consent.
pub(crate) async fn choose(State(esia): State<Arc<Esia>>, body: Bytes) -> Response {
    let params = Params::decode(&body);
    let chosen = || {
        let id = params.required("id")?;
        let account = account(&params)?;
        let pending = esia.memory().pending.get(id).cloned();
        let (authorization, _) = pending.ok_or_else(EsiaError::request_time)?;
        Ok((id, account, authorization))
    };
    match chosen() {
        Ok((id, account, authorization)) => pages::consent(id, account, &authorization),
        Err(e) => pages::error(&e),
    }
}

/// The person allowed or denied: back to the client. A login page works once.
pub(crate) async fn decide(
    State(esia): State<Arc<Esia>>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Broken> {
    let params = Params::decode(&body);
    let decided = || {
        let account = match params.required("decision")? {
            "allow" => Some(account(&params)?),
            "deny" => None,
            _ => return Err(EsiaError::malformed("decision")),
        };
        let pending = esia.memory().pending.remove(params.required("id")?);
        Ok((pending.ok_or_else(EsiaError::request_time)?.0, account))
    };
    let (authorization, account) = match decided() {
        Ok(decided) => decided,
        Err(e) => return Ok(pages::error(&e)),
    };
    let admitted = account
        .ok_or_else(EsiaError::denied)
        .and_then(|account| admit(&esia, account, &authorization));
    let account = match admitted {
        Ok(account) => account,
        Err(e) => {
            return Ok(back_with_error(
                &authorization.redirect_uri,
                &authorization.state,
                &e,
            ));
        }
    };
    let login = Login {
        account,
        sid: uuid()?,
        auth_time: esia.now(),
    };
    let code = tokens::issue_code(&esia, &authorization, &login, &browser(peer, &headers))?;
    let mut response = back_with_code(&authorization, &code);
    let mut memory = esia.memory();
    if memory.settings.single_sign_on {
        let cookie = format!(
            "{SESSION_COOKIE}={}; Path=/; HttpOnly; SameSite=Lax",
            login.sid
        );
        response.headers_mut().insert(SET_COOKIE, cookie.parse()?);
        memory.logins.insert(login.sid.clone(), login);
    }
    Ok(response)
}

/// Ends the person's session and goes back to a registered `redirect_url`.
pub(crate) async fn logout(
    State(esia): State<Arc<Esia>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let params = Params::decode(query.unwrap_or_default().as_bytes());
    let target = || {
        let client = esia
            .client(params.required("client_id")?)
            .ok_or_else(EsiaError::unknown_client)?;
        let target = params.required("redirect_url")?;
        if client.trusts(target) {
            Ok(target)
        } else {
            Err(EsiaError::redirect_uri())
        }
    };
    let target = match target() {
        Ok(target) => target,
        Err(e) => return pages::error(&e),
    };
    if let Some(sid) = session_cookie(&headers) {
        esia.memory().logins.remove(sid);
    }
    let forget = format!("{SESSION_COOKIE}=; Path=/; Max-Age=0");
    (
        StatusCode::FOUND,
        [(LOCATION, target.to_owned()), (SET_COOKIE, forget)],
    )
        .into_response()
}

/// The session that the browser still has, with single sign-on.
pub(crate) fn living_session(esia: &Esia, headers: &HeaderMap) -> Option<Login> {
    let sid = session_cookie(headers)?;
    let memory = esia.memory();
    if memory.settings.single_sign_on {
        memory.logins.get(sid).cloned()
    } else {
        None
    }
}

/// Whether this person may sign in at this client.
fn admit(
    esia: &Esia,
    account: &'static Account,
    authorization: &Authorization,
) -> Result<&'static Account, EsiaError> {
    if esia.memory().settings.confirmed_only && !account.trusted {
        return Err(EsiaError::unconfirmed());
    }
    let asked = authorization.scope_org.as_deref();
    let organisations = asked.map(scope::organisations).transpose()?;
    let employed = |oid: &u64| account.organisation.is_some_and(|of| of.oid == *oid);
    if organisations.unwrap_or_default().iter().all(employed) {
        Ok(account)
    } else {
        Err(EsiaError::not_employed())
    }
}

fn account(params: &Params) -> Result<&'static Account, EsiaError> {
    Account::by_key(params.required("person")?).ok_or_else(|| EsiaError::malformed("person"))
}

fn session_cookie(headers: &HeaderMap) -> Option<&str> {
    let cookies = headers.get(COOKIE)?.to_str().ok()?;
    cookies
        .split("; ")
        .find_map(|cookie| cookie.strip_prefix(SESSION_COOKIE)?.strip_prefix('='))
}
