//! The time stamping authority (RFC 3161 over HTTP, section 3.4).

use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{Request, StatusCode};
use podpis_cms::{Certificate, tsp};
use podpis_kit::{Result, now, outbound, random, vars};
use std::time::Duration;

use crate::settings;

/// How long the authority may take while a person waits.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Largest answer that is read, in bytes.
const ANSWER_MAX: usize = 64 * 1024;

/// Largest token that is taken, in bytes: also what a seal reserves for it. With certificates it stays below
/// what PDF/A lets a string hold (ISO 19005-3, 6.1.13), counted in hex digits.
pub(crate) const TOKEN_MAX: usize = 12 * 1024;

/// Clocks may differ by so many seconds.
const LEEWAY_S: i64 = 300;

/// An authority that the settings name.
pub(crate) struct Tsa {
    url: String,
    roots: Vec<Certificate>,
}

impl Tsa {
    /// The authority of `tsa_url`; `None` where there is none.
    ///
    /// # Errors
    /// 500 where `tsa_roots` can't be read.
    pub(crate) async fn configured() -> Result<Option<Self>> {
        let Some(url) = vars::endpoint("tsa_url", "tsa_path").await? else {
            return Ok(None);
        };
        Ok(Some(Self {
            url,
            roots: settings::certificates("tsa_roots").await?,
        }))
    }

    /// A token over a SHA-256, checked as a verifier would: imprint, nonce, signature, certificate, time.
    ///
    /// # Errors
    /// What went wrong, for the log; the caller goes on without a time stamp and says so.
    pub(crate) async fn stamp(&self, sha256: &[u8; 32]) -> Result<Vec<u8>, String> {
        let nonce = random::bytes::<8>().map_err(|e| e.to_string())?;
        // A positive INTEGER of at most eight bytes.
        let nonce = u64::from_be_bytes(nonce) >> 1;
        let query = tsp::request(sha256, nonce).map_err(|e| e.to_string())?;
        let request = Request::post(&self.url)
            .header(CONTENT_TYPE, tsp::REQUEST_TYPE)
            .body(Body::from(query));
        let (status, body) = outbound::send(request, ANSWER_MAX, TIMEOUT)
            .await
            .map_err(|e| e.to_string())?;
        if status != StatusCode::OK {
            return Err(format!("status {status}"));
        }
        let (token, stamp) =
            tsp::accept(&body, sha256, nonce, &self.roots).map_err(|e| e.to_string())?;
        if (stamp.time.unix() - now().unix()).abs() > LEEWAY_S {
            return Err("the authority's clock differs from ours".into());
        }
        if token.len() > TOKEN_MAX {
            return Err(format!("the token takes {} bytes", token.len()));
        }
        Ok(token)
    }
}
