//! One check of one case: the report, and what it was made of.

use podpis_evidence::Trust;
use podpis_shared::Timestamp;
use podpis_shared::hash::sha256_hex;
use podpis_verify::{Input, Report, verify};
use serde::Serialize;

/// The files of a case.
#[derive(Clone, Copy, Debug)]
pub struct Files<'a> {
    /// The signed PDF.
    pub pdf: &'a [u8],
    /// Name of the PDF's file, as the person has it.
    pub name: &'a str,
    /// The clinic's detached signature.
    pub clinic_signature: Option<&'a [u8]>,
    /// A newer evidence bundle.
    pub newer_evidence: Option<&'a [u8]>,
    /// The trust list, JSON.
    pub trust: Option<&'a [u8]>,
    /// Where the list comes from: `server`, `kept` or `file`.
    pub trust_from: &'a str,
}

/// What the page shows and saves.
#[derive(Debug, Serialize)]
struct Answer<'a> {
    /// Version of the verifier.
    version: &'static str,
    file: FileFacts<'a>,
    /// Absent: there was none that could be read.
    trust: Option<TrustFacts<'a>>,
    report: Report,
}

#[derive(Debug, Serialize)]
struct FileFacts<'a> {
    name: &'a str,
    /// Bytes.
    size: usize,
    sha256: String,
}

#[derive(Debug, Serialize)]
struct TrustFacts<'a> {
    from: &'a str,
    as_of: Timestamp,
    operator: String,
}

/// Checks the case at the moment `now`; JSON `{version, file: {name, size, sha256}, trust: {from, as_of, operator} |
/// null, report}`, the last as in [`podpis_verify::report`].
///
/// A trust list that can't be read counts as absent: then nothing can be proven, and the report says so.
///
/// # Errors
/// When the report can't be written, which plain data always can.
pub fn check(files: Files<'_>, now: Timestamp) -> Result<String, serde_json::Error> {
    let trust: Option<Trust> = files
        .trust
        .and_then(|bytes| serde_json::from_slice(bytes).ok());
    let report = verify(Input {
        pdf: files.pdf,
        clinic_signature: files.clinic_signature,
        newer_evidence: files.newer_evidence,
        trust: trust.as_ref(),
        now,
    });
    serde_json::to_string_pretty(&Answer {
        version: env!("CARGO_PKG_VERSION"),
        file: FileFacts {
            name: files.name,
            size: files.pdf.len(),
            sha256: sha256_hex(files.pdf),
        },
        trust: trust.map(|trust| TrustFacts {
            from: files.trust_from,
            as_of: trust.as_of,
            operator: trust.operator,
        }),
        report,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anything_gets_an_answer_and_nothing_unproven_is_valid() {
        for pdf in [&b""[..], b"%PDF-1.7", b"no PDF at all"] {
            let files = Files {
                pdf,
                name: "файл.pdf",
                clinic_signature: Some(b"\x30"),
                newer_evidence: Some(b"{}"),
                trust: Some(b"no list"),
                trust_from: "file",
            };
            let answer = check(files, Timestamp::from_unix(1_790_000_000)).unwrap();
            let answer: serde_json::Value = serde_json::from_str(&answer).unwrap();
            assert_eq!(answer["file"]["name"], "файл.pdf");
            assert_eq!(answer["file"]["size"], pdf.len());
            assert!(answer["trust"].is_null());
            assert_ne!(answer["report"]["verdict"], "valid");
            assert!(!answer["report"]["checks"].as_array().unwrap().is_empty());
        }
    }
}
