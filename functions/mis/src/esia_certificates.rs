//! The operator's API over ESIA's certificates: they rotate about yearly, and no restart is needed.

use crate::answer::{Done, FromJson, Json, Made};
use crate::auth::Operator;
use crate::certificates::{self, invalid};
use podpis_cms::Certificate;
use podpis_evidence::KeySet;
use podpis_kit::extract::Path;
use podpis_kit::store::OperatorCertificates;
use podpis_kit::store::operator_certificates::Stored;
use podpis_kit::{Db, Result, now};
use podpis_shared::Timestamp;
use serde::{Deserialize, Serialize};

/// Algorithms of tokens that a certificate's key may be for.
const ALGORITHMS: [&str; 2] = ["GOST3410_2012_256", "RS256"];

/// Certificates that may live at a time: each of them may have to be tried for a token.
const LIVING_MAX: usize = 16;

const ESIA: OperatorCertificates = OperatorCertificates::Esia;

/// A certificate to be added.
#[derive(Deserialize)]
#[cfg_attr(
    test,
    derive(schemars::JsonSchema),
    schemars(rename = "NewEsiaCertificate")
)]
pub(crate) struct New {
    /// One X.509 certificate in PEM.
    pem: String,
}

/// What a certificate says.
#[derive(Serialize)]
#[cfg_attr(
    test,
    derive(schemars::JsonSchema),
    schemars(rename = "EsiaCertificate")
)]
pub(crate) struct Facts {
    /// SHA-256 of its DER, lower-case hex, as `openssl x509 -fingerprint -sha256` shows it.
    sha256: String,
    subject: String,
    not_before: Timestamp,
    not_after: Timestamp,
    /// Of the tokens that it checks.
    #[cfg_attr(test, schemars(extend("enum" = ALGORITHMS)))]
    algorithm: &'static str,
}

/// A certificate of the list.
#[derive(Serialize)]
#[cfg_attr(
    test,
    derive(schemars::JsonSchema),
    schemars(rename = "StoredEsiaCertificate")
)]
pub(crate) struct Item {
    #[serde(flatten)]
    facts: Facts,
    added_at: Timestamp,
    retired_at: Option<Timestamp>,
}

/// All of them: there is one page.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(inline))]
pub(crate) struct List {
    items: Vec<Item>,
    /// There is one page.
    next: (),
}

/// `POST /api/v1/operator/esia-certificates`: new tokens are checked with it from now on. Repeating it gives the same
/// answer; a retired one lives again.
///
/// # Errors
/// `invalid` for what is no usable certificate, or out of date: nothing changes then.
pub(crate) async fn add(_: Operator, FromJson(new): FromJson<New>) -> Result<Made<Facts>> {
    let at = now();
    let certificate = read(&new.pem, at)?;
    let facts = facts(&certificate)?;
    let db = Db::open().await?;
    let living = ESIA.living(&db).await?;
    if living.len() >= LIVING_MAX && !living.contains(&certificate.to_pem()) {
        let detail = format!("{LIVING_MAX} certificates live already; retire one first");
        return Err(invalid(detail));
    }
    let pem = certificate.to_pem();
    if ESIA.add(&db, &facts.sha256, &pem, at).await? {
        eprintln!("operator: ESIA's certificate {} added", facts.sha256);
    }
    Ok(Json(facts))
}

/// `GET /api/v1/operator/esia-certificates`: all that were ever added; there is no second page.
pub(crate) async fn list(_: Operator) -> Result<Json<List>> {
    let stored = ESIA.all(&Db::open().await?).await?;
    let items = stored.into_iter().map(item).collect::<Result<Vec<_>>>()?;
    Ok(Json(List { items, next: () }))
}

/// `DELETE /api/v1/operator/esia-certificates/{sha256}`: no new token is checked with it; the trust list keeps it for old
/// signatures. Repeating it is harmless.
pub(crate) async fn retire(_: Operator, Path(sha256): Path<String>) -> Result<Done> {
    certificates::retire(ESIA, &sha256).await
}

/// The one certificate of a PEM text.
fn read(pem: &str, at: Timestamp) -> Result<Certificate> {
    let found = certificates::read(pem)?;
    let [certificate] = <[Certificate; 1]>::try_from(found)
        .map_err(|found| invalid(format!("pem holds {} certificates, send one", found.len())))?;
    certificates::check_date(&certificate, at)?;
    Ok(certificate)
}

/// # Errors
/// `invalid` where no token can be checked with its key.
fn facts(certificate: &Certificate) -> Result<Facts> {
    let unusable = |why: &str| {
        invalid(format!(
            "no token can be checked with this certificate: {why}"
        ))
    };
    let keys = KeySet::from_pem(&certificate.to_pem()).map_err(|e| unusable(&e.to_string()))?;
    let algorithm = ALGORITHMS.into_iter().find(|alg| keys.knows(alg));
    Ok(Facts {
        sha256: certificate.sha256_hex(),
        subject: certificate.subject_text(),
        not_before: certificate.not_before(),
        not_after: certificate.not_after(),
        algorithm: algorithm.ok_or_else(|| unusable("its key is of an unknown algorithm"))?,
    })
}

fn item(stored: Stored) -> Result<Item> {
    Ok(Item {
        facts: facts(&certificates::of_row(ESIA, &stored)?)?,
        added_at: stored.added_at,
        retired_at: stored.retired_at,
    })
}
