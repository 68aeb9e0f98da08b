//! The file as a PDF: its structure, what the seal covers, what came after it.

use crate::case::Case;
use crate::report::{Check, CheckId, Fact, LaterEvent};
use crate::seal::is_time_stamp;
use podpis_pdf::{Change, ExamineError, Examined, FoundSignature, Severity, Step, changes};

/// `pdf-structure`: every reader sees the same document.
pub(crate) fn structure(examined: &Examined) -> Check {
    let id = CheckId::PdfStructure;
    let fault = if examined.second_header {
        Some("В файле два документа, один за другим: разные программы покажут разное.")
    } else if !examined.intact_xref {
        Some(
            "Оглавление файла повреждено: программы восстановят его каждая по-своему и могут показать разное.",
        )
    } else if !examined.ends_with_eof {
        Some("После конца документа в файле есть что-то ещё.")
    } else {
        None
    };
    match fault {
        _ if examined.encrypted => Check::unchecked(id, "Не проверено: файл зашифрован."),
        Some(fault) => Check::fail(id, fault),
        None => Check::pass(id, "PDF цел и читается однозначно."),
    }
    .detail("Страниц", examined.pages)
    .detail("Подписей и отметок времени", examined.signatures.len())
}

/// `seal-whole-file`: nothing of the sealed revision but the seal's own bytes is left out.
pub(crate) fn whole_file(case: &Case<'_>) -> Check {
    let id = CheckId::SealWholeFile;
    let added = case.input.pdf.len() - case.sealed.len();
    let text = if added == 0 {
        "Печать закрывает весь файл, от первого до последнего байта."
    } else {
        "Печать закрывает весь файл, каким он был, когда её поставили. Позже в него добавляли: что именно, сказано ниже."
    };
    Check::pass(id, text)
        .detail("Запечатано байт", case.sealed.len())
        .detail("Добавлено после печати, байт", added)
}

/// `later-changes`, and the later signatures and time stamps as events.
pub(crate) fn later(case: &Case<'_>) -> (Check, Vec<LaterEvent>) {
    let events = case.later_signatures().map(event).collect();
    (later_changes(case), events)
}

fn later_changes(case: &Case<'_>) -> Check {
    let id = CheckId::LaterChanges;
    if !case.examined.vanished.is_empty() {
        return Check::fail(
            id,
            "В файле осталась подпись, на которую больше ничто не ссылается: её убрали или подменили.",
        );
    }
    let broken = case
        .later_signatures()
        .find_map(|signature| Some((signature, signature.range.as_ref().err()?)));
    if let Some((signature, fault)) = broken {
        let text = format!(
            "Добавлена подпись {}, про которую неизвестно, какие байты она закрывает: это приём подделки.",
            field_name(signature)
        );
        return Check::fail(id, text).detail("Причина", fault);
    }
    if case.sealed.len() == case.input.pdf.len() {
        return Check::pass(id, "После печати в файл ничего не добавляли.");
    }
    let found = match after_seal(case) {
        Ok(found) => found,
        Err(error) => {
            let text = "После печати в файл добавлено то, что не удалось разобрать: программы могут показать другой документ.";
            return Check::fail(id, text).detail("Причина", error);
        }
    };
    let sheet = case.sheet.as_ref().filter(|sheet| sheet.explained);
    match worst(&found, Step::AfterSeal) {
        Some(Severity::Harmful) => Check::fail(
            id,
            "После печати в файл внесли изменения, от которых документ выглядит или работает иначе.",
        ),
        Some(Severity::Notable) => Check::unchecked(
            id,
            "После печати в файл добавили то, на что надо посмотреть самому: видимую подпись, которая может закрывать текст, \
             или вложенный файл. Что именно, сказано в подробностях.",
        ),
        _ if sheet.is_some() => Check::pass(
            id,
            "После печати в файл добавлен лист подписей клиники, отдельной страницей после прежних; ничего из прежнего не изменилось.",
        ),
        _ => Check::pass(
            id,
            "После печати в файл добавлено только то, что не меняет вид документа.",
        ),
    }
    .details(describe(&found))
}

