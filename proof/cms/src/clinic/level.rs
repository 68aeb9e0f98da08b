//! The level of a CAdES signature, told by what stands beside it (ETSI TS 101 733, EN 319 122-1).

use crate::Signer;
use std::fmt;

/// How much a signature carries along to be checked later. Each holds what the one before it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Does not name its certificate: CMS, and not CAdES.
    Cms,
    /// Basic: names its certificate.
    Bes,
    /// With a time stamp over the signature.
    T,
    /// With references to certificates and revocation data.
    C,
    /// With certificates and revocation data themselves, without a stamp over the references.
    Xl,
    /// Likewise, with the stamp: what Russian tools call XLT1.
    Xlt1,
    /// With an archive time stamp over all of it.
    A,
}

const SIGNATURE_STAMP: &str = "1.2.840.113549.1.9.16.2.14";
const REFERENCES: [&str; 2] = ["1.2.840.113549.1.9.16.2.21", "1.2.840.113549.1.9.16.2.22"];
const VALUES: [&str; 2] = ["1.2.840.113549.1.9.16.2.23", "1.2.840.113549.1.9.16.2.24"];
/// `CAdES-C-timestamp`, and the one over the references alone.
const REFERENCES_STAMP: [&str; 2] = ["1.2.840.113549.1.9.16.2.25", "1.2.840.113549.1.9.16.2.26"];
/// Archive time stamps of versions 1, 2 and 3.
const ARCHIVE: [&str; 3] = [
    "1.2.840.113549.1.9.16.2.27",
    "1.2.840.113549.1.9.16.2.48",
    "0.4.0.1733.2.4",
];

impl Level {
    pub(crate) fn of(signer: &Signer, names_certificate: bool) -> Self {
        let oids = signer.unsigned_attributes();
        let any = |wanted: &[&str]| oids.iter().any(|oid| wanted.contains(&oid.as_str()));
        let all = |wanted: &[&str]| wanted.iter().all(|one| any(&[one]));
        let stamped = any(&[SIGNATURE_STAMP]);
        match () {
            () if !names_certificate => Self::Cms,
            () if !stamped => Self::Bes,
            () if any(&ARCHIVE) => Self::A,
            () if all(&VALUES) && any(&REFERENCES_STAMP) => Self::Xlt1,
            () if all(&VALUES) => Self::Xl,
            () if all(&REFERENCES) => Self::C,
            () => Self::T,
        }
    }

    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Cms => "CMS",
            Self::Bes => "CAdES-BES",
            Self::T => "CAdES-T",
            Self::C => "CAdES-C",
            Self::Xl => "CAdES-X-L",
            Self::Xlt1 => "CAdES-XLT1",
            Self::A => "CAdES-A",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
