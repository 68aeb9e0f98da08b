//! Everything that a person reads, in one place; another language is another such module.
//!
//! Russian typography: «ёлочки», no-break spaces after short words and inside dates and figures.

use podpis_shared::wire::patient::{ClinicSigned, DocumentView};
use podpis_shared::{Kind, Method, Status};

use crate::model::Place;

pub(crate) mod account;
pub(crate) mod clinic;
pub(crate) mod code;
pub(crate) mod consultation;
pub(crate) mod history;
pub(crate) mod kept;
pub(crate) mod leave;
pub(crate) mod notice;
pub(crate) mod package;
pub(crate) mod verify;
pub(crate) mod ways;
pub(crate) mod whom;

pub(crate) use notice::Notice;

/// Name of the service.
pub(crate) const SERVICE: &str = "Podpis";

/// Out of a question, with nothing done.
pub(crate) const BACK: &str = "Назад";

pub(crate) const SERVICE_DOES: &str = "подписание медицинских документов";

/// Title of the browser's tab.
pub(crate) fn tab_title(document: Option<&DocumentView>) -> String {
    match document {
        Some(document) => format!("{} — {}", document.title, document.clinic.name),
        None => "Подписание документа".into(),
    }
}

/// Under the clinic's name.
pub(crate) fn request(document: &DocumentView, place: Place) -> &'static str {
    match (place, document.status) {
        (Place::Agreement, _) => "предлагает вам прочитать и\u{a0}принять соглашение",
        _ if !document.may_act => "документ о\u{a0}вас",
        _ if document.kept => "документ вам на\u{a0}хранение",
        (_, Status::Sent | Status::Opened) if document.consultation.is_some() => {
            consultation::REQUEST
        }
        (_, Status::Sent | Status::Opened) => "просит вас прочитать и\u{a0}подписать документ",
        _ => "документ для\u{a0}вас",
    }
}

/// The way back to the list.
pub(crate) const MY_DOCUMENTS: &str = "Мои документы";

pub(crate) const FOR_WHOM: &str = "Кто подписывает";
pub(crate) const TO_WHOM: &str = "Кому прислан";
pub(crate) const UNTIL: &str = "Подписать до";
pub(crate) const VOLUME: &str = "Объём";

/// `4 страницы, 180 КБ`.
pub(crate) fn volume(pages: u32, bytes: u64) -> String {
    format!("{}, {}", page_count(pages), size(bytes))
}

/// `1 страница`, `2 страницы`, `5 страниц`.
pub(crate) fn page_count(pages: u32) -> String {
    format!(
        "{pages}\u{a0}{}",
        plural(u64::from(pages), ["страница", "страницы", "страниц"])
    )
}

/// `900 байт`, `180 КБ`, `1,4 МБ`; 1 КБ = 1024 bytes.
pub(crate) fn size(bytes: u64) -> String {
    const KB: u64 = 1024;
    const MB: u64 = KB * KB;
    if bytes < KB {
        format!("{bytes}\u{a0}{}", plural(bytes, ["байт", "байта", "байт"]))
    } else if bytes < MB {
        format!("{}\u{a0}КБ", (bytes + KB / 2) / KB)
    } else {
        let tenths = (bytes * 10 + MB / 2) / MB;
        format!("{},{}\u{a0}МБ", tenths / 10, tenths % 10)
    }
}

