//! The operator's API over lists of revoked certificates of the authorities that clinics sign below.

use crate::answer::{Json, Made};
use crate::auth::Operator;
use crate::certificates::All;
use axum::body::Body;
use axum::extract::{FromRequest, Request};
use podpis_cms::crl::{self, Crl};
use podpis_kit::store::revocation_lists::{self, List};
use podpis_kit::{Db, Failure, Result, http, now};
use podpis_shared::Timestamp;
use podpis_shared::hash::sha256_hex;
use podpis_shared::problem::Code;
use serde::Serialize;
use std::convert::Infallible;

/// A list of revoked certificates.
#[derive(Serialize)]
#[cfg_attr(
    test,
    derive(schemars::JsonSchema),
    schemars(rename = "RevocationList")
)]
pub(crate) struct ListView {
    #[cfg_attr(test, schemars(regex(pattern = "^[0-9a-f]{64}$")))]
    sha256: String,
    issuer: String,
    this_update: Timestamp,
    next_update: Option<Timestamp>,
    added_at: Timestamp,
    /// Certificates on it; in the answer to its adding.
    #[serde(skip_serializing_if = "Option::is_none")]
    revoked: Option<usize>,
}

/// A list as its authority publishes it, not read yet.
pub(crate) struct CrlFile(Body);

impl<S: Sync> FromRequest<S> for CrlFile {
    type Rejection = Infallible;
    async fn from_request(request: Request, _: &S) -> Result<Self, Infallible> {
        Ok(Self(request.into_body()))
    }
}

/// `POST /api/v1/operator/revocation-lists`: a CRL as its authority publishes it, DER or PEM. It counts where the issuer of a
/// certificate has signed it.
///
/// # Errors
/// `too_large`, `invalid`.
pub(crate) async fn add(_: Operator, CrlFile(body): CrlFile) -> Result<Made<ListView>> {
    let bytes = http::read_body(body, 2 * crl::MAX_BYTES).await?;
    let read = Crl::from_any(&bytes).map_err(|e| {
        Failure::new(
            Code::Invalid,
            format!("not a list of revoked certificates: {e}"),
        )
    })?;
    let list = List {
        sha256: sha256_hex(read.der()),
        issuer: sha256_hex(&read.issuer_der()),
        issuer_text: read.issuer_text(),
        this_update: read.this_update(),
        next_update: read.next_update(),
        added_at: now(),
    };
    revocation_lists::add(&Db::open().await?, &list, read.der()).await?;
    Ok(Json(view(list, Some(read.len()))))
}

/// `GET /api/v1/operator/revocation-lists`: the newest 200.
pub(crate) async fn list(_: Operator) -> Result<Json<All<ListView>>> {
    let lists = revocation_lists::newest(&Db::open().await?).await?;
    let items = lists.into_iter().map(|list| view(list, None)).collect();
    Ok(Json(All::of(items)))
}

fn view(list: List, revoked: Option<usize>) -> ListView {
    ListView {
        sha256: list.sha256,
        issuer: list.issuer_text,
        this_update: list.this_update,
        next_update: list.next_update,
        added_at: list.added_at,
        revoked,
    }
}
