//! `GET /trust`: what a verifier needs to believe, public things only.

use crate::{clinic, keys, settings};
use axum::http::StatusCode;
use axum::response::Response;
use podpis_cms::Certificate;
use podpis_evidence::{KeySet, TRUST_FORMAT, Trust};
use podpis_kit::store::OperatorCertificates;
use podpis_kit::{Db, Failure, Result, http, now, vars};

/// The list: present keys and roots, and the retired ones of the variable `trust_more` and of ESIA's certificates.
pub(crate) async fn read() -> Result<Response> {
    let db = Db::open().await?;
    let operator = settings::operator().await?;
    let mut trust = Trust {
        format: TRUST_FORMAT.into(),
        as_of: now(),
        operator: operator.name,
        sandbox: operator.sandbox,
        seal_roots: pem(&keys::seal(&db).await?.roots),
        tsa_roots: pem(&settings::certificates("tsa_roots").await?),
        clinic_roots: clinic_roots(&db, operator.sandbox).await?,
        evidence_keys: vec![keys::evidence(&db).await?.public()],
        journal_keys: vec![keys::journal(&db).await?.verifier().to_text()],
        esia_keys: esia_keys(&db).await?,
        esia_client_id: vars::get("esia_client_id").await?,
        esia_issuer: vars::get("esia_issuer").await?,
    };
    if let Some(more) = settings::retired().await? {
        trust.seal_roots.extend(more.seal_roots);
        trust.tsa_roots.extend(more.tsa_roots);
        trust.evidence_keys.extend(more.evidence_keys);
        trust.journal_keys.extend(more.journal_keys);
        trust.esia_keys.extend(more.esia_keys);
    }
    http::json(StatusCode::OK, &trust)
}

fn pem(certificates: &[Certificate]) -> Vec<String> {
    certificates.iter().map(Certificate::to_pem).collect()
}

/// Every authority that the operator ever added: old signatures rest on retired ones. In a sandbox its own too.
async fn clinic_roots(db: &Db, sandbox: bool) -> Result<Vec<String>> {
    let own = sandbox.then(|| clinic::SANDBOX_AUTHORITY.to_owned());
    let all = OperatorCertificates::Authorities.all(db).await?;
    Ok(own
        .into_iter()
        .chain(all.into_iter().map(|one| one.pem))
        .collect())
}

/// The keys of the variable, and every certificate that the operator ever added: old signatures rest on retired ones.
async fn esia_keys(db: &Db) -> Result<Vec<String>> {
    let pem = vars::get("esia_keys").await?;
    let mut keys = if pem.trim().is_empty() {
        Vec::new()
    } else {
        KeySet::from_pem(&pem)
            .map_err(|e| Failure::internal("esia_keys", e.to_string()))?
            .into_pem()
    };
    for certificate in OperatorCertificates::Esia.all(db).await? {
        if !keys.iter().any(|key| key.trim() == certificate.pem.trim()) {
            keys.push(certificate.pem);
        }
    }
    Ok(keys)
}
