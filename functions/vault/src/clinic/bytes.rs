//! Which bytes a clinic's signature is over: a file of ours as it stands, or the clinic's final PDF, which begins with it.

use super::refused;
use crate::db;
use podpis_cms::clinic::{self, Against, Checked, Fault};
use podpis_cms::{Certificate, CmsError, HashKind, SignedData, Signer};
use podpis_kit::at_rest::Keys;
use podpis_kit::store::Document;
use podpis_kit::store::blobs::{self, Content};
use podpis_kit::store::clinic_signatures::{self, ClinicSignature};
use podpis_kit::{Db, Failure, Result, random};
use podpis_pdf::{
    Change, Examined, FoundSignature, Severity, SignatureKind, Step, changes, examine,
};
use podpis_shared::Hashes;
use podpis_shared::clinic_signature::Over;
use podpis_shared::hash::sha256_hex;
use podpis_shared::problem::Code;
use podpis_shared::wire::vault::Stored;

/// A signature with the bytes that it may be over.
pub(super) struct Found {
    message: SignedData,
    /// Files of ours, by their ids: the newest form of the signed one first. Of a final PDF, what it continues.
    files: Vec<File>,
    /// The final PDF, and its covered bytes.
    last: Option<(Vec<u8>, Vec<u8>)>,
}

/// A file of ours: its id, and its bytes.
type File = (String, Vec<u8>);

/// What a signature leaves in the database beside its row.
pub(super) struct Kept {
    /// The file that it is over; the final PDF.
    pub(super) blob: String,
    pub(super) over_sha256: String,
    /// The message, and its SHA-256.
    pub(super) der: Vec<u8>,
    pub(super) sha256: String,
    /// The final PDF, to be written.
    pub(super) file: Option<(Stored, Content)>,
    /// The final PDF that this one continues.
    continues: Option<String>,
}

/// Reads a signature, or takes it out of a final PDF.
///
/// # Errors
/// `not_signed`; those of the signature; of a final PDF `not_pdf`, `broken_pdf`, and `digest_mismatch` where it does not begin
/// with the bytes of `/signed` or changes what they show.
pub(super) async fn find(db: &Db, document: &Document, over: Over, body: &[u8]) -> Result<Found> {
    let (message, last, files) = match over {
        Over::Signed | Over::Original => {
            let message = clinic::read(body).map_err(refused)?;
            (message, None, files(db, document, over).await?)
        }
        Over::Final => {
            let files = files(db, document, over).await?;
            let (message, covered, base) = inside(body, files)?;
            (message, Some((body.to_vec(), covered)), vec![base])
        }
    };
    Ok(Found {
        message,
        files,
        last,
    })
}

/// Whether this very final PDF was accepted before, which begins with no newer one.
pub(super) async fn is_accepted(db: &Db, document: &Document, pdf: &[u8]) -> Result<bool> {
    let sha256 = Some(sha256_hex(pdf));
    for one in clinic_signatures::of_document(db, &document.id).await? {
        if one.over == Over::Final && blobs::sha256(db, &one.blob).await? == sha256 {
            return Ok(true);
        }
    }
    Ok(false)
}

impl Found {
    pub(super) fn sha256(&self) -> String {
        sha256_hex(self.message.der())
    }

    /// Every certificate that came along.
    pub(super) fn certificates(&self) -> Vec<Certificate> {
        let of = |signer: &Signer| signer.certificates();
        self.message.signers().iter().flat_map(of).collect()
    }

    /// Checks every signer over the first of the files that fits.
    pub(super) fn check(&self, against: &Against<'_>) -> Result<Vec<Checked>, Fault> {
        self.fitting(against).map(|(_, checked)| checked)
    }

    fn fitting(&self, against: &Against<'_>) -> Result<(usize, Vec<Checked>), Fault> {
        let mut fault = Fault::OtherContent;
        for (place, content) in self.contents().into_iter().enumerate() {
            let digest = |kind: HashKind| kind.digest(content);
            let mut signers = self.message.signers().iter();
            if signers.any(|signer| signer.check_content(digest) == Err(CmsError::MessageDigest)) {
                continue;
            }
            let signers = self.message.signers().iter();
            let checked: Result<Vec<_>, Fault> = signers
                .map(|signer| clinic::check(signer, digest, against))
                .collect();
            match checked {
                Ok(checked) => return Ok((place, checked)),
                // Without signed attributes only the signature itself tells whether the content is another.
                Err(other) => fault = other,
            }
        }
        Err(fault)
    }

    /// What the signature may be over.
    fn contents(&self) -> Vec<&[u8]> {
        match &self.last {
            Some((_, covered)) => vec![covered],
            None => self
                .files
                .iter()
                .map(|(_, bytes)| bytes.as_slice())
                .collect(),
        }
    }

