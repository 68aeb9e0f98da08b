//! Usage, look, staff, keys, webhook, archive: what the head of a clinic sees.

use podpis_shared::Timestamp;
use podpis_shared::staff::Role;

use super::moment;

pub(crate) const USAGE: &str = "Расходы";
pub(crate) const USAGE_LEAD: &str = "За\u{a0}что и\u{a0}сколько платит клиника. Время московское.";
pub(crate) const MONTH: &str = "Месяц";
pub(crate) const SERVICE: &str = "Услуга";
pub(crate) const COUNT: &str = "Количество";
pub(crate) const PRICE: &str = "Цена";
pub(crate) const SUM: &str = "Сумма";
pub(crate) const TOTAL: &str = "Итого";
pub(crate) const USAGE_NONE: &str = "В\u{a0}этом месяце расходов нет";
pub(crate) const USAGE_NONE_BODY: &str = "Они появятся, когда клиника отправит документ.";
pub(crate) const CSV: &str = "Скачать итоги (CSV)";
pub(crate) const CSV_ROWS: &str = "Скачать построчно (CSV)";

/// Whether a month is over.
pub(crate) fn closing(closed: bool, at: Timestamp) -> String {
    if closed {
        "Месяц закрыт, цифры не\u{a0}изменятся.".into()
    } else {
        format!(
            "Месяц закроется {}, до\u{a0}тех пор цифры растут.",
            moment(at)
        )
    }
}

/// `1\u{a0}264,00\u{a0}₽` of kopecks.
pub(crate) fn rubles(kopecks: u64) -> String {
    let whole = (kopecks / 100).to_string();
    let mut grouped = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            grouped.push('\u{a0}');
        }
        grouped.push(digit);
    }
    format!("{grouped},{:02}\u{a0}₽", kopecks % 100)
}

pub(crate) const CLINIC: &str = "Клиника";
pub(crate) const CLINIC_LEAD: &str = "Что документы говорят о\u{a0}клинике, когда пациентам напоминают, кто за\u{a0}клинику подписывает и\u{a0}на\u{a0}каких условиях.";
pub(crate) const DETAILS: &str = "В\u{a0}документах по\u{a0}шаблонам";
pub(crate) const DETAILS_ADDRESS: &str = "Адрес";
pub(crate) const DETAILS_LICENSE: &str = "Номер и\u{a0}дата лицензии";
pub(crate) const DETAILS_PHONE: &str = "Телефон";
pub(crate) const DETAILS_HINT: &str = "Без адреса не\u{a0}отправить согласие на\u{a0}обработку данных и\u{a0}соглашение об\u{a0}ЭДО. Название, ИНН и\u{a0}ОГРН меняет оператор.";
pub(crate) const DETAILS_SAVED: &str = "Реквизиты сохранены";
pub(crate) const SIGNERS: &str = "Кто подписывает личной подписью";
pub(crate) const SIGNERS_HINT: &str = "Подпись с\u{a0}сертификатом самой клиники принимаем всегда. Личную подпись врача\u{a0}— если врач есть в\u{a0}этом списке: \
     СНИЛС сверяем с\u{a0}сертификатом.";
pub(crate) const SIGNER_NAME: &str = "Фамилия, имя и\u{a0}отчество";
pub(crate) const SIGNER_SNILS: &str = "СНИЛС";
pub(crate) const SIGNER_ADD: &str = "Добавить";
pub(crate) const SIGNER_BAD: &str =
    "В\u{a0}СНИЛС ошибка: 11\u{a0}цифр, последние две\u{a0}— контрольные.";
pub(crate) const SIGNERS_NONE: &str = "В\u{a0}списке пока никого.";
pub(crate) const AGREEMENT: &str = "Соглашение с\u{a0}пациентами";
pub(crate) const AGREEMENT_HINT: &str = "Соглашение об\u{a0}электронном документообороте: без него пациенты не\u{a0}могут подписывать кодом из\u{a0}СМС \
     (63-ФЗ, ст.\u{a0}9). Новую версию пациенты примут заново.";
pub(crate) const AGREEMENT_NONE: &str = "Соглашение не\u{a0}опубликовано.";
pub(crate) const AGREEMENT_FILE: &str = "Опубликовать новую версию (PDF)";
pub(crate) const AGREEMENT_SAVED: &str = "Соглашение опубликовано";

