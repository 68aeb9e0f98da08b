//! Sending a document.

use podpis_shared::policy::Ground;

use crate::model::clinic::beside;
use crate::model::clinic::draft::Flaw;

pub(crate) const TITLE: &str = "Отправить документ";
pub(crate) const LEAD: &str = "Выберите шаблон или свой PDF, впишите пациента\u{a0}— и\u{a0}он получит документ на\u{a0}телефон.";

pub(crate) const WHAT: &str = "Какой документ";
pub(crate) const MADE_OF: &str = "Документ";
pub(crate) const OWN_FILE: &str = "Свой файл (PDF)";
pub(crate) const FILE: &str = "Выберите PDF или перетащите его сюда";
pub(crate) const FILE_HINT: &str = "До\u{a0}25\u{a0}МБ, без пароля и\u{a0}сценариев";
pub(crate) const FILE_OTHER: &str = "Выбрать другой";
pub(crate) const FILE_MISSING: &str = "Выберите файл.";
pub(crate) const KIND: &str = "Вид документа";
pub(crate) const KIND_HINT: &str =
    "От\u{a0}вида зависит, какой подписью закон разрешает его подписать";
pub(crate) const NAME: &str = "Название";
pub(crate) const NAME_HINT: &str = "Его увидит пациент";
pub(crate) const EXTERNAL: &str = "Номер в\u{a0}вашей системе";
pub(crate) const EXTERNAL_HINT: &str = "Например, номер карты: по\u{a0}нему документ легко найти";
pub(crate) const FIELDS: &str = "Поля шаблона";
pub(crate) const LIST_HINT: &str = "Каждый пункт с\u{a0}новой строки";

pub(crate) const WHO: &str = "Пациент";
pub(crate) const LAST: &str = "Фамилия";
pub(crate) const FIRST: &str = "Имя";
pub(crate) const MIDDLE: &str = "Отчество";
pub(crate) const BORN: &str = "Дата рождения";
pub(crate) const BORN_HINT: &str = "ДД.ММ.ГГГГ";
pub(crate) const PHONE: &str = "Телефон";
pub(crate) const PHONE_HINT: &str = "На\u{a0}него придёт СМС";
pub(crate) const EMAIL: &str = "Электронная почта";
pub(crate) const SNILS: &str = "СНИЛС";
pub(crate) const SNILS_HINT: &str = "Если указан, сверим и\u{a0}его";
pub(crate) const AS_IN_PASSPORT: &str = "Имя и\u{a0}дата рождения\u{a0}— как в\u{a0}паспорте: при подписании их\u{a0}сверят с\u{a0}Госуслугами.";
pub(crate) const REPRESENTED: &str = "За\u{a0}пациента подписывает представитель";
pub(crate) const REPRESENTATIVE: &str = "Кто подписывает";
pub(crate) const GROUND: &str = "Почему не\u{a0}сам пациент";
pub(crate) const BASIS: &str = "Основание";
pub(crate) const BASIS_HINT: &str = "Мать, отец, опекун по\u{a0}решению суда…";
pub(crate) const RECORD: &str = "Где в\u{a0}медкарте записан представитель";
pub(crate) const RECORD_HINT: &str =
    "323-ФЗ, ст.\u{a0}20 ч.\u{a0}7. Например: карта № 17, л.\u{a0}2";

pub(crate) const HOW: &str = "Как подписать";
pub(crate) const HOW_TO_KEEP: &str = "Как передать";
pub(crate) const PURPOSE: &str = "Зачем отправляем";
pub(crate) const TO_SIGN: &str = "Подписать";
pub(crate) const TO_KEEP: &str = "Уже подписан, только на\u{a0}хранение";
pub(crate) const TO_KEEP_NOTE: &str = "На\u{a0}бумаге или в\u{a0}другой системе: пациент получит его в\u{a0}кабинет, подписывать ничего не\u{a0}нужно";
pub(crate) const BESIDE: &str = "Файлы подписей";
pub(crate) const BESIDE_HINT: &str = "Если документ подписан электронно и\u{a0}подпись\u{a0}— отдельный файл, приложите её: проверим, покажем пациенту \
     и\u{a0}сохраним рядом. Подписи внутри PDF найдём сами.";
pub(crate) const BESIDE_ADD: &str = "Добавить подписи или перетащить их сюда";
pub(crate) const BESIDE_FILES: &str = ".sig, .p7s или .sgn, до\u{a0}16 файлов";
pub(crate) const BESIDE_REMOVE: &str = "Убрать";

/// Of a button, for whoever hears many of them.
pub(crate) fn beside_remove(name: &str) -> String {
    format!("{BESIDE_REMOVE} {name}")
}

/// Why files of signatures can't be sent.
pub(crate) const fn beside(flaw: beside::Flaw) -> &'static str {
    match flaw {
        beside::Flaw::Empty => "Один из\u{a0}файлов пуст. Уберите его.",
        beside::Flaw::Many => "Подписей не\u{a0}больше 16. Уберите лишние.",
        beside::Flaw::Large => {
            "Файл подписи\u{a0}— до\u{a0}1,5\u{a0}МБ, все вместе\u{a0}— до\u{a0}4\u{a0}МБ. Похоже, это не\u{a0}отсоединённая подпись."
        }
    }
}

