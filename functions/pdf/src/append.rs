//! Incremental updates after the original's unchanged bytes: the protocol with its seal, later time stamps, the final
//! version's sheet of signatures.

use lopdf::{Dictionary, Object, ObjectId};
use time::OffsetDateTime;

use crate::attach::{self, Attachment};
use crate::claims;
use crate::inspect::{Refusal, header_position};
use crate::marks::{FINAL_EVIDENCE_NAME, MARKS_NAME, MarkSheet};
use crate::marks_page;
use crate::protocol::Protocol;
use crate::protocol_page;
use crate::reader::{Dangling, Fault, Pdf};
use crate::signature::{self, SealField};
use crate::typeset::{Composer, Hinting, Margins, Typeset};
use crate::unsealed::Unsealed;
use crate::update::Update;

/// Why the update cannot be made. A file that [`inspect`](crate::inspect) accepted ends here only for a seal too large.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AppendError {
    /// The original is not a file that can be sealed.
    #[error(transparent)]
    Original(#[from] Refusal),
    /// The update was written but does not read back as the original's pages plus the protocol's.
    #[error("the update of the PDF does not read back")]
    NotReadable,
    /// The sheet of signatures names other bytes than are given.
    #[error("the sheet of signatures belongs to other bytes")]
    Mismatch,
    /// The signature is larger than the room that was kept for it.
    #[error("the seal of {size} bytes does not fit into the {reserved} bytes kept for it")]
    SealTooLarge {
        /// Bytes of the signature.
        size: usize,
        /// Bytes kept for it; 0 in an update without a seal.
        reserved: usize,
    },
}

impl From<Fault> for AppendError {
    fn from(fault: Fault) -> Self {
        Self::Original(fault.into())
    }
}

/// Appends one incremental update: the protocol's pages, `evidence.json`, and with `seal` the field of the operator's
/// signature, which covers the whole file and is put in by [`Unsealed::embed`].
///
/// The result starts with `original`, byte for byte. The same input gives the same bytes.
///
/// # Errors
/// See [`AppendError`].
pub fn append_protocol(
    original: &[u8],
    protocol: &Protocol,
    evidence_json: &[u8],
    seal: Option<&SealField>,
) -> Result<Unsealed, AppendError> {
    let pdf = open(original)?;
    let pages = pdf.count_pages()?;
    let addition = Addition {
        typeset: protocol_page::set(protocol),
        files: vec![attach::evidence(evidence_json)],
        at: protocol.signed_at,
        seal,
    };
    let seed = [
        evidence_json,
        protocol.number.as_bytes(),
        protocol.document.sha256.as_bytes(),
    ];
    let dangling = dangling(&pdf)?;
    append(original, &pdf, pages, dangling, addition, &seed)
}

/// Appends one incremental update with the final version's sheet of signatures (`docs/final.md`): a page with one mark for
/// each signature of the clinic, the signatures themselves, the sheet as data, newer evidence, and with `seal` one more
/// field of the operator's signature over the whole file.
///
/// `signatures` are the CMS messages in the order of [`MarkSheet::marks`], `evidence` is what [`MarkSheet::evidence`]
/// names by its hash. Signatures in `signed` stay valid. The same input gives the same bytes.
///
/// # Errors
/// See [`AppendError`]. [`AppendError::Mismatch`] when the sheet names other bytes than are given.
pub fn append_marks(
    signed: &[u8],
    sheet: &MarkSheet,
    signatures: &[Vec<u8>],
    evidence: Option<&[u8]>,
    seal: Option<&SealField>,
) -> Result<Unsealed, AppendError> {
    if !sheet.names(signed, signatures, evidence) {
        return Err(AppendError::Mismatch);
    }
    let pdf = open(signed)?;
    let pages = pdf.count_pages()?;
    let json = sheet.to_json();
    let descriptions: Vec<String> = sheet.marks.iter().map(marks_page::description).collect();
    let mut files = vec![Attachment {
        name: MARKS_NAME,
        media: "application/json",
        relationship: "Data",
        description: "Лист подписей: то же самое для программ",
        bytes: &json,
    }];
    for ((mark, bytes), description) in sheet.marks.iter().zip(signatures).zip(&descriptions) {
        files.push(Attachment {
            name: &mark.file,
            media: "application/pkcs7-signature",
            relationship: "Supplement",
            description,
            bytes,
        });
    }
    files.extend(evidence.map(|bytes| Attachment {
        name: FINAL_EVIDENCE_NAME,
        media: "application/json",
        relationship: "Data",
        description: "Доказательства на время, когда документ завершён",
        bytes,
    }));
    let addition = Addition {
        typeset: marks_page::set(sheet),
        files,
        at: sheet.made_at.at(),
        seal,
    };
    let dangling = dangling(&pdf)?;
    append(signed, &pdf, pages, dangling, addition, &[b"final", &json])
}

