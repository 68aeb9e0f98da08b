//! Incremental updates after the original's unchanged bytes: the protocol with its seal, and later time stamps.

use lopdf::{Dictionary, Object, ObjectId};
use time::OffsetDateTime;

use crate::attach;
use crate::claims;
use crate::inspect::{Refusal, header_position};
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
        evidence: evidence_json,
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
        evidence: b"{}",
        at: seal.at,
        seal: Some(&seal),
    };
    match append(original, pdf, pages, dangling, addition, &[]) {
        Ok(_) => Ok(()),
        Err(AppendError::Original(refusal)) => Err(refusal),
        Err(AppendError::NotReadable | AppendError::SealTooLarge { .. }) => Err(Refusal::Broken {
            why: "it cannot take an incremental update",
        }),
    }
}

/// What the update adds.
struct Addition<'a> {
    typeset: Typeset,
    evidence: &'a [u8],
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
    attach::evidence(&mut update, addition.evidence, addition.at)?;
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
