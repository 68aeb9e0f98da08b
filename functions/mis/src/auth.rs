//! Who asks: a clinic, by its API key or as its staff, or the operator by the token.
//!
//! All are extractors: a handler that has one in its arguments cannot be reached without it. What a member of the staff may
//! stands in the table of routes, and is decided here, before the handler.

use crate::{db, limits};
use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use podpis_kit::{Actor, Db, Failure, Result, now, rates, staff, vars};
use podpis_shared::hash::sha256_hex;
use podpis_shared::problem::Code;
use podpis_shared::staff::Permission;
use subtle::ConstantTimeEq as _;

/// Whom a route lets pass, as the table of routes says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum By {
    /// Whoever asks.
    Anybody,
    /// The operator.
    Operator,
    /// Who reads the metrics.
    Metrics,
    /// A clinic: its MIS, and those of its staff whose role has the permission; `None`: every role.
    Clinic(Option<Permission>),
}

/// An authenticated clinic, and who acts for it.
pub(crate) struct Clinic {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) by: Actor,
}

/// An authenticated clinic with the database's handle that it was found by: one a request.
pub(crate) struct Session {
    pub(crate) clinic: Clinic,
    pub(crate) db: Db,
}

/// The operator.
pub(crate) struct Operator;

/// Who reads the metrics.
pub(crate) struct Metrics;

impl<S: Sync> FromRequestParts<S> for Session {
    type Rejection = Failure;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        let Some(By::Clinic(needed)) = parts.extensions.get().copied() else {
            return Err(Failure::internal("routes", "the table names no clinic"));
        };
        if staff::speaks(&parts.headers) {
            return of_staff(parts, needed).await;
        }
        let key_hash = sha256_hex(bearer(parts)?.as_bytes());
        let db = Db::open().await?;
        let Some(found) = db::keys::find(&db, &key_hash, rates::minute()).await? else {
            limits::count_address(parts, &db).await?;
            return Err(unauthorized());
        };
        limits::count_key(parts, &key_hash, found.used).await?;
        note_use(&found);
        let clinic = found.clinic;
        Ok(Self { clinic, db })
    }
}

/// A member of the staff, whose role has the permission.
async fn of_staff(parts: &Parts, needed: Option<Permission>) -> Result<Session> {
    let db = Db::open().await?;
    let session = match staff::session(&parts.headers, &db, now()).await {
        Ok(session) => session,
        Err(refusal) => {
            limits::count_address(parts, &db).await?;
            return Err(refusal);
        }
    };
    limits::count_staff(parts, &session.session_id, &db).await?;
    needed.map_or(Ok(()), |permission| session.require(permission))?;
    let clinic = Clinic {
        id: session.clinic_id,
        name: session.clinic_name,
        by: Actor::Staff(session.staff_id),
    };
    Ok(Session { clinic, db })
}

/// Notes when a key was used last, to the hour and beside the answer: a request is not held up by it.
fn note_use(found: &db::keys::Found) {
    let (Actor::Key(id), at) = (&found.clinic.by, now()) else {
        return;
    };
    if found
        .used_at
        .is_some_and(|used| at < used.plus(db::keys::USE_NOTED_S))
    {
        return;
    }
    let id = id.clone();
    spin_sdk::wasip3::spawn(async move {
        let noted = async { db::keys::note_use(&Db::open().await?, &id, at).await };
        if let Err(e) = noted.await {
            eprintln!("error at keys: {e}");
        }
    });
}

impl<S: Sync> FromRequestParts<S> for Operator {
    type Rejection = Failure;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        holder_of("operator_token", parts).await.map(|()| Self)
    }
}

impl<S: Sync> FromRequestParts<S> for Metrics {
    type Rejection = Failure;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        holder_of("metrics_token", parts).await.map(|()| Self)
    }
}

/// Lets pass who sends the token that stands in a variable; an empty variable hides that there is anything.
async fn holder_of(variable: &str, parts: &Parts) -> Result<()> {
    let token = vars::get(variable).await?;
    if token.is_empty() {
        return Err(Failure::not_found());
    }
    // Hashes have one length, so that the comparison tells nothing about the token's.
    let (given, right) = (
        sha256_hex(bearer(parts)?.as_bytes()),
        sha256_hex(token.as_bytes()),
    );
    if bool::from(given.as_bytes().ct_eq(right.as_bytes())) {
        return Ok(());
    }
    limits::count_address(parts, &Db::open().await?).await?;
    Err(unauthorized())
}

fn bearer(parts: &Parts) -> Result<&str> {
    let value = parts
        .headers
        .get(AUTHORIZATION)
        .and_then(|v| v.to_str().ok())
        .unwrap_or_default();
    let (scheme, token) = value.split_once(' ').ok_or_else(unauthorized)?;
    if scheme.eq_ignore_ascii_case("bearer") {
        Ok(token.trim())
    } else {
        Err(unauthorized())
    }
}

fn unauthorized() -> Failure {
    Failure::new(
        Code::Unauthorized,
        "send `Authorization: Bearer <key>` with a valid key",
    )
}
