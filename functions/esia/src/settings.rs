//! What the manifest's variables say about ESIA.

use crate::protocol::{Client, Version};
use crate::signer::{ClientCertificate, HttpSigner, Signer, SoftwareSigner};
use axum::http::HeaderMap;
use podpis_evidence::KeySet;
use podpis_kit::store::esia_certificates;
use podpis_kit::{Db, Failure, Result, now, vars};
use podpis_shared::Sensitive;

/// Algorithms that ESIA may be told to sign tokens with.
const ALGORITHMS: [&str; 2] = ["GOST3410_2012_256", "RS256"];

/// Read anew for every request: instances are shared, and a static would keep the key.
pub struct Settings {
    /// Address of this installation, without a slash at the end.
    pub base_url: String,
    /// Our system at ESIA.
    pub client: Client,
    /// Signs requests.
    pub signer: Signer,
}

impl Settings {
    /// Reads what a request to ESIA needs.
    ///
    /// # Errors
    /// 500 where a variable is missing, has a value that is not known, or holds a key or certificate that can't be
    /// used: a mistake of deployment, which the log names.
    pub async fn load(headers: &HeaderMap) -> Result<Self> {
        let base_url = vars::base_url(headers).await?;
        let client = Client {
            esia_url: vars::get("esia_url")
                .await?
                .trim_end_matches('/')
                .to_owned(),
            client_id: vars::get("esia_client_id").await?,
            redirect_uri: format!("{base_url}/esia/callback"),
            version: one_of("esia_protocol", &[("v2", Version::V2), ("v1", Version::V1)]).await?,
            pkce: one_of("esia_pkce", &[("off", false), ("S256", true)]).await?,
        };
        Ok(Self {
            base_url,
            client,
            signer: signer().await?,
        })
    }
}

/// Who signs our requests: the signer over HTTP where one is configured, else the key.
async fn signer() -> Result<Signer> {
    let pem = vars::get("esia_client_certificate").await?;
    let certificate = ClientCertificate::from_pem(&pem, now())?;
    Ok(
        match vars::endpoint("esia_signer_url", "esia_signer_path").await? {
            Some(url) => Signer::Http(HttpSigner {
                url,
                token: Sensitive::new(vars::get("esia_signer_token").await?),
                reversed: one_of("esia_signer_reversed", &[("false", false), ("true", true)])
                    .await?,
                certificate,
            }),
            None => {
                let pem = Sensitive::new(vars::get("esia_client_key").await?);
                Signer::Software(SoftwareSigner::from_pem(pem.expose(), certificate)?)
            }
        },
    )
}

/// The keys that ESIA's tokens are checked with, pinned to the algorithms that are expected: those of the manifest and
/// those that the operator has added since.
///
/// # Errors
/// As [`Settings::load`].
pub async fn keys(db: &Db) -> Result<KeySet> {
    let algorithms = vars::get("esia_algorithms").await?;
    let algorithms: Vec<&str> = algorithms.split_ascii_whitespace().collect();
    if algorithms.is_empty() || algorithms.iter().any(|name| !ALGORITHMS.contains(name)) {
        let text = format!("esia_algorithms is not one or more of {ALGORITHMS:?}");
        return Err(Failure::internal("settings", text));
    }
    let mut pem = vars::get("esia_keys").await?;
    for certificate in esia_certificates::living(db).await? {
        pem.push('\n');
        pem.push_str(&certificate);
    }
    let keys = KeySet::from_pem(&pem)
        .map_err(|e| Failure::internal("settings", format!("esia_keys: {e}")))?
        .only(&algorithms);
    match algorithms.iter().find(|name| !keys.knows(name)) {
        None => Ok(keys),
        Some(name) => {
            let text = format!("esia_keys has no certificate or key for {name} of esia_algorithms");
            Err(Failure::internal("settings", text))
        }
    }
}

/// `iss` that ESIA's tokens must have.
///
/// # Errors
/// As [`Settings::load`].
pub async fn issuer() -> Result<String> {
    vars::get("esia_issuer").await
}

/// The meaning of a variable that has one of a few values.
async fn one_of<T: Copy>(name: &'static str, values: &[(&str, T)]) -> Result<T> {
    let given = vars::get(name).await?;
    let known = values.iter().find(|(text, _)| *text == given.trim());
    known.map(|(_, value)| *value).ok_or_else(|| {
        let texts: Vec<&str> = values.iter().map(|(text, _)| *text).collect();
        Failure::internal("settings", format!("{name} is none of {texts:?}"))
    })
}
