//! Who asks: a clinic by its API key, or the operator by the token.
//!
//! Both are extractors: a handler that has one in its arguments cannot be reached without it.

use crate::{db, limits};
use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use podpis_kit::{Db, Failure, Result, rates, vars};
use podpis_shared::hash::sha256_hex;
use podpis_shared::problem::Code;
use subtle::ConstantTimeEq as _;

/// An authenticated clinic.
pub(crate) struct Clinic {
    pub(crate) id: String,
    pub(crate) name: String,
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
        let key_hash = sha256_hex(bearer(parts)?.as_bytes());
        let db = Db::open().await?;
        let Some((clinic, used)) = db::clinic_by_key(&db, &key_hash, rates::minute()).await? else {
            limits::count_address(parts, &db).await?;
            return Err(unauthorized());
        };
        limits::count_key(parts, &key_hash, used).await?;
        Ok(Self { clinic, db })
    }
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
