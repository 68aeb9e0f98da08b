#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod archive;
mod case;
mod clinic;
mod code;
mod esia;
mod evidence;
mod journal;
mod marks;
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
    /// The signed PDF, or the archive of a final version. The caller bounds its size; the work over it is bounded here.
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
///
/// [`Input::pdf`] may be the ZIP archive of a final version too: then the files in it are checked as one case.
pub fn verify(input: Input<'_>) -> Report {
    if archive::is_archive(input.pdf) {
        return match archive::read(input.pdf) {
            Some(archive) => of_archive(input, &archive),
            None => summary::stopped(&input, case::foreign_archive()),
        };
    }
    of_file(input, &[])
}

/// Whether a file is the archive of a final version, which [`verify`] takes in the place of a PDF.
pub fn is_archive(file: &[u8]) -> bool {
    archive::read(file).is_some()
}

/// One PDF, with more signatures of the clinic beside it.
fn of_file<'a>(input: Input<'a>, beside: &[&'a [u8]]) -> Report {
    match Case::open(input) {
        Ok(mut case) => {
            case.beside.extend(beside);
            whole(&case)
        }
        Err(stop) => summary::stopped(&input, *stop),
    }
}

/// The files of an archive: the newest PDF with everything that lies beside it.
fn of_archive<'a>(input: Input<'a>, archive: &archive::Archive<'a>) -> Report {
    let pdf = archive.last.or(archive.signed).unwrap_or_default();
    if !archive.signed.is_none_or(|signed| pdf.starts_with(signed)) {
        return summary::stopped(&input, case::two_documents());
    }
    let input = Input {
        pdf,
        newer_evidence: input.newer_evidence.or(archive.evidence),
        ..input
    };
    of_file(input, &archive.signatures)
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
    checks.extend([proof, checkpoint, newer, clinic]);
    if let Some(sheet) = &case.sheet {
        checks.push(sheet.check(&case.input, &case.examined, &case.evidence.bundle));
        later.extend(sheet.events());
    }
    checks.push(clinic::qualified());
    summary::whole(case, seal.level, checks, later)
}
