//! What clinics' signatures are held against: the operator's authorities and their lists of revoked certificates.

use crate::settings;
use podpis_cms::Certificate;
use podpis_cms::clinic::Against;
use podpis_cms::crl::Crl;
use podpis_kit::store::signing_authorities;
use podpis_kit::{Db, Failure, Result};
use podpis_shared::Timestamp;
use podpis_shared::hash::sha256_hex;
use std::collections::BTreeSet;

/// Everything that is believed.
pub(super) struct Believed {
    roots: Vec<Certificate>,
    tsa_roots: Vec<Certificate>,
    lists: Vec<Crl>,
}

impl Believed {
    pub(super) fn against(&self, now: Timestamp) -> Against<'_> {
        Against {
            roots: &self.roots,
            tsa_roots: &self.tsa_roots,
            lists: &self.lists,
            now,
        }
    }
}

/// The authorities that are not retired, and the lists of those who issued these certificates.
///
/// # Errors
/// As the database says; 500 where something that is stored can't be read.
pub(super) async fn load(db: &Db, certificates: Vec<Certificate>) -> Result<Believed> {
    let wrong = |e: &dyn std::fmt::Display| Failure::internal("signing authorities", e.to_string());
    let mut roots = Vec::new();
    for stored in signing_authorities::all(db).await? {
        if stored.retired_at.is_none() {
            let found = Certificate::from_pem_many(&stored.pem).map_err(|e| wrong(&e))?;
            roots.extend(found);
        }
    }
    let issuers: BTreeSet<String> = certificates
        .iter()
        .map(|certificate| sha256_hex(&certificate.issuer_der()))
        .collect();
    let mut lists = Vec::new();
    for issuer in issuers {
        for der in signing_authorities::lists_of(db, &issuer).await? {
            lists.push(Crl::from_der(&der).map_err(|e| wrong(&e))?);
        }
    }
    Ok(Believed {
        roots,
        tsa_roots: settings::certificates("tsa_roots").await?,
        lists,
    })
}
