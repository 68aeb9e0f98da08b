//! A signer beside us that holds the key: an HSM or a certified tool.
//!
//! `POST <url>` with `{"algorithm": "GOST3410_2012_256", "message": <base64>}`. It hashes the message itself and answers
//! `{"signature": <base64>}`. Nothing it answers is used before it verifies with our certificate.

use super::{ClientCertificate, RequestSigner, SIGNATURE_LEN, SignerError};
use axum::body::Body;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{Request, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use podpis_cms::Certificate;
use podpis_kit::outbound;
use podpis_shared::Sensitive;
use serde::Deserialize;
use serde_json::json;
use std::time::Duration;

/// How long one try may take.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Largest answer that is read, in bytes.
const ANSWER_MAX: usize = 16 * 1024;

/// A signer over HTTP.
#[derive(Debug)]
pub struct HttpSigner {
    /// Its address.
    pub url: String,
    /// Bearer token; empty where the signer wants none.
    pub token: Sensitive<String>,
    /// It answers from the last byte to the first, as CryptoPro's own tools do.
    pub reversed: bool,
    /// The certificate of the key that it holds.
    pub certificate: ClientCertificate,
}

impl RequestSigner for HttpSigner {
    async fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignerError> {
        // A signature that nobody gets does no harm, so one hiccup is forgiven.
        let (status, body) = match self.ask(message).await {
            Ok((status, body)) if !status.is_server_error() => (status, body),
            _ => self.ask(message).await?,
        };
        if status != StatusCode::OK {
            return Err(SignerError::Status(status.as_u16()));
        }
        self.accept(message, &body)
    }

    fn certificate(&self) -> &Certificate {
        &self.certificate.certificate
    }
}

impl HttpSigner {
    async fn ask(&self, message: &[u8]) -> Result<(StatusCode, bytes::Bytes), SignerError> {
        let body = json!({"algorithm": "GOST3410_2012_256", "message": STANDARD.encode(message)});
        let mut request = Request::post(&self.url).header(CONTENT_TYPE, "application/json");
        if !self.token.expose().is_empty() {
            request = request.header(AUTHORIZATION, format!("Bearer {}", self.token.expose()));
        }
        let request = request.body(Body::from(body.to_string()));
        outbound::send(request, ANSWER_MAX, TIMEOUT)
            .await
            .map_err(|e| SignerError::Absent(e.to_string()))
    }

    /// The signature of an answer over this message, in ESIA's byte order.
    ///
    /// # Errors
    /// [`SignerError::Answer`], [`SignerError::Length`], [`SignerError::Reversed`], [`SignerError::WrongKey`].
    pub fn accept(&self, message: &[u8], body: &[u8]) -> Result<Vec<u8>, SignerError> {
        #[derive(Deserialize)]
        struct Answer {
            signature: String,
        }
        let answer: Answer = serde_json::from_slice(body).map_err(|_| SignerError::Answer)?;
        let mut signature = STANDARD
            .decode(&answer.signature)
            .map_err(|_| SignerError::Answer)?;
        if signature.len() != SIGNATURE_LEN {
            return Err(SignerError::Length(signature.len()));
        }
        if self.reversed {
            signature.reverse();
        }
        let key = &self.certificate.key;
        if key.verify(message, &signature) {
            return Ok(signature);
        }
        signature.reverse();
        Err(if key.verify(message, &signature) {
            SignerError::Reversed(!self.reversed)
        } else {
            SignerError::WrongKey
        })
    }
}
