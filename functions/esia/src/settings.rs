//! What the manifest's variables say about ESIA.

use crate::protocol::Client;
use crate::signer::SoftwareSigner;
use axum::http::HeaderMap;
use podpis_evidence::KeySet;
use podpis_kit::{Failure, Result, vars};

/// Read anew for every request: instances are shared, and a static would keep the key.
pub struct Settings {
    /// Address of this installation, without a slash at the end.
    pub base_url: String,
    /// Our system at ESIA.
    pub client: Client,
    /// Signs requests.
    pub signer: SoftwareSigner,
}

impl Settings {
    /// Reads what a request to ESIA needs.
    ///
    /// # Errors
    /// 500 where a variable is missing or holds no key: a mistake of deployment.
    pub async fn load(headers: &HeaderMap) -> Result<Self> {
        let base_url = vars::base_url(headers).await?;
        let signer = SoftwareSigner::from_pem(&vars::get("esia_client_key").await?)
            .map_err(|e| Failure::internal("settings", e.to_string()))?;
        let client = Client {
            esia_url: vars::get("esia_url")
                .await?
                .trim_end_matches('/')
                .to_owned(),
            client_id: vars::get("esia_client_id").await?,
            redirect_uri: format!("{base_url}/esia/callback"),
        };
        Ok(Self {
            base_url,
            client,
            signer,
        })
    }
}

/// The keys that ESIA's tokens are checked with.
///
/// # Errors
/// As [`Settings::load`].
pub async fn keys() -> Result<KeySet> {
    KeySet::from_pem(&vars::get("esia_keys").await?)
        .map_err(|e| Failure::internal("settings", e.to_string()))
}

/// `iss` that ESIA's tokens must have.
///
/// # Errors
/// As [`Settings::load`].
pub async fn issuer() -> Result<String> {
    vars::get("esia_issuer").await
}
