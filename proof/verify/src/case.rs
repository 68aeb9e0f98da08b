//! What the checks work on: the file taken apart once, so that every check looks at the same bytes.

use crate::Input;
use crate::marks::Sheet;
use crate::report::{Check, CheckId, Outcome};
use crate::summary;
use podpis_evidence::{Bundle, Signature, Trust};
use podpis_pdf::{
    Covered, EVIDENCE_NAME, ExamineError, Examined, FoundSignature, SignatureKind, attachment,
    examine,
};
use podpis_shared::{Birthday, Hashes};
use serde::Deserialize as _;
use serde_json::Value;

/// Clocks of the operator, of ESIA and of a time stamping authority may differ by so many seconds.
pub(crate) const LEEWAY_S: i64 = 600;

/// What a check says that needs the trust list.
pub(crate) const NO_TRUST: &str =
    "Не проверено: нет списка доверия, то есть списка ключей, которые опубликовал оператор.";

/// A file that carries a seal over a bundle.
pub(crate) struct Case<'a> {
    pub(crate) input: Input<'a>,
    pub(crate) examined: Examined,
    /// Place of the seal among the signatures.
    seal: usize,
    /// What the seal covers.
    pub(crate) covered: Covered,
    /// The file as it was when sealed. Nothing but this is believed.
    pub(crate) sealed: &'a [u8],
    /// The bundle in it.
    pub(crate) evidence: Evidence,
    /// The clinic's document, its length as the bundle says; `None` when the sealed file is not that long.
    pub(crate) original: Option<&'a [u8]>,
    pub(crate) original_hashes: Option<Hashes>,
    /// The sheet of the clinic's signatures, where the file is a final version.
    pub(crate) sheet: Option<Sheet>,
    /// The clinic's signatures that lie beside the file.
    pub(crate) beside: Vec<&'a [u8]>,
}

/// Why there is nothing to look at in detail.
pub(crate) struct Stop {
    pub(crate) headline: &'static str,
    /// What the other checks say.
    pub(crate) rest: &'static str,
    pub(crate) checks: Vec<Check>,
}

/// A bundle: its JSON, and the same JSON as types. Both always belong together.
pub(crate) struct Evidence {
    /// What the signature is checked over.
    pub(crate) value: Value,
    /// What the checks read; made from `value`, never from the bytes again.
    pub(crate) bundle: Bundle,
    /// The bytes are the canonical form of `value`: nothing is hidden in doubled names or spaces.
    pub(crate) canonical: bool,
}

impl<'a> Case<'a> {
    /// Finds the seal and the bundle that it covers.
    ///
    /// The seal is the signature over the oldest revision that holds a bundle: whoever adds fields, signatures or
    /// bundles later can't make them the seal.
    pub(crate) fn open(input: Input<'a>) -> Result<Self, Box<Stop>> {
        let examined = examine(input.pdf).map_err(|error| unreadable(&error))?;
        let mut found = None;
        for (place, signature) in examined.signatures.iter().enumerate() {
            if let (SignatureKind::Cades, Ok(covered)) = (&signature.kind, &signature.range)
                && let Some(sealed) = input.pdf.get(..covered.end)
                && let Some(bytes) =
                    attachment(sealed, EVIDENCE_NAME).map_err(|error| unreadable(&error))?
                && found
                    .as_ref()
                    .is_none_or(|(_, old, _): &(usize, Covered, Vec<u8>)| covered.end < old.end)
            {
                found = Some((place, covered.clone(), bytes));
            }
        }
        let Some((seal, covered, bytes)) = found else {
            return Err(not_sealed(&input, &examined));
        };
        let sealed = &input.pdf[..covered.end];
        let evidence = Evidence::read(&bytes).ok_or_else(unreadable_evidence)?;
        let size = usize::try_from(evidence.bundle.document.size).ok();
        let original = size.and_then(|size| sealed.get(..size));
        let sheet = Sheet::find(input.pdf, &examined, sealed, original)
            .map_err(|error| unreadable(&error))?;
        Ok(Self {
            sheet,
            beside: input.clinic_signature.into_iter().collect(),
            original_hashes: original.map(Hashes::of),
            input,
            examined,
            seal,
            covered,
            sealed,
            evidence,
            original,
        })
    }

    /// The file that the sheet of signatures was added to; `None` where there is no sheet.
    pub(crate) fn before_sheet(&self) -> Option<&'a [u8]> {
        self.input.pdf.get(..self.sheet.as_ref()?.base?)
    }

    /// The newer bundle: the one that was given, else the one that lies in a final version.
    pub(crate) fn newer_evidence(&self) -> Option<&[u8]> {
        let inside = || self.sheet.as_ref()?.evidence.as_deref();
        self.input.newer_evidence.or_else(inside)
    }

    /// The seal's own dictionary.
    pub(crate) fn seal(&self) -> &FoundSignature {
        &self.examined.signatures[self.seal]
    }

    /// Signatures that came after the seal, in file order, but for the operator's own over the sheet of signatures.
    pub(crate) fn later_signatures(&self) -> impl Iterator<Item = &FoundSignature> {
        let seal = self.seal;
        let over_sheet = |place| {
            self.sheet
                .as_ref()
                .is_some_and(|sheet| sheet.is_seal(place))
        };
        let others = self.examined.signatures.iter().enumerate();
        others
            .filter(move |(place, _)| *place != seal && !over_sheet(*place))
            .map(|(_, signature)| signature)
            .filter(|s| {
                s.range
                    .as_ref()
                    .map_or(true, |range| range.end > self.covered.end)
            })
    }
}