    /// What is to be written. Encrypted before the transaction: it takes some time.
    pub(super) async fn keep(&self, db: &Db) -> Result<Kept> {
        let der = self.message.der().to_vec();
        let sha256 = self.sha256();
        let Some((pdf, _)) = &self.last else {
            let (blob, bytes) = self.over().ok_or_else(Failure::not_found)?;
            return Ok(Kept {
                blob: blob.clone(),
                over_sha256: sha256_hex(bytes),
                der,
                sha256,
                file: None,
                continues: None,
            });
        };
        let stored = Stored {
            blob: random::id("blob")?,
            hashes: Hashes::of(pdf),
            size: pdf.len() as u64,
            pages: examine(pdf).map(|found| found.pages).unwrap_or_default(),
        };
        let content = Content::sealed(&Keys::load(db).await?, &stored, pdf.clone())?;
        Ok(Kept {
            blob: stored.blob.clone(),
            over_sha256: stored.hashes.sha256.clone(),
            der,
            sha256,
            file: Some((stored, content)),
            continues: self.files.first().map(|(blob, _)| blob.clone()),
        })
    }

    /// The file whose bytes it is over, told by the digest; the newest where it has none.
    fn over(&self) -> Option<&File> {
        let fits = |(_, bytes): &&File| {
            let digest = |kind: HashKind| kind.digest(bytes);
            let mut signers = self.message.signers().iter();
            signers
                .any(|signer| signer.check_content(digest).is_ok() || signer.verify(digest).is_ok())
        };
        self.files.iter().find(fits)
    }
}

impl Kept {
    /// No other final PDF has come since the one that this one continues.
    pub(super) fn still_continues(&self, accepted: &[ClinicSignature]) -> bool {
        let newest = accepted.iter().rev().find(|one| one.over == Over::Final);
        match (&self.file, newest) {
            (Some(_), Some(newest)) => self.continues.as_ref() == Some(&newest.blob),
            _ => true,
        }
    }
}

/// The files that a signature may be over, newest first.
async fn files(db: &Db, document: &Document, over: Over) -> Result<Vec<File>> {
    let mut ids = Vec::new();
    match over {
        Over::Original => ids.push(document.original_blob.clone()),
        Over::Signed | Over::Final => {
            if over == Over::Final {
                let accepted = clinic_signatures::of_document(db, &document.id).await?;
                let newest = accepted.iter().rev().find(|one| one.over == Over::Final);
                ids.extend(newest.map(|one| one.blob.clone()));
            }
            // A final PDF that loses another one's signature is none.
            if ids.is_empty() {
                ids.extend(document.signed_blob.clone());
                let earlier = db::signed_revisions(db, &document.id).await?;
                ids.extend(
                    earlier
                        .into_iter()
                        .filter(|id| Some(id) != document.signed_blob.as_ref()),
                );
            }
        }
    }
    let mut files = Vec::new();
    for id in ids {
        if let Some(bytes) = blobs::find(db, &id).await? {
            files.push((id, bytes));
        }
    }
    if files.is_empty() {
        let detail = "the patient has not signed the document yet";
        return Err(Failure::new(Code::NotSigned, detail));
    }
    Ok(files)
}

/// The signature inside of a final PDF, the bytes that it covers, and the file that the PDF begins with.
fn inside(pdf: &[u8], files: Vec<File>) -> Result<(SignedData, Vec<u8>, File)> {
    let examined = examine(pdf).map_err(|error| {
        let code = match error {
            podpis_pdf::ExamineError::NotPdf => Code::NotPdf,
            _ => Code::BrokenPdf,
        };
        Failure::new(code, error.to_string())
    })?;
    let base = files.into_iter().find(|(_, bytes)| pdf.starts_with(bytes));
    let base = base.ok_or_else(|| {
        let detail = "the final PDF does not begin with the bytes of /signed, or with the last final PDF that was accepted";
        Failure::new(Code::DigestMismatch, detail)
    })?;
    let broken = |detail: &str| Failure::new(Code::BrokenPdf, detail);
    if !examined.intact_xref || !examined.ends_with_eof || !examined.vanished.is_empty() {
        return Err(broken(
            "the final PDF is damaged, or a signature was removed from it",
        ));
    }
    let changed = changes(&base.1, pdf).map_err(|error| broken(&error.to_string()))?;
    let unfit = changed.iter().find(|change| {
        change.severity(Step::AfterSeal) == Severity::Harmful
            || matches!(change, Change::AttachmentAdded { .. })
    });
    if unfit.is_some() {
        let detail = "the final PDF changes more than a signature does";
        return Err(Failure::new(Code::DigestMismatch, detail));
    }
    let invalid = |detail: &str| Failure::new(Code::SignatureInvalid, detail);
    let before = examine(&base.1).map_err(|error| broken(&error.to_string()))?;
    if signatures(&examined).count() != signatures(&before).count() + 1 {
        return Err(invalid("the final PDF adds not one signature"));
    }
    let added = signatures(&examined).find(|signature| signature.covers_whole_file);
    if let Some(SignatureKind::Other(kind)) = added.map(|signature| &signature.kind) {
        return Err(refused(Fault::Unsupported(CmsError::Unsupported(
            kind.clone(),
        ))));
    }
    let covered = added
        .and_then(|signature| signature.range.as_ref().ok())
        .filter(|covered| covered.end > base.1.len())
        .ok_or_else(|| invalid("the final PDF holds no signature over the whole of it"))?;
    let message = clinic::read_embedded(&covered.contents).map_err(refused)?;
    Ok((message, covered.parts(pdf).concat(), base))
}

/// Time stamps are none.
fn signatures(examined: &Examined) -> impl Iterator<Item = &FoundSignature> {
    let all = examined.signatures.iter();
    all.filter(|signature| signature.kind != SignatureKind::DocTimeStamp)
}
