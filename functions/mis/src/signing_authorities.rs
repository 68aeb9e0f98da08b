//! The operator's API over the authorities whose certificates clinics sign with.

use crate::answer::{Done, FromJson, Json, Made};
use crate::auth::Operator;
use crate::certificates::{self, All, invalid};
use podpis_cms::Certificate;
use podpis_kit::extract::Path;
use podpis_kit::store::OperatorCertificates;
use podpis_kit::store::operator_certificates::Stored;
use podpis_kit::{Db, Result, now};
use podpis_shared::Timestamp;
use serde::{Deserialize, Serialize};

const AUTHORITIES: OperatorCertificates = OperatorCertificates::Authorities;

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

/// `POST /api/v1/operator/signing-authorities`: a PEM of up to 16 certificates; each is believed from now on, whoever issued it.
/// Repeating it gives the same answer; a retired one lives again.
///
/// # Errors
/// `invalid` for what is no certificate of an authority, or out of date: nothing changes then.
pub(crate) async fn add(_: Operator, FromJson(new): FromJson<New>) -> Result<Made<Added>> {
    let (found, at) = (certificates::read(&new.pem)?, now());
    for certificate in &found {
        if !certificate.is_authority() {
            let subject = certificate.subject_text();
            return Err(invalid(format!("not an authority: {subject}")));
        }
        certificates::check_date(certificate, at)?;
    }
    let db = Db::open().await?;
    let living = AUTHORITIES.all(&db).await?;
    if living.len() + found.len() > LIVING_MAX {
        return Err(invalid(format!("more than {LIVING_MAX} authorities")));
    }
    for certificate in &found {
        let sha256 = certificate.sha256_hex();
        AUTHORITIES
            .add(&db, &sha256, &certificate.to_pem(), at)
            .await?;
        eprintln!("operator: signing authority {sha256} added");
    }
    let added: Vec<String> = found.iter().map(Certificate::sha256_hex).collect();
    let all = AUTHORITIES.all(&db).await?;
    let items = all
        .into_iter()
        .filter(|stored| added.contains(&stored.sha256))
        .map(item)
        .collect::<Result<Vec<_>>>()?;
    Ok(Json(Added { items }))
}

/// `GET /api/v1/operator/signing-authorities`: all that were ever added; there is no second page.
pub(crate) async fn list(_: Operator) -> Result<Json<All<Facts>>> {
    let stored = AUTHORITIES.all(&Db::open().await?).await?;
    let items = stored.into_iter().map(item).collect::<Result<_>>()?;
    Ok(Json(All::of(items)))
}

/// `DELETE /api/v1/operator/signing-authorities/{sha256}`: believed in no new signature. Repeating it is harmless.
pub(crate) async fn retire(_: Operator, Path(sha256): Path<String>) -> Result<Done> {
    certificates::retire(AUTHORITIES, &sha256).await
}

fn item(stored: Stored) -> Result<Facts> {
    let certificate = certificates::of_row(AUTHORITIES, &stored)?;
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
