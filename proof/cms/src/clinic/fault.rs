//! What can be wrong with a clinic's signature, each with a code that stays.

use crate::CmsError;
use crate::chain::ChainError;
use crate::tsp::TspError;
use podpis_shared::Timestamp;

/// Why a signature is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Not a CMS signature, or one that contradicts itself.
    #[error("the signature cannot be read: {0}")]
    Unreadable(CmsError),
    /// The message carries its content: a detached signature is asked for.
    #[error("the signature holds its content; a detached one is needed")]
    Attached,
    /// It is over other bytes.
    #[error("the signature is over other bytes")]
    OtherContent,
    /// The signature does not belong to certificate and content.
    #[error("the signature does not verify: {0}")]
    Wrong(CmsError),
    /// An algorithm that can't be checked here.
    #[error("{0}")]
    Unsupported(CmsError),
    /// The signer says a time that has not come yet.
    #[error("the signing time {0} has not come yet")]
    Future(Timestamp),
    /// The time stamp beside it does not belong to it, or is broken.
    #[error("{0}")]
    TimeStamp(TspError),
    /// The certificate, or one above it, was out of date.
    #[error("{0}")]
    Expired(ChainError),
    /// The certificate, or one above it, was not yet in force.
    #[error("{0}")]
    NotYetValid(ChainError),
    /// The certificate is not for signing documents.
    #[error("{0}")]
    Usage(ChainError),
    /// No path to an authority that is believed.
    #[error("{0}")]
    Untrusted(ChainError),
    /// A certificate of the path was revoked.
    #[error("revoked at {1}: {0}")]
    Revoked(String, Timestamp),
}

impl Fault {
    /// Every code.
    pub const CODES: [&'static str; 10] = [
        "signature_invalid",
        "signature_not_detached",
        "digest_mismatch",
        "signature_unsupported",
        "timestamp_invalid",
        "certificate_expired",
        "certificate_not_yet_valid",
        "certificate_usage",
        "certificate_untrusted",
        "certificate_revoked",
    ];

    /// The stable code, for machines.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unreadable(_) | Self::Wrong(_) | Self::Future(_) => "signature_invalid",
            Self::Attached => "signature_not_detached",
            Self::OtherContent => "digest_mismatch",
            Self::Unsupported(_) => "signature_unsupported",
            Self::TimeStamp(_) => "timestamp_invalid",
            Self::Expired(_) => "certificate_expired",
            Self::NotYetValid(_) => "certificate_not_yet_valid",
            Self::Usage(_) => "certificate_usage",
            Self::Untrusted(_) => "certificate_untrusted",
            Self::Revoked(..) => "certificate_revoked",
        }
    }

    pub(crate) fn of(error: CmsError) -> Self {
        match error {
            CmsError::MessageDigest => Self::OtherContent,
            CmsError::Unsupported(_) => Self::Unsupported(error),
            CmsError::Signature | CmsError::Attribute(_) | CmsError::NoCertificate => {
                Self::Wrong(error)
            }
            _ => Self::Unreadable(error),
        }
    }

    pub(crate) fn of_chain(error: ChainError) -> Self {
        match error {
            ChainError::Expired(_) => Self::Expired(error),
            ChainError::NotYetValid(_) => Self::NotYetValid(error),
            ChainError::KeyUsage(_) => Self::Usage(error),
            _ => Self::Untrusted(error),
        }
    }
}
