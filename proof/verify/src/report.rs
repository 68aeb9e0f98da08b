//! The answer of the verifier: checks with their results, and the verdict that follows from them.
//!
//! As JSON this is `podpis-report/1`: what `podpis-verify --json` prints and the page `/verify` shows. Names and
//! values are stable; new checks and members may be added. All texts are Russian and plain text without markup.

use podpis_shared::Timestamp;
use serde::{Deserialize, Serialize};

/// Value of [`Report::format`].
pub const FORMAT: &str = "podpis-report/1";

/// What was found about one file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// [`FORMAT`].
    pub format: String,
    /// Follows from [`Report::checks`] alone, see [`Verdict::of`].
    pub verdict: Verdict,
    /// The verdict in one line.
    pub headline: String,
    /// One or two sentences: what the verdict rests on, or what is missing.
    pub lead: String,
    /// Whether the evidence is of a sandbox: such a document has no legal force, however well it checks.
    pub sandbox: bool,
    /// When it was checked, by the clock of the machine that checked.
    pub checked_at: Timestamp,
    /// Who signed what, how and when, for the top of the page. Claims of the bundle: the checks say whether they hold.
    pub facts: Vec<Fact>,
    /// Every check once, in the order in which a person should read them.
    pub checks: Vec<Check>,
    /// What came after the patient's signature: later revisions of the file, entries of a newer bundle. Oldest first.
    pub later: Vec<LaterEvent>,
}

/// What follows from all checks together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Every required check passed.
    Valid,
    /// At least one check failed.
    Invalid,
    /// Nothing failed, but a required check could not be made.
    Incomplete,
}

/// One check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// Which one.
    pub id: CheckId,
    /// How it ended.
    pub result: Outcome,
    /// What the check is worth before the law.
    pub kind: Kind,
    /// Whether [`Verdict::Valid`] needs it.
    pub required: bool,
    /// What is checked, a few words.
    pub title: String,
    /// What was found, one or two plain sentences.
    pub text: String,
    /// Numbers, names and fingerprints behind the text: one click deeper.
    pub details: Vec<Fact>,
}

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// Checked, and it holds.
    Pass,
    /// Checked, and it does not hold.
    Fail,
    /// Not checked; the text says why.
    Unchecked,
}

/// What a check is worth before the law.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Mathematics and comparison: anybody can repeat it with the same result.
    Technical,
    /// Only means with a confirmation of conformity establish it (63-FZ art. 11).
    Certified,
}

/// A label and a value, both for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    /// What it is.
    pub label: String,
    /// The value; long values such as hashes are not shortened.
    pub value: String,
}

/// Something that happened after the patient's signature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LaterEvent {
    /// When, where it is known.
    pub at: Option<Timestamp>,
    /// What, in words.
    pub text: String,
}

/// Every check that there is. The name in JSON and in `data-check` is [`CheckId::as_str`]: never changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CheckId {
    /// The file is a PDF whose revisions can be told apart.
    PdfStructure,
    /// The operator's signature fits the bytes that it covers.
    SealSignature,
    /// It covers the whole file as it was when sealed.
    SealWholeFile,
    /// Its certificate comes from a trusted root and was valid then.
    SealCertificate,
    /// When the seal was made, and who says so.
    SealTime,
    /// The first revision is the clinic's file, untouched.
    OriginalUnchanged,
    /// What was added after the seal changes nothing that the signer saw.
    LaterChanges,
    /// The clinic's file has the hashes that were signed.
    DocumentHash,
    /// The bundle is signed by the operator's evidence key.
    EvidenceSignature,
    /// The bundle is about this very file.
    EvidenceDocument,
    /// The signer's browser computed the same hashes.
    BrowserHash,
    /// ESIA's token is genuine and of the time of signing.
    EsiaToken,
    /// The token's person is the signer.
    EsiaPerson,
    /// A one-time code was made for this document, sent and typed in time. Stands with the next two in the place of the
    /// two of ESIA where the signature was made by a code.
    CodeRecord,
    /// The code went to a phone or an e-mail of the signer's.
    CodePerson,
    /// The signature by code rests on an agreement.
    CodeAgreement,
    /// The entries stand in the journal's tree.
    JournalProof,
    /// The tree's head is signed by the journal's key.
    Checkpoint,
    /// A newer bundle, given beside the file, continues the attached one.
    NewerEvidence,
    /// The clinic's detached signature, given beside the file.
    ClinicSignature,
    /// The operator's sheet of the clinic's signatures says what they say. Stands only in the report of a final version.
    ClinicMarks,
    /// What only certified means establish. Never passes here.
    Qualified,
}

