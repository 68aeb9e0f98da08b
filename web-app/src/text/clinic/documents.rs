//! The list of documents, and one document.

use podpis_shared::wire::mis::Document;
use podpis_shared::{Delivery, Kind, Method, Purpose, Status, Timestamp};

use super::{day, moment};
use crate::text::plural;

pub(crate) const TITLE: &str = "Документы";
pub(crate) const SEND: &str = "Отправить документ";
pub(crate) const STATE: &str = "Состояние";
pub(crate) const ANY: &str = "Все";
pub(crate) const EXTERNAL: &str = "Номер в\u{a0}вашей системе";
pub(crate) const WORDS: &str = "Поиск";
pub(crate) const WORDS_HINT: &str = "Слово из\u{a0}названия, начало фамилии или вашего номера";
pub(crate) const MORE: &str = "Показать ещё";
pub(crate) const DOCUMENT: &str = "Документ";
pub(crate) const WHO: &str = "Пациент";
pub(crate) const CAME: &str = "Отправлен";
pub(crate) const UNTIL: &str = "Подписать до";
pub(crate) const NONE: &str = "Документов пока нет";
pub(crate) const NONE_BODY: &str =
    "Отправьте первый: выберите шаблон или свой PDF, и\u{a0}пациент получит ссылку в\u{a0}СМС.";
pub(crate) const NOT_FOUND: &str = "Ничего не\u{a0}нашлось";
pub(crate) const NOT_FOUND_BODY: &str =
    "Проверьте номер и\u{a0}слова или покажите документы во\u{a0}всех состояниях.";
pub(crate) const TO_LIST: &str = "Все документы";

/// States that can be asked for, in the order of a document's life.
pub(crate) const STATES: [Status; 8] = [
    Status::Sent,
    Status::Opened,
    Status::PatientSigned,
    Status::Completed,
    Status::Declined,
    Status::Expired,
    Status::Cancelled,
    Status::Superseded,
];

/// A state in words, as a filter has it.
pub(crate) const fn state(status: Status) -> &'static str {
    match status {
        Status::Sent => "Отправлен, не\u{a0}открыт",
        Status::Opened => "Открыт пациентом",
        Status::PatientSigned => "Ждёт подписи клиники",
        Status::Completed => "Завершён",
        Status::Declined => "Пациент отказался",
        Status::Expired => "Срок истёк",
        Status::Cancelled => "Отозван",
        Status::Superseded => "Заменён новым",
    }
}

/// A document's state in words.
pub(crate) fn state_of(document: &Document) -> &'static str {
    if document.purpose == Purpose::Keeping && document.status == Status::Completed {
        return "Передан на\u{a0}хранение";
    }
    state(document.status)
}

/// What comes next, and by whom.
pub(crate) fn next_of(document: &Document) -> &'static str {
    match document.status {
        _ if document.purpose == Purpose::Keeping => "Подписывать его не\u{a0}нужно.",
        Status::Sent => "Пациент получил сообщение, но ещё не\u{a0}открыл документ.",
        Status::Opened => "Пациент читает документ. Осталась его подпись.",
        Status::PatientSigned => {
            "Пациент подписал. Осталась подпись клиники (УКЭП): скачайте документ для подписи, подпишите и\u{a0}загрузите подпись."
        }
        Status::Completed => {
            "Все подписи собраны. Документ хранится у\u{a0}вас и\u{a0}у\u{a0}пациента."
        }
        Status::Declined => "Если пациент передумает, отправьте документ заново.",
        Status::Expired => "Пациент не\u{a0}подписал вовремя. Отправьте документ заново.",
        Status::Cancelled => "Пациент его больше не\u{a0}видит.",
        Status::Superseded => "Вместо него действует другой документ.",
    }
}

/// Class of a state's mark.
pub(crate) const fn mark(status: Status) -> &'static str {
    match status {
        Status::Sent | Status::Opened => "state-goes",
        Status::PatientSigned => "state-waits",
        Status::Completed => "state-done",
        _ => "state-over",
    }
}

/// Said when the list has come.
pub(crate) fn listed(count: usize, more: bool) -> String {
    let what = plural(count as u64, ["документ", "документа", "документов"]);
    if more {
        format!("Показаны {count} {what}, есть ещё")
    } else {
        format!("Всего {count} {what}")
    }
}

/// `Информированное добровольное согласие`.
pub(crate) fn kind(kind: Kind) -> String {
    capital(kind.label())
}

/// With a capital letter at its beginning.
pub(crate) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|c| c.to_uppercase().to_string());
    first.unwrap_or_default() + letters.as_str()
}

/// How it reaches the patient.
pub(crate) const fn delivery(delivery: Delivery) -> &'static str {
    match delivery {
        Delivery::Account => "личный кабинет пациента",
        Delivery::Link => "ссылка в\u{a0}СМС",
    }
}

