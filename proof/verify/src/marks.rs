//! The final version: the operator's sheet of the clinic's signatures, a revision after the sealed file.
//!
//! Nothing on the sheet is believed. It is made anew from its data, the signatures in it and the file before it, and
//! must come out byte for byte; each mark must say what its signature's certificate says. So whatever the page shows
//! follows from signatures that are checked themselves.

use crate::case::{self, NO_TRUST};
use crate::report::{Check, CheckId, LaterEvent, Outcome};
use crate::{Input, seal};
use podpis_cms::chain::{self, ChainError, Purpose};
use podpis_cms::{Certificate, HashKind, SignedData};
use podpis_evidence::Bundle;
use podpis_pdf::{
    Covered, ExamineError, Examined, FINAL_EVIDENCE_NAME, FoundSignature, MARKS_NAME, Mark,
    MarkSheet, SealField, SignatureKind, append_marks, attachment,
};
use podpis_shared::clinic_signature::Over;
use podpis_shared::hash::sha256_hex;

/// The sheet's revision.
pub(crate) struct Sheet {
    /// Place of the operator's seal over it among the signatures.
    seal: Option<usize>,
    /// Where the revision ends.
    pub(crate) end: usize,
    /// The file before it, where the sheet names it rightly: these many first bytes.
    pub(crate) base: Option<usize>,
    data: Option<MarkSheet>,
    /// The attached CMS messages, as far as they are there.
    pub(crate) signatures: Vec<Vec<u8>>,
    /// The attached evidence.
    pub(crate) evidence: Option<Vec<u8>>,
    /// The first thing that does not fit.
    fault: Option<Fault>,
    /// The whole revision is what the sheet's data and the signatures give.
    pub(crate) explained: bool,
}

