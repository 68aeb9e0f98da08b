//! Examination of a signed file: which signatures it carries, what each covers, what later revisions changed.
//!
//! Nothing here judges cryptography: it says which bytes a signature claims and whether that claim has the one form
//! in which readers cannot be made to see another document than the one that was hashed. The attacks that are meant:
//! universal signature forgery, incremental saving, signature wrapping (Mladenov et al., "1 Trillion Dollar Refund",
//! CCS 2019), shadow attacks (Mainka et al., NDSS 2021) and evil annotations (Rohlmann et al., S&P 2021).

mod attachment;
mod changes;
mod compare;
mod comparison;
mod form;
mod labels;
mod old_pages;
mod page_tree;
mod range;
mod signature_fields;
mod signatures;
mod text;
mod update;
mod vanished;

use memchr::memmem;

use crate::inspect::{Refusal, header_position};
use crate::reader::{Fault, Pdf};

pub use attachment::attachment;
pub use changes::{Change, Severity, Step, changes, harmful};
pub use range::{Covered, RangeFault};
pub use signatures::{FoundSignature, SignatureKind};

/// Why a file cannot be examined.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ExamineError {
    /// No `%PDF-` header within the first 1024 bytes.
    #[error("the file is not a PDF: no %PDF- header in its first 1024 bytes")]
    NotPdf,
    /// The older revision is encrypted: what changed cannot be known.
    #[error("the PDF is encrypted")]
    Encrypted,
    /// Not even a scan for objects makes a document of it, or two readers would read it differently.
    #[error("the PDF is broken: {why}")]
    Broken {
        /// What is wrong.
        why: &'static str,
    },
    /// Reading it costs more than any honest document does.
    #[error("the PDF is too complex: {why}")]
    TooComplex {
        /// Which bound was passed.
        why: &'static str,
    },
    /// The newer file does not start with the older one, or is no longer than it.
    #[error("the newer file does not start with the older one, byte for byte")]
    NotAPrefix,
}

impl From<Fault> for ExamineError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Broken(why) => Self::Broken { why },
            Fault::TooComplex(why) => Self::TooComplex { why },
        }
    }
}

impl From<Refusal> for ExamineError {
    fn from(_: Refusal) -> Self {
        Self::NotPdf
    }
}

/// What the newest revision of a file says about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Examined {
    /// Pages of the newest revision; 0 in an encrypted file.
    pub pages: u32,
    /// Whether the newest cross-reference was read as it stands. Where it was not, viewers repair it each in its own
    /// way and may show different documents.
    pub intact_xref: bool,
    /// Whether the last `startxref` is followed by its number, `%%EOF`, at most one line end, and nothing more
    /// (ISO 32000-1, 7.5.5).
    pub ends_with_eof: bool,
    /// Bytes before the `%PDF-` header.
    pub before_header: usize,
    /// Whether a second header follows some `%%EOF`: two documents glued together.
    pub second_header: bool,
    /// Whether a revision names an encryption dictionary. Signatures are then not looked for.
    pub encrypted: bool,
    /// The signatures of the newest form, in the order in which they stand in the file.
    pub signatures: Vec<FoundSignature>,
    /// Offsets of signature dictionaries that stand in the file but that no field of the newest form leads to: a
    /// signature was removed or replaced.
    pub vanished: Vec<usize>,
}

/// Finds the signatures of a file and checks what each covers.
///
/// Work is bounded as in [`inspect`](crate::inspect): all revisions together are paid from one budget.
///
/// # Errors
/// See [`ExamineError`]. What is wrong with one signature stands in its [`FoundSignature::range`].
pub fn examine(file: &[u8]) -> Result<Examined, ExamineError> {
    let header = header_position(file)?;
    let pdf = Pdf::open(file, header)?;
    let encrypted = pdf.xref().encrypted();
    let mut examined = Examined {
        pages: 0,
        intact_xref: pdf.xref().start.is_some(),
        ends_with_eof: update::ends_properly(file),
        before_header: header,
        second_header: has_second_header(file),
        encrypted,
        signatures: Vec::new(),
        vanished: Vec::new(),
    };
    if !encrypted {
        examined.pages = pdf.count_pages()?;
        let fields = form::signed_fields(&pdf)?;
        examined.vanished = vanished::find(&pdf, header, &fields)?;
        examined.signatures = signatures::describe(file, header, &pdf, fields)?;
    }
    Ok(examined)
}

/// A `%PDF-` that starts a document after another one's end. One inside of a stream, such as an attached PDF, does
/// not follow an `%%EOF` outside of it; where it follows that of an attachment, so does this file's own rest.
fn has_second_header(file: &[u8]) -> bool {
    memmem::find_iter(file, b"%%EOF").any(|at| {
        let rest = &file[at + 5..];
        let space = rest
            .iter()
            .take(64)
            .take_while(|b| b.is_ascii_whitespace())
            .count();
        rest[space..].starts_with(b"%PDF-")
    })
}
