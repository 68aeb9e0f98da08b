//! The moments of a document, oldest first.

use super::File;
use podpis_evidence::{Moment, Signature};
use podpis_shared::Timestamp;

/// Each moment with the clock that it was read from.
pub(super) fn of(file: File<'_>, signatures: &[Signature]) -> Vec<Moment> {
    let document = file.document;
    let mut times = vec![moment("received", file.received_at, "operator")];
    times.extend(
        document
            .opened_at
            .map(|at| moment("opened", at, "operator")),
    );
    for signature in signatures {
        times.push(moment(
            "sign_started",
            signature.browser.started_at,
            "operator",
        ));
        if let Some(esia) = &signature.esia {
            times.push(moment("esia_sign_in", esia.auth_time, "esia"));
            times.push(moment("esia_checked", esia.verified_at, "operator"));
        }
        if let Some(code) = &signature.code {
            times.push(moment("code_issued", code.issued_at, "operator"));
            // The operator's clock when the gateway answered: gateways tell no time of their own.
            times.extend(code.sent_at.map(|at| moment("code_sent", at, "operator")));
            times.push(moment("code_verified", code.verified_at, "operator"));
        }
        times.push(moment("signed", signature.signed_at, "operator"));
    }
    // What is kept was complete before it came.
    times.extend(
        document
            .completed_at
            .filter(|_| !document.is_kept())
            .map(|at| moment("completed", at, "operator")),
    );
    times
}

fn moment(what: &str, at: Timestamp, source: &str) -> Moment {
    Moment {
        what: what.into(),
        at,
        source: source.into(),
    }
}
