//! `POST /esia/complete`: the person is back. Identifies them and has the document signed.
//!
//! The order is what makes a repeat harmless: the code works once, so the identity is stored as soon
//! as it is verified; `vault` signs once per act; a refusal is stored with its journal entry.

use crate::db::{self, Session};
use crate::protocol::Attempt;
use crate::refused::{self, Refused, Step, failure};
use crate::settings::{self, Settings};
use crate::token::{self, Checks};
use crate::{account, agreement, browser, gateway, person, protocol};
use axum::body::Body;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use podpis_kit::act::check_open;
use podpis_kit::store::{documents, esia_health};
use podpis_kit::{Context, Db, Failure, Result, http, neighbour, now, random, vars};
use podpis_shared::hash::sha256_hex;
use podpis_shared::policy::{self, Agreement};
use podpis_shared::problem::Code;
use podpis_shared::wire::patient::{EsiaComplete, EsiaCompleted};
use podpis_shared::wire::vault::{EsiaIdentity, Identity, Sign, Signed};
use podpis_shared::{Method, Sensitive, Timestamp};
use std::time::Duration;

/// How long to wait for another request that uses the same code, in steps of [`WAIT_STEP`].
pub(crate) const WAIT_STEPS: u32 = 15;
pub(crate) const WAIT_STEP: Duration = Duration::from_millis(200);

/// Longest code, in bytes.
const CODE_MAX: usize = 6 * 1024;

/// Completes the act, the acceptance of an agreement, or a sign-in to the account.
///
/// # Errors
/// `esia_…`, `wrong_person`, `policy`, `already_signed`, `hash_mismatch`, `invalid_state`; those of `vault`.
pub async fn complete(context: Context, headers: HeaderMap, body: Body) -> Result<Response> {
    let request: EsiaComplete = http::read_json(&headers, body).await?;
    if request.code.is_none() && request.error.is_none() {
        return Err(Failure::new(
            Code::Invalid,
            "either code or error is needed",
        ));
    }
    let base_url = vars::base_url(&headers).await?;
    let db = Db::open().await?;
    let Some(session) = own_session(&db, &headers, &base_url, &request.state).await? else {
        return match agreement::own_act(&db, &headers, &base_url, &request.state).await? {
            Some(act) => agreement::complete(&context, &headers, db, act, &request).await,
            None => account::complete(&context, &headers, &base_url, db, &request).await,
        };
    };
    // A refusal by law names its rule, so it is decided anew, before anything else.
    if let Some(code) = session.failure.filter(|code| *code != Code::Policy) {
        return Err(failure(code));
    }
    let identity = match &session.identity {
        Some(identity) => identity.clone(),
        None => {
            // Only now: who is identified already must not fail with our key or certificate.
            let settings = Settings::load(&headers).await?;
            let attempt = Attempt {
                state: &request.state,
                browser: browser::value(&headers, &base_url).unwrap_or_default(),
            };
            identify(db, &settings, &session, &request, attempt).await?
        }
    };
    sign(&context, &session, identity).await
}

/// The session of a `state`, if this browser started it.
pub(crate) async fn own_session(
    db: &Db,
    headers: &HeaderMap,
    base_url: &str,
    state: &str,
) -> Result<Option<Session>> {
    let session = db::find(db, &sha256_hex(state.as_bytes())).await?;
    Ok(session.filter(|session| browser::is_of(headers, base_url, &session.browser_hash)))
}

/// Finds out who came back, and stores it before anything else can happen.
async fn identify(
    db: Db,
    settings: &Settings,
    session: &Session,
    request: &EsiaComplete,
    attempt: Attempt<'_>,
) -> Result<EsiaIdentity> {
    let at = now();
    let document = documents::find(&db, &session.document_id)
        .await?
        .ok_or_else(Failure::not_found)?;
    check_open(&document, at)?;
    if session.sha256 != document.hashes.sha256 {
        return Err(failure(Code::HashMismatch));
    }
    let table = podpis_kit::policy::table().await?;
    let question = document.question(at, Method::Esia, Agreement::Missing);
    let outcome = if let Err(refusal) = policy::decide(&table, question) {
        Err(Refused::Policy(refusal))
    } else if at >= session.expires_at {
        Err(Refused::Session)
    } else if let Some(error) = &request.error {
        Err(refused::of_esia(
            Step::Authorize,
            error,
            request.error_description.as_deref().unwrap_or_default(),
        ))
    } else {
        let code = CodeAtEsia {
            code: request.code.as_deref().unwrap_or_default(),
            started_at: session.act.started_at,
            attempt,
        };
        ask_esia(&db, settings, code).await?.and_then(|identity| {
            let signer = document.signer().matches(&identity.person);
            signer.map_err(Refused::WrongPerson).map(|()| identity)
        })
    };
    record_health(&db, request.error.is_some(), &outcome).await;
    let refused = match outcome {
        Ok(identity) => {
            if db::identify(&db, &session.id, &identity).await? {
                return Ok(identity);
            }
            Refused::Session
        }
        Err(refused) => refused,
    };
    // A used code, or a session decided meanwhile: another request of this act may have been faster.
    let raced = refused == Refused::Session && at < session.expires_at && request.error.is_none();
    if raced && let Some(decided) = wait_for_decision(&db, &session.id).await? {
        return decided
            .identity
            .ok_or_else(|| failure(decided.failure.unwrap_or(Code::EsiaSession)));
    }
    db::refuse(db, &document, &session.id, &refused, now()).await?;
    Err(refused.into())
}

