//! What the manifest's variables say about ESIA.

use crate::protocol::{Client, Version};
use crate::signer::{ClientCertificate, HttpSigner, Signer, SoftwareSigner};
use axum::http::HeaderMap;
use podpis_evidence::KeySet;
use podpis_kit::store::OperatorCertificates;
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
    let mut pem = vars::get("esia_keys").await?;
    for certificate in OperatorCertificates::Esia.living(db).await? {
        pem.push('\n');
        pem.push_str(&certificate);
    }
    pinned(&pem, &algorithms).map_err(wrong)
}

/// `iss` that ESIA's tokens must have.
///
/// # Errors
/// As [`Settings::load`].
pub async fn issuer() -> Result<String> {
    vars::get("esia_issuer").await
}

/// The meaning of a variable that has one of a few values.
async fn one_of<T: Copy>(name: &str, values: &[(&str, T)]) -> Result<T> {
    meaning(name, &vars::get(name).await?, values).map_err(wrong)
}

fn meaning<T: Copy>(name: &str, given: &str, values: &[(&str, T)]) -> Result<T, String> {
    let known = values.iter().find(|(text, _)| *text == given.trim());
    known.map(|(_, value)| *value).ok_or_else(|| {
        let texts: Vec<&str> = values.iter().map(|(text, _)| *text).collect();
        format!("{name} is none of {}", texts.join(", "))
    })
}

/// The keys of a PEM text for the algorithms of a list with spaces; each algorithm must have one at least.
fn pinned(pem: &str, algorithms: &str) -> Result<KeySet, String> {
    let algorithms: Vec<&str> = algorithms.split_ascii_whitespace().collect();
    if algorithms.is_empty() || algorithms.iter().any(|name| !ALGORITHMS.contains(name)) {
        let known = ALGORITHMS.join(", ");
        return Err(format!("esia_algorithms is not one or more of {known}"));
    }
    let keys = KeySet::from_pem(pem)
        .map_err(|e| format!("esia_keys: {e}"))?
        .only(&algorithms);
    match algorithms.iter().find(|name| !keys.knows(name)) {
        None => Ok(keys),
        Some(name) => Err(format!(
            "esia_keys has no certificate or key for {name} of esia_algorithms"
        )),
    }
}

fn wrong(text: String) -> Failure {
    Failure::internal("settings", text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOST: &str = include_str!("../tests/esia.gost.cer.pem");
    const RSA: &str = include_str!("../tests/esia.pub.pem");

    #[test]
    fn values_that_are_not_known_are_named() {
        let of = |given| meaning("esia_pkce", given, &[("off", false), ("S256", true)]);
        assert_eq!(of("off"), Ok(false));
        assert_eq!(of(" S256\n"), Ok(true));
        for wrong in ["", "s256", "plain", "on"] {
            assert_eq!(of(wrong).unwrap_err(), "esia_pkce is none of off, S256");
        }
    }

    #[test]
    fn keys_are_pinned_to_algorithms() {
        let both = format!("{RSA}{GOST}");
        let knows = |algorithms| {
            let keys = pinned(&both, algorithms).unwrap();
            ALGORITHMS.map(|name| keys.knows(name))
        };
        assert_eq!(knows("GOST3410_2012_256"), [true, false]);
        assert_eq!(knows("RS256"), [false, true]);
        assert_eq!(knows(" RS256  GOST3410_2012_256\n"), [true, true]);
    }

    #[test]
    fn a_set_that_can_check_nothing_is_a_mistake() {
        for (pem, algorithms, text) in [
            (GOST, "", "esia_algorithms is not one or more of"),
            (GOST, "none", "esia_algorithms is not one or more of"),
            (GOST, "GOST3410_2012_256 HS256", "esia_algorithms is not"),
            (
                GOST,
                "RS256",
                "esia_keys has no certificate or key for RS256",
            ),
            (RSA, "RS256 GOST3410_2012_256", "for GOST3410_2012_256"),
            ("", "RS256", "esia_keys: "),
            (&GOST[..200], "RS256", "esia_keys: "),
        ] {
            let error = pinned(pem, algorithms).unwrap_err();
            assert!(error.contains(text), "{error}");
        }
    }
}