/// The version in force.
pub(crate) fn agreement(title: &str, version: i64, at: Timestamp) -> String {
    format!(
        "Действует «{title}», версия {version} от {}.",
        super::day(at)
    )
}

pub(crate) const LOOK: &str = "Оформление";
pub(crate) const LOOK_LEAD: &str =
    "Так пациенты узнают вашу клинику на\u{a0}странице документа и\u{a0}в\u{a0}письмах.";
pub(crate) const LOOK_NAME: &str = "Название для пациентов";
pub(crate) const LOOK_COLOR: &str = "Цвет";
pub(crate) const LOOK_COLOR_ON: &str = "Свой цвет кнопок и\u{a0}заголовков";
pub(crate) const LOOK_COLOR_HINT: &str =
    "Если на\u{a0}нём плохо читается текст, мы\u{a0}сделаем его темнее или светлее";
pub(crate) const LOOK_PHONE: &str = "Телефон для вопросов";
pub(crate) const LOOK_PHONE_HINT: &str = "Например, +74951234567";
pub(crate) const LOOK_EMAIL: &str = "Почта для вопросов";
pub(crate) const LOOK_LOGO: &str = "Логотип (PNG)";
pub(crate) const LOOK_LOGO_HINT: &str =
    "До\u{a0}256\u{a0}КБ, сторона от\u{a0}16 до\u{a0}1024 точек";
pub(crate) const LOOK_LOGO_REMOVE: &str = "Убрать логотип";
pub(crate) const LOOK_LOGO_BAD: &str = "Нужен PNG не\u{a0}больше 256\u{a0}КБ.";
pub(crate) const LOOK_SAVE: &str = "Сохранить";
pub(crate) const LOOK_SAVED: &str = "Оформление сохранено";
pub(crate) const LOOK_PREVIEW: &str = "Так увидит пациент";
pub(crate) const LOOK_SAMPLE: &str = "просит вас прочитать и\u{a0}подписать документ";
pub(crate) const LOOK_SAMPLE_TITLE: &str = "Согласие на\u{a0}медицинское вмешательство";
pub(crate) const LOOK_SAMPLE_BUTTON: &str = "Подписать через Госуслуги";
/// In protocols.
pub(crate) fn look_registered(name: &str) -> String {
    format!("В\u{a0}протоколах подписей всегда стоит зарегистрированное имя: {name}.")
}

pub(crate) const STAFF: &str = "Сотрудники";
pub(crate) const STAFF_LEAD: &str = "Кто работает в\u{a0}кабинете клиники и\u{a0}что может.";
pub(crate) const INVITE: &str = "Пригласить сотрудника";
pub(crate) const INVITE_EMAIL: &str = "Рабочая почта";
pub(crate) const INVITE_NAME: &str = "Имя";
pub(crate) const INVITE_ROLE: &str = "Роль";
pub(crate) const INVITE_SUBMIT: &str = "Отправить приглашение";
pub(crate) const INVITE_BAD: &str = "Проверьте адрес: он\u{a0}похож на\u{a0}maria@example.ru.";
pub(crate) const PERSON: &str = "Сотрудник";
pub(crate) const ROLE: &str = "Роль";
pub(crate) const SEEN: &str = "Был(а) здесь";
pub(crate) const YOU: &str = " (это вы)";
pub(crate) const WAITS: &str = "приглашение отправлено";
pub(crate) const AGAIN: &str = "Прислать ещё раз";
pub(crate) const LOST_PHONE: &str = "Потерян телефон";
pub(crate) const REMOVE: &str = "Убрать";
pub(crate) const REMOVE_BODY: &str = "Вход закроется сразу. Отправленные документы останутся в\u{a0}клинике, пригласить человека можно снова.";
pub(crate) const ACTIONS: &str = "Действия";

/// A letter has left.
pub(crate) fn invited(email: &str) -> String {
    format!("Письмо отправлено: {email}")
}

/// Question before somebody is taken off.
pub(crate) fn remove(name: &str) -> String {
    format!("Убрать из\u{a0}сотрудников: {name}?")
}

/// A role is another one now.
pub(crate) fn role_set(name: &str, role: Role) -> String {
    format!("{name}: теперь {}", role.title())
}