/// What somebody has brought back from ESIA.
pub(crate) struct CodeAtEsia<'a> {
    pub(crate) code: &'a str,
    /// When they went there.
    pub(crate) started_at: Timestamp,
    pub(crate) attempt: Attempt<'a>,
}

/// Exchanges the code and checks everything but whom it should be; the outer error is a mistake of our deployment.
pub(crate) async fn ask_esia(
    db: &Db,
    settings: &Settings,
    back: CodeAtEsia<'_>,
) -> Result<Result<EsiaIdentity, Refused>> {
    let CodeAtEsia {
        code,
        started_at,
        attempt,
    } = back;
    let well_formed =
        !code.is_empty() && code.len() <= CODE_MAX && code.bytes().all(|b| b.is_ascii_graphic());
    if !well_formed || !token::code_may_belong(code, attempt.state) {
        return Ok(Err(Refused::Code));
    }
    let (keys, issuer) = (settings::keys(db).await?, settings::issuer().await?);
    let own_state = protocol::uuid(random::bytes()?);
    let form = settings
        .client
        .token_form(code, attempt, &own_state, now(), &settings.signer)
        .await?;

    let answer = async {
        let tokens = gateway::exchange(&settings.client.token_url(), form, &own_state).await?;
        let checks = Checks {
            issuer: &issuer,
            client_id: &settings.client.client_id,
            now: now(),
            started_at,
        };
        let sign_in = token::verify(
            tokens.id_token.expose(),
            tokens.access_token.expose(),
            &keys,
            checks,
        )?;
        // From here on the code is used up: ESIA being away now costs the person a new sign-in.
        let url = settings.client.person_url(sign_in.oid);
        let data = gateway::person(&url, tokens.access_token.expose()).await?;
        let person = person::read(&data)?;
        Ok(EsiaIdentity {
            person,
            subject: Sensitive::new(sign_in.oid.to_string()),
            session: Sensitive::new(sign_in.sid),
            auth_time: sign_in.auth_time,
            id_token: tokens.id_token,
            key_sha256: sign_in.key.sha256,
            key_pem: sign_in.key.pem,
            verified_at: now(),
        })
    };
    Ok(answer.await)
}

/// Tells the health page how it stands with ESIA. What is the person's own matter says nothing about that.
pub(crate) async fn record_health(
    db: &Db,
    at_sign_in: bool,
    outcome: &Result<EsiaIdentity, Refused>,
) {
    let refused = match outcome {
        Ok(_) => return esia_health::ok(db, now()).await,
        Err(refused) => refused,
    };
    let asked = if at_sign_in {
        Step::Authorize
    } else {
        Step::Token
    };
    let (step, code) = match refused {
        Refused::Unavailable(step) => (*step, None),
        Refused::Rejected(code) => (asked, *code),
        // ESIA may have changed its certificate, or our clock is off.
        Refused::Token(_) | Refused::State => (asked, None),
        _ => return,
    };
    let code = code.map_or_else(
        || refused.code().as_str().to_owned(),
        |code| code.to_string(),
    );
    esia_health::failed(db, now(), step.as_str(), &code).await;
}

/// Looks for a while whether another request identifies or fails this session.
async fn wait_for_decision(db: &Db, id: &str) -> Result<Option<Session>> {
    for _ in 0..WAIT_STEPS {
        if let Some(session) = db::find(db, id)
            .await?
            .filter(|s| s.identity.is_some() || s.failure.is_some())
        {
            return Ok(Some(session));
        }
        spin_sdk::time::sleep(WAIT_STEP).await;
    }
    Ok(None)
}

/// Asks `vault` for the one atomic step. The act's id makes a repeat harmless.
async fn sign(context: &Context, session: &Session, identity: EsiaIdentity) -> Result<Response> {
    let request = Sign {
        document_id: session.document_id.clone(),
        act_id: session.id.clone(),
        method: Method::Esia,
        act: session.act.clone(),
        identity: Identity::Esia(Box::new(identity)),
    };
    let signed: Signed = neighbour::post_json(context, "vault", "/sign", &request).await?;
    db::signed(&Db::open().await?, &session.id).await?;
    neighbour::nudge_delivery(context);
    http::json(
        StatusCode::OK,
        &EsiaCompleted {
            status: signed.status,
            signed_at: signed.signed_at,
            document_id: None,
        },
    )
}