impl Verdict {
    /// A failed check makes it invalid; else a required check that was not made leaves it incomplete.
    ///
    /// No required check at all proves nothing: incomplete.
    pub fn of(checks: &[Check]) -> Self {
        let mut required = checks.iter().filter(|check| check.required).peekable();
        if checks.iter().any(|check| check.result == Outcome::Fail) {
            Self::Invalid
        } else if required.peek().is_some() && required.all(|c| c.result == Outcome::Pass) {
            Self::Valid
        } else {
            Self::Incomplete
        }
    }

    /// The name in JSON and in `data-verdict`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Invalid => "invalid",
            Self::Incomplete => "incomplete",
        }
    }
}

impl Outcome {
    /// The name in JSON and in `data-result`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Unchecked => "unchecked",
        }
    }
}

impl Kind {
    /// The name in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Technical => "technical",
            Self::Certified => "certified",
        }
    }
}

impl CheckId {
    /// Every check, in the order of a report; no report holds both those of ESIA and those of a code.
    pub const ALL: [Self; 22] = [
        Self::PdfStructure,
        Self::SealSignature,
        Self::SealWholeFile,
        Self::SealCertificate,
        Self::SealTime,
        Self::OriginalUnchanged,
        Self::LaterChanges,
        Self::DocumentHash,
        Self::EvidenceSignature,
        Self::EvidenceDocument,
        Self::BrowserHash,
        Self::EsiaToken,
        Self::EsiaPerson,
        Self::CodeRecord,
        Self::CodePerson,
        Self::CodeAgreement,
        Self::JournalProof,
        Self::Checkpoint,
        Self::NewerEvidence,
        Self::ClinicSignature,
        Self::ClinicMarks,
        Self::Qualified,
    ];

    /// Whether it stands only in the report of a signature by a code.
    pub const fn is_of_code(self) -> bool {
        matches!(
            self,
            Self::CodeRecord | Self::CodePerson | Self::CodeAgreement
        )
    }

    /// Whether it stands only in the report of a final version.
    pub const fn is_of_final(self) -> bool {
        matches!(self, Self::ClinicMarks)
    }

    /// Whether it stands only in the report of a signature through ESIA, and of a file that is no signed document.
    pub const fn is_of_esia(self) -> bool {
        matches!(self, Self::EsiaToken | Self::EsiaPerson)
    }

    /// The name in JSON and in `data-check`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PdfStructure => "pdf-structure",
            Self::SealSignature => "seal-signature",
            Self::SealWholeFile => "seal-whole-file",
            Self::SealCertificate => "seal-certificate",
            Self::SealTime => "seal-time",
            Self::OriginalUnchanged => "original-unchanged",
            Self::LaterChanges => "later-changes",
            Self::DocumentHash => "document-hash",
            Self::EvidenceSignature => "evidence-signature",
            Self::EvidenceDocument => "evidence-document",
            Self::BrowserHash => "browser-hash",
            Self::EsiaToken => "esia-token",
            Self::EsiaPerson => "esia-person",
            Self::CodeRecord => "code-record",
            Self::CodePerson => "code-person",
            Self::CodeAgreement => "code-agreement",
            Self::JournalProof => "journal-proof",
            Self::Checkpoint => "checkpoint",
            Self::NewerEvidence => "newer-evidence",
            Self::ClinicSignature => "clinic-signature",
            Self::ClinicMarks => "clinic-marks",
            Self::Qualified => "qualified",
        }
    }

    /// What is checked, for people.
    pub const fn title(self) -> &'static str {
        match self {
            Self::PdfStructure => "Файл читается целиком",
            Self::SealSignature => "Печать оператора",
            Self::SealWholeFile => "Что закрывает печать",
            Self::SealCertificate => "Чья это печать",
            Self::SealTime => "Когда поставлена печать",
            Self::OriginalUnchanged => "Документ клиники на месте",
            Self::LaterChanges => "Что добавлено после печати",
            Self::DocumentHash => "Документ тот самый",
            Self::EvidenceSignature => "Подпись под доказательствами",
            Self::EvidenceDocument => "Доказательства об этом документе",
            Self::BrowserHash => "Что было на экране подписавшего",
            Self::EsiaToken => "Ответ Госуслуг",
            Self::EsiaPerson | Self::CodePerson => "Кто подписал",
            Self::CodeRecord => "Код подписания",
            Self::CodeAgreement => "Соглашение, на котором основана подпись",
            Self::JournalProof => "Записи в журнале",
            Self::Checkpoint => "Подпись под журналом",
            Self::NewerEvidence => "Более новые доказательства",
            Self::ClinicSignature => "Подпись клиники",
            Self::ClinicMarks => "Лист подписей клиники",
            Self::Qualified => "Проверка сертифицированными средствами",
        }
    }
}