impl Evidence {
    /// `None` when the bytes are no bundle of our format.
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        let value: Value = serde_json::from_slice(bytes).ok()?;
        let bundle = Bundle::deserialize(&value).ok()?;
        (bundle.format == podpis_evidence::FORMAT).then(|| Self {
            canonical: podpis_evidence::canonical(&value).is_ok_and(|canonical| canonical == bytes),
            value,
            bundle,
        })
    }

    /// The patient's signature, or the representative's: the one that the operator sealed.
    pub(crate) fn patient(&self) -> Option<&Signature> {
        self.bundle.signatures.iter().find(|s| s.party == "patient")
    }
}

/// Whether the trust list should know the keys of a bundle.
///
/// Then an unknown key is a forgery. A list of another operator, or one older than the document, knows nothing of it.
pub(crate) fn list_covers(trust: &Trust, bundle: &Bundle) -> bool {
    trust.operator == bundle.operator.name && trust.as_of >= bundle.as_of
}

/// `Иванова Мария Петровна, дата рождения 12.03.1985`.
pub(crate) fn with_birth_date(name: &str, born: Option<Birthday>) -> String {
    match born {
        Some(born) => format!("{name}, дата рождения {}", born.dotted()),
        None => name.into(),
    }
}

fn unreadable(error: &ExamineError) -> Box<Stop> {
    let (headline, text) = match error {
        ExamineError::NotPdf => ("Это не PDF", "Файл — не PDF, или его начало повреждено."),
        _ => (
            "Файл повреждён",
            "PDF повреждён: разные программы покажут его по-разному или не покажут вовсе.",
        ),
    };
    Box::new(Stop {
        headline,
        rest: summary::NOT_READ,
        checks: vec![Check::fail(CheckId::PdfStructure, text).detail("Причина", error)],
    })
}

/// A bundle without a seal pretends; a file with neither is simply not ours.
fn not_sealed(input: &Input<'_>, examined: &Examined) -> Box<Stop> {
    let broken = examined
        .signatures
        .iter()
        .find_map(|s| s.range.as_ref().err());
    let pretends = !matches!(
        attachment(input.pdf, EVIDENCE_NAME),
        Ok(None) | Err(ExamineError::Encrypted)
    );
    let structure = crate::pdf::structure(examined);
    let stop = match broken {
        Some(fault) if pretends => Stop {
            headline: "Печать оператора подделана",
            rest: summary::NO_SEAL,
            checks: vec![
                structure,
                Check::fail(
                    CheckId::SealSignature,
                    "Печать устроена так, что программы могут показать не те байты, которые она закрывает: это приём подделки.",
                )
                .detail("Причина", fault),
            ],
        },
        _ if pretends => Stop {
            headline: "Печати оператора нет, хотя доказательства приложены",
            rest: summary::NO_SEAL,
            checks: vec![
                structure,
                Check::fail(
                    CheckId::SealSignature,
                    "В файле лежат доказательства Podpis, но печати оператора на них нет: их мог вложить кто угодно.",
                ),
            ],
        },
        _ if !examined.vanished.is_empty() => Stop {
            headline: if structure.result == Outcome::Fail {
                "Файл повреждён, или из него убрали подпись"
            } else {
                "Из файла убрали подпись"
            },
            rest: summary::NO_SEAL,
            checks: vec![
                structure,
                Check::fail(
                    CheckId::LaterChanges,
                    "В файле осталась подпись, на которую больше ничто не ссылается: её убрали или подменили.",
                ),
            ],
        },
        // Cut off or overwritten: what was in it, nobody can tell.
        _ if structure.result == Outcome::Fail => Stop {
            headline: "Файл повреждён, печати оператора в нём не найдено",
            rest: summary::NO_SEAL,
            checks: vec![structure],
        },
        _ => Stop {
            headline: "Это не документ Podpis: печати оператора нет",
            rest: summary::NO_SEAL,
            checks: vec![structure],
        },
    };
    Box::new(stop)
}

/// A ZIP archive of another form than ours.
pub(crate) fn foreign_archive() -> Stop {
    Stop {
        headline: "Этот архив нужно сначала распаковать",
        rest: summary::NOT_READ,
        checks: vec![Check::unchecked(
            CheckId::PdfStructure,
            "Не проверено: архив собран не оператором. Распакуйте его и выберите файл final.pdf или signed.pdf.",
        )],
    }
}

/// An archive whose two PDFs do not belong together.
pub(crate) fn two_documents() -> Stop {
    Stop {
        headline: "В архиве лежат разные документы",
        rest: summary::NOT_READ,
        checks: vec![Check::fail(
            CheckId::PdfStructure,
            "Файл final.pdf не начинается с файла signed.pdf: это не одна и та же подписанная бумага.",
        )],
    }
}

fn unreadable_evidence() -> Box<Stop> {
    Box::new(Stop {
        headline: "Доказательства внутри файла не читаются",
        rest: summary::NOT_READ,
        checks: vec![Check::fail(
            CheckId::EvidenceDocument,
            "Доказательства, которые лежат в файле, испорчены или другого вида.",
        )],
    })
}
