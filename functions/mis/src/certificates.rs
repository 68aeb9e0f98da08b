//! What the operator's APIs over certificates have in common ([`crate::esia_certificates`], [`crate::signing_authorities`]).

use crate::answer::Done;
use podpis_cms::Certificate;
use podpis_kit::store::OperatorCertificates;
use podpis_kit::store::operator_certificates::Stored;
use podpis_kit::{Db, Failure, Result, now};
use podpis_shared::Timestamp;
use podpis_shared::problem::Code;
use serde::Serialize;

/// All of a kind.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(inline))]
pub(crate) struct All<T> {
    items: Vec<T>,
    /// There is one page.
    next: (),
}

impl<T> All<T> {
    pub(crate) const fn of(items: Vec<T>) -> Self {
        Self { items, next: () }
    }
}

/// The certificates of a PEM text that came by API.
///
/// # Errors
/// `invalid`: it holds something else, or a private key beside them.
pub(crate) fn read(pem: &str) -> Result<Vec<Certificate>> {
    if pem.contains("PRIVATE KEY") {
        return Err(invalid(
            "pem holds a private key; send certificates alone".into(),
        ));
    }
    Certificate::from_pem_many(pem)
        .map_err(|e| invalid(format!("pem is not a certificate in PEM: {e}")))
}

/// # Errors
/// `invalid`: it is out of date.
pub(crate) fn check_date(certificate: &Certificate, at: Timestamp) -> Result<()> {
    let end = certificate.not_after();
    if end < at {
        let subject = certificate.subject_text();
        return Err(invalid(format!(
            "the certificate ran out on {end}: {subject}"
        )));
    }
    Ok(())
}

/// The certificate of a row.
///
/// # Errors
/// 500 where it can't be read: what was checked when it came is damaged.
pub(crate) fn of_row(kind: OperatorCertificates, stored: &Stored) -> Result<Certificate> {
    let wrong = |what: &str| {
        let text = format!("stored {} can't be read: {what}", stored.sha256);
        Failure::internal(kind.name(), text)
    };
    let found = Certificate::from_pem_many(&stored.pem).map_err(|e| wrong(&e.to_string()))?;
    found.into_iter().next().ok_or_else(|| wrong("empty"))
}

/// Retires one: it counts for nothing new. Repeating it is harmless.
///
/// # Errors
/// 404 where there is none.
pub(crate) async fn retire(kind: OperatorCertificates, sha256: &str) -> Result<Done> {
    if !kind.retire(&Db::open().await?, sha256, now()).await? {
        return Err(Failure::not_found());
    }
    eprintln!("operator: {sha256} of {} retired", kind.name());
    Ok(Done)
}

/// A refusal of what came.
pub(crate) fn invalid(detail: String) -> Failure {
    Failure::new(Code::Invalid, detail)
}
