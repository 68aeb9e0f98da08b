//! `POST /aas/oauth2/te` and `POST /aas/oauth2/v3/te`: a code or a refresh token for tokens.

use crate::broken::Broken;
use crate::error::EsiaError;
use crate::faults::{TeAnswer, TeFault};
use crate::params::Params;
use crate::pkce;
use crate::request::{Act, Version, check_signed};
use crate::state::{Esia, Grant, uuid};
use crate::tokens::{self, ACCESS_S};
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// The endpoint of v1.
pub(crate) async fn exchange_v1(
    esia: State<Arc<Esia>>,
    query: RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Broken> {
    exchange(Version::V1, &esia, query, &headers, &body)
}

/// The endpoint of v2's codes.
pub(crate) async fn exchange_v3(
    esia: State<Arc<Esia>>,
    query: RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Broken> {
    exchange(Version::V2, &esia, query, &headers, &body)
}

fn exchange(
    version: Version,
    esia: &Esia,
    RawQuery(query): RawQuery,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Response, Broken> {
    let params = params_of(query, headers, body);
    let state = params.optional("state").ok().flatten();
    let fault = esia.memory().faults.te.take();
    if let Some(TeFault::Refusal { error }) = fault {
        return Ok(refused(&error.into(), state));
    }
    let grant = match redeem(esia, &params, version) {
        Ok(_) if fault == Some(TeFault::Answer(TeAnswer::InvalidGrant)) => {
            return Ok(refused(&EsiaError::grant(), state));
        }
        Ok(grant) => grant,
        Err(e) => return Ok(refused(&e, state)),
    };
    let mut answer = tokens::issue(esia, &grant)?;
    answer.insert("token_type".into(), "Bearer".into());
    answer.insert("expires_in".into(), ACCESS_S.into());
    answer.insert("state".into(), state.into());
    let body = match fault {
        Some(TeFault::Answer(fault)) => spoil(answer, fault)?,
        _ => answer.into(),
    };
    Ok(json_answer(StatusCode::OK, &body))
}

/// The parameters of the query and of the form together.
fn params_of(query: Option<String>, headers: &HeaderMap, body: &[u8]) -> Params {
    let form = headers.get(CONTENT_TYPE).is_some_and(|v| {
        v.as_bytes()
            .starts_with(b"application/x-www-form-urlencoded")
    });
    let body = if form {
        Params::decode(body)
    } else {
        Params::default()
    };
    Params::decode(query.unwrap_or_default().as_bytes()).and(body)
}

/// Checks the request and uses up what it shows.
fn redeem(esia: &Esia, params: &Params, version: Version) -> Result<Grant, EsiaError> {
    params.each_once()?;
    let client = esia
        .client(params.required("client_id")?)
        .ok_or_else(EsiaError::unknown_client)?;
    let act = match params.required("grant_type")? {
        "authorization_code" => Act::Code(params.required("code")?),
        "refresh_token" => Act::Refresh(params.required("refresh_token")?),
        _ => return Err(EsiaError::grant_type()),
    };
    if params.required("token_type")? != "Bearer" {
        return Err(EsiaError::malformed("token_type"));
    }
    let (state, scope) = (params.required("state")?, params.required("scope")?);
    let scope_org = params.optional("scope_org")?;
    let redirect_uri = match act {
        Act::Refresh(_) => params.optional("redirect_uri")?,
        _ => Some(params.required("redirect_uri")?),
    };
    check_signed(esia, client, params, version, act)?;

    let fits = |grant: &Grant| {
        let asked = &grant.authorization;
        asked.client == client.id
            && asked.version == version
            && asked.scope == scope
            && asked.scope_org.as_deref() == scope_org
            && redirect_uri.is_none_or(|uri| asked.redirect_uri == uri)
    };
    let now = esia.now();
    let mut memory = esia.memory();
    match act {
        Act::Refresh(token) => {
            // A refresh token works once, too: the answer has the next one.
            match memory.refreshes.get(token) {
                Some(grant) if fits(grant) => {}
                _ => return Err(EsiaError::grant()),
            }
            memory.refreshes.remove(token).ok_or_else(EsiaError::grant)
        }
        Act::Code(text) => {
            let code = memory.codes.get_mut(text).ok_or_else(EsiaError::grant)?;
            if code.used || now >= code.expires || !fits(&code.grant) {
                return Err(EsiaError::grant());
            }
            let asked = &code.grant.authorization;
            if esia.strict_state && asked.state == state {
                return Err(EsiaError::malformed("state"));
            }
            pkce::verify(
                asked.challenge.as_deref(),
                params.optional("code_verifier")?,
            )?;
            code.used = true;
            Ok(code.grant.clone())
        }
        Act::Authorize => Err(EsiaError::grant_type()),
    }
}

fn spoil(mut answer: Map<String, Value>, fault: TeAnswer) -> anyhow::Result<Value> {
    match fault {
        TeAnswer::InvalidGrant => {}
        TeAnswer::WrongState => drop(answer.insert("state".into(), uuid()?.into())),
        TeAnswer::NoState => drop(answer.remove("state")),
        TeAnswer::ExpiresInString => {
            drop(answer.insert("expires_in".into(), ACCESS_S.to_string().into()));
        }
        TeAnswer::NoIdToken => drop(answer.remove("id_token")),
        TeAnswer::NoAccessToken => drop(answer.remove("access_token")),
        TeAnswer::NotAnObject => return Ok(json!([answer])),
    }
    Ok(answer.into())
}

fn refused(error: &EsiaError, state: Option<&str>) -> Response {
    let body = json!({
        "error": error.error, "error_description": error.to_string(), "state": state,
    });
    json_answer(StatusCode::BAD_REQUEST, &body)
}

fn json_answer(status: StatusCode, body: &Value) -> Response {
    let headers = [
        (CONTENT_TYPE, "application/json;charset=UTF-8"),
        (CACHE_CONTROL, "no-store"),
    ];
    (status, headers, body.to_string()).into_response()
}