/// The form of a Russian noun after a number: for 1, for 2–4, for the rest.
pub(crate) fn plural(number: u64, forms: [&'static str; 3]) -> &'static str {
    match (number % 10, number % 100) {
        (1, tens) if tens != 11 => forms[0],
        (2..=4, tens) if !(12..=14).contains(&tens) => forms[1],
        _ => forms[2],
    }
}

pub(crate) const HOW_TITLE: &str = "Как это сделать";
pub(crate) const HOW_STEPS: [&str; 3] = [
    "Прочитайте документ ниже\u{a0}— до\u{a0}конца.",
    "Нажмите кнопку внизу и\u{a0}войдите на\u{a0}Госуслуги.",
    "Вы вернётесь сюда, и\u{a0}документ будет подписан.",
];

/// Heading of the pages, for a screen reader.
pub(crate) const PAGES_TITLE: &str = "Документ";

/// Name of a page's picture.
pub(crate) fn page_label(page: usize, pages: usize) -> String {
    format!("Страница {page} из\u{a0}{pages}")
}

/// Under a page that is not whole.
pub(crate) const PAGE_FLAWED: &str = "Эта страница показана не\u{a0}полностью";

/// While the file streams in.
pub(crate) fn arriving(loaded: u64, total: u64) -> String {
    if total == 0 {
        "Загружаем документ…".into()
    } else {
        format!(
            "Загружаем документ: {}\u{a0}из\u{a0}{}",
            size(loaded),
            size(total)
        )
    }
}

pub(crate) const OPENING: &str = "Открываем документ…";

/// Said when the document can be read.
pub(crate) fn ready(pages: usize) -> String {
    format!(
        "Документ открыт: {}",
        page_count(u32::try_from(pages).unwrap_or(u32::MAX))
    )
}

/// On the main button while the file streams in.
pub(crate) fn waiting_for_file(loaded: u64, total: u64) -> String {
    match loaded.saturating_mul(100).checked_div(total) {
        Some(percent) => format!("Документ загружается… {}\u{a0}%", percent.min(100)),
        None => "Документ загружается…".into(),
    }
}

/// On the main button until every page has been drawn.
pub(crate) fn waiting_for_pages(drawn: usize, pages: usize) -> String {
    format!("Документ загружается… {drawn}\u{a0}из\u{a0}{pages}")
}

/// For those who listen to the page: the pictures below can't be listened to.
pub(crate) const LISTENERS: &str = "Страницы показаны картинками. Чтобы прослушать документ, скачайте его \
     и\u{a0}откройте в\u{a0}программе, которая читает вслух.";

pub(crate) const LARGER: &str = "Крупнее";
pub(crate) const SMALLER: &str = "Мельче";
pub(crate) const READ_TO_END: &str = "Прочитайте документ до\u{a0}конца\u{a0}↓";
/// Above the main button, where it leads through a sign-out first.
pub(crate) const SIGN_OUT_FIRST: &str =
    "Сначала завершится прежний вход на\u{a0}Госуслуги, потом вы войдёте заново";
pub(crate) const SIGNING_OFF: &str = "Подписать нельзя";
pub(crate) const STARTING: &str = "Переходим на\u{a0}Госуслуги…";
pub(crate) const COMPLETING: &str = "Проверяем подпись…";
pub(crate) const COMPLETING_BODY: &str =
    "Это занимает несколько секунд. Не\u{a0}закрывайте страницу.";
pub(crate) const SIGNING_TITLE: &str = "Подписание";
pub(crate) const DECLINE: &str = "Не\u{a0}подписывать";
pub(crate) const DOWNLOAD: &str = "Скачать";
pub(crate) const DOWNLOAD_ORIGINAL: &str = "Скачать документ";
pub(crate) const DOWNLOAD_AS_SENT: &str = "Скачать без\u{a0}подписей";
pub(crate) const DOWNLOAD_EVIDENCE: &str = "Скачать доказательства подписи";
pub(crate) const DOWNLOAD_SIGNED: &str = "Скачать подписанный документ";
pub(crate) const DOWNLOAD_FINAL: &str = "Скачать итоговый документ";
pub(crate) const DOWNLOAD_SIGNED_ONLY: &str = "Только с\u{a0}вашей подписью";
pub(crate) const DOWNLOADING: &str = "Скачиваем…";
pub(crate) const DOWNLOAD_FAILED: &str =
    "Не\u{a0}удалось скачать. Проверьте интернет и\u{a0}попробуйте ещё\u{a0}раз.";
pub(crate) const SHARE: &str = "Отправить файл";
pub(crate) const SIGN_IN: &str = "Войти";
pub(crate) const RETRY: &str = "Повторить";
pub(crate) const RELOAD: &str = "Обновить страницу";
pub(crate) const CALL_CLINIC: &str = "Позвонить в\u{a0}клинику";

/// The name that stands in the protocol, where the clinic shows another.
pub(crate) fn registered(name: &str) -> String {
    format!("В\u{a0}документах: {name}")
}

/// `+7 916 123-45-67`; numbers of other countries stay as they are.
pub(crate) fn phone(e164: &str) -> String {
    match e164.strip_prefix("+7") {
        Some(n) if n.len() == 10 && n.bytes().all(|digit| digit.is_ascii_digit()) => {
            format!(
                "+7\u{a0}{}\u{a0}{}-{}-{}",
                &n[..3],
                &n[3..6],
                &n[6..8],
                &n[8..]
            )
        }
        _ => e164.to_owned(),
    }
}

/// File name of the original and of the signed document.
pub(crate) fn file_name(title: &str, signed: bool) -> String {
    format!(
        "{}{}.pdf",
        stem(title),
        if signed { " (подписан)" } else { "" }
    )
}

/// File name of the final version.
pub(crate) fn final_name(title: &str) -> String {
    format!("{} (итоговый).pdf", stem(title))
}

/// File name of what proves the signature.
pub(crate) fn evidence_name(title: &str) -> String {
    format!("{} (доказательства).json", stem(title))
}

/// What is harmless of a title.
fn stem(title: &str) -> String {
    let kept: String = title
        .chars()
        .map(|c| {
            if c.is_alphanumeric() || " -_,.()№".contains(c) {
                c
            } else {
                ' '
            }
        })
        .take(80)
        .collect();
    match kept.trim() {
        "" => "Документ".into(),
        stem => stem.into(),
    }
}

pub(crate) const DECLINE_TITLE: &str = "Не\u{a0}подписывать документ?";

/// What declining means.
pub(crate) fn decline_body(place: Place) -> &'static str {
    if place.is_account() {
        "Клиника узнает, что вы не\u{a0}подписали документ. Подписать его потом можно, только если клиника пришлёт его \
         заново."
    } else {
        "Клиника узнает, что вы не\u{a0}подписали документ. Подписать его по\u{a0}этой ссылке будет уже нельзя."
    }
}

/// What it does not mean.
pub(crate) fn decline_is_not(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::Ids | Kind::TelemedConsent => Some(
            "Это ещё не\u{a0}отказ от\u{a0}лечения. Отказ от\u{a0}вмешательства\u{a0}— отдельный документ; попросите \
             его у\u{a0}клиники.",
        ),
        Kind::Refusal => Some(
            "Тогда отказ от\u{a0}вмешательства не\u{a0}оформлен. Это не\u{a0}значит, что вы на\u{a0}него \
             согласились: согласие\u{a0}— тоже отдельный документ.",
        ),
        _ => None,
    }
}

