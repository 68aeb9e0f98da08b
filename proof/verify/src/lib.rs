#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod case;
mod clinic;
mod code;
mod esia;
mod evidence;
mod journal;
mod newer;
mod original;
mod pdf;
pub mod report;
mod seal;
mod summary;

use case::Case;
use podpis_evidence::Trust;
use podpis_shared::Timestamp;

pub use report::{Check, CheckId, Fact, Kind, LaterEvent, Outcome, Report, Verdict};

/// Everything that a verification looks at. Nothing is fetched: what is not here stays unchecked.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// The signed PDF. The caller bounds its size; the work over it is bounded here.
    pub pdf: &'a [u8],
    /// The clinic's detached CMS signature, DER or PEM.
    pub clinic_signature: Option<&'a [u8]>,
    /// A bundle of a later time, as `GET /api/v1/documents/{id}/evidence` gives it.
    pub newer_evidence: Option<&'a [u8]>,
    /// What is believed. It must not come from where the PDF comes from.
    pub trust: Option<&'a Trust>,
    /// The clock of the machine that checks.
    pub now: Timestamp,
}

/// Checks a signed PDF with everything that was given beside it.
///
/// Never fails and never panics: what is wrong with the input stands in the report.
pub fn verify(input: Input<'_>) -> Report {
    match Case::open(input) {
        Ok(case) => whole(&case),
        Err(stop) => summary::stopped(&input, *stop),
    }
}

/// Every check of a file that carries a seal over a bundle.
fn whole(case: &Case<'_>) -> Report {
    let trust = case.input.trust;
    let evidence = &case.evidence;
    let seal = seal::checks(case);
    let identification = if code::is_used(evidence) {
        code::checks(evidence).to_vec()
    } else {
        let token = esia::token(evidence, trust);
        let person = esia::person(evidence, token.result);
        vec![token, person]
    };
    let [proof, checkpoint] = journal::checks(evidence, trust);
    let (later_changes, mut later) = pdf::later(case);
    let (newer, told) = newer::check(case);
    let clinic = clinic::signature(case);
    later.extend(told);
    let mut checks = vec![
        pdf::structure(&case.examined),
        seal.signature,
        pdf::whole_file(case),
        seal.certificate,
        seal.time,
        original::unchanged(case),
        later_changes,
        evidence::document_hash(evidence, case.original_hashes.as_ref()),
        evidence::signature(evidence, trust),
        evidence::document(evidence, case.original_hashes.as_ref()),
        evidence::browser_hash(evidence),
    ];
    checks.extend(identification);
    checks.extend([proof, checkpoint, newer, clinic, clinic::qualified()]);
    summary::whole(case, seal.level, checks, later)
}
