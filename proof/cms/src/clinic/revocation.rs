//! What lists of revoked certificates say of a path.

use super::{Against, Fault, Moment};
use crate::Certificate;
use crate::crl::Crl;
use podpis_shared::Timestamp;
use podpis_shared::clinic_signature::TimeEvidence;

/// Whether the certificates of a path are known not to be revoked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Revocation {
    /// Lists in force cover every certificate below the authority that is believed; the oldest of them is of this time.
    Good(Timestamp),
    /// No list in force for this certificate: its issuer is named.
    Unknown(String),
}

/// # Errors
/// [`Fault::Revoked`].
pub(super) fn of(
    path: &[Certificate],
    moment: &Moment,
    against: &Against<'_>,
) -> Result<Revocation, Fault> {
    let mut oldest: Option<Timestamp> = None;
    let mut unknown = None;
    for pair in path.windows(2) {
        let [certificate, issuer] = pair else {
            continue;
        };
        match newest(certificate, issuer, moment, against)? {
            Some(list) => {
                let at = list.this_update();
                oldest = Some(oldest.map_or(at, |old| old.min(at)));
            }
            None => {
                unknown.get_or_insert_with(|| certificate.issuer_text());
            }
        }
    }
    Ok(match (unknown, oldest) {
        (Some(issuer), _) => Revocation::Unknown(issuer),
        (None, Some(oldest)) => Revocation::Good(oldest),
        // The signer's own certificate is the one that is believed.
        (None, None) => Revocation::Unknown(String::new()),
    })
}

/// The newest whole list in force by the issuer; every list of the issuer's may say that the certificate is revoked.
fn newest<'a>(
    certificate: &Certificate,
    issuer: &Certificate,
    moment: &Moment,
    against: &Against<'a>,
) -> Result<Option<&'a Crl>, Fault> {
    let mut newest: Option<&Crl> = None;
    for list in against.lists {
        if !list.is_of(certificate) || list.signed_by(issuer).is_err() {
            continue;
        }
        if let Some(since) = list.revoked_since(certificate) {
            // A moment that only the signer names may be put before the revocation by whoever found the key.
            let counts = match moment.evidence {
                TimeEvidence::Timestamp => since <= moment.at,
                TimeEvidence::SigningTime | TimeEvidence::None => true,
            };
            if counts {
                return Err(Fault::Revoked(certificate.subject_text(), since));
            }
        }
        let in_force = list.this_update() <= against.now.plus(super::LEEWAY_S)
            && list.next_update().is_none_or(|next| against.now <= next);
        if in_force
            && list.is_whole()
            && newest.is_none_or(|other| other.this_update() < list.this_update())
        {
            newest = Some(list);
        }
    }
    Ok(newest)
}
