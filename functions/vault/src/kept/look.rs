//! The check itself: a pure function of the file, the signatures and what is believed.

use podpis_cms::clinic::{self, Against, Checked, Fault};
use podpis_cms::qualified::Qualified;
use podpis_cms::{Certificate, CmsError, HashKind, SignedData, Signer};
use podpis_kit::{Failure, Result};
use podpis_pdf::{Covered, FoundSignature, SignatureKind, examine};
use podpis_shared::clinic_signature::TimeEvidence;
use podpis_shared::hash::sha256_hex;
use podpis_shared::problem::Code;
use podpis_shared::wire::kept::{INSIDE_MAX, KeptSignature, Place, Verdict};
use std::borrow::Cow;
use std::cell::RefCell;

#[cfg(test)]
mod tests;

/// Longest text that is taken from a certificate, in characters.
const WORDS_MAX: usize = 200;

/// A signature that is to be checked.
pub(super) struct Brought {
    place: Place,
    file: Option<u32>,
    covers_all: bool,
    /// The bytes of the PDF that it covers; all of them where there is none.
    covered: Option<Covered>,
    message: std::result::Result<SignedData, Fault>,
}

/// What signatures are held against.
pub(super) struct Look<'a> {
    pub(super) pdf: &'a [u8],
    pub(super) against: Against<'a>,
}

/// The signatures of the PDF, then the detached ones.
///
/// # Errors
/// The code of a detached one that is no detached signature.
pub(super) fn brought(pdf: &[u8], detached: &[Vec<u8>]) -> Result<Vec<Brought>> {
    let mut all = inside(pdf);
    for (number, bytes) in (1..).zip(detached) {
        all.push(Brought {
            place: Place::Detached,
            file: Some(number),
            covers_all: true,
            covered: None,
            message: Ok(clinic::read(bytes).map_err(|fault| refused(number, &fault))?),
        });
    }
    Ok(all)
}

/// The first signatures of the PDF; time stamps of the whole file are none. A file whose signature fields can't be told has none that
/// could be shown.
fn inside(pdf: &[u8]) -> Vec<Brought> {
    let Ok(examined) = examine(pdf) else {
        return Vec::new();
    };
    let whole = examined.vanished.is_empty();
    let signatures = examined.signatures.into_iter();
    signatures
        .filter(|one| one.kind != SignatureKind::DocTimeStamp)
        .take(INSIDE_MAX)
        .map(|one| Brought {
            place: Place::Inside,
            file: None,
            covers_all: one.covers_whole_file && whole,
            message: embedded(&one),
            covered: one.range.ok(),
        })
        .collect()
}

fn embedded(found: &FoundSignature) -> std::result::Result<SignedData, Fault> {
    if let SignatureKind::Other(kind) = &found.kind {
        return Err(Fault::Unsupported(CmsError::Unsupported(kind.clone())));
    }
    let covered = found.range.as_ref().map_err(|_| Fault::OtherContent)?;
    clinic::read_embedded(&covered.contents)
}

impl Brought {
    /// Every certificate that came along.
    pub(super) fn certificates(&self) -> Vec<Certificate> {
        let messages = self.message.iter();
        messages
            .flat_map(|message| message.signers())
            .flat_map(Signer::certificates)
            .collect()
    }
}

