//! Intake: whether a file can be shown, signed and sealed.

use lopdf::{Dictionary, Object};

use crate::append;
use crate::reader::{Dangling, Fault, Form, Pdf};

/// The header may stand after some garbage, as in every viewer (ISO 32000-1, annex H, note 13).
const HEADER_WITHIN: usize = 1024;

/// What is known of an accepted file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inspected {
    /// Pages, at least 1.
    pub pages: u32,
    /// The version in the header or, when higher, in the catalog; for example `1.7`.
    pub version: String,
    /// Whether the cross-reference was broken and the update will carry a whole new one.
    pub repaired: bool,
    /// Whether the file already carries a signature (which the update leaves intact as an earlier revision).
    pub signed: bool,
    /// Whether its form asks viewers to draw the fields anew (`/NeedAppearances`). The update leaves that as it is;
    /// viewers may then show such fields otherwise than they were signed, and PDF/A forbids it.
    pub needs_appearances: bool,
    /// Whether the file uses cross-reference streams (PDF 1.5).
    pub compressed: bool,
}

/// Why a file is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// No `%PDF-` header within the first 1024 bytes.
    #[error("the file is not a PDF: no %PDF- header in its first 1024 bytes")]
    NotPdf,
    /// It has an encryption dictionary, with or without a password.
    #[error("the PDF is encrypted")]
    Encrypted,
    /// It carries something that runs, sends or plays.
    #[error("the PDF carries active content: {what}")]
    ActiveContent {
        /// What was found first.
        what: &'static str,
    },
    /// It cannot be read, has no pages, or cannot take an incremental update.
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
    /// It is certified: no permission level lets pages be added (ISO 32000-1, 12.8.2.2), the seal would break it.
    #[error("the PDF is certified by its author: adding the protocol would break that signature")]
    Certified,
}

impl Refusal {
    /// The stable code of the contract: `not_pdf`, `encrypted_pdf`, `active_content` or `broken_pdf`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotPdf => "not_pdf",
            Self::Encrypted => "encrypted_pdf",
            Self::ActiveContent { .. } => "active_content",
            Self::Broken { .. } | Self::TooComplex { .. } | Self::Certified => "broken_pdf",
        }
    }
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Broken(why) => Self::Broken { why },
            Fault::TooComplex(why) => Self::TooComplex { why },
        }
    }
}

/// Inspects a file before anything of it is stored.
///
/// Ends with a dry run of [`append_protocol`](crate::append_protocol), so that what cannot be sealed is refused when
/// it is sent, not when the patient signs.
///
/// # Errors
/// The first reason to refuse; never panics, and its work is bounded whatever the input.
pub fn inspect(bytes: &[u8]) -> Result<Inspected, Refusal> {
    let header = header_position(bytes)?;
    let pdf = Pdf::open(bytes, header)?;
    if pdf.xref().encrypted() {
        return Err(Refusal::Encrypted);
    }
    let pages = pdf.count_pages()?;
    if pages == 0 {
        return Err(Refusal::Broken {
            why: "it has no pages",
        });
    }
    let (_, catalog) = pdf.catalog()?;
    if pdf
        .dictionary(&catalog, b"Perms")?
        .is_some_and(|permissions| permissions.has(b"DocMDP"))
    {
        return Err(Refusal::Certified);
    }
    let mut dangling = Dangling::new(&pdf)?;
    if let Some(what) = crate::active::find(&pdf, &mut dangling)? {
        return Err(Refusal::ActiveContent { what });
    }
    append::dry_run(bytes, &pdf, pages, dangling)?;
    let form = pdf.dictionary(&catalog, b"AcroForm")?.unwrap_or_default();
    Ok(Inspected {
        pages,
        version: version(&pdf, &catalog)?,
        repaired: pdf.xref().start.is_none(),
        signed: is_signed(&pdf, &form)?,
        needs_appearances: pdf
            .value(&form, b"NeedAppearances")?
            .as_bool()
            .unwrap_or(false),
        compressed: pdf.xref().form == Form::Stream,
    })
}

pub(crate) fn header_position(bytes: &[u8]) -> Result<usize, Refusal> {
    memchr::memmem::find(&bytes[..bytes.len().min(HEADER_WITHIN + 5)], b"%PDF-")
        .ok_or(Refusal::NotPdf)
}

fn version(pdf: &Pdf, catalog: &Dictionary) -> Result<String, Fault> {
    let header: Vec<u8> = pdf.bytes()[5..]
        .iter()
        .copied()
        .take(3)
        .take_while(|b| b.is_ascii_digit() || *b == b'.')
        .collect();
    let header = String::from_utf8(header).unwrap_or_default();
    Ok(match pdf.value(catalog, b"Version")? {
        Object::Name(name) => String::from_utf8(name)
            .ok()
            .filter(|newer| newer.len() == 3 && *newer > header)
            .unwrap_or(header),
        _ => header,
    })
}

/// `/SigFlags` bit 1 of the form (12.7.2): the document holds at least one signature.
fn is_signed(pdf: &Pdf, form: &Dictionary) -> Result<bool, Fault> {
    Ok(pdf
        .value(form, b"SigFlags")?
        .as_i64()
        .is_ok_and(|flags| flags & 1 == 1))
}
