//! The technical check of a clinic's signature (УКЭП, CAdES of ETSI EN 319 122-1) as a pure function: what is wrong with it,
//! or everything that it says.
//!
//! It computes and compares. Whether a signature is qualified and its certificate in force, only tools with a confirmation
//! of conformity establish (63-ФЗ, art. 11): [`NOTICE`] says so and stands in every report.

mod fault;
mod level;
mod moment;
mod revocation;

use crate::chain::{self, Purpose};
use crate::crl::Crl;
use crate::qualified::Qualified;
use crate::{Certificate, CmsError, HashKind, SignedData, Signer, Verified};
use podpis_shared::Timestamp;

pub use fault::Fault;
pub use level::Level;
pub use moment::{Moment, Stamp};
pub use revocation::Revocation;

/// What the check is, and what it is not; for people.
pub const NOTICE: &str = "Техническая проверка: вычисления и сравнения, которые повторит любая программа. Квалифицированная ли \
    подпись и действует ли её сертификат, устанавливает только средство с подтверждением соответствия (63-ФЗ, ст. 11).";

/// Clocks may differ by so many seconds.
pub const LEEWAY_S: i64 = 600;

/// What a signature is held against.
#[derive(Clone, Copy, Debug)]
pub struct Against<'a> {
    /// Authorities that are believed; a path to any of them will do.
    pub roots: &'a [Certificate],
    /// Further authorities of time stamps; `roots` count for them as well.
    pub tsa_roots: &'a [Certificate],
    /// Lists of revoked certificates, of any issuers; each counts only where the issuer of the certificate signed it.
    pub lists: &'a [Crl],
    /// The moment of the check.
    pub now: Timestamp,
}

/// A signature that holds, by a certificate that is trusted. No `Debug`: it names a person.
#[derive(Clone)]
pub struct Checked {
    /// Content, certificate and signature belong together.
    pub verified: Verified,
    /// As which level of CAdES it is built. Beyond a time stamp, what a level adds is recognised and not checked.
    pub level: Level,
    /// When it was made, and what says so.
    pub moment: Moment,
    /// From the signer's certificate to the authority that is believed.
    pub path: Vec<Certificate>,
    /// What the lists say of the certificates of the path.
    pub revocation: Revocation,
    /// What the certificate says of its owner, and of being a qualified one.
    pub owner: Qualified,
}

/// Reads a clinic's detached signature: DER, BER, PEM or bare base64, at most 1 MiB, 16 signers; signed attributes may be
/// missing, since what it is to be over is known.
///
/// # Errors
/// [`Fault::Attached`] where the message carries its content, [`Fault::Unreadable`] else.
pub fn read(bytes: &[u8]) -> Result<SignedData, Fault> {
    detached(SignedData::from_any_bare(bytes).map_err(Fault::of)?)
}

/// Reads a signature that stands inside a PDF (PAdES): DER, with signed attributes, and of one signer (ISO 32000-2, 12.8.3.3).
///
/// # Errors
/// As [`read`].
pub fn read_embedded(der: &[u8]) -> Result<SignedData, Fault> {
    let message = detached(SignedData::parse(der).map_err(Fault::of)?)?;
    message.signer().map_err(Fault::of)?;
    Ok(message)
}

fn detached(message: SignedData) -> Result<SignedData, Fault> {
    if message.content().is_some() {
        return Err(Fault::Attached);
    }
    if message.content_type() != crate::ContentType::Data {
        return Err(Fault::Unreadable(CmsError::Malformed(
            "a time stamp, not a signature",
        )));
    }
    Ok(message)
}

/// Checks one signer of a message over content of this hash.
///
/// The certificate must be good at the moment of the signature. A moment that only the signer names is not enough (63-ФЗ,
/// art. 11, 2): then it must be good now too. Revocation likewise.
///
/// # Errors
/// [`Fault`]: the first thing that is wrong.
pub fn check(
    signer: &Signer,
    digest: impl Fn(HashKind) -> Vec<u8>,
    against: &Against<'_>,
) -> Result<Checked, Fault> {
    let verified = signer.verify(digest).map_err(Fault::of)?;
    let moment = moment::of(&verified, against)?;
    let mut path = Vec::new();
    for at in moment.to_be_good_at(against.now) {
        path = chain::validate(
            &verified.signer,
            &verified.others,
            against.roots,
            at,
            Purpose::Seal,
        )
        .map_err(Fault::of_chain)?;
    }
    let revocation = revocation::of(&path, &moment, against)?;
    Ok(Checked {
        level: Level::of(signer, verified.names_certificate),
        owner: Qualified::of(&verified.signer),
        verified,
        moment,
        path,
        revocation,
    })
}