/// What changed after the seal. A sheet of signatures that comes out the same when it is made anew adds nothing but what
/// the clinic's signatures say, so what came before it and what came after it is looked at.
fn after_seal(case: &Case<'_>) -> Result<Vec<Change>, ExamineError> {
    let whole = case.input.pdf;
    let part = |from: &[u8], to: &[u8]| match from.len() == to.len() {
        true => Ok(Vec::new()),
        false => changes(from, to),
    };
    let sheet = case.sheet.as_ref().filter(|sheet| sheet.explained);
    let Some((sheet, before)) = sheet.zip(case.before_sheet()) else {
        return changes(case.sealed, whole);
    };
    let mut found = part(case.sealed, before)?;
    let with_sheet = whole.get(..sheet.end).unwrap_or(whole);
    found.extend(part(with_sheet, whole)?);
    Ok(found)
}

/// The gravest of all changes.
pub(crate) fn worst(found: &[Change], step: Step) -> Option<Severity> {
    found.iter().map(|change| change.severity(step)).max()
}

/// Changes in words.
pub(crate) fn describe(found: &[Change]) -> Vec<Fact> {
    let line = |change| Fact::new("Изменение", words(change));
    found.iter().map(line).collect()
}

fn words(change: &Change) -> String {
    match change {
        Change::NewSignatureField { field } => {
            format!("добавлена невидимая подпись, поле «{field}»")
        }
        Change::DocumentTimeStamp { field } => format!("добавлена отметка времени, поле «{field}»"),
        Change::SecurityStore => "добавлены сертификаты и сведения об их отзыве".into(),
        Change::VersionDeclared => "указана версия PDF".into(),
        Change::ProtocolPagesAppended { pages } => {
            format!("после прежних страниц добавлено страниц: {pages}")
        }
        Change::AttachmentAdded { name } => format!("вложен файл «{name}»"),
        Change::MetadataReplaced => "заменены сведения о файле (название, автор)".into(),
        Change::VisibleSignature { field, page, .. } => match page {
            Some(page) => {
                format!("на странице {page} появилось видимое изображение подписи, поле «{field}»")
            }
            None => format!("появилось видимое изображение подписи, поле «{field}»"),
        },
        Change::PageContentChanged { page } => format!("изменён вид страницы {page}"),
        Change::PagesRemovedOrReordered => "страницы убраны или переставлены".into(),
        Change::PagesInserted => "между прежними страницами вставлены новые".into(),
        Change::AnnotationChanged { page } => {
            format!("на странице {page} добавлена, изменена или убрана пометка")
        }
        Change::FieldValueChanged { name } => format!("изменено поле формы «{name}»"),
        Change::ResourceChanged { page, kind } => {
            format!("на странице {page} подменён шрифт, рисунок или слой ({kind})")
        }
        Change::CatalogChanged { key } => format!("изменены свойства документа ({key})"),
        Change::ObjectRemoved { number } => format!("убрана часть документа (объект {number})"),
        Change::Encrypted => "файл зашифрован".into(),
        Change::RepairNeeded => "оглавление файла повреждено".into(),
        // `Change` may learn more words than this program.
        other => format!("{other:?}"),
    }
}

/// How a person tells signatures apart.
pub(crate) fn field_name(signature: &FoundSignature) -> String {
    format!(
        "«{}»",
        signature.name.as_deref().unwrap_or(&signature.field)
    )
}

fn event(signature: &FoundSignature) -> LaterEvent {
    let text = if is_time_stamp(signature) {
        "В файл добавлена отметка времени".to_owned()
    } else {
        format!("В файл добавлена подпись {}", field_name(signature))
    };
    LaterEvent {
        at: signature.signed_at,
        text,
    }
}