pub(crate) const DECLINE_REASON: &str = "Почему? Можно не\u{a0}отвечать";
pub(crate) const DECLINE_CONFIRM: &str = "Не\u{a0}подписывать";
pub(crate) const DECLINE_BACK: &str = "Вернуться к\u{a0}документу";
pub(crate) const DECLINING: &str = "Сообщаем клинике…";
pub(crate) const DECLINE_FAILED: &str = "Не\u{a0}получилось сообщить клинике. Проверьте интернет и\u{a0}попробуйте \
     ещё\u{a0}раз.";

pub(crate) const SIGNED_TITLE: &str = "Документ подписан";
pub(crate) const CLINIC_SIGNED_TITLE: &str = "Клиника подписала документ";
pub(crate) const CLINIC_SIGNED_BY: &str = "От\u{a0}клиники";

/// Who signed for the clinic: name and position.
pub(crate) fn clinic_signer(signed: &ClinicSigned) -> String {
    match &signed.position {
        Some(position) => format!("{}, {position}", signed.name),
        None => signed.name.clone(),
    }
}

/// What comes after the signature.
pub(crate) fn signed_next(document: &DocumentView) -> String {
    let then = match (&document.waits_for, document.status) {
        (_, Status::Completed) => "Все подписи собраны.".to_owned(),
        (Some(who), _) => format!("Теперь документ подпишет {}.", typeset(who)),
        _ if document.kind.needs_medic() => "Теперь документ подпишет врач.".to_owned(),
        _ => "Теперь документ подпишет клиника.".to_owned(),
    };
    format!("{then} Вам больше ничего делать не\u{a0}нужно.")
}

pub(crate) const PACKAGE_NEXT: &str = "Открыть следующий документ";

pub(crate) const KEPT_TITLE: &str = "Документ прислан на\u{a0}хранение";
pub(crate) const KEPT_BODY: &str = "Подписывать ничего не\u{a0}нужно. Документ останется в\u{a0}вашем кабинете без срока: его \
     можно открыть и\u{a0}скачать в\u{a0}любое время.";
pub(crate) const KEPT_CAME: &str = "Прислан";
pub(crate) const KEPT_DOWNLOAD: &str = "Скачать документ";

