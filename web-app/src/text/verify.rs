//! The words of the page `/verify`. What the checks found, the verifier itself says.

use super::{Notice, plural, size};
use crate::model::case::{FILE_MAX, Given, Group, Reason, Refusal, TrustFacts};
use crate::model::report::{Outcome, Verdict};

pub(crate) const TITLE: &str = "Проверка подписанного документа";
pub(crate) const DOES: &str = "проверка подписанных документов";
pub(crate) const LEAD: &str = "Выберите PDF, подписанный через Podpis. Страница покажет, кто, когда и\u{a0}как его подписал, \
     чем это подтверждается и\u{a0}не\u{a0}изменён\u{a0}ли файл после подписания.";

/// Title of the browser's tab; browsers also name the printed file after it.
pub(crate) fn tab_title(file: Option<&str>) -> String {
    match file {
        Some(file) => format!("Отчёт о проверке: {file}"),
        None => TITLE.into(),
    }
}

pub(crate) const CHOOSE: &str = "Выберите файл";
pub(crate) const CHOOSE_DROP: &str = "или перетащите его сюда";
pub(crate) const CHOOSE_HINT: &str = "PDF или архив итоговой версии (ZIP), до 100\u{a0}МБ. Вместе с\u{a0}PDF можно выбрать подпись клиники (.sig) и\u{a0}доказательства (.json)";
pub(crate) const DROP_NOW: &str = "Отпустите, чтобы проверить";
pub(crate) const ADD: &str = "Добавить файл к\u{a0}проверке";
pub(crate) const ADD_HINT: &str =
    "подпись клиники (.sig), более новые доказательства (.json) или список доверия (.json)";

pub(crate) const PRIVATE: &str = "Файл не\u{a0}покидает это устройство: его проверяет сам браузер.";
pub(crate) const OFFLINE: &str =
    "Страница сохранена на\u{a0}устройстве и\u{a0}работает без\u{a0}интернета.";

pub(crate) const MARKS_TITLE: &str = "Как читать результат";
/// What the three marks mean.
pub(crate) const MARKS: [(Outcome, &str); 3] = [
    (
        Outcome::Pass,
        "мы проверили, и\u{a0}всё сходится. Любой может повторить проверку и\u{a0}получит то\u{a0}же.",
    ),
    (
        Outcome::Fail,
        "мы проверили, и\u{a0}не\u{a0}сходится. Одной такой отметки достаточно, чтобы не\u{a0}верить файлу.",
    ),
    (
        Outcome::Unchecked,
        "проверить здесь нельзя или нечего. Это не\u{a0}значит, что всё в\u{a0}порядке; рядом сказано почему.",
    ),
];

pub(crate) const CHECKING: &str = "Проверяем файл…";
pub(crate) const CHECKING_BODY: &str =
    "Обычно это быстрее секунды, большой файл\u{a0}— несколько секунд.";

/// The name of a mark.
pub(crate) const fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Pass => "Проверено",
        Outcome::Fail => "Нарушено",
        Outcome::Unchecked => "Не\u{a0}проверено",
    }
}

/// Above the verdict's sentence.
pub(crate) const fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Valid => "Проверка пройдена",
        Verdict::Invalid => "Проверка не\u{a0}пройдена",
        Verdict::Incomplete => "Проверка не\u{a0}закончена",
    }
}

pub(crate) const SANDBOX: &str = "Документ из\u{a0}учебной системы: юридической силы у\u{a0}него нет, как\u{a0}бы хорошо \
     он\u{a0}ни\u{a0}проверялся.";

pub(crate) const FACTS_TITLE: &str = "Кто, что и\u{a0}когда подписал";
pub(crate) const FACTS_CLAIMED: &str =
    "Так записано в\u{a0}файле. Верить\u{a0}ли этому, говорят проверки ниже.";

/// Title of a group of checks, and what it means.
pub(crate) const fn group(group: Group) -> (&'static str, &'static str) {
    match group {
        Group::Failed => (
            "Нарушено",
            "Эти проверки не\u{a0}сошлись. Файлу нельзя верить, пока не\u{a0}выяснится почему.",
        ),
        Group::Missing => (
            "Не\u{a0}удалось проверить",
            "Без этих проверок сделать вывод нельзя.",
        ),
        Group::Passed => (
            "Проверено",
            "Технические проверки: расчёты и\u{a0}сравнения, которые может повторить кто угодно.",
        ),
        Group::Certified => (
            "Нужны сертифицированные средства",
            "По\u{a0}закону это устанавливают только средства электронной подписи, подтвердившие соответствие \
             требованиям (63-ФЗ, статьи 11 и\u{a0}12). Здесь\u{a0}— лишь то, что видно без них.",
        ),
        Group::Absent => (
            "Проверять было нечего",
            "Этих сведений среди выбранных файлов нет. На\u{a0}вывод это не\u{a0}влияет.",
        ),
    }
}

