//! Signing in, and the entry of a code.

use super::clock;
use crate::model::account::proof::Sent;

pub(crate) const LOGIN_TITLE: &str = "Вход в\u{a0}личный кабинет";
pub(crate) const LOGIN_LEAD: &str =
    "Здесь документы от\u{a0}ваших клиник: их\u{a0}можно прочитать, подписать и\u{a0}скачать.";
pub(crate) const LOGIN_PHONE: &str = "Номер телефона";
pub(crate) const LOGIN_EMAIL: &str = "Электронная почта";
pub(crate) const LOGIN_HINT_PHONE: &str =
    "Например, 8\u{a0}916\u{a0}123\u{2011}45\u{2011}67. Пришлём код, пароль не\u{a0}нужен.";
pub(crate) const LOGIN_HINT_EMAIL: &str =
    "Например, maria@example.ru. Пришлём код, пароль не\u{a0}нужен.";
pub(crate) const HINT_PHONE: &str =
    "Например, 8\u{a0}916\u{a0}123\u{2011}45\u{2011}67. Пришлём на\u{a0}него код.";
pub(crate) const HINT_EMAIL: &str = "Например, maria@example.ru. Пришлём на\u{a0}него код.";
pub(crate) const LOGIN_BY_EMAIL: &str = "Войти по\u{a0}почте";
pub(crate) const LOGIN_BY_PHONE: &str = "Войти по\u{a0}телефону";
pub(crate) const LOGIN_SUBMIT: &str = "Получить код";
pub(crate) const SENDING: &str = "Отправляем…";
pub(crate) const LOGIN_ESIA: &str = "Войти через Госуслуги";
pub(crate) const LOGIN_ESIA_HINT: &str =
    "Покажем и\u{a0}документы, которые клиники прислали на\u{a0}другие ваши номера.";
pub(crate) const LEAVING: &str = "Переходим…";
pub(crate) const COMPLETING: &str = "Завершаем вход через Госуслуги…";
pub(crate) const SAFETY: &str = "Код из\u{a0}сообщения вводите только здесь и\u{a0}никому не\u{a0}называйте: ни\u{a0}клиника, ни\u{a0}мы\u{a0}его не\u{a0}спрашиваем.";

/// Over the title, where a clinic invited.
pub(crate) fn invited(clinic: &str) -> String {
    format!("{clinic} приглашает вас")
}

/// Below it.
pub(crate) fn invited_lead(clinic: &str) -> String {
    format!(
        "{clinic} присылает сюда документы: их\u{a0}можно прочитать, подписать и\u{a0}скачать. Сначала подтвердите телефон или \
         почту, потом прочитайте соглашение клиники."
    )
}

pub(crate) const CODE_TITLE: &str = "Введите код";
pub(crate) const CODE_SUBMIT: &str = "Войти";
pub(crate) const CODE_CONFIRM: &str = "Подтвердить";
pub(crate) const CODE_SHORT: &str = "Введите шесть цифр из\u{a0}сообщения.";
pub(crate) const CODE_OVER: &str =
    "Код больше не\u{a0}действует: прошло пять минут. Запросите новый.";
pub(crate) const CHECKING: &str = "Проверяем…";
pub(crate) const CODE_RESEND: &str = "Отправить ещё раз";
pub(crate) const CODE_OTHER: &str = "Другой номер или адрес";
pub(crate) const CODE_NONE_LEFT: &str = "Новый код можно запросить через час.";
pub(crate) const CODE_HELP: &str = "Код не\u{a0}приходит?";
pub(crate) const CODE_HELP_SMS: [&str; 3] = [
    "Проверьте номер. Если ошиблись, нажмите «Другой номер или адрес».",
    "Подождите минуту: сообщение может задержаться у\u{a0}оператора связи.",
    "Если кода всё нет, запросите новый или войдите через Госуслуги.",
];
pub(crate) const CODE_HELP_EMAIL: [&str; 3] = [
    "Проверьте адрес. Если ошиблись, нажмите «Другой номер или адрес».",
    "Загляните в\u{a0}папку «Спам»: письмо могло попасть туда.",
    "Если письма всё нет, запросите новое или войдите по\u{a0}телефону.",
];

/// Where the code went.
pub(crate) fn code_sent(code: &Sent) -> String {
    let to = &code.sent.to;
    if code.is_sms() {
        format!("Мы\u{a0}отправили СМС с\u{a0}кодом на\u{a0}номер {to}.")
    } else {
        format!("Мы\u{a0}отправили письмо с\u{a0}кодом на\u{a0}{to}.")
    }
}

/// The field's label.
pub(crate) fn code_label(code: &Sent) -> &'static str {
    if code.is_sms() {
        "Шесть цифр из\u{a0}СМС"
    } else {
        "Шесть цифр из\u{a0}письма"
    }
}

/// On the button while it waits.
pub(crate) fn code_resend_in(seconds: u32) -> String {
    format!("Отправить ещё раз можно через {}", clock(seconds))
}

/// Said when another code went out.
pub(crate) fn code_again(code: &Sent) -> &'static str {
    if code.is_sms() {
        "Новый код отправлен. Прежний больше не\u{a0}работает."
    } else {
        "Новое письмо отправлено. Прежний код больше не\u{a0}работает."
    }
}