pub(crate) const SIGNED_BY: &str = "Подписал(а)";
pub(crate) const SIGNED_AT: &str = "Когда";
pub(crate) const SIGNED_HOW: &str = "Чем";

/// By what signature.
pub(crate) fn signed_how(method: Option<Method>) -> &'static str {
    match method {
        None => "простой электронной подписью",
        Some(Method::Esia) => "простой электронной подписью через Госуслуги",
        Some(Method::Sms) => "простой электронной подписью\u{a0}— кодом из\u{a0}СМС",
        Some(Method::Email) => "простой электронной подписью\u{a0}— кодом из\u{a0}письма",
    }
}

pub(crate) const ACCEPTED_TITLE: &str = "Соглашение принято";
/// What an accepted agreement is good for: only one that names a phone lets codes sign.
pub(crate) const fn accepted_body(names_phone: bool) -> &'static str {
    if names_phone {
        "Подписанный экземпляр лежит в\u{a0}вашем кабинете. Теперь документы этой клиники можно подписывать кодом."
    } else {
        "Подписанный экземпляр лежит в\u{a0}вашем кабинете. Документы этой клиники вы\u{a0}подписываете через Госуслуги; \
         чтобы подписывать и\u{a0}кодом, добавьте в\u{a0}профиле телефон."
    }
}

pub(crate) const ACCEPTED_BEFORE: &str = "Вы\u{a0}приняли это соглашение раньше. Подписанный экземпляр лежит в\u{a0}вашем \
     кабинете.";
pub(crate) const ACCEPTED_GOING: &str = "Сейчас откроется следующая страница.";
pub(crate) const GO_ON: &str = "Продолжить";
pub(crate) const ACCEPTED_COPY: &str = "Открыть подписанное соглашение";

pub(crate) const HOW_TO_VERIFY: &str = "Как проверить подпись";

pub(crate) const CHECKS_TITLE: &str = "Проверка документа";
pub(crate) const CHECKS_WAIT: &str = "Сверим документ, как только он загрузится.";
pub(crate) const CHECKS_GOOD: &str = "Ваш браузер сам посчитал контрольные суммы показанного файла. Они совпали \
     с\u{a0}теми, что записала система, когда клиника прислала документ. Значит, вы видите именно его.";
pub(crate) const CHECKS_BAD: &str = "Контрольные суммы не\u{a0}совпали: файл изменился по\u{a0}дороге. \
     Подписывать его нельзя.";
pub(crate) const CHECKS_SHA256: &str = "SHA-256";
pub(crate) const CHECKS_STREEBOG: &str = "ГОСТ Р\u{a0}34.11-2012 («Стрибог», 256\u{a0}бит)";

pub(crate) const CONTACT_TITLE: &str = "Есть вопросы?";
pub(crate) const CONTACT_BODY: &str =
    "О\u{a0}содержании документа спросите клинику, которая его прислала.";

/// What the page asks for and what never.
pub(crate) fn safety(place: Place) -> &'static str {
    if place.is_account() {
        "Пароль от\u{a0}Госуслуг вводите только на\u{a0}их\u{a0}сайте, код из\u{a0}СМС\u{a0}— только здесь. Никому \
         не\u{a0}называйте\u{a0}их. Данные карты эта страница не\u{a0}спрашивает никогда."
    } else {
        "Вход\u{a0}— только на\u{a0}сайте Госуслуг. Эта страница никогда не\u{a0}спрашивает паролей, кодов \
         из\u{a0}СМС и\u{a0}данных карты."
    }
}

/// No-break spaces after words of one or two letters and before a dash, as everywhere here.
pub(crate) fn typeset(plain: &str) -> String {
    let mut out = String::with_capacity(plain.len() + 16);
    let mut word = 0;
    let mut chars = plain.chars().peekable();
    while let Some(c) = chars.next() {
        let short = (1..=2).contains(&word) || chars.peek() == Some(&'—');
        out.push(if c == ' ' && short { '\u{a0}' } else { c });
        word = if c.is_alphanumeric() { word + 1 } else { 0 };
    }
    out
}

/// A number or an address stays on one line.
pub(crate) fn unbroken(to: &str) -> String {
    to.replace(' ', "\u{a0}").replace('-', "\u{2011}")
}

