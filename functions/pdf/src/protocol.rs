//! The facts that the protocol page states, as plain data.
//!
//! Nothing here is looked up or computed from a clock: the caller knows the facts, this crate sets them in type.
//! Personal numbers come in already masked; the raw ESIA id never comes in at all, only its fingerprint.

use time::{Date, OffsetDateTime};

/// Everything on the protocol page.
#[derive(Clone)]
pub struct Protocol {
    /// The protocol's own number, for example `P-2026-000042`.
    pub number: String,
    /// What was signed.
    pub document: DocumentFacts,
    /// Who asked for the signature.
    pub clinic: ClinicFacts,
    /// Who signed.
    pub signer: SignerFacts,
    /// How the signer was identified.
    pub identification: Identification,
    /// The kind of signature, for example «Простая электронная подпись, ключ которой получен в ЕСИА».
    pub method: String,
    /// What the signer saw and pressed.
    pub consent: ConsentFacts,
    /// The moment of signing, printed in Moscow time and in UTC.
    pub signed_at: OffsetDateTime,
    /// The legal basis, one line each, for example «Федеральный закон от 06.04.2011 № 63-ФЗ, ст. 6 ч. 2, ст. 9».
    pub legal_basis: Vec<String>,
    /// Whether the document is complete only with the medical worker's UKEP (323-FZ art. 20 part 7: `ids`, `refusal`).
    pub needs_medic: bool,
    /// What to print about the operator's seal; `None` in a file without one.
    pub seal: Option<SealText>,
    /// The page that checks such a file without network, for example `https://podpis.example/verify`.
    pub verify_url: Option<String>,
}

/// The signed document.
#[derive(Clone)]
pub struct DocumentFacts {
    /// The title that the clinic gave.
    pub title: String,
    /// The kind in words, for example «Информированное добровольное согласие».
    pub kind: String,
    /// The clinic's own number of the document.
    pub external_id: Option<String>,
    /// Pages of the original.
    pub pages: u32,
    /// Bytes of the original.
    pub size: u64,
    /// SHA-256 of the original's bytes, 64 hex digits.
    pub sha256: String,
    /// Streebog-256 (GOST R 34.11-2012) of the original's bytes, 64 hex digits.
    pub streebog256: String,
    /// When the document came from the clinic.
    pub received_at: OffsetDateTime,
}

/// The clinic.
#[derive(Clone)]
pub struct ClinicFacts {
    /// Name as registered.
    pub name: String,
    /// Taxpayer number, 10 or 12 digits.
    pub inn: String,
    /// State registration number, 13 or 15 digits.
    pub ogrn: Option<String>,
}

/// The person who signed. There is no `Debug`: these are a patient's data.
#[derive(Clone)]
pub struct SignerFacts {
    /// Last, first and middle name; «Владелец номера …», the number masked, of whom nobody has named.
    pub full_name: String,
    /// Whether `full_name` is a name.
    pub is_named: bool,
    /// Date of birth.
    pub birth_date: Option<Date>,
    /// In whose name.
    pub capacity: Capacity,
    /// Masked SNILS, for example `***-***-445 95`.
    pub snils_masked: Option<String>,
    /// Masked phone, for example `+7 916 ***-**-67`.
    pub phone_masked: Option<String>,
}

/// In what capacity the person signs.
#[derive(Clone)]
pub enum Capacity {
    /// The patient signs in person.
    Patient,
    /// Somebody accepts the clinic's public offer: its user agreement (Civil Code art. 437, 438).
    Acceptor,
    /// A representative signs for the patient.
    Representative {
        /// The patient's full name.
        patient: String,
        /// The patient's date of birth.
        patient_birth_date: Option<Date>,
        /// On what basis, for example «законный представитель (мать), свидетельство о рождении …».
        basis: String,
    },
}

/// How the person was identified.
#[derive(Clone)]
pub enum Identification {
    /// Through ESIA.
    Esia(EsiaFacts),
    /// By a one-time code.
    Code(CodeFacts),
}

/// Identification through ESIA.
#[derive(Clone)]
pub struct EsiaFacts {
    /// The system, for example «ЕСИА (Госуслуги)».
    pub system: String,
    /// The account, for example «подтверждённая учётная запись».
    pub account: String,
    /// When the person authenticated there.
    pub authenticated_at: OffsetDateTime,
    /// Fingerprint (salted hash) of the person's id in that system. Never the id itself.
    pub subject_fingerprint: String,
    /// What was compared with the addressee, for example «фамилия, имя, отчество, дата рождения, СНИЛС — совпали».
    pub matched: String,
}

/// Identification by a one-time code to a phone or an e-mail of the signer's account. The code itself never comes in.
#[derive(Clone)]
pub struct CodeFacts {
    /// How it travelled.
    pub channel: CodeChannel,
    /// Where to, its middle hidden, for example `+7 916 ***-**-67`.
    pub to_masked: String,
    /// Who said that it is the signer's, for example «назвал владелец личного кабинета и подтвердил его кодом».
    pub source: String,
    /// Since when the signer's account holds it.
    pub contact_since: OffsetDateTime,
    /// Fingerprint of the account. Never its id.
    pub account_fingerprint: String,
    /// When the gateway took the text; where that is not known, when the code was made.
    pub sent_at: OffsetDateTime,
    /// When the right code was typed.
    pub entered_at: OffsetDateTime,
    /// Wrong codes before it.
    pub wrong_tries: u32,
    /// The agreement that the signature rests on; `None` where the signature itself accepts one.
    pub agreement: Option<AgreementFacts>,
}

/// How a code travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeChannel {
    /// Text message to a phone.
    Sms,
    /// E-mail.
    Email,
}

/// An agreement on electronic documents.
#[derive(Clone)]
pub struct AgreementFacts {
    /// Its title.
    pub title: String,
    /// Our number of the document that holds it.
    pub number: String,
    /// SHA-256 of its text, 64 hex digits.
    pub sha256: String,
    /// When it was accepted or signed.
    pub accepted_at: OffsetDateTime,
    /// How, for example «принято кодом из СМС».
    pub how: String,
}

/// The expression of will.
#[derive(Clone)]
pub struct ConsentFacts {
    /// The text above the button.
    pub text: String,
    /// The text on the button.
    pub button: String,
    /// Version of that text.
    pub version: String,
}

/// What the page says about the operator's seal.
#[derive(Clone)]
pub struct SealText {
    /// Lines, for example the certificate's number, owner and validity.
    pub lines: Vec<String>,
}
