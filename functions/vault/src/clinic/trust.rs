//! What clinics' signatures, and those of documents for keeping, are held against: the operator's authorities and their lists of revoked certificates.

use crate::settings;
use podpis_cms::Certificate;
use podpis_cms::clinic::Against;
use podpis_cms::crl::Crl;
use podpis_kit::store::{OperatorCertificates, revocation_lists};
use podpis_kit::{Db, Failure, Result, vars};
use podpis_shared::Timestamp;
use podpis_shared::hash::sha256_hex;
use std::collections::BTreeSet;

/// Everything that is believed.
pub(crate) struct Believed {
    roots: Vec<Certificate>,
    tsa_roots: Vec<Certificate>,
    lists: Vec<Crl>,
}

impl Believed {
    pub(crate) fn against(&self, now: Timestamp) -> Against<'_> {
        Against {
            roots: &self.roots,
            tsa_roots: &self.tsa_roots,
            lists: &self.lists,
            now,
        }
    }
}

/// The authority of every sandbox: its key lies beside it for everybody, so nothing below it has legal force (`docs/sandbox.md`).
pub(crate) const SANDBOX: &str = include_str!("../../../../docs/sandbox-ca/ca.pem");

/// The authorities that are not retired, in a sandbox its own too, and the lists of those who issued these certificates.
///
/// # Errors
/// As the database says; 500 where something that is stored can't be read.
pub(crate) async fn load(db: &Db, certificates: Vec<Certificate>) -> Result<Believed> {
    let wrong = |e: &dyn std::fmt::Display| Failure::internal("signing authorities", e.to_string());
    let read = |pem: &str| Certificate::from_pem_many(pem).map_err(|e| wrong(&e));
    let mut roots = Vec::new();
    if vars::sandbox().await? {
        roots.extend(read(SANDBOX)?);
    }
    for pem in OperatorCertificates::Authorities.living(db).await? {
        roots.extend(read(&pem)?);
    }
    let issuers: BTreeSet<String> = certificates
        .iter()
        .map(|certificate| sha256_hex(&certificate.issuer_der()))
        .collect();
    let mut lists = Vec::new();
    for issuer in issuers {
        for der in revocation_lists::of_issuer(db, &issuer).await? {
            lists.push(Crl::from_der(&der).map_err(|e| wrong(&e))?);
        }
    }
    Ok(Believed {
        roots,
        tsa_roots: settings::certificates("tsa_roots").await?,
        lists,
    })
}
