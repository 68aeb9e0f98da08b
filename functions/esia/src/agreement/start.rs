//! The button was pressed on the page of an agreement. Checks what the page saw and begins an act.

use crate::browser::{self, Departure};
use crate::db::acceptances::{self, NewAcceptance};
use crate::protocol::{self, Attempt};
use crate::refused::Refused;
use crate::settings::Settings;
use crate::start::{KEPT_S, SESSION_S};
use crate::subject::Pepper;
use axum::body::Body;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use podpis_kit::access::{self, Offered};
use podpis_kit::{Context, Failure, Result, acceptance, act, at_rest, http, now, random};
use podpis_shared::Method;
use podpis_shared::hash::sha256_hex;
use podpis_shared::policy;
use podpis_shared::problem::Code;
use podpis_shared::wire::patient::{EsiaStart, EsiaStarted};

/// Acts that an account may begin for one version within [`SESSION_S`]: enough for every honest way to fail.
const ACTS_MAX: i64 = 20;

/// `POST /esia/start` for a clinic's agreement: tells the page where to go.
///
/// # Errors
/// `signed_out`, `gated`, `not_found`; `policy`, `hash_mismatch`, `consent_changed`, `not_fully_shown`; `too_many_requests`;
/// `unavailable` where a key is missing or the signer of our requests is away.
pub(crate) async fn start(context: Context, headers: HeaderMap, body: Body) -> Result<Response> {
    let request: EsiaStart = http::read_json(&headers, body).await?;
    let settings = Settings::load(&headers).await?;
    let at = now();
    let Offered { reader, agreement } = access::agreement(&headers, at).await?;
    let (db, account) = (reader.db, reader.account);
    let person = account.person.as_ref();
    let table = podpis_kit::policy::table().await?;
    let question = policy::before_esia(acceptance::question(person, Method::Esia, at));
    policy::decide(&table, question).map_err(Refused::Policy)?;
    let consent = acceptance::words(person, Method::Esia);
    act::check_shown(&request, &agreement.hashes, agreement.pages, &consent)?;
    // What would be missing at the end is said before they go to ESIA.
    at_rest::Keys::load(&db).await?;
    Pepper::load(&db).await?;
    let since = at.plus(-SESSION_S);
    if acceptances::count_since(&db, &account.id, &agreement.id, since).await? >= ACTS_MAX {
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
    acceptances::forget(&tx, at.plus(-KEPT_S)).await?;
    let new = NewAcceptance {
        id: &sha256_hex(state.as_bytes()),
        browser_hash: &sha256_hex(browser.as_bytes()),
        agreement_id: &agreement.id,
        account_id: &account.id,
        act: &act::of(request, consent, context, at),
        expires_at: at.plus(SESSION_S),
    };
    acceptances::insert(&tx, new).await?;
    tx.commit().await?;
    let mut response = http::json(StatusCode::OK, &EsiaStarted { location })?;
    browser::keep(&mut response, &settings.base_url, &browser)?;
    Ok(response)
}
