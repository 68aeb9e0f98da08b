//! `POST /esia/start`: the button was pressed. Checks what the page saw and opens a session.

use crate::agreement;
use crate::browser::{self, Departure};
use crate::db::{self, NewSession};
use crate::protocol::{self, Attempt};
use crate::refused::Refused;
use crate::settings::Settings;
use axum::body::Body;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use podpis_kit::access::{self, Opened};
use podpis_kit::store::Document;
use podpis_kit::{Context, Failure, Result, act, at_rest, http, now, random};
use podpis_shared::hash::sha256_hex;
use podpis_shared::policy::{self, Agreement, Table};
use podpis_shared::problem::Code;
use podpis_shared::wire::account::AGREEMENT_HEADER;
use podpis_shared::wire::patient::{Consent, EsiaStart, EsiaStarted};
use podpis_shared::{Method, Timestamp};

/// How long a person may take at ESIA, in seconds.
pub const SESSION_S: i64 = 15 * 60;

/// Sessions that a document may get within [`SESSION_S`]: enough for every honest way to fail.
const SESSIONS_MAX: i64 = 20;

/// How long a session is kept after its time, in seconds, so that a late repeat still gets its answer.
pub const KEPT_S: i64 = 24 * 3600;

/// Opens a session and tells the page where to go. For a clinic's agreement: [`agreement::start`].
///
/// # Errors
/// Those of the link or the account; `wrong_person` for whoever only sees the document; `already_signed`, `invalid_state`, `hash_mismatch`, `consent_changed`, `not_fully_shown`;
/// `policy`; `too_many_requests`; `unavailable` where the signer of our requests is away.
pub async fn start(context: Context, headers: HeaderMap, body: Body) -> Result<Response> {
    if headers.contains_key(AGREEMENT_HEADER) {
        return agreement::start(context, headers, body).await;
    }
    let request: EsiaStart = http::read_json(&headers, body).await?;
    let settings = Settings::load(&headers).await?;
    let at = now();
    let Opened { db, document, by } = access::open(&headers, at).await?;
    by.may_act()?;
    let table = podpis_kit::policy::table().await?;
    let consent = check(&table, &document, &request, at)?;
    // Who the person is could not be kept: said before they go to ESIA, not after.
    at_rest::Keys::load(&db).await?;
    if db::count_since(&db, &document.id, at.plus(-SESSION_S)).await? >= SESSIONS_MAX {
        let detail = "Слишком много попыток. Подождите 15 минут и попробуйте снова.";
        return Err(Failure::new(Code::TooMany, detail).retry_after(900));
    }
    let browser = browser::value_or_new(&headers, &settings.base_url)?;
    let state = protocol::uuid(random::bytes()?);
    let act = act::of(request, consent, context, at);
    let departure = Departure {
        attempt: Attempt {
            state: &state,
            browser: &browser,
        },
        document_id: Some(&document.id),
    };
    let location = departure.location(&db, &settings, at).await?;

    let tx = db.begin().await?;
    db::forget(&tx, at.plus(-KEPT_S)).await?;
    let session = NewSession {
        id: &sha256_hex(state.as_bytes()),
        browser_hash: &sha256_hex(browser.as_bytes()),
        act: &act,
        expires_at: at.plus(SESSION_S),
        account_id: by.account_id(),
    };
    db::insert(&tx, &document, session).await?;
    tx.commit().await?;

    let mut response = http::json(StatusCode::OK, &EsiaStarted { location })?;
    browser::keep(&mut response, &settings.base_url, &browser)?;
    Ok(response)
}

/// The page saw this very document, all of it, and the words that are in force.
fn check(
    table: &Table,
    document: &Document,
    request: &EsiaStart,
    at: Timestamp,
) -> Result<Consent> {
    act::check_open(document, at)?;
    // Whoever may not sign any more learns it before signing in.
    let question = document.question(at, Method::Esia, Agreement::Missing);
    policy::decide(table, question).map_err(Refused::Policy)?;
    let consent = act::consent(document, Method::Esia);
    act::check_shown(request, &document.hashes, document.pages, &consent)?;
    Ok(consent)
}
