//! `GET /aas/oauth2/ac` and `GET /aas/oauth2/v2/ac`: what a client asks, and the way back to it.

use crate::broken::Broken;
use crate::client::Client;
use crate::error::EsiaError;
use crate::faults::{AuthorizeAnswer, AuthorizeFault};
use crate::params::Params;
use crate::pkce;
use crate::request::{Act, Version, check_signed};
use crate::scope::{self, Scopes};
use crate::serve::Peer;
use crate::state::{Authorization, Esia, uuid};
use crate::tokens::{self, Browser};
use crate::{login, pages};
use axum::Extension;
use axum::extract::{RawQuery, State};
use axum::http::header::{LOCATION, USER_AGENT};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

/// The endpoint of v1.
pub(crate) async fn begin_v1(
    esia: State<Arc<Esia>>,
    peer: Extension<Peer>,
    query: RawQuery,
    headers: HeaderMap,
) -> Result<Response, Broken> {
    begin(Version::V1, &esia, *peer, query, &headers)
}

/// The endpoint of v2.
pub(crate) async fn begin_v2(
    esia: State<Arc<Esia>>,
    peer: Extension<Peer>,
    query: RawQuery,
    headers: HeaderMap,
) -> Result<Response, Broken> {
    begin(Version::V2, &esia, *peer, query, &headers)
}

/// Checks the request and leads to the login page, or back with a code while a session lives.
fn begin(
    version: Version,
    esia: &Esia,
    peer: Peer,
    RawQuery(query): RawQuery,
    headers: &HeaderMap,
) -> Result<Response, Broken> {
    let params = Params::decode(query.unwrap_or_default().as_bytes());
    // Until the address to go back to is known and trusted, errors stay on ESIA's own page.
    let (client, redirect_uri) = match trusted_address(esia, &params) {
        Ok(trusted) => trusted,
        Err(e) => return Ok(pages::error(&e)),
    };
    let state = params.optional("state").ok().flatten().unwrap_or_default();
    let fault = esia.memory().faults.authorize.take();
    let checked = check(esia, client, &params, version, redirect_uri);
    let mut authorization = match (checked, fault) {
        (_, Some(AuthorizeFault::Refusal { error })) => {
            return Ok(back_with_error(redirect_uri, state, &error.into()));
        }
        (_, Some(AuthorizeFault::Answer(AuthorizeAnswer::Overloaded))) => {
            return Ok(back_with_error(
                redirect_uri,
                state,
                &EsiaError::overloaded(),
            ));
        }
        (Ok(authorization), _) => authorization,
        (Err(e), _) => return Ok(back_with_error(redirect_uri, state, &e)),
    };
    match fault {
        Some(AuthorizeFault::Answer(AuthorizeAnswer::WrongState)) => authorization.state = uuid()?,
        Some(AuthorizeFault::Answer(AuthorizeAnswer::NoState)) => authorization.state.clear(),
        Some(AuthorizeFault::Answer(AuthorizeAnswer::MalformedCode)) => {
            return Ok(back(
                redirect_uri,
                &[("code", "not-a-token"), ("state", state)],
            ));
        }
        _ => {}
    }
    let living = login::living_session(esia, headers);
    if let Some(login) = living {
        let code = tokens::issue_code(esia, &authorization, &login, &browser(peer, headers))?;
        return Ok(back_with_code(&authorization, &code));
    }
    let id = uuid()?;
    let now = esia.now();
    esia.memory()
        .pending
        .insert(id.clone(), (authorization, now));
    Ok((StatusCode::FOUND, [(LOCATION, format!("/login?id={id}"))]).into_response())
}

/// Where the person's browser is.
pub(crate) fn browser(peer: Peer, headers: &HeaderMap) -> Browser<'_> {
    let agent = headers.get(USER_AGENT).and_then(|v| v.to_str().ok());
    Browser {
        ip: peer.0.ip().to_string(),
        agent: agent.unwrap_or_default(),
    }
}

/// The callback with a code.
pub(crate) fn back_with_code(authorization: &Authorization, code: &str) -> Response {
    let mut pairs = vec![("code", code)];
    if !authorization.state.is_empty() {
        pairs.push(("state", &authorization.state));
    }
    back(&authorization.redirect_uri, &pairs)
}

/// The callback with an error.
pub(crate) fn back_with_error(redirect_uri: &str, state: &str, error: &EsiaError) -> Response {
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

fn trusted_address<'a>(
    esia: &'a Esia,
    params: &'a Params,
) -> Result<(&'a Client, &'a str), EsiaError> {
    let client = esia
        .client(params.required("client_id")?)
        .ok_or_else(EsiaError::unknown_client)?;
    let uri = params.required("redirect_uri")?;
    if client.trusts(uri) {
        Ok((client, uri))
    } else {
        Err(EsiaError::redirect_uri())
    }
}

fn check(
    esia: &Esia,
    client: &Client,
    params: &Params,
    version: Version,
    redirect_uri: &str,
) -> Result<Authorization, EsiaError> {
    params.each_once()?;
    if params.required("response_type")? != "code" {
        return Err(EsiaError::response_type());
    }
    let offline = match params.required("access_type")? {
        "online" => false,
        "offline" => true,
        _ => return Err(EsiaError::malformed("access_type")),
    };
    let (scope, state) = (params.required("scope")?, params.required("state")?);
    let scope_org = match version {
        Version::V1 => None,
        Version::V2 => params.optional("scope_org")?,
    };
    check_signed(esia, client, params, version, Act::Authorize)?;
    if let Some(text) = scope_org {
        scope::organisations(text)?;
    }
    let pkce = esia.memory().settings.pkce;
    Ok(Authorization {
        client: client.id.clone(),
        version,
        scopes: Scopes::parse(scope)?,
        scope: scope.to_owned(),
        scope_org: scope_org.map(str::to_owned),
        state: state.to_owned(),
        redirect_uri: redirect_uri.to_owned(),
        offline,
        challenge: match version {
            Version::V1 => None,
            Version::V2 => pkce::challenge(params, pkce)?,
        },
    })
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