/// What a role may, in a sentence.
pub(crate) fn role_may(role: Role) -> &'static str {
    match role {
        Role::Registrar => "отправляет документы, напоминает и\u{a0}отзывает",
        Role::Medic => "то\u{a0}же и\u{a0}подписывает от\u{a0}клиники",
        Role::Head => "всё, включая сотрудников, ключи и\u{a0}настройки",
        Role::Accountant => "только расходы",
    }
}

pub(crate) const KEYS: &str = "Ключи API";
pub(crate) const KEYS_LEAD: &str = "По\u{a0}ключу ваша медицинская система отправляет документы сама. Описание API\u{a0}— на\u{a0}странице /api/docs.";
pub(crate) const KEY_LABEL: &str = "Для чего ключ";
pub(crate) const KEY_LABEL_HINT: &str = "Например, «МИС в\u{a0}регистратуре»";
pub(crate) const KEY_MAKE: &str = "Выпустить ключ";
pub(crate) const KEY_ONCE: &str = "Скопируйте ключ сейчас: больше мы\u{a0}его не\u{a0}покажем";
pub(crate) const KEY_NAMELESS: &str = "Без названия";
pub(crate) const KEY_MADE: &str = "Выпущен";
pub(crate) const KEY_USED: &str = "Использован";
pub(crate) const KEY_NEVER: &str = "ни\u{a0}разу";
pub(crate) const KEY_REVOKE: &str = "Отозвать";
pub(crate) const KEY_REVOKE_TITLE: &str = "Отозвать ключ?";
pub(crate) const KEY_REVOKE_BODY: &str = "Система, которая им пользуется, сразу потеряет доступ.";
pub(crate) const KEYS_NONE: &str = "Ключей пока нет";
pub(crate) const KEYS_NONE_BODY: &str = "Без ключа документы отправляют в\u{a0}этом кабинете.";
pub(crate) const COPY: &str = "Скопировать";
pub(crate) const COPIED: &str = "Скопировано";

pub(crate) const WEBHOOK: &str = "Вебхук";
pub(crate) const WEBHOOK_LEAD: &str =
    "Адрес вашей системы, которому мы\u{a0}сами сообщаем о\u{a0}подписях и\u{a0}других событиях.";
pub(crate) const WEBHOOK_URL: &str = "Адрес (https)";
pub(crate) const WEBHOOK_SAVE: &str = "Сохранить";
pub(crate) const WEBHOOK_REMOVE: &str = "Удалить вебхук";
pub(crate) const WEBHOOK_REMOVE_TITLE: &str = "Удалить вебхук?";
pub(crate) const WEBHOOK_REMOVE_BODY: &str =
    "Недоставленные события больше не\u{a0}отправятся. Их можно прочитать по\u{a0}API.";
pub(crate) const WEBHOOK_SECRET: &str = "Секрет, которым подписаны доставки";
pub(crate) const WEBHOOK_ACTIVE: &str = "Работает";
pub(crate) const WEBHOOK_DISABLED: &str =
    "Выключен: получатель отказался от\u{a0}событий (410). Сохраните адрес заново, чтобы включить.";
pub(crate) const DELIVERIES: &str = "Доставки";
pub(crate) const DELIVERIES_NONE: &str = "Доставок нет";
pub(crate) const DELIVERIES_NONE_BODY: &str = "Здесь появятся события, отправленные вашей системе.";
pub(crate) const EVENT: &str = "Событие";
pub(crate) const HAPPENED: &str = "Когда";
pub(crate) const STATE: &str = "Состояние";
pub(crate) const TRIES: &str = "Попыток";
pub(crate) const REPLAY: &str = "Повторить";
pub(crate) const REPLAYED: &str = "Событие отправлено ещё раз";
pub(crate) const STATES: [(&str, &str); 5] = [
    ("", "Все"),
    ("queued", "Ждут отправки"),
    ("delivered", "Доставлены"),
    ("failed", "Отвергнуты"),
    ("dead", "Не\u{a0}доставлены"),
];

/// How it stands with a webhook that is left alone for a while.
pub(crate) fn paused(at: Timestamp) -> String {
    format!(
        "Адрес не\u{a0}отвечает: следующая попытка после {}.",
        moment(at)
    )
}