/// What does not fit, and the detail of it.
type Fault = (&'static str, String);

impl Sheet {
    /// Finds the oldest later revision with a sheet. `sealed` is the file as the operator sealed it first.
    ///
    /// # Errors
    /// As reading an attachment.
    pub(crate) fn find(
        pdf: &[u8],
        examined: &Examined,
        sealed: &[u8],
        original: Option<&[u8]>,
    ) -> Result<Option<Self>, ExamineError> {
        if attachment(sealed, MARKS_NAME)?.is_some() {
            return Ok(None);
        }
        let mut later: Vec<(usize, &Covered)> = examined
            .signatures
            .iter()
            .enumerate()
            .filter(|(_, signature)| signature.kind == SignatureKind::Cades)
            .filter_map(|(place, signature)| Some((place, signature.range.as_ref().ok()?)))
            .filter(|(_, covered)| covered.end > sealed.len())
            .collect();
        later.sort_by_key(|(_, covered)| covered.end);
        for (place, covered) in later {
            let revision = pdf.get(..covered.end).unwrap_or_default();
            if let Some(json) = attachment(revision, MARKS_NAME)? {
                let signature = &examined.signatures[place];
                let mut sheet = Self::read(revision, &json, sealed, original)?;
                sheet.seal = Some(place);
                sheet.rebuild(revision, signature, covered);
                return Ok(Some(sheet));
            }
        }
        let Some(json) = attachment(pdf, MARKS_NAME)? else {
            return Ok(None);
        };
        let mut sheet = Self::read(pdf, &json, sealed, original)?;
        sheet.fault.get_or_insert((
            "Лист подписей в файле есть, но печати оператора на нём нет: его мог добавить кто угодно.",
            MARKS_NAME.into(),
        ));
        Ok(Some(sheet))
    }

    fn read(
        revision: &[u8],
        json: &[u8],
        sealed: &[u8],
        original: Option<&[u8]>,
    ) -> Result<Self, ExamineError> {
        let mut sheet = Self {
            seal: None,
            end: revision.len(),
            base: None,
            data: MarkSheet::from_json(json),
            signatures: Vec::new(),
            evidence: attachment(revision, FINAL_EVIDENCE_NAME)?,
            fault: None,
            explained: false,
        };
        let Some(data) = &sheet.data else {
            sheet.fault = Some((
                "Лист подписей записан не так, как его записывает оператор.",
                String::from_utf8_lossy(json.get(..80).unwrap_or(json)).into_owned(),
            ));
            return Ok(sheet);
        };
        let signed = revision.get(..data.signed.size).filter(|signed| {
            signed.len() >= sealed.len() && sha256_hex(signed) == data.signed.sha256
        });
        sheet.base = signed.map(<[u8]>::len);
        if signed.is_none() {
            sheet.fault = Some((
                "Лист подписей составлен к другому файлу.",
                data.signed.sha256.clone(),
            ));
        }
        for mark in &data.marks {
            match attachment(revision, &mark.file)? {
                Some(bytes) => {
                    if let Some(fault) = compare(mark, &bytes, signed, original) {
                        sheet.fault.get_or_insert(fault);
                    }
                    sheet.signatures.push(bytes);
                }
                None => {
                    sheet.fault.get_or_insert((
                        "На листе подписей есть отметка, а самой подписи в файле нет.",
                        mark.file.clone(),
                    ));
                }
            }
        }
        Ok(sheet)
    }

    /// Makes the revision anew.
    fn rebuild(&mut self, revision: &[u8], signature: &FoundSignature, covered: &Covered) {
        let (Some(data), Some(base), None) = (&self.data, self.base, &self.fault) else {
            return;
        };
        // Two brackets, and two digits a byte.
        let field = signature.signed_at.map(|at| SealField {
            name: signature.name.clone().unwrap_or_default(),
            reason: signature.reason.clone().unwrap_or_default(),
            at: at.at(),
            reserve: covered.gap.len() / 2 - 1,
        });
        let evidence = self.evidence.as_deref();
        let signed = revision.get(..base).unwrap_or_default();
        let same = field.is_some_and(|field| {
            append_marks(signed, data, &self.signatures, evidence, Some(&field)).is_ok_and(|made| {
                made.bytes().len() == revision.len() && {
                    let parts = covered.parts(revision);
                    parts == covered.parts(made.bytes())
                }
            })
        });
        if same {
            self.explained = true;
        } else {
            self.fault = Some((
                "Страница с отметками не та, которая следует из приложенных подписей: её изменили.",
                data.format.clone(),
            ));
        }
    }

    /// Whether this is the operator's seal over the sheet, and no signature of the clinic.
    pub(crate) fn is_seal(&self, place: usize) -> bool {
        self.seal == Some(place)
    }

    /// What the sheet tells of the time after the patient's signature.
    pub(crate) fn events(&self) -> Vec<LaterEvent> {
        if self.fault.is_some() {
            return Vec::new();
        }
        let marks = self.data.iter().flat_map(|data| &data.marks);
        let signed = marks.map(|mark| LaterEvent {
            at: Some(mark.accepted_at),
            text: format!("Получена подпись клиники: {}", mark.owner),
        });
        let made = self.data.iter().map(|data| LaterEvent {
            at: Some(data.made_at),
            text: "К файлу добавлен лист подписей клиники".into(),
        });
        signed.chain(made).collect()
    }

    /// `clinic-marks`.
    pub(crate) fn check(&self, input: &Input<'_>, examined: &Examined, bundle: &Bundle) -> Check {
        let id = CheckId::ClinicMarks;
        let check = match (&self.fault, self.seal) {
            (Some((text, detail)), _) => Check::fail(id, *text).detail("Подробность", detail),
            (None, Some(place)) => sealed(input, &examined.signatures[place], bundle),
            (None, None) => Check::fail(id, "Печати оператора на листе подписей нет."),
        };
        let marks = self.data.iter().flat_map(|data| &data.marks);
        marks.fold(check, |check, mark| {
            check
                .detail("Отметка: владелец сертификата", &mark.owner)
                .detail("Отметка: номер сертификата", &mark.certificate)
                .detail(
                    "Отметка: сертификат действует",
                    format!(
                        "с {} по {}",
                        mark.valid_from.moscow(),
                        mark.valid_to.moscow()
                    ),
                )
        })
    }
}

/// Holds a mark against its signature.
fn compare(
    mark: &Mark,
    bytes: &[u8],
    signed: Option<&[u8]>,
    original: Option<&[u8]>,
) -> Option<Fault> {
    const OTHER: &str = "Отметка называет не тот сертификат, которым сделана приложенная подпись.";
    if sha256_hex(bytes) != mark.sha256 {
        return Some((
            "Приложена не та подпись, о которой говорит отметка.",
            mark.file.clone(),
        ));
    }
    let data = match SignedData::from_any(bytes) {
        Ok(data) => data,
        Err(error) => return Some(("Приложенная подпись не читается.", error.to_string())),
    };
    let fits = |signer: &&podpis_cms::Signer| signer.certificate().is_some_and(|c| says(mark, c));
    let Some(signer) = data.signers().iter().find(fits) else {
        let named = data
            .signers()
            .iter()
            .find_map(|signer| signer.certificate());
        return Some((
            OTHER,
            named.map_or_else(String::new, Certificate::serial_hex),
        ));
    };
    let content = match mark.over {
        Over::Signed => signed,
        Over::Original => original,
        Over::Final => None,
    };
    let over = content.is_some_and(|content| {
        signer
            .check_content(|hash: HashKind| hash.digest(content))
            .is_ok()
    });
    (!over).then(|| {
        (
            "Отметка говорит не о тех байтах, которые закрывает приложенная подпись.",
            mark.file.clone(),
        )
    })
}

/// Whether the certificate is the one that the mark names.
fn says(mark: &Mark, certificate: &Certificate) -> bool {
    let part = |short| certificate.subject_part(short);
    let full = match (part("SN"), part("G")) {
        (Some(surname), Some(given)) => Some(format!("{surname} {given}")),
        _ => None,
    };
    let names = [
        full,
        part("CN"),
        part("O"),
        Some(certificate.subject_text()),
    ];
    mark.certificate == certificate.serial_hex()
        && mark.valid_from == certificate.not_before()
        && mark.valid_to == certificate.not_after()
        && names.iter().flatten().any(|name| *name == mark.owner)
        && mark
            .organisation
            .as_ref()
            .is_none_or(|name| part("O").as_ref() == Some(name))
        && mark
            .position
            .as_ref()
            .is_none_or(|name| part("T").as_ref() == Some(name))
        && [
            certificate.issuer_part("CN"),
            Some(certificate.issuer_text()),
        ]
        .iter()
        .flatten()
        .any(|name| *name == mark.issuer)
}

/// Judges the operator's seal over the sheet.
fn sealed(input: &Input<'_>, signature: &FoundSignature, bundle: &Bundle) -> Check {
    let id = CheckId::ClinicMarks;
    let (Ok(covered), Some(at)) = (&signature.range, signature.signed_at) else {
        return Check::fail(
            id,
            "В печати на листе подписей не сказано, когда её поставили.",
        );
    };
    let verified = match seal::verified(input.pdf, covered) {
        Ok(verified) => verified,
        Err(check) => {
            let Check {
                result,
                text,
                details,
                ..
            } = *check;
            let text = format!("Печать на листе подписей: {text}");
            let check = match result {
                Outcome::Unchecked => Check::unchecked(id, text),
                _ => Check::fail(id, text),
            };
            return check.details(details);
        }
    };
    let Some(trust) = input.trust else {
        return Check::unchecked(id, NO_TRUST);
    };
    let path = chain::validate_exact(
        &verified.signer,
        &verified.others,
        &seal::roots(&trust.seal_roots),
        at,
        Purpose::Seal,
    );
    match path {
        Ok(_) => Check::pass(
            id,
            "Клиника подписала документ. Отметки на листе подписей совпадают с сертификатами в самих подписях; лист заверен \
             печатью оператора и не закрывает ни одной прежней страницы.",
        )
        .detail("Лист составлен", at.moscow()),
        Err(ChainError::UnknownIssuer(_) | ChainError::BadSignature(_))
            if !case::list_covers(trust, bundle) =>
        {
            Check::unchecked(
                id,
                "Не установлено, кто составил лист подписей: того, кто выдал сертификат печати на нём, нет в списке доверия.",
            )
        }
        Err(error) => Check::fail(id, "Лист подписей заверен чужой или недействительной печатью.")
            .detail("Причина", error),
    }
    .detail("Печать на листе", verified.signer.subject_text())
    .detail("Её сертификат", verified.signer.serial_hex())
}