/// The landing page.
pub(crate) mod landing {
    pub(crate) const TITLE: &str = "Подписание медицинских документов";
    pub(crate) const LEAD: &str = "Клиника присылает документ, вы\u{a0}читаете его на\u{a0}телефоне и\u{a0}подписываете \
         через Госуслуги или кодом из\u{a0}СМС. Ехать в\u{a0}клинику ради подписи не\u{a0}нужно.";
    pub(crate) const SMS_TITLE: &str = "Вам пришла СМС?";
    pub(crate) const SMS_BODY: &str = "Откройте ссылку прямо из\u{a0}сообщения: она ведёт к\u{a0}вашему документу. \
         Если ссылка не\u{a0}открывается, попросите клинику прислать её ещё\u{a0}раз.";
    pub(crate) const ACCOUNT_TITLE: &str = "Личный кабинет";
    pub(crate) const ACCOUNT_BODY: &str = "Все документы от\u{a0}ваших клиник: прочитать, подписать, скачать. Вход\u{a0}— \
         по\u{a0}телефону, почте или через Госуслуги.";
    pub(crate) const ACCOUNT: &str = "Войти в\u{a0}кабинет";
    pub(crate) const POINTS_TITLE: &str = "Почему этому можно доверять";
    pub(crate) const POINTS: [(&str, &str); 3] = [
        (
            "Вы подписываете то, что видите",
            "Браузер сам сверяет показанный файл с\u{a0}тем, что прислала клиника.",
        ),
        (
            "Подпись ставите вы\u{a0}сами",
            "Через Госуслуги или кодом, который приходит на\u{a0}ваш телефон. Паролей и\u{a0}данных карты \
             мы\u{a0}не\u{a0}спрашиваем.",
        ),
        (
            "Подписанный документ остаётся у\u{a0}вас",
            "Скачайте его сразу после подписания.",
        ),
    ];
    pub(crate) const VERIFY_TITLE: &str = "Уже есть подписанный документ?";
    pub(crate) const VERIFY_BODY: &str = "Проверьте, кто и\u{a0}когда его подписал и\u{a0}не\u{a0}изменён\u{a0}ли \
         он\u{a0}с\u{a0}тех пор. Файл останется на\u{a0}вашем устройстве.";
    pub(crate) const VERIFY: &str = "Проверить документ";
}

/// The page for an unknown address.
pub(crate) mod not_found {
    pub(crate) const TITLE: &str = "Такой страницы нет";
    pub(crate) const BODY: &str = "Проверьте адрес. Если вы\u{a0}пришли по\u{a0}ссылке из\u{a0}СМС, откройте её \
         прямо из\u{a0}сообщения.";
    pub(crate) const HOME: &str = "На\u{a0}главную";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn russian_plurals() {
        let pages = |n| page_count(n).replace('\u{a0}', " ");
        let expected = [
            (1, "1 страница"),
            (2, "2 страницы"),
            (5, "5 страниц"),
            (11, "11 страниц"),
            (14, "14 страниц"),
            (21, "21 страница"),
            (112, "112 страниц"),
            (123, "123 страницы"),
        ];
        for (number, text) in expected {
            assert_eq!(pages(number), text);
        }
    }

    #[test]
    fn short_words_hold_on_to_the_next() {
        assert_eq!(
            typeset("Он не вошёл в банк — и вышел. Да, вы."),
            "Он\u{a0}не\u{a0}вошёл в\u{a0}банк\u{a0}— и\u{a0}вышел. Да, вы."
        );
    }

    #[test]
    fn sizes_in_words() {
        for (bytes, text) in [
            (0, "0\u{a0}байт"),
            (1_022, "1022\u{a0}байта"),
            (184_320, "180\u{a0}КБ"),
            (1_468_006, "1,4\u{a0}МБ"),
            (26_214_400, "25,0\u{a0}МБ"),
        ] {
            assert_eq!(size(bytes), text);
        }
    }

    #[test]
    fn phones_as_people_write_them() {
        assert_eq!(phone("+79161234567"), "+7\u{a0}916\u{a0}123-45-67");
        assert_eq!(phone("+375291234567"), "+375291234567");
        assert_eq!(phone("+7"), "+7");
    }

    #[test]
    fn file_names_are_harmless() {
        assert_eq!(file_name("Согласие № 5", false), "Согласие № 5.pdf");
        assert_eq!(
            file_name("../../etc/passwd", true),
            ".. .. etc passwd (подписан).pdf"
        );
        assert_eq!(file_name("«»", false), "Документ.pdf");
        assert_eq!(evidence_name("Акт"), "Акт (доказательства).json");
    }
}