/// Appends one incremental update with a document time stamp over everything before it (PAdES B-LTA's building block):
/// the answer of a time stamping authority for [`Unsealed::content_sha256`] is put in by [`Unsealed::embed`].
///
/// `reserve` is how many bytes are kept for the token. Signatures in `signed` stay valid. The same input gives the
/// same bytes.
///
/// # Errors
/// See [`AppendError`].
pub fn append_timestamp(signed: &[u8], reserve: usize) -> Result<Unsealed, AppendError> {
    let pdf = open(signed)?;
    let (pages, last) = pdf.pages()?;
    let mut update = Update::new(&pdf, dangling(&pdf)?)?;
    signature::time_stamp(&mut update, reserve, last)?;
    let size = signed.len().to_string();
    update.finish(signed, &[b"DocTimeStamp", size.as_bytes()], pages)
}

fn open(file: &[u8]) -> Result<Pdf<'_>, AppendError> {
    let pdf = Pdf::open(file, header_position(file)?)?;
    if pdf.xref().encrypted() {
        return Err(Refusal::Encrypted.into());
    }
    Ok(pdf)
}

fn dangling(pdf: &Pdf) -> Result<Dangling, Fault> {
    let mut dangling = Dangling::new(pdf)?;
    pdf.walk(&mut dangling)?;
    Ok(dangling)
}

/// Makes the update with an empty page and throws it away.
pub(crate) fn dry_run(
    original: &[u8],
    pdf: &Pdf,
    pages: u32,
    dangling: Dangling,
) -> Result<(), Refusal> {
    let seal = SealField {
        name: String::new(),
        reason: String::new(),
        at: OffsetDateTime::UNIX_EPOCH,
        reserve: 0,
    };
    let addition = Addition {
        typeset: Composer::new(Margins::default()).finish_plain(),
        files: vec![attach::evidence(b"{}")],
        at: seal.at,
        seal: Some(&seal),
    };
    match append(original, pdf, pages, dangling, addition, &[]) {
        Ok(_) => Ok(()),
        Err(AppendError::Original(refusal)) => Err(refusal),
        Err(_) => Err(Refusal::Broken {
            why: "it cannot take an incremental update",
        }),
    }
}

/// What the update adds.
struct Addition<'a> {
    typeset: Typeset,
    files: Vec<Attachment<'a>>,
    at: OffsetDateTime,
    seal: Option<&'a SealField>,
}

fn append(
    original: &[u8],
    pdf: &Pdf,
    pages: u32,
    dangling: Dangling,
    addition: Addition,
    seed: &[&[u8]],
) -> Result<Unsealed, AppendError> {
    let all_pages = pages + addition.typeset.page_count() as u32;
    let mut update = Update::new(pdf, dangling)?;
    let first = add_pages(&mut update, addition.typeset, all_pages)?;
    claims::keep_true(&mut update)?;
    attach::files(&mut update, &addition.files, addition.at)?;
    if let (Some(seal), Some(page)) = (addition.seal, first) {
        signature::seal(&mut update, seal, page)?;
    }
    update.finish(original, seed, all_pages)
}

/// Adds the pages at the end of the tree; gives the first of them.
fn add_pages(
    update: &mut Update,
    typeset: Typeset,
    all_pages: u32,
) -> Result<Option<ObjectId>, Fault> {
    let (root_id, root) = update.pdf.page_root()?;
    // The root keeps its number unless it is itself the only page.
    let (parent, mut kids, mut tree) = match update.pdf.kids(&root)? {
        Some(kids) => (root_id, kids, root),
        None => {
            let parent = update.revision.reserve();
            let mut page = root;
            page.set("Parent", parent);
            update.revision.set(root_id, page);
            update.catalog.set("Pages", parent);
            let mut tree = Dictionary::new();
            tree.set("Type", "Pages");
            (parent, vec![root_id.into()], tree)
        }
    };
    let added = typeset.into_objects(&mut update.revision, parent, Hinting::Dropped);
    let first = added.first().copied();
    kids.extend(added.into_iter().map(Object::from));
    tree.set("Kids", kids);
    tree.set("Count", i64::from(all_pages));
    update.revision.set(parent, tree);
    Ok(first)
}