impl Check {
    fn new(id: CheckId, result: Outcome, text: impl Into<String>) -> Self {
        Self {
            id,
            result,
            kind: Kind::Technical,
            required: true,
            title: id.title().into(),
            text: text.into(),
            details: Vec::new(),
        }
    }

    pub(crate) fn pass(id: CheckId, text: impl Into<String>) -> Self {
        Self::new(id, Outcome::Pass, text)
    }

    pub(crate) fn fail(id: CheckId, text: impl Into<String>) -> Self {
        Self::new(id, Outcome::Fail, text)
    }

    pub(crate) fn unchecked(id: CheckId, text: impl Into<String>) -> Self {
        Self::new(id, Outcome::Unchecked, text)
    }

    pub(crate) fn certified(mut self) -> Self {
        self.kind = Kind::Certified;
        self
    }

    pub(crate) fn optional(mut self) -> Self {
        self.required = false;
        self
    }

    pub(crate) fn detail(mut self, label: &str, value: impl ToString) -> Self {
        self.details.push(Fact::new(label, value));
        self
    }

    pub(crate) fn details(mut self, facts: impl IntoIterator<Item = Fact>) -> Self {
        self.details.extend(facts);
        self
    }
}

impl Fact {
    pub(crate) fn new(label: &str, value: impl ToString) -> Self {
        Self {
            label: label.into(),
            value: value.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(checks: &[Check]) -> Verdict {
        Verdict::of(checks)
    }

    fn pass() -> Check {
        Check::pass(CheckId::SealSignature, "")
    }

    fn fail() -> Check {
        Check::fail(CheckId::EsiaToken, "")
    }

    fn unchecked() -> Check {
        Check::unchecked(CheckId::Checkpoint, "")
    }

    #[test]
    fn one_failure_is_enough() {
        assert_eq!(verdict(&[pass(), unchecked(), fail()]), Verdict::Invalid);
        assert_eq!(verdict(&[pass(), fail().optional()]), Verdict::Invalid);
    }

    #[test]
    fn what_was_not_checked_is_not_valid() {
        assert_eq!(verdict(&[pass(), unchecked()]), Verdict::Incomplete);
        assert_eq!(verdict(&[]), Verdict::Incomplete);
        assert_eq!(verdict(&[pass().optional()]), Verdict::Incomplete);
    }

    #[test]
    fn what_is_not_required_may_be_missing() {
        assert_eq!(verdict(&[pass(), unchecked().optional()]), Verdict::Valid);
    }

    #[test]
    fn names_are_the_same_in_json_and_in_the_page() {
        for id in CheckId::ALL {
            assert_eq!(
                serde_json::to_value(id).unwrap(),
                serde_json::Value::from(id.as_str())
            );
        }
        let value = serde_json::to_value(fail().certified()).unwrap();
        assert_eq!(value["result"], Outcome::Fail.as_str());
        assert_eq!(value["kind"], Kind::Certified.as_str());
        assert_eq!(serde_json::to_value(Verdict::Valid).unwrap(), "valid");
    }
}