/// Why the server did not take one of them, by its code.
pub(crate) fn beside_refused(code: &str) -> Option<&'static str> {
    Some(match code {
        "digest_mismatch" => {
            "Одна из\u{a0}подписей стоит под другим файлом. Приложите подписи именно этого PDF, не\u{a0}пересохраняя его."
        }
        "signature_invalid" => {
            "Один из\u{a0}файлов\u{a0}— не\u{a0}подпись, или она повреждена. Нужен файл .sig, .p7s или .sgn."
        }
        "signature_not_detached" => {
            "Одна из\u{a0}подписей\u{a0}— вместе с\u{a0}документом внутри. Нужна отсоединённая: отдельный файл."
        }
        "signature_unsupported" => {
            "Одна из\u{a0}подписей сделана способом, который мы\u{a0}не\u{a0}проверяем. Уберите её, чтобы отправить документ."
        }
        _ => return None,
    })
}
pub(crate) const METHOD: &str = "Чем подписывает пациент";
pub(crate) const ESIA: &str = "Через Госуслуги";
pub(crate) const ESIA_NOTE: &str =
    "Нужна подтверждённая запись. Личность устанавливает государство.";
pub(crate) const SMS: &str = "Кодом из\u{a0}СМС";
pub(crate) const SMS_NOTE: &str =
    "В\u{a0}личном кабинете, по\u{a0}соглашению об\u{a0}ЭДО с\u{a0}вашей клиникой.";
pub(crate) const DELIVERY: &str = "Как пациент его получит";
pub(crate) const LINK: &str = "СМС со\u{a0}ссылкой";
pub(crate) const LINK_NOTE: &str = "Ничего устанавливать и\u{a0}регистрировать не\u{a0}нужно.";
pub(crate) const ACCOUNT: &str = "В\u{a0}личный кабинет";
pub(crate) const ACCOUNT_NOTE: &str =
    "Письмо и\u{a0}уведомление, бесплатно. Документ ляжет к\u{a0}остальным.";
pub(crate) const KEEP_ACCOUNT_ONLY: &str =
    "На\u{a0}хранение документ передают только в\u{a0}кабинет.";
pub(crate) const PARTIES: &str = "Чьи подписи нужны";
pub(crate) const BOTH: &str = "Пациента и\u{a0}клиники";
pub(crate) const BOTH_NOTE: &str = "После пациента документ подписывает клиника своей УКЭП.";
pub(crate) const PATIENT_ONLY: &str = "Только пациента";
pub(crate) const MEDIC_NEEDED: &str = "Такой документ действителен только с\u{a0}УКЭП медицинского работника (323-ФЗ, ст.\u{a0}20 ч.\u{a0}7).";
pub(crate) const SIGNERS: &str = "Кто подписывает от\u{a0}клиники";
pub(crate) const SIGNERS_ANY: &str = "Одна подпись, любая";
pub(crate) const SIGNERS_MEDIC: &str = "Врач";
pub(crate) const SIGNERS_HEAD: &str = "Руководитель";
pub(crate) const SIGNERS_BOTH: &str = "Врач и\u{a0}руководитель";
pub(crate) const DAYS: &str = "Сколько ждать подписи";

/// How long, in words.
pub(crate) fn days(days: u16) -> String {
    let forms = ["день", "дня", "дней"];
    format!(
        "{days}\u{a0}{}",
        crate::text::plural(u64::from(days), forms)
    )
}

pub(crate) const LAW_GOOD: &str = "Так можно";
pub(crate) const LAW_AGREEMENT: &str =
    "Пациент сначала примет ваше соглашение об\u{a0}ЭДО: страница сама его предложит.";
pub(crate) const LAW_BAD: &str = "Так подписать нельзя";

pub(crate) const PREVIEW: &str = "Как это будет выглядеть";
pub(crate) const PREVIEW_LATER: &str = "Заполните поля, и\u{a0}здесь появится документ.";
pub(crate) const PREVIEW_FAILED: &str = "Пока показать нечего";
pub(crate) const SUBMIT: &str = "Отправить";
pub(crate) const SENDING: &str = "Отправляем…";
pub(crate) const FLAWED: &str = "Проверьте отмеченные поля.";
pub(crate) const SENT: &str = "Документ отправлен";
pub(crate) const SENT_BODY: &str =
    "Пациент сейчас получит сообщение. Состояние документа обновляется само.";
pub(crate) const OPEN: &str = "Открыть документ";
pub(crate) const ANOTHER: &str = "Отправить ещё один";

/// Why somebody signs on the patient's behalf.
pub(crate) const fn ground(ground: Ground) -> &'static str {
    match ground {
        Ground::Minor => "Ребёнок: ещё не\u{a0}подписывает сам",
        Ground::MinorDrugTreatment => "Ребёнок до\u{a0}16 лет, больной наркоманией",
        Ground::MinorNarcology => "Наркологическая помощь ребёнку до\u{a0}18 лет",
        Ground::MinorDonation => "Донорство или пересадка у\u{a0}ребёнка до\u{a0}18 лет",
        Ground::Incapable => "Суд признал пациента недееспособным",
    }
}

/// What is wrong with a field.
pub(crate) const fn flaw(flaw: Flaw) -> &'static str {
    match flaw {
        Flaw::Empty => "Заполните это поле.",
        Flaw::Date => "Нужна дата: 05.12.1985.",
        Flaw::Phone => "Нужен номер целиком: 8\u{a0}916\u{a0}123\u{2011}45\u{2011}67.",
        Flaw::Email => "Проверьте адрес: он\u{a0}похож на\u{a0}maria@example.ru.",
        Flaw::Snils => "В\u{a0}СНИЛС ошибка: 11\u{a0}цифр, последние две\u{a0}— контрольные.",
        Flaw::Name => "Проверьте буквы: русские и\u{a0}латинские смешались, или есть лишние знаки.",
        Flaw::NoContact => "Укажите телефон, почту или СНИЛС: по\u{a0}ним найдём кабинет.",
        Flaw::Refused => "Сервер не\u{a0}принял это значение.",
    }
}
