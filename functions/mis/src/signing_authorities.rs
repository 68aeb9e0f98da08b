//! The operator's API over the authorities whose certificates clinics sign with, and their lists of revoked certificates.

use crate::answer::{Done, FromJson, Json, Made};
use crate::auth::Operator;
use axum::body::Body;
use axum::extract::{FromRequest, Request};
use podpis_cms::Certificate;
use podpis_cms::crl::{self, Crl};
use podpis_kit::extract::Path;
use podpis_kit::store::signing_authorities::{self, List, Stored};
use podpis_kit::{Db, Failure, Result, http, now};
use podpis_shared::Timestamp;
use podpis_shared::hash::sha256_hex;
use podpis_shared::problem::Code;
use serde::{Deserialize, Serialize};
use std::convert::Infallible;

/// Authorities that are believed at a time: all accredited ones have fewer certificates.
const LIVING_MAX: usize = 1000;

/// Authorities to be added.
#[derive(Deserialize)]
#[cfg_attr(
    test,
    derive(schemars::JsonSchema),
    schemars(rename = "NewSigningAuthorities")
)]
pub(crate) struct New {
    /// 1 to 16 certificates in PEM.
    pem: String,
}

/// An authority whose certificates clinics sign with.
#[derive(Serialize)]
#[cfg_attr(
    test,
    derive(schemars::JsonSchema),
    schemars(rename = "SigningAuthority")
)]
pub(crate) struct Facts {
    /// SHA-256 of its DER, as `openssl x509 -fingerprint -sha256` shows it.
    #[cfg_attr(test, schemars(regex(pattern = "^[0-9a-f]{64}$")))]
    sha256: String,
    subject: String,
    issuer: String,
    not_before: Timestamp,
    not_after: Timestamp,
    added_at: Timestamp,
    retired_at: Option<Timestamp>,
}

/// Those that were asked to be added.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(inline))]
pub(crate) struct Added {
    items: Vec<Facts>,
}

/// All of a kind.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(inline))]
pub(crate) struct All<T> {
    items: Vec<T>,
    /// There is one page.
    next: (),
}

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

/// `POST /api/v1/operator/signing-authorities`: a PEM of up to 16 certificates; each is believed from now on, whoever issued it.
/// Repeating it gives the same answer; a retired one lives again.
///
/// # Errors
/// `invalid` for what is no certificate of an authority, or out of date: nothing changes then.
pub(crate) async fn add(_: Operator, FromJson(new): FromJson<New>) -> Result<Made<Added>> {
    let invalid = |detail: String| Failure::new(Code::Invalid, detail);
    if new.pem.contains("PRIVATE KEY") {
        return Err(invalid(
            "pem holds a private key; send certificates alone".into(),
        ));
    }
    let found = Certificate::from_pem_many(&new.pem)
        .map_err(|e| invalid(format!("pem is not a list of certificates: {e}")))?;
    let at = now();
    for certificate in &found {
        let (subject, end) = (certificate.subject_text(), certificate.not_after());
        if !certificate.is_authority() {
            return Err(invalid(format!("not an authority: {subject}")));
        }
        if end < at {
            return Err(invalid(format!("{subject} ran out on {end}")));
        }
    }
    let db = Db::open().await?;
    let living = signing_authorities::all(&db).await?;
    if living.len() + found.len() > LIVING_MAX {
        return Err(invalid(format!("more than {LIVING_MAX} authorities")));
    }
    for certificate in &found {
        let sha256 = certificate.sha256_hex();
        signing_authorities::add(&db, &sha256, &certificate.to_pem(), at).await?;
        eprintln!("operator: signing authority {sha256} added");
    }
    let added: Vec<String> = found.iter().map(Certificate::sha256_hex).collect();
    let all = signing_authorities::all(&db).await?;
    let items = all
        .into_iter()
        .filter(|stored| added.contains(&stored.sha256))
        .map(item)
        .collect::<Result<Vec<_>>>()?;
    Ok(Json(Added { items }))
}

/// `GET /api/v1/operator/signing-authorities`: all that were ever added; there is no second page.
pub(crate) async fn list(_: Operator) -> Result<Json<All<Facts>>> {
    let stored = signing_authorities::all(&Db::open().await?).await?;
    let items = stored.into_iter().map(item).collect::<Result<_>>()?;
    Ok(Json(All { items, next: () }))
}

/// `DELETE /api/v1/operator/signing-authorities/{sha256}`: believed in no new signature. Repeating it is harmless.
pub(crate) async fn retire(_: Operator, Path(sha256): Path<String>) -> Result<Done> {
    if !signing_authorities::retire(&Db::open().await?, &sha256, now()).await? {
        return Err(Failure::not_found());
    }
    eprintln!("operator: signing authority {sha256} retired");
    Ok(Done)
}

/// `POST /api/v1/operator/revocation-lists`: a CRL as its authority publishes it, DER or PEM. It counts where the issuer of a
/// certificate has signed it.
///
/// # Errors
/// `too_large`, `invalid`.
pub(crate) async fn add_list(_: Operator, CrlFile(body): CrlFile) -> Result<Made<ListView>> {
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
    signing_authorities::add_list(&Db::open().await?, &list, read.der()).await?;
    Ok(Json(view(list, Some(read.len()))))
}

/// `GET /api/v1/operator/revocation-lists`: the newest 200.
pub(crate) async fn lists(_: Operator) -> Result<Json<All<ListView>>> {
    let lists = signing_authorities::lists(&Db::open().await?).await?;
    let items = lists.into_iter().map(|list| view(list, None)).collect();
    Ok(Json(All { items, next: () }))
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

fn item(stored: Stored) -> Result<Facts> {
    let wrong = |what: &str| Failure::internal("signing_authorities", what.to_owned());
    let found = Certificate::from_pem_many(&stored.pem).map_err(|e| wrong(&e.to_string()))?;
    let certificate = found.first().ok_or_else(|| wrong("empty"))?;
    Ok(Facts {
        sha256: stored.sha256,
        subject: certificate.subject_text(),
        issuer: certificate.issuer_text(),
        not_before: certificate.not_before(),
        not_after: certificate.not_after(),
        added_at: stored.added_at,
        retired_at: stored.retired_at,
    })
}