/// How the patient signs.
pub(crate) const fn method(method: Option<Method>) -> &'static str {
    match method {
        Some(Method::Esia) => "через Госуслуги",
        Some(Method::Sms) => "кодом из\u{a0}СМС",
        Some(Method::Email) => "кодом из\u{a0}письма",
        None => "не\u{a0}подписывается",
    }
}

/// What has happened to it so far, oldest first; `false`: still to come.
pub(crate) fn history(document: &Document) -> Vec<(String, Option<Timestamp>, bool)> {
    let mut lines = vec![(
        "Отправлен пациенту".to_owned(),
        Some(document.created_at),
        true,
    )];
    if document.purpose == Purpose::Keeping {
        return lines;
    }
    let open = document.status.is_open();
    if document.opened_at.is_some() || open {
        let at = document.opened_at;
        lines.push(("Открыт пациентом".into(), at, at.is_some()));
    }
    for signature in &document.signatures {
        let line = match (&signature.clinic, signature.on_behalf_of.as_deref()) {
            (Some(_), _) => format!("Клиника подписала: {}", signature.name),
            (None, Some(whom)) => {
                format!("{} подписал(а) за\u{a0}пациента ({whom})", signature.name)
            }
            (None, None) => format!("Пациент подписал: {}", signature.name),
        };
        lines.push((line, Some(signature.signed_at), true));
    }
    match document.status {
        Status::Sent | Status::Opened => lines.push(("Подпись пациента".into(), None, false)),
        Status::PatientSigned => lines.push(("Подпись клиники".into(), None, false)),
        Status::Completed => lines.push(("Завершён".into(), document.completed_at, true)),
        over => lines.push((state(over).to_owned(), None, true)),
    }
    lines
}

/// Until when, or since when not.
pub(crate) fn until(document: &Document) -> String {
    match document.expires_at {
        Some(at) if document.status.is_open() => day(at),
        _ => "—".into(),
    }
}

pub(crate) const HISTORY: &str = "Что происходило";
pub(crate) const FACTS: &str = "О\u{a0}документе";
pub(crate) const FILES: &str = "Файлы";
pub(crate) const KIND: &str = "Вид";
pub(crate) const HOW_SENT: &str = "Как доставлен";
pub(crate) const HOW_SIGNED: &str = "Как подписывает пациент";
pub(crate) const ID: &str = "Номер в\u{a0}Podpis";
pub(crate) const VOLUME: &str = "Объём";
pub(crate) const MESSAGES: &str = "Сообщения пациенту";
pub(crate) const NO_MESSAGES: &str = "Сообщений не\u{a0}было.";
pub(crate) const REMIND: &str = "Напомнить";
pub(crate) const REMIND_HINT: &str = "Не\u{a0}чаще раза в\u{a0}сутки";
pub(crate) const CANCEL: &str = "Отозвать";
pub(crate) const CANCEL_TITLE: &str = "Отозвать документ?";
pub(crate) const CANCEL_BODY: &str = "Пациент больше не\u{a0}увидит его и\u{a0}не\u{a0}сможет подписать. Вернуть документ нельзя, только отправить заново.";
pub(crate) const CANCELLED: &str = "Документ отозван";
pub(crate) const LOOK: &str = "Посмотреть";
pub(crate) const HIDE: &str = "Скрыть";
pub(crate) const DOWNLOADING: &str = "Скачиваем…";

/// The files of a document: path, words, test id.
pub(crate) fn files(document: &Document) -> Vec<(&'static str, &'static str, &'static str)> {
    let mut files = vec![(
        "original",
        "Документ, как его отправили",
        "download-original",
    )];
    if document.purpose == Purpose::Keeping {
        return files;
    }
    if document.status.is_signed() {
        files.push(("signed", "С\u{a0}подписью пациента", "download-signed"));
    }
    if document.status == Status::Completed {
        files.push((
            "final",
            "Итоговый, со\u{a0}всеми подписями",
            "download-final",
        ));
        files.push((
            "final?format=zip",
            "Всё вместе архивом (ZIP)",
            "download-zip",
        ));
    }
    files.push(("evidence", "Доказательства (JSON)", "download-evidence"));
    files
}

/// A reminder is on its way.
pub(crate) fn reminded(channels: &[String], at: Option<Timestamp>) -> String {
    let names: Vec<&str> = channels.iter().map(|name| channel(name)).collect();
    match (names.is_empty(), at) {
        (true, _) => "Напоминание готово, но связаться с\u{a0}пациентом пока нечем".into(),
        (false, Some(at)) => format!(
            "Напомним: {}. Сейчас у\u{a0}пациента ночь, отправим {}",
            names.join(", "),
            moment(at)
        ),
        (false, None) => format!("Напоминание отправлено: {}", names.join(", ")),
    }
}