impl Look<'_> {
    /// What is found of each signer of each signature.
    ///
    /// # Errors
    /// `digest_mismatch`, or `signature_invalid` where a detached one says nothing of its content and does not verify.
    pub(super) fn at(&self, brought: &[Brought]) -> Result<Vec<KeptSignature>> {
        // Every detached one asks for the same hashes.
        let whole = Digests::of(Cow::Borrowed(self.pdf));
        let mut found = Vec::new();
        for one in brought {
            let message = match &one.message {
                Ok(message) => message,
                Err(fault) => {
                    found.push(self.told(one, Some(fault)));
                    continue;
                }
            };
            let covered = one.covered.as_ref();
            let covered =
                covered.map(|covered| Digests::of(Cow::Owned(covered.parts(self.pdf).concat())));
            let content = covered.as_ref().unwrap_or(&whole);
            for signer in message.signers() {
                found.push(self.signer(one, message, signer, content)?);
            }
        }
        Ok(found)
    }

    fn signer(
        &self,
        one: &Brought,
        message: &SignedData,
        signer: &Signer,
        content: &Digests<'_>,
    ) -> Result<KeptSignature> {
        let sha256 = Some(sha256_hex(message.der()));
        match clinic::check(signer, |kind| content.digest(kind), &self.against) {
            Ok(checked) => Ok(KeptSignature {
                sha256,
                ..by(&checked.verified.signer, self.valid(one, &checked))
            }),
            Err(fault) => {
                let bare = signer.message_digest().is_none() && matches!(fault, Fault::Wrong(_));
                if let Some(number) = one.file
                    && (bare || fault == Fault::OtherContent)
                {
                    return Err(refused(number, &fault));
                }
                let told = KeptSignature {
                    sha256,
                    signed_at: signer.signing_time(),
                    ..self.told(one, Some(&fault))
                };
                Ok(match signer.certificate() {
                    Some(certificate) => by(certificate, told),
                    None => told,
                })
            }
        }
    }

    fn valid(&self, one: &Brought, checked: &Checked) -> KeptSignature {
        let level = checked.level.as_str();
        let evidence = checked.moment.evidence;
        KeptSignature {
            level: Some(match one.place {
                // Inside a PDF the same levels have other names (ETSI EN 319 142-1).
                Place::Inside => level.replace("CAdES", "PAdES"),
                Place::Detached => level.to_owned(),
            }),
            signed_at: (evidence != TimeEvidence::None).then_some(checked.moment.at),
            time_evidence: Some(evidence),
            ..self.told(one, None)
        }
    }

    /// The verdict, and nothing of the signer.
    fn told(&self, one: &Brought, fault: Option<&Fault>) -> KeptSignature {
        KeptSignature {
            place: one.place,
            file: one.file,
            verdict: verdict(fault),
            code: fault.map(|fault| fault.code().to_owned()),
            covers_all: one.covers_all,
            owner: None,
            position: None,
            organisation: None,
            issuer: None,
            certificate_serial: None,
            valid_from: None,
            valid_to: None,
            level: None,
            signed_at: None,
            time_evidence: None,
            sha256: None,
            checked_at: self.against.now,
        }
    }
}

/// What a fault means for a signature that was made elsewhere. An authority that the operator does not know, an algorithm that is not
/// known here, and a certificate that has run out since, speak against no signature.
fn verdict(fault: Option<&Fault>) -> Verdict {
    match fault {
        None => Verdict::Valid,
        Some(Fault::Untrusted(_) | Fault::Unsupported(_) | Fault::Expired(_)) => Verdict::Unproven,
        Some(_) => Verdict::Invalid,
    }
}

/// What the certificate says.
fn by(certificate: &Certificate, told: KeptSignature) -> KeptSignature {
    let owner = Qualified::of(certificate);
    let issuer = certificate.issuer_part("CN");
    KeptSignature {
        owner: Some(words(&owner.name)),
        position: owner.position.as_deref().map(words),
        organisation: owner.organisation.as_deref().map(words),
        issuer: Some(words(&issuer.unwrap_or_else(|| certificate.issuer_text()))),
        certificate_serial: Some(words(&certificate.serial_hex())),
        valid_from: Some(certificate.not_before()),
        valid_to: Some(certificate.not_after()),
        ..told
    }
}

/// A stranger's words: short, and on one line.
fn words(text: &str) -> String {
    let line = |c: char| if c.is_control() { ' ' } else { c };
    text.chars().take(WORDS_MAX).map(line).collect()
}

fn refused(number: u32, fault: &Fault) -> Failure {
    let code = Code::parse(fault.code()).unwrap_or(Code::SignatureInvalid);
    Failure::new(code, format!("signature {number}: {fault}"))
}

/// Hashes of some bytes, each computed once.
struct Digests<'a> {
    content: Cow<'a, [u8]>,
    known: RefCell<Vec<(HashKind, Vec<u8>)>>,
}

impl<'a> Digests<'a> {
    fn of(content: Cow<'a, [u8]>) -> Self {
        Self {
            content,
            known: RefCell::default(),
        }
    }

    fn digest(&self, kind: HashKind) -> Vec<u8> {
        let known = self
            .known
            .borrow()
            .iter()
            .find(|(of, _)| *of == kind)
            .cloned();
        let (_, digest) = known.unwrap_or_else(|| {
            let new = (kind, kind.digest(&self.content));
            self.known.borrow_mut().push(new.clone());
            new
        });
        digest
    }
}
