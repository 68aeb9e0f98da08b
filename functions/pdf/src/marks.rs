//! The final version's sheet of signatures as data: what its page shows, and what a verifier makes it from again.

use podpis_shared::Timestamp;
use podpis_shared::clinic_signature::{Over, TimeEvidence};
use podpis_shared::hash::sha256_hex;
use serde::{Deserialize, Serialize};

/// The attachment with the sheet as data.
pub const MARKS_NAME: &str = "podpis-final.json";

/// The attachment with the evidence as of the final version.
pub const FINAL_EVIDENCE_NAME: &str = "podpis-final-evidence.json";

/// Value of [`MarkSheet::format`]. The number grows when the same sheet would give other bytes than before.
pub const MARKS_FORMAT: &str = "podpis-final/1";

/// Most marks of one sheet.
const MAX_MARKS: usize = 16;

/// The sheet. Its JSON is the attachment [`MARKS_NAME`], members in this order.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MarkSheet {
    /// [`MARKS_FORMAT`].
    pub format: String,
    /// The operator's number of the document.
    pub number: String,
    /// The document's title.
    pub title: String,
    /// Name of the clinic.
    pub clinic: String,
    /// When the sheet was made.
    pub made_at: Timestamp,
    /// The file that the sheet follows: these many first bytes of the final version.
    pub signed: Reference,
    /// The clinic's signatures in their order.
    pub marks: Vec<Mark>,
    /// The attachment [`FINAL_EVIDENCE_NAME`].
    pub evidence: Option<Reference>,
    /// What is printed about the operator's seal.
    pub seal: Vec<String>,
    /// The page that checks such a file.
    pub verify_url: Option<String>,
}

/// Bytes, named by length and hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reference {
    /// Bytes.
    pub size: usize,
    /// Lower-case hex.
    pub sha256: String,
}

/// One signature of the clinic: the visual mark of GOST R 7.0.97-2016, 5.23, and what is known beside it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mark {
    /// Name of the attachment with the CMS message: see [`mark_file`].
    pub file: String,
    /// SHA-256 of the message, lower-case hex.
    pub sha256: String,
    /// Which bytes are signed: [`MarkSheet::signed`], or the document as the clinic sent it, which is its first revision.
    pub over: Over,
    /// The certificate's number, lower-case hex.
    pub certificate: String,
    /// Whose certificate it is: a person's full name, or the organisation's.
    pub owner: String,
    /// The owner's organisation, where the certificate names it beside a person.
    pub organisation: Option<String>,
    /// The owner's position.
    pub position: Option<String>,
    /// Who gave the certificate out.
    pub issuer: String,
    /// First second of the certificate's validity.
    pub valid_from: Timestamp,
    /// Last second of the certificate's validity.
    pub valid_to: Timestamp,
    /// What the next member stands on.
    pub time_evidence: TimeEvidence,
    /// When it was signed; when it came, where nothing says so.
    pub signed_at: Timestamp,
    /// When it came to the operator and was checked.
    pub accepted_at: Timestamp,
    /// The signature's form, for example `CAdES-BES`.
    pub level: String,
}

impl Reference {
    /// These bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self {
            size: bytes.len(),
            sha256: sha256_hex(bytes),
        }
    }
}

impl MarkSheet {
    /// The attachment's bytes.
    pub(crate) fn to_json(&self) -> Vec<u8> {
        // Strings, numbers and lists: there is nothing that JSON cannot say.
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// From the attachment's bytes; `None` of another format, or where they are not written as a sheet is.
    #[must_use]
    pub fn from_json(bytes: &[u8]) -> Option<Self> {
        let sheet: Self = serde_json::from_slice(bytes).ok()?;
        (sheet.format == MARKS_FORMAT && sheet.to_json() == bytes).then_some(sheet)
    }

    /// Whether this is what the sheet names.
    pub(crate) fn names(
        &self,
        signed: &[u8],
        signatures: &[Vec<u8>],
        evidence: Option<&[u8]>,
    ) -> bool {
        let count = self.marks.len();
        let mut numbered = (1..).zip(self.marks.iter().zip(signatures));
        self.format == MARKS_FORMAT
            && (1..=MAX_MARKS).contains(&count)
            && signatures.len() == count
            && self.signed == Reference::of(signed)
            && self.evidence == evidence.map(Reference::of)
            && numbered.all(|(number, (mark, bytes))| {
                mark.file == mark_file(number) && mark.sha256 == sha256_hex(bytes)
            })
    }
}

/// The name of the attachment with the signature of this number, from 1.
#[must_use]
pub fn mark_file(number: usize) -> String {
    format!("podpis-clinic-{number}.sig")
}