/// A channel in words.
pub(crate) fn channel(name: &str) -> &str {
    match name {
        "sms" => "СМС",
        "email" => "письмо",
        "push" => "уведомление",
        other => other,
    }
}

/// What a message was about.
pub(crate) fn notice(name: Option<&str>) -> &'static str {
    match name {
        Some("reminder" | "deadline" | "beginning" | "unopened") => "напоминание",
        Some("arrived") | None => "документ на\u{a0}подпись",
        Some("kept") => "документ на\u{a0}хранение",
        Some("signed") => "подписано",
        Some("completed") => "документ завершён",
        Some("cancelled") => "документ отозван",
        Some("expired") => "срок истёк",
        Some(_) => "уведомление",
    }
}

/// What came of a message.
pub(crate) fn outcome(status: &str, reason: Option<&str>) -> (String, bool) {
    let word = match status {
        "queued" => "ждёт отправки",
        "sent" => "отправлено",
        "delivered" => "доставлено",
        _ => {
            let why = reason.map_or("не\u{a0}доставлено", why);
            return (why.into(), false);
        }
    };
    (word.into(), true)
}

/// Why something was not delivered (`podpis_shared::delivery::Reason`).
pub(crate) fn why(reason: &str) -> &'static str {
    match reason {
        "document_closed" | "document_gone" => "документ уже закрыт",
        "unsubscribed" => "пациент отключил уведомления",
        "not_configured" => "этот способ связи не\u{a0}настроен",
        "unavailable" | "timeout" | "dns" | "connection" | "tls" => "получатель не\u{a0}отвечает",
        "redirect" => "адрес перенаправляет на\u{a0}другой",
        "status" => "получатель ответил ошибкой",
        "gone" => "получатель отказался от\u{a0}сообщений",
        "address_refused" => "этот адрес запрещён",
        "webhook_disabled" => "вебхук выключен",
        "rejected" => "оператор отклонил сообщение",
        "no_recipient" => "такого номера или адреса нет",
        "blocked" => "получатель или оператор блокирует сообщения",
        "no_money" => "на\u{a0}счёте СМС закончились деньги",
        "limit" => "исчерпан лимит",
        "undelivered" => "телефон выключен или вне сети",
        "bounced" => "письмо вернулось: адрес не\u{a0}принимает почту",
        "no_receipt" => "подтверждения доставки нет",
        _ => "ошибка на\u{a0}нашей стороне",
    }
}

pub(crate) const SIGN_TITLE: &str = "Подпись клиники";
pub(crate) const SIGN_STEPS: [&str; 3] = [
    "Скачайте документ для подписи. Не\u{a0}открывайте его в\u{a0}редакторе и\u{a0}не\u{a0}пересохраняйте.",
    "Подпишите его своей программой (КриптоАРМ, КриптоПро) отсоединённой подписью.",
    "Загрузите файл подписи (.sig) или PDF, в\u{a0}котором она уже стоит.",
];
pub(crate) const SIGN_DOWNLOAD: &str = "Скачать для\u{a0}подписи";
pub(crate) const SIGN_UPLOAD: &str = "Загрузить подпись";
pub(crate) const SIGN_UPLOAD_HINT: &str =
    ".sig, .p7s, .sgn или подписанный PDF\u{a0}— перетащите или выберите";
pub(crate) const SIGN_ROLE: &str = "В\u{a0}какой роли подписано";
pub(crate) const SIGN_ROLE_ANY: &str = "Как требует документ";
pub(crate) const SIGN_ROLE_MEDIC: &str = "Врач";
pub(crate) const SIGN_ROLE_HEAD: &str = "Руководитель";
pub(crate) const SIGN_CHECKING: &str = "Проверяем подпись…";
pub(crate) const SIGN_TECHNICAL: &str = "Это техническая проверка: целостность, сертификат, срок, отзыв. Окончательную силу квалифицированной подписи \
     подтверждают сертифицированные средства (63-ФЗ, ст.\u{a0}11).";

/// What came of a signature.
pub(crate) fn signed(document: &Document) -> String {
    let own = document
        .signatures
        .iter()
        .rev()
        .find_map(|s| Some((s, s.clinic.as_ref()?)));
    let Some((signature, mark)) = own else {
        return "Подпись принята".into();
    };
    let level = signature.level.as_deref().unwrap_or("CAdES");
    let end = if document.status == Status::Completed {
        " Документ завершён."
    } else {
        " Нужны и\u{a0}другие подписи клиники."
    };
    format!(
        "Подпись принята: {}, сертификат выдан {}, действует до\u{a0}{} ({level}).{end}",
        signature.name,
        mark.issuer,
        day(mark.valid_to)
    )
}