/// A delivery's state in words.
pub(crate) fn push_state(status: &str) -> &'static str {
    match status {
        "queued" => "ждёт отправки",
        "delivered" => "доставлено",
        "failed" => "отвергнуто",
        _ => "не\u{a0}доставлено",
    }
}

pub(crate) const ARCHIVE: &str = "Архив";
pub(crate) const ARCHIVE_LEAD: &str = "Все документы клиники с\u{a0}подписями, доказательствами и\u{a0}журналом. Архив можно проверить без нас и\u{a0}без интернета.";
pub(crate) const ARCHIVE_BODY: &str = "Большой архив состоит из\u{a0}частей по\u{a0}1000 документов (до\u{a0}256\u{a0}МБ). Скачайте все части по\u{a0}порядку и\u{a0}храните вместе.";
pub(crate) const ARCHIVE_START: &str = "Скачать архив";
pub(crate) const ARCHIVE_NEXT: &str = "Скачать следующую часть";
pub(crate) const ARCHIVE_WAIT: &str = "Собираем и\u{a0}скачиваем. Не\u{a0}закрывайте страницу…";
pub(crate) const ARCHIVE_DONE: &str = "Архив скачан целиком.";
pub(crate) const ARCHIVE_AGAIN: &str = "Начать сначала";

/// How far it is.
pub(crate) fn archive_part(part: usize) -> String {
    format!("Часть {part} скачана. Есть ещё.")
}

/// Name of a part.
pub(crate) fn archive_name(part: usize) -> String {
    format!("podpis-archive-{part:03}.zip")
}

pub(crate) const ME: &str = "Мой профиль";
pub(crate) const ME_MAY: &str = "Что можно";
pub(crate) const PASSWORD: &str = "Пароль";
pub(crate) const PASSWORD_OLD: &str = "Нынешний пароль";
pub(crate) const PASSWORD_NEW: &str = "Новый пароль";
pub(crate) const PASSWORD_SAVE: &str = "Сменить пароль";
pub(crate) const PASSWORD_SAVED: &str =
    "Пароль изменён. На\u{a0}других устройствах нужно войти заново.";
pub(crate) const PASSWORD_WRONG: &str = "Нынешний пароль не\u{a0}подошёл.";
pub(crate) const SESSIONS: &str = "Где открыт кабинет";
pub(crate) const SESSION_THIS: &str = "Это устройство";
pub(crate) const SESSIONS_END: &str = "Выйти на\u{a0}всех других";
pub(crate) const SESSIONS_ENDED: &str = "На\u{a0}других устройствах кабинет закрыт.";
pub(crate) const FACTORS: &str = "Защита входа";
pub(crate) const PASSKEY_ADD: &str = "Добавить ключ доступа";
pub(crate) const PASSKEY_NAME: &str = "Как его назвать";
pub(crate) const PASSKEY_HINT: &str = "Ключ доступа (passkey)\u{a0}— вход по\u{a0}отпечатку, лицу или PIN этого устройства, без кода из\u{a0}приложения.";
pub(crate) const PASSKEY_ADDED: &str = "Ключ доступа добавлен.";
pub(crate) const FRESH: &str =
    "Чтобы менять защиту входа, войдите заново: выйдите из\u{a0}кабинета и\u{a0}войдите.";

/// What protects the entry.
pub(crate) fn factors(has_totp: bool, codes: u32) -> String {
    let app = if has_totp {
        "Приложение для кодов настроено."
    } else {
        "Приложение для кодов не\u{a0}настроено."
    };
    format!("{app} Запасных кодов осталось: {codes}.")
}

/// When a device was here.
pub(crate) fn session(created: Timestamp, seen: Timestamp) -> String {
    format!("Вход {}, последний раз {}", moment(created), moment(seen))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_written_as_people_read_it() {
        for (kopecks, text) in [
            (0, "0,00\u{a0}₽"),
            (505, "5,05\u{a0}₽"),
            (126_400, "1\u{a0}264,00\u{a0}₽"),
            (100_000_000, "1\u{a0}000\u{a0}000,00\u{a0}₽"),
        ] {
            assert_eq!(rubles(kopecks), text);
        }
    }
}
