//! When a signature was made, and what says so.

use super::{Against, Fault, LEEWAY_S};
use crate::chain::{Purpose, validate};
use crate::tsp::{self, TspError};
use crate::{CmsError, Verified};
use podpis_shared::Timestamp;
use podpis_shared::clinic_signature::TimeEvidence;

/// The moment of a signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The best that is known; the moment of the check where nothing is.
    pub at: Timestamp,
    /// What it stands on.
    pub evidence: TimeEvidence,
    /// The signer's own word.
    pub claimed: Option<Timestamp>,
    /// The time stamp over the signature, where there is one.
    pub stamp: Option<Stamp>,
}

/// A time stamp that belongs to the signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// When the authority saw the signature; `None` where it can't be checked here.
    pub at: Option<Timestamp>,
    /// Whose stamp it is.
    pub authority: Option<String>,
    /// Why it does not count; `None` where it does.
    pub untrusted: Option<String>,
}

impl Moment {
    /// When the certificate has to be good. Without a stamp the moment of the check counts too (63-ФЗ, art. 11, 2).
    pub(crate) fn to_be_good_at(&self, now: Timestamp) -> Vec<Timestamp> {
        match self.evidence {
            TimeEvidence::Timestamp => vec![self.at],
            // The clock of the signer may be a little ahead of ours.
            TimeEvidence::SigningTime => vec![self.at.min(now), now],
            TimeEvidence::None => vec![now],
        }
    }
}

pub(super) fn of(verified: &Verified, against: &Against<'_>) -> Result<Moment, Fault> {
    let latest = against.now.plus(LEEWAY_S);
    let claimed = verified.signing_time;
    if let Some(claimed) = claimed.filter(|at| *at > latest) {
        return Err(Fault::Future(claimed));
    }
    let stamp = stamp(verified, against)?;
    let trusted = stamp
        .as_ref()
        .filter(|stamp| stamp.untrusted.is_none())
        .and_then(|stamp| stamp.at);
    let (at, evidence) = match (trusted, claimed) {
        (Some(at), _) => (at, TimeEvidence::Timestamp),
        (None, Some(at)) => (at, TimeEvidence::SigningTime),
        (None, None) => (against.now, TimeEvidence::None),
    };
    Ok(Moment {
        at,
        evidence,
        claimed,
        stamp,
    })
}

/// A stamp that does not belong to the signature makes it a forgery; one whose authority nobody knows only does not count.
fn stamp(verified: &Verified, against: &Against<'_>) -> Result<Option<Stamp>, Fault> {
    let Some(token) = &verified.timestamp else {
        return Ok(None);
    };
    let stamp = match tsp::check_token_over(token, &verified.signature) {
        Ok(stamp) => stamp,
        Err(error @ (TspError::Purpose | TspError::Signature(CmsError::Unsupported(_)))) => {
            return Ok(Some(Stamp {
                at: None,
                authority: None,
                untrusted: Some(error.to_string()),
            }));
        }
        Err(error) => return Err(Fault::TimeStamp(error)),
    };
    let roots = [against.roots, against.tsa_roots].concat();
    let others = [stamp.others.as_slice(), &verified.others].concat();
    let untrusted = if stamp.time > against.now.plus(LEEWAY_S) {
        Some("the time stamp is of a time that has not come yet".to_owned())
    } else {
        validate(
            &stamp.signer,
            &others,
            &roots,
            stamp.time,
            Purpose::TimeStamp,
        )
        .err()
        .map(|error| error.to_string())
    };
    Ok(Some(Stamp {
        at: Some(stamp.time),
        authority: Some(stamp.signer.subject_text()),
        untrusted,
    }))
}
