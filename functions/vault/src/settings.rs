//! Application variables of this function, read into what they mean.

use podpis_cms::Certificate;
use podpis_evidence::{Operator, PublicJwk};
use podpis_kit::{Failure, Result, vars};
use serde::Deserialize;

/// The certificates in a PEM variable; none where it is empty.
///
/// # Errors
/// 500 where one of them can't be read: half a list hides a mistake.
pub(crate) async fn certificates(name: &'static str) -> Result<Vec<Certificate>> {
    let pem = vars::get(name).await?;
    if pem.trim().is_empty() {
        return Ok(Vec::new());
    }
    Certificate::from_pem_many(&pem).map_err(|e| Failure::internal(name, e.to_string()))
}

/// Who runs this installation.
///
/// # Errors
/// 500 where the manifest does not map the variables.
pub(crate) async fn operator() -> Result<Operator> {
    Ok(Operator {
        name: vars::get("operator_name").await?,
        sandbox: vars::sandbox().await?,
    })
}

/// Address of this installation as people see it, without a slash at the end; empty where it is not configured.
///
/// # Errors
/// 500 where the manifest does not map the variable.
pub(crate) async fn base_url() -> Result<String> {
    let base = vars::get("public_url").await?;
    Ok(base.trim_end_matches('/').to_owned())
}

/// Where a person checks a signed file: the page `/verify` of this installation.
///
/// # Errors
/// As [`base_url`].
pub(crate) async fn verify_url() -> Result<Option<String>> {
    let base = base_url().await?;
    Ok((!base.is_empty()).then(|| format!("{base}/verify")))
}

/// Keys and roots that are not used any more, but that old documents rest on.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Retired {
    pub(crate) seal_roots: Vec<String>,
    pub(crate) tsa_roots: Vec<String>,
    pub(crate) evidence_keys: Vec<PublicJwk>,
    pub(crate) journal_keys: Vec<String>,
    pub(crate) esia_keys: Vec<String>,
}

/// The variable `trust_more`, JSON with the lists of `Trust`; `None` where it is empty.
///
/// # Errors
/// 500 where it is no such JSON.
pub(crate) async fn retired() -> Result<Option<Retired>> {
    let text = vars::get("trust_more").await?;
    if text.trim().is_empty() {
        return Ok(None);
    }
    serde_json::from_str(&text)
        .map(Some)
        .map_err(|e| Failure::internal("trust_more", e.to_string()))
}
