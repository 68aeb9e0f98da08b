//! Certificate paths (RFC 5280, 6) at a given moment, as a pure function. Revocation is not looked at.

use der::asn1::ObjectIdentifier;
use der::oid::AssociatedOid as _;
use podpis_shared::Timestamp;
use x509_cert::ext::pkix::{BasicConstraints, ExtendedKeyUsage, KeyUsage};

use crate::{Certificate, CmsError};

/// What a certificate is to be good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Signing documents: key usage digitalSignature or nonRepudiation must be there; an extended key usage that names
    /// only servers, code, OCSP or time stamps is refused.
    Seal,
    /// Time stamps: extended key usage timeStamping, critical and alone (RFC 3161, 2.3).
    TimeStamp,
}

/// Why a certificate is not trusted. Each one names the certificate by its subject.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChainError {
    /// Past its last second.
    #[error("expired at that time: {0}")]
    Expired(String),
    /// Before its first second.
    #[error("not yet valid at that time: {0}")]
    NotYetValid(String),
    /// Nobody of this name among intermediates and roots gave it out.
    #[error("issuer is not known: {0}")]
    UnknownIssuer(String),
    /// The one named as issuer did not sign it.
    #[error("not signed by the one it names as issuer: {0}")]
    BadSignature(String),
    /// Its signature is by an algorithm that can't be checked here; the OID stands first.
    #[error("algorithm {0} is not supported: {1}")]
    Unsupported(String, String),
    /// It issued another certificate without being an authority.
    #[error("not a certification authority: {0}")]
    NotAnAuthority(String),
    /// Its key usage or extended key usage does not allow what was done.
    #[error("its key is for other uses: {0}")]
    KeyUsage(String),
    /// An authority above allows fewer authorities below itself.
    #[error("more authorities below it than it allows: {0}")]
    PathLength(String),
    /// An extension that must be understood and is not; the OID stands first.
    #[error("critical extension {0} is not known: {1}")]
    UnknownCritical(String, String),
    /// An extension that is broken or doubled.
    #[error("broken extension: {0}")]
    Extension(String),
    /// It came along without being part of the path; only [`validate_exact`] minds.
    #[error("not part of the path: {0}")]
    Unused(String),
    /// More than 8 certificates to a root, or more attempts than the bound.
    #[error("path is too long or too tangled: {0}")]
    TooLong(String),
}

/// Longest path, root included.
const MAX_PATH: usize = 8;
/// Most signatures checked while looking for a path.
const MAX_CHECKS: usize = 64;

/// Finds a path from `leaf` to one of `roots` and checks it at the time `at`. Answers the path, leaf first, root last.
///
/// Roots are compared by name and key like everyone else, but need no issuer. Their validity counts too. Names are
/// compared byte for byte.
///
/// # Errors
/// The first fault of the path that got farthest; [`ChainError`] says which.
pub fn validate(
    leaf: &Certificate,
    intermediates: &[Certificate],
    roots: &[Certificate],
    at: Timestamp,
    purpose: Purpose,
) -> Result<Vec<Certificate>, ChainError> {
    let mut search = Search {
        intermediates,
        roots,
        at,
        purpose,
        checks: MAX_CHECKS,
    };
    search
        .extend(&mut vec![leaf])
        .map(|path| path.into_iter().cloned().collect())
}

/// As [`validate`], and every one of `intermediates` must be part of the path: nobody can add a certificate to what was
/// checked like this.
///
/// # Errors
/// [`ChainError::Unused`] beside those of [`validate`].
pub fn validate_exact(
    leaf: &Certificate,
    intermediates: &[Certificate],
    roots: &[Certificate],
    at: Timestamp,
    purpose: Purpose,
) -> Result<Vec<Certificate>, ChainError> {
    let path = validate(leaf, intermediates, roots, at, purpose)?;
    // The last of the path is the root, which has no place beside a signature.
    let (_, below) = path.split_last().unwrap_or((leaf, &[]));
    match intermediates.iter().find(|other| !below.contains(other)) {
        Some(unused) => Err(ChainError::Unused(unused.subject_text())),
        None => Ok(path),
    }
}

/// Checks that a certificate's own extensions allow a purpose, whoever gave it out.
///
/// # Errors
/// [`ChainError::KeyUsage`], [`ChainError::Extension`].
pub fn check_purpose(leaf: &Certificate, purpose: Purpose) -> Result<(), ChainError> {
    let usage = extension::<KeyUsage>(leaf)?.map(|(_, usage)| usage);
    let extended = extension::<ExtendedKeyUsage>(leaf)?;
    let signs = |usage: &KeyUsage| usage.digital_signature() || usage.non_repudiation();
    let fit = match purpose {
        Purpose::Seal => {
            usage.as_ref().is_some_and(signs)
                && extended.is_none_or(|(_, uses)| {
                    uses.0.iter().any(|oid| !NOT_FOR_DOCUMENTS.contains(oid))
                })
        }
        Purpose::TimeStamp => {
            usage.as_ref().is_none_or(signs)
                && extended.is_some_and(|(critical, uses)| critical && uses.0 == [TIME_STAMPING])
        }
    };
    if fit {
        Ok(())
    } else {
        Err(ChainError::KeyUsage(leaf.subject_text()))
    }
}

