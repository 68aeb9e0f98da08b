//! What a later revision changed, by a strict list of what may change (ETSI EN 319 142-1, 5.4 and 5.5; ISO 32000-2,
//! 12.8.2.2): what is not recognised as harmless is harmful.

use super::ExamineError;
use super::comparison::compare;
use super::update;
use crate::inspect::header_position;
use crate::reader::Pdf;

/// One difference between two revisions. Pages are counted from 1, in the older revision unless said otherwise.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Change {
    /// A signature field without any look was added, or an empty one was signed that way.
    NewSignatureField {
        /// The field's qualified name.
        field: String,
    },
    /// A document time stamp was added (ISO 32000-2, 12.8.5), without any look.
    DocumentTimeStamp {
        /// The field's qualified name.
        field: String,
    },
    /// Certificates and revocation data were added (`/DSS`, ISO 32000-2, 12.8.4.3).
    SecurityStore,
    /// The version or an extension was declared in the catalog (ISO 32000-1, 7.12).
    VersionDeclared,
    /// Pages follow after all old ones.
    ProtocolPagesAppended {
        /// How many.
        pages: u32,
    },
    /// A file was embedded.
    AttachmentAdded {
        /// Its name.
        name: String,
    },
    /// The XMP metadata or the information dictionary is another.
    MetadataReplaced,
    /// A later signature is visible: what is under its rectangle may be covered.
    VisibleSignature {
        /// The field's qualified name.
        field: String,
        /// The page in the newer revision, where it can be known.
        page: Option<u32>,
        /// Left, bottom, right, top in units of 1/72 inch.
        rect: [f32; 4],
    },
    /// What an old page shows, or how it is shown, is another.
    PageContentChanged {
        /// The page.
        page: u32,
    },
    /// Old pages are missing or stand in another order.
    PagesRemovedOrReordered,
    /// Pages stand before or between the old ones, or an old object became a page.
    PagesInserted,
    /// An annotation was added to, changed on or removed from an old page.
    AnnotationChanged {
        /// The page.
        page: u32,
    },
    /// A form field was added or has another value.
    FieldValueChanged {
        /// The field's qualified name.
        name: String,
    },
    /// A font, picture, layer or other resource of an old page is another.
    ResourceChanged {
        /// The first page that uses it.
        page: u32,
        /// The kind, as in the page's resources: `Font`, `XObject`, `Properties` (layers) and so on.
        kind: String,
    },
    /// The catalog says something else.
    CatalogChanged {
        /// The key, with a slash before a key inside of it: `OCProperties`, `Names/JavaScript`.
        key: String,
    },
    /// An object that something refers to is gone.
    ObjectRemoved {
        /// Its number.
        number: u32,
    },
    /// An encryption dictionary was added.
    Encrypted,
    /// The newer revision's cross-reference is broken: viewers repair it each in its own way.
    RepairNeeded,
    /// Anything else.
    Other {
        /// What, in English.
        what: String,
    },
}

/// Which two revisions are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The original and the revision that the operator sealed.
    Sealing,
    /// The sealed revision and the whole file.
    AfterSeal,
}

/// How grave a change is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// It belongs to the step.
    Harmless,
    /// It may be meant well and is to be looked at.
    Notable,
    /// The older revision can no longer be taken for what the newer one shows.
    Harmful,
}

impl Change {
    /// How grave it is in this step.
    #[must_use]
    pub fn severity(&self, step: Step) -> Severity {
        match (self, step) {
            (
                Self::NewSignatureField { .. } | Self::VersionDeclared | Self::MetadataReplaced,
                _,
            )
            | (Self::DocumentTimeStamp { .. } | Self::SecurityStore, Step::AfterSeal)
            | (Self::ProtocolPagesAppended { .. } | Self::AttachmentAdded { .. }, Step::Sealing) => {
                Severity::Harmless
            }
            (Self::DocumentTimeStamp { .. } | Self::SecurityStore, Step::Sealing)
            | (Self::AttachmentAdded { .. }, Step::AfterSeal)
            | (Self::VisibleSignature { .. }, _) => Severity::Notable,
            _ => Severity::Harmful,
        }
    }
}

/// The changes that are harmful in this step.
pub fn harmful(changes: &[Change], step: Step) -> impl Iterator<Item = &Change> {
    changes
        .iter()
        .filter(move |change| change.severity(step) == Severity::Harmful)
}

/// Every difference between a revision and a later state of the same file.
///
/// Objects are compared by value, those of object streams too; new objects count through the old ones that lead to
/// them. A number that the older revision refers to and that only the newer one has counts as changed. The bytes that
/// were appended must be whole revisions and nothing else.
///
/// # Errors
/// [`ExamineError::NotAPrefix`] unless `newer` starts with `older` and is longer; [`ExamineError::Encrypted`] when
/// the older one is encrypted; the reader's own.
pub fn changes(older: &[u8], newer: &[u8]) -> Result<Vec<Change>, ExamineError> {
    if newer.len() <= older.len() || !newer.starts_with(older) {
        return Err(ExamineError::NotAPrefix);
    }
    let header = header_position(older)?;
    let older = Pdf::open(older, header)?;
    if older.xref().encrypted() {
        return Err(ExamineError::Encrypted);
    }
    let newer = Pdf::open(newer, header)?;
    if newer.xref().encrypted() {
        return Ok(vec![Change::Encrypted]);
    }
    let mut changes = Vec::new();
    if newer.xref().start.is_none() {
        changes.push(Change::RepairNeeded);
    }
    for fault in update::faults(&older, &newer)? {
        changes.push(Change::Other {
            what: format!("the appended revision: {fault}"),
        });
    }
    changes.extend(compare(&older, &newer)?);
    Ok(changes)
}
