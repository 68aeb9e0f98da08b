//! User agreements of clinics in the account: which one waits, which ones were accepted.

use crate::{db, document};
use axum::Router;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::get;
use podpis_kit::extract::Path;
use podpis_kit::store::accounts::contacts;
use podpis_kit::store::accounts::sessions::Session;
use podpis_kit::store::agreements;
use podpis_kit::{Db, Failure, Result, acceptance, access, http, now, session};
use podpis_shared::wire::account::{AcceptedAgreement, ClinicRef};
use serde::Serialize;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// The routes of agreements.
pub(crate) fn routes() -> Router {
    Router::new()
        .route("/patient/account/clinics/{id}", get(clinic))
        .route("/patient/account/agreements", get(accepted))
}

/// How it stands between an account and a clinic's agreement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Agreement {
    /// The clinic has none.
    None,
    /// The version in force waits to be accepted.
    Due,
    /// It was accepted, and one more time would add nothing ([`acceptance::stands`]).
    Accepted,
}

#[derive(Serialize)]
struct Clinic {
    id: String,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    logo: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    agreement: Option<Agreement>,
}

/// `GET /patient/account/clinics/{id}`: whom a person registers with; without a session only name and logo.
///
/// # Errors
/// `not_found` for an unknown clinic.
async fn clinic(headers: HeaderMap, Path(id): Path<String>) -> Result<Response> {
    session::ours(&headers)?;
    let db = Db::open().await?;
    let found = db::find_clinic(&db, &id).await?;
    let ClinicRef { name, logo, .. } = found.ok_or_else(Failure::not_found)?;
    let session = session::current(&headers, &db, now()).await?;
    let agreement = match session.filter(|session| session.gate.is_none()) {
        Some(session) => Some(state(&db, &session, &id).await?),
        None => None,
    };
    let clinic = Clinic {
        id,
        name,
        logo,
        agreement,
    };
    http::json(StatusCode::OK, &clinic)
}

async fn state(db: &Db, session: &Session, clinic_id: &str) -> Result<Agreement> {
    let Some(current) = agreements::current(db, clinic_id).await? else {
        return Ok(Agreement::None);
    };
    let held = contacts::of_account(db, &session.account_id).await?;
    let contact = document::chosen(&held, session).map(|held| &held.contact);
    let all = agreements::acceptances_of_account(db, &session.account_id).await?;
    let stands = |one| acceptance::stands(one, &current.id, contact);
    Ok(if all.iter().any(stands) {
        Agreement::Accepted
    } else {
        Agreement::Due
    })
}

/// `GET /patient/account/agreements`: everything that the account has accepted, newest first.
///
/// # Errors
/// `signed_out`, `gated`.
async fn accepted(headers: HeaderMap) -> Result<Response> {
    let signed_in = access::account(&headers, now()).await?;
    let db = &signed_in.db;
    let all = agreements::acceptances_of_account(db, &signed_in.account.id).await?;
    let clinics = clinics(db, all.iter().map(|one| one.clinic_id.as_str())).await?;
    let items = all.into_iter().filter_map(|one| {
        let known = clinics.get(&one.clinic_id)?;
        Some(AcceptedAgreement {
            document_id: one.document_id,
            clinic: known.clinic.clone(),
            title: one.title,
            version: one.version,
            accepted_at: one.accepted_at,
            outdated: known.version.is_some_and(|version| one.version < version),
        })
    });
    http::json(
        StatusCode::OK,
        &json!({ "items": items.collect::<Vec<_>>() }),
    )
}

/// A clinic with the version of its agreement that is in force.
struct Known {
    clinic: ClinicRef,
    version: Option<i64>,
}

async fn clinics<'a>(
    db: &Db,
    ids: impl Iterator<Item = &'a str>,
) -> Result<BTreeMap<String, Known>> {
    let mut known = BTreeMap::new();
    for id in ids.collect::<BTreeSet<_>>() {
        let clinic = ClinicRef {
            id: id.into(),
            name: db::look_name(db, id).await?,
            logo: None,
        };
        let version = agreements::current(db, id).await?;
        let version = version.map(|current| current.version);
        known.insert(id.to_owned(), Known { clinic, version });
    }
    Ok(known)
}