const TIME_STAMPING: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.8");

/// Server, code signing, time stamping, OCSP (RFC 5280, 4.2.1.12).
const NOT_FOR_DOCUMENTS: [ObjectIdentifier; 4] = [
    ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.1"),
    ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.3"),
    TIME_STAMPING,
    ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.9"),
];

/// Extensions that may be critical here: read below, or without bearing on the path (policies, alternative names).
const UNDERSTOOD: [ObjectIdentifier; 5] = [
    KeyUsage::OID,
    BasicConstraints::OID,
    ExtendedKeyUsage::OID,
    ObjectIdentifier::new_unwrap("2.5.29.17"),
    ObjectIdentifier::new_unwrap("2.5.29.32"),
];

struct Search<'a> {
    intermediates: &'a [Certificate],
    roots: &'a [Certificate],
    at: Timestamp,
    purpose: Purpose,
    checks: usize,
}

impl<'a> Search<'a> {
    /// Tries every issuer of the path's end, roots first. The path is as it was when this returns an error.
    fn extend(
        &mut self,
        path: &mut Vec<&'a Certificate>,
    ) -> Result<Vec<&'a Certificate>, ChainError> {
        let Some(&end) = path.last() else {
            return Err(ChainError::UnknownIssuer(String::new()));
        };
        if path.len() >= MAX_PATH {
            return Err(ChainError::TooLong(end.subject_text()));
        }
        // A fault found farther up says more than one found on the way.
        let mut fault: Option<ChainError> = None;
        let (roots, intermediates) = (self.roots, self.intermediates);
        let candidates = roots
            .iter()
            .map(|root| (root, true))
            .chain(intermediates.iter().map(|other| (other, false)))
            .filter(|(candidate, _)| candidate.tbs().subject == end.tbs().issuer);
        for (candidate, is_root) in candidates {
            if path.contains(&candidate) {
                continue;
            }
            self.checks = self
                .checks
                .checked_sub(1)
                .ok_or_else(|| ChainError::TooLong(end.subject_text()))?;
            if let Err(error) = end.signed_by(candidate) {
                let subject = end.subject_text();
                fault.get_or_insert(match error {
                    CmsError::Unsupported(oid) => ChainError::Unsupported(oid, subject),
                    _ => ChainError::BadSignature(subject),
                });
                continue;
            }
            path.push(candidate);
            let outcome = if is_root {
                self.check(path).map(|()| path.clone())
            } else {
                self.extend(path)
            };
            path.pop();
            match outcome {
                Ok(found) => return Ok(found),
                Err(error) => fault = Some(error),
            }
        }
        Err(fault.unwrap_or_else(|| ChainError::UnknownIssuer(end.subject_text())))
    }

    /// Everything but names and signatures, which brought the path together.
    fn check(&self, path: &[&Certificate]) -> Result<(), ChainError> {
        let mut authorities_below = 0;
        for (index, certificate) in path.iter().enumerate() {
            self.check_each(certificate)?;
            if index == 0 {
                check_purpose(certificate, self.purpose)?;
                continue;
            }
            check_authority(certificate, authorities_below)?;
            if !certificate.is_self_issued() {
                authorities_below += 1;
            }
        }
        Ok(())
    }

    fn check_each(&self, certificate: &Certificate) -> Result<(), ChainError> {
        let subject = || certificate.subject_text();
        if self.at < certificate.not_before() {
            return Err(ChainError::NotYetValid(subject()));
        }
        if self.at > certificate.not_after() {
            return Err(ChainError::Expired(subject()));
        }
        let extensions = certificate.tbs().extensions.as_deref().unwrap_or_default();
        match extensions
            .iter()
            .find(|extension| extension.critical && !UNDERSTOOD.contains(&extension.extn_id))
        {
            Some(unknown) => Err(ChainError::UnknownCritical(
                unknown.extn_id.to_string(),
                subject(),
            )),
            None => Ok(()),
        }
    }
}

fn check_authority(certificate: &Certificate, authorities_below: usize) -> Result<(), ChainError> {
    let subject = || certificate.subject_text();
    let constraints = match extension::<BasicConstraints>(certificate)? {
        Some((_, constraints)) if constraints.ca => constraints,
        _ => return Err(ChainError::NotAnAuthority(subject())),
    };
    if extension::<KeyUsage>(certificate)?.is_some_and(|(_, usage)| !usage.key_cert_sign()) {
        return Err(ChainError::KeyUsage(subject()));
    }
    if constraints
        .path_len_constraint
        .is_some_and(|most| authorities_below > usize::from(most))
    {
        return Err(ChainError::PathLength(subject()));
    }
    Ok(())
}

fn extension<'a, T>(certificate: &'a Certificate) -> Result<Option<(bool, T)>, ChainError>
where
    T: der::Decode<'a> + der::oid::AssociatedOid,
{
    certificate
        .tbs()
        .get::<T>()
        .map_err(|_| ChainError::Extension(certificate.subject_text()))
}
