//! `GET /aas/oauth2/v2/ac` and the pages behind it: who signs in, and whether they allow it.

use crate::client;
use crate::error::EsiaError;
use crate::faults::AuthorizeFault;
use crate::pages;
use crate::params::Params;
use crate::people::Account;
use crate::rest::Broken;
use crate::state::{Authorization, Esia, Login, uuid};
use crate::token;
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::header::{LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

/// Checks the request and leads to the login page, or back with a code while a session lives.
pub(crate) async fn begin(
    State(esia): State<Arc<Esia>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Broken> {
    let params = Params::decode(query.unwrap_or_default().as_bytes());
    // Until the address to go back to is known and trusted, errors stay on ESIA's own page.
    let redirect_uri = match trusted_address(&esia, &params) {
        Ok(uri) => uri,
        Err(e) => return Ok(pages::error(&e)),
    };
    let state = params.optional("state").ok().flatten().unwrap_or_default();
    let authorization = match check(&esia, &params, redirect_uri) {
        Ok(authorization) => authorization,
        Err(e) => return Ok(back_with_error(redirect_uri, state, &e)),
    };
    let fault = esia.memory().faults.authorize.take();
    let authorization = match fault {
        Some(AuthorizeFault::Overloaded) => {
            return Ok(back_with_error(
                redirect_uri,
                state,
                &EsiaError::overloaded(),
            ));
        }
        Some(AuthorizeFault::WrongState) => Authorization {
            state: uuid()?,
            ..authorization
        },
        None => authorization,
    };
    let living =
        pages::session_cookie(&headers).and_then(|sid| esia.memory().logins.get(sid).cloned());
    if let (true, Some(login)) = (esia.single_sign_on, living) {
        let code = token::issue_code(&esia, &authorization, &login)?;
        return Ok(back_with_code(&authorization, &code));
    }
    let id = uuid()?;
    let now = esia.now();
    esia.memory()
        .pending
        .insert(id.clone(), (authorization, now));
    Ok((StatusCode::FOUND, [(LOCATION, format!("/login?id={id}"))]).into_response())
}

/// The login page: a button for every person.
pub(crate) async fn login_page(
    State(esia): State<Arc<Esia>>,
    RawQuery(query): RawQuery,
) -> Response {
    let params = Params::decode(query.unwrap_or_default().as_bytes());
    match params.required("id") {
        Ok(id) if esia.memory().pending.contains_key(id) => pages::login(id),
        _ => pages::error(&EsiaError::request_time()),
    }
}

/// A person was chosen: asks for the consent.
pub(crate) async fn choose(State(esia): State<Arc<Esia>>, body: Bytes) -> Response {
    let params = Params::decode(&body);
    let chosen = || {
        let id = params.required("id")?;
        let account = Account::by_key(params.required("person")?)
            .ok_or_else(|| EsiaError::malformed("person"))?;
        let (authorization, _) = esia
            .memory()
            .pending
            .get(id)
            .cloned()
            .ok_or_else(EsiaError::request_time)?;
        Ok((id, account, authorization))
    };
    match chosen() {
        Ok((id, account, authorization)) => {
            pages::consent(id, account, &esia.client.id, &authorization)
        }
        Err(e) => pages::error(&e),
    }
}

/// The person allowed or denied: back to the client. A login page works once.
pub(crate) async fn decide(State(esia): State<Arc<Esia>>, body: Bytes) -> Result<Response, Broken> {
    let params = Params::decode(&body);
    let decided = || {
        let account = Account::by_key(params.required("person")?)
            .ok_or_else(|| EsiaError::malformed("person"))?;
        let allowed = match params.required("decision")? {
            "allow" => true,
            "deny" => false,
            _ => return Err(EsiaError::malformed("decision")),
        };
        let pending = esia.memory().pending.remove(params.required("id")?);
        Ok((
            pending.ok_or_else(EsiaError::request_time)?.0,
            account,
            allowed,
        ))
    };
    let (authorization, account, allowed) = match decided() {
        Ok(decided) => decided,
        Err(e) => return Ok(pages::error(&e)),
    };
    if !allowed {
        return Ok(back_with_error(
            &authorization.redirect_uri,
            &authorization.state,
            &EsiaError::denied(),
        ));
    }
    let login = Login {
        account,
        sid: uuid()?,
        auth_time: esia.now(),
    };
    let code = token::issue_code(&esia, &authorization, &login)?;
    let mut response = back_with_code(&authorization, &code);
    if esia.single_sign_on {
        let cookie = format!(
            "{}={}; Path=/; HttpOnly; SameSite=Lax",
            pages::SESSION_COOKIE,
            login.sid
        );
        response.headers_mut().insert(SET_COOKIE, cookie.parse()?);
        esia.memory().logins.insert(login.sid.clone(), login);
    }
    Ok(response)
}

fn trusted_address<'a>(esia: &Esia, params: &'a Params) -> Result<&'a str, EsiaError> {
    params.exactly("client_id", &esia.client.id, EsiaError::unknown_client)?;
    let uri = params.required("redirect_uri")?;
    if esia.client.trusts(uri) {
        Ok(uri)
    } else {
        Err(EsiaError::redirect_uri())
    }
}

fn check(esia: &Esia, params: &Params, redirect_uri: &str) -> Result<Authorization, EsiaError> {
    params.exactly("response_type", "code", EsiaError::response_type)?;
    if !matches!(params.required("access_type")?, "online" | "offline") {
        return Err(EsiaError::malformed("access_type"));
    }
    let (scope, state) = (params.required("scope")?, params.required("state")?);
    if !client::is_uuid(state) {
        return Err(EsiaError::malformed("state"));
    }
    client::check_signed(params, &esia.keys, esia.now(), None)?;
    Ok(Authorization {
        scopes: client::check_scope(scope)?,
        scope: scope.to_owned(),
        state: state.to_owned(),
        redirect_uri: redirect_uri.to_owned(),
    })
}

fn back_with_code(authorization: &Authorization, code: &str) -> Response {
    back(
        &authorization.redirect_uri,
        &[("code", code), ("state", &authorization.state)],
    )
}

fn back_with_error(redirect_uri: &str, state: &str, error: &EsiaError) -> Response {
    let description = error.to_string();
    back(
        redirect_uri,
        &[
            ("error", error.error),
            ("error_description", &description),
            ("state", state),
        ],
    )
}

fn back(redirect_uri: &str, pairs: &[(&str, &str)]) -> Response {
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish();
    let separator = if redirect_uri.contains('?') { '&' } else { '?' };
    (
        StatusCode::FOUND,
        [(LOCATION, format!("{redirect_uri}{separator}{query}"))],
    )
        .into_response()
}
