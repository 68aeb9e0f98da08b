//! The clinic's list of those who sign for it with a personal certificate: its medics.

use crate::auth::Session;
use axum::body::Body;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use podpis_kit::extract::Path;
use podpis_kit::store::clinic_signers::{self, ClinicSigner};
use podpis_kit::{Failure, Result, http, now, random};
use podpis_shared::clinic_signature::Demand;
use podpis_shared::problem::Code;
use podpis_shared::{Snils, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Most people on a clinic's list.
const LIST_MAX: usize = 1000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct New {
    name: String,
    #[serde(default)]
    snils: Option<Snils>,
    #[serde(default)]
    certificate_sha256: Option<String>,
    #[serde(default)]
    role: Option<String>,
}

#[derive(Serialize)]
struct Item {
    id: String,
    name: String,
    snils: Option<Snils>,
    certificate_sha256: Option<String>,
    role: Option<String>,
    created_at: Timestamp,
}

/// `GET /api/v1/clinic-signers`: all of them; there is no second page.
pub(crate) async fn list(Session { clinic, db }: Session) -> Result<Response> {
    let all = clinic_signers::all(&db, &clinic.id).await?;
    let items: Vec<Item> = all.into_iter().map(item).collect();
    http::json(StatusCode::OK, &json!({ "items": items, "next": null }))
}

/// `POST /api/v1/clinic-signers`: a person by SNILS, a certificate by its fingerprint. One who is there in the same role comes
/// back as it is.
///
/// # Errors
/// `invalid`.
pub(crate) async fn add(
    Session { clinic, db }: Session,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    let new: New = http::read_json(&headers, body).await?;
    let signer = check(new)?;
    let all = clinic_signers::all(&db, &clinic.id).await?;
    let key = |one: &ClinicSigner| {
        (
            one.snils.clone(),
            one.certificate_sha256.clone(),
            one.role.clone(),
        )
    };
    if let Some(there) = all.iter().find(|one| key(one) == key(&signer)) {
        return http::json(StatusCode::CREATED, &item(there.clone()));
    }
    if all.len() >= LIST_MAX {
        let detail = format!("{LIST_MAX} signers are on the list already");
        return Err(Failure::new(Code::Invalid, detail));
    }
    clinic_signers::insert(&db, &clinic.id, &signer).await?;
    http::json(StatusCode::CREATED, &item(signer))
}

/// `DELETE /api/v1/clinic-signers/{id}`: signs nothing new from now on. Repeating it is harmless.
pub(crate) async fn remove(
    Session { clinic, db }: Session,
    Path(id): Path<String>,
) -> Result<StatusCode> {
    if !clinic_signers::remove(&db, &clinic.id, &id, now()).await? {
        return Err(Failure::not_found());
    }
    Ok(StatusCode::NO_CONTENT)
}

fn check(new: New) -> Result<ClinicSigner> {
    let invalid = |detail: &str| Failure::new(Code::Invalid, detail);
    let name = new.name.trim();
    if name.is_empty() || name.chars().count() > 200 || name.chars().any(char::is_control) {
        return Err(invalid("name is 1 to 200 characters"));
    }
    let certificate = new.certificate_sha256.map(|hex| hex.to_ascii_lowercase());
    let is_hash = |hex: &String| hex.len() == 64 && hex.bytes().all(|b| b.is_ascii_hexdigit());
    if certificate.as_ref().is_some_and(|hex| !is_hash(hex)) {
        return Err(invalid(
            "certificate_sha256 is 64 hex digits: the SHA-256 of the certificate in DER",
        ));
    }
    if new.snils.is_none() && certificate.is_none() {
        return Err(invalid("give snils, certificate_sha256 or both"));
    }
    if let Some(role) = &new.role {
        let demand = Demand {
            roles: vec![role.clone()],
            ordered: false,
        };
        demand
            .check()
            .map_err(|_| invalid("role is 1 to 32 characters of a-z, 0-9 and _"))?;
    }
    Ok(ClinicSigner {
        id: random::id("sgn")?,
        name: name.to_owned(),
        snils: new.snils,
        certificate_sha256: certificate,
        role: new.role,
        created_at: now(),
    })
}

fn item(signer: ClinicSigner) -> Item {
    Item {
        id: signer.id,
        name: signer.name,
        snils: signer.snils,
        certificate_sha256: signer.certificate_sha256,
        role: signer.role,
        created_at: signer.created_at,
    }
}
