//! What `verify-worker.js` calls.

use podpis_shared::Timestamp;
use wasm_bindgen::prelude::*;

use crate::{Files, check as check_files, recognise as kind_of};

/// `pdf`, `signature`, `evidence`, `trust` or `unknown`.
#[wasm_bindgen]
pub fn recognise(bytes: &[u8]) -> String {
    kind_of(bytes).as_str().to_owned()
}

/// As [`crate::check`]; `now` is in seconds since 1970.
///
/// # Errors
/// As [`crate::check`].
#[wasm_bindgen]
pub fn check(
    pdf: &[u8],
    name: &str,
    clinic_signature: Option<Vec<u8>>,
    newer_evidence: Option<Vec<u8>>,
    trust: Option<Vec<u8>>,
    trust_from: &str,
    now: f64,
) -> Result<String, JsError> {
    let files = Files {
        pdf,
        name,
        clinic_signature: clinic_signature.as_deref(),
        newer_evidence: newer_evidence.as_deref(),
        trust: trust.as_deref(),
        trust_from,
    };
    Ok(check_files(files, Timestamp::from_unix(now as i64))?)
}
