//! Who makes the seal's signature: a key in memory, or a signer beside us over HTTP.

use axum::body::Body;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{Request, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use podpis_cms::{Algorithm, SoftwareKey};
use podpis_kit::{Failure, Result, outbound};
use podpis_shared::Sensitive;
use serde::Deserialize;
use serde_json::json;
use std::future::Future;
use std::time::Duration;

/// How long a remote signer may take.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Largest answer of a remote signer, in bytes.
const ANSWER_MAX: usize = 16 * 1024;

/// Makes the operator's signature. The same message must always give the same signature where the algorithm allows.
pub(crate) trait Signer {
    /// The algorithm, fixed by the certificate.
    fn algorithm(&self) -> Algorithm;

    /// Signature over the message's bytes in the form that CMS takes: DER `ECDSA-Sig-Value`, or PKCS #1 v1.5.
    ///
    /// # Errors
    /// When the key can't be used or the signer does not answer.
    fn sign(&self, message: &[u8]) -> impl Future<Output = Result<Vec<u8>>>;
}

/// The signer that the settings name.
pub(crate) enum Configured {
    /// `seal_key`.
    Software(SoftwareKey),
    /// `seal_signer_url`.
    Remote(RemoteSigner),
}

/// A signer over HTTP, which holds the key: an HSM or a certified tool.
///
/// `POST <url>` with `{"algorithm": "ES256" | "RS256", "message": <base64>}`; it hashes the message itself and
/// answers `{"signature": <base64>}`. What it answers is checked against the certificate before it is used.
pub(crate) struct RemoteSigner {
    pub(crate) url: String,
    pub(crate) token: Sensitive<String>,
    pub(crate) algorithm: Algorithm,
}

impl Signer for Configured {
    fn algorithm(&self) -> Algorithm {
        match self {
            Self::Software(key) => key.algorithm(),
            Self::Remote(remote) => remote.algorithm,
        }
    }

    async fn sign(&self, message: &[u8]) -> Result<Vec<u8>> {
        match self {
            Self::Software(key) => key
                .sign(message)
                .map_err(|e| Failure::internal("seal", e.to_string())),
            Self::Remote(remote) => remote.sign(message).await,
        }
    }
}

impl RemoteSigner {
    async fn sign(&self, message: &[u8]) -> Result<Vec<u8>> {
        #[derive(Deserialize)]
        struct Answer {
            signature: String,
        }
        let failed = |what: String| {
            eprintln!("error at seal signer: {what}");
            Failure::busy()
        };
        let algorithm = match self.algorithm {
            Algorithm::EcdsaP256Sha256 => "ES256",
            Algorithm::RsaSha256 => "RS256",
        };
        let body = json!({"algorithm": algorithm, "message": STANDARD.encode(message)});
        let mut request = Request::post(&self.url).header(CONTENT_TYPE, "application/json");
        if !self.token.expose().is_empty() {
            request = request.header(AUTHORIZATION, format!("Bearer {}", self.token.expose()));
        }
        let request = request.body(Body::from(body.to_string()));
        let (status, body) = outbound::send(request, ANSWER_MAX, TIMEOUT)
            .await
            .map_err(|e| failed(e.to_string()))?;
        if status != StatusCode::OK {
            return Err(failed(format!("status {status}")));
        }
        let answer: Answer = serde_json::from_slice(&body).map_err(|e| failed(e.to_string()))?;
        STANDARD
            .decode(&answer.signature)
            .map_err(|e| failed(e.to_string()))
    }
}