pub(crate) const DETAILS: &str = "Подробнее";
pub(crate) const LATER_TITLE: &str = "Что добавлено позже";
pub(crate) const LATER_UNKNOWN: &str = "время неизвестно";

pub(crate) const ABOUT_TITLE: &str = "Об\u{a0}этой проверке";
pub(crate) const FILE: &str = "Файл";
pub(crate) const SHA256: &str = "SHA-256 файла";
pub(crate) const CHECKED_AT: &str = "Когда проверено";
pub(crate) const CHECKED_CLOCK: &str = "по\u{a0}часам этого устройства";
pub(crate) const VERSION: &str = "Чем проверено";
pub(crate) const TRUST: &str = "Список доверия";
pub(crate) const WITH: &str = "Вместе с\u{a0}файлом";

/// `Podpis, версия 0.1.0, за 84 мс`.
pub(crate) fn version(version: &str, ms: f64) -> String {
    let ms = ms.ceil() as u64;
    format!("Podpis, версия {version}, за\u{a0}{ms}\u{a0}мс")
}

/// Where the trust list comes from and of when it is.
pub(crate) fn trust(trust: Option<&TrustFacts>) -> String {
    let Some(trust) = trust else {
        return "не\u{a0}получен: связи с\u{a0}сервером нет, и\u{a0}сохранённого списка тоже"
            .into();
    };
    let source = match trust.from.as_str() {
        "file" => "из\u{a0}выбранного файла",
        "kept" => "сохранённый на\u{a0}устройстве",
        _ => "с\u{a0}этого сайта",
    };
    format!(
        "{source}, на\u{a0}{}. Оператор: {}",
        trust.as_of.moscow_words(),
        trust.operator
    )
}

/// A file beside the PDF.
pub(crate) fn beside(given: &Given) -> String {
    let kind = match given.kind.as_str() {
        "signature" => "подпись клиники",
        "evidence" => "доказательства",
        _ => "список доверия",
    };
    format!("{} ({kind}, {})", given.name, size(given.size))
}

pub(crate) const PRINT: &str = "Напечатать или сохранить как\u{a0}PDF";
pub(crate) const SAVE: &str = "Скачать отчёт (JSON)";
pub(crate) const SAVE_FAILED: &str = "Не\u{a0}удалось сохранить. Попробуйте напечатать отчёт.";
pub(crate) const AGAIN: &str = "Проверить другой файл";

/// Name of the saved report.
pub(crate) fn report_name(pdf: &str) -> String {
    let stem = pdf
        .strip_suffix(".pdf")
        .or_else(|| pdf.strip_suffix(".zip"));
    let stem = stem.unwrap_or(pdf);
    format!("{stem} (проверка).json")
}

/// `3 проверки`.
pub(crate) fn checks(count: usize) -> String {
    format!(
        "{count}\u{a0}{}",
        plural(count as u64, ["проверка", "проверки", "проверок"])
    )
}

/// Why nothing was checked, and what to do.
pub(crate) fn refusal(refusal: &Refusal) -> Notice {
    let (title, body) = match refusal.reason {
        Reason::TooLarge => (
            "Файл слишком большой",
            "Страница проверяет файлы до\u{a0}100\u{a0}МБ. Файл больше можно проверить на\u{a0}компьютере программой \
             podpis-verify.",
        ),
        Reason::NotPdf => (
            "Это не\u{a0}PDF",
            "Файл назван как PDF, но\u{a0}внутри что-то другое, или он\u{a0}скачался не\u{a0}до\u{a0}конца. Скачайте \
             подписанный документ ещё\u{a0}раз.",
        ),
        Reason::Unknown => (
            "Такой файл здесь не\u{a0}проверить",
            "Страница понимает подписанный PDF, а\u{a0}вместе с\u{a0}ним\u{a0}— подпись клиники (.sig), доказательства \
             и\u{a0}список доверия (.json).",
        ),
        Reason::Several => (
            "Выбрано несколько похожих файлов",
            "За\u{a0}один раз проверяется один PDF и\u{a0}по\u{a0}одному файлу каждого вида к\u{a0}нему.",
        ),
        Reason::NoPdf => (
            "Теперь выберите сам PDF",
            "Этот файл дополняет подписанный документ. Мы\u{a0}его запомнили; добавьте PDF, к\u{a0}которому \
             он\u{a0}относится.",
        ),
        Reason::Unreadable => (
            "Файл не\u{a0}читается",
            "Браузер не\u{a0}смог его прочитать. Возможно, его переместили или он\u{a0}ещё\u{a0}не\u{a0}скачался. \
             Выберите его ещё\u{a0}раз.",
        ),
        Reason::Failed => (
            "Проверка прервалась",
            "Вывода нет: файл не\u{a0}проверен. Выберите его ещё\u{a0}раз; если не\u{a0}поможет, обновите страницу \
             или откройте её\u{a0}в\u{a0}другом браузере.",
        ),
    };
    Notice {
        title: title.into(),
        body: body.into(),
    }
}

// The words above name the limit.
const _: () = assert!(FILE_MAX == 100 << 20);
