//! The profile: whose account it is, phones and e-mails, notices.

use podpis_shared::Timestamp;
use podpis_shared::wire::account::Level;

use super::day;
use crate::model::account::route::Route;
use crate::text::phone;

pub(crate) const NAME_UNKNOWN: &str = "Имя пока неизвестно";
pub(crate) const NAME_UNKNOWN_BODY: &str =
    "Его назовёт клиника, когда пришлёт документ, или Госуслуги.";

/// The level, in words.
pub(crate) const fn level(level: Level) -> &'static str {
    match level {
        Level::Contact => "Не\u{a0}подтверждён через Госуслуги",
        Level::Confirmed => "Подтверждён через Госуслуги",
    }
}

/// Under the name.
pub(crate) fn born(date: &str) -> String {
    format!("Дата рождения: {date}")
}

pub(crate) const CONFIRM_WHY: &str = "С\u{a0}подтверждением вы\u{a0}увидите документы, присланные на\u{a0}любые ваши номера, и\u{a0}не\u{a0}потеряете кабинет вместе с\u{a0}телефоном.";
pub(crate) const CONFIRM: &str = "Подтвердить через Госуслуги";
pub(crate) const CONTACTS: &str = "Телефон и\u{a0}почта";
pub(crate) const CONTACTS_LEAD: &str = "По\u{a0}ним вы\u{a0}входите и\u{a0}получаете уведомления.";
pub(crate) const PHONE: &str = "Телефон";
pub(crate) const EMAIL: &str = "Почта";
pub(crate) const ADD_PHONE: &str = "Добавить телефон";
pub(crate) const CHANGE_PHONE: &str = "Сменить телефон";
pub(crate) const ADD_EMAIL: &str = "Добавить почту";
pub(crate) const CHANGE_PHONE_WHY: &str =
    "Новый номер заменит прежний: входить и\u{a0}получать коды вы\u{a0}будете по\u{a0}нему.";
pub(crate) const ADD_EMAIL_WHY: &str = "Ещё один способ войти и\u{a0}получать уведомления. Пришлём код, чтобы убедиться, что адрес ваш.";
pub(crate) const ADD_WHY: &str = "Пришлём код, чтобы убедиться, что номер ваш.";
pub(crate) const CANCEL: &str = "Отмена";
pub(crate) const REMOVE: &str = "Убрать";
pub(crate) const REMOVE_TITLE: &str = "Убрать из\u{a0}кабинета?";
pub(crate) const LAST_CONTACT: &str = "Единственный способ войти, поэтому его нельзя убрать.";
pub(crate) const PROVE_TITLE: &str = "Подтвердите, что это вы";
pub(crate) const PROVE_BODY: &str = "Чтобы никто другой не\u{a0}сменил ваши номера и\u{a0}адреса. Подтверждение действует 15\u{a0}минут.";
pub(crate) const PROOF_ESIA: &str = "Подтвердить через Госуслуги";

/// On the button: by which phone or e-mail.
pub(crate) fn prove_by(value: &str) -> String {
    format!("Получить код: {}", contact(value).replace('-', "\u{2011}"))
}

/// For a screen reader: which one the button takes away.
pub(crate) fn remove_label(value: &str) -> String {
    format!("Убрать {}", contact(value))
}

/// What removing means.
pub(crate) fn remove_body(value: &str) -> String {
    format!(
        "Войти и\u{a0}получать уведомления по\u{a0}{} больше не\u{a0}получится. Документы останутся.",
        contact(value).replace('-', "\u{2011}")
    )
}

/// A phone or an e-mail as people write it.
pub(crate) fn contact(value: &str) -> String {
    phone(value)
}

/// Since when a contact is there.
pub(crate) fn contact_since(since: Timestamp, now: Timestamp) -> String {
    format!("с\u{a0}{}", day(since, now))
}

pub(crate) const CONTACT_ADDED: &str = "Готово, контакт добавлен.";
pub(crate) const CONTACT_REMOVED: &str = "Контакт убран.";

pub(crate) const NOTICES: &str = "Уведомления";
pub(crate) const NOTICES_LEAD: &str = "Сообщим о\u{a0}новом документе, о\u{a0}сроке и\u{a0}о\u{a0}подписи клиники. В\u{a0}уведомлении стоит только название клиники: ни\u{a0}имени, ни\u{a0}содержания.";
pub(crate) const NOTICE_EMAIL: &str = "Письма на\u{a0}почту";
pub(crate) const NOTICE_EMAIL_NONE: &str = "Сначала добавьте почту.";
pub(crate) const NOTICE_PUSH: &str = "Уведомления на\u{a0}этом устройстве";
pub(crate) const PUSH_UNSUPPORTED: &str = "Этот браузер их\u{a0}не\u{a0}показывает. На\u{a0}iPhone и\u{a0}iPad сначала добавьте кабинет на\u{a0}экран «Домой» (как\u{a0}— в\u{a0}разделе «Помощь»).";
pub(crate) const PUSH_NO_KEY: &str = "Этот сервис пока не\u{a0}отправляет уведомления на\u{a0}устройства. Письма на\u{a0}почту приходят.";
pub(crate) const PUSH_DENIED: &str = "Вы\u{a0}запретили уведомления для этого сайта. Разрешите их\u{a0}в\u{a0}настройках браузера и\u{a0}обновите страницу.";
pub(crate) const PUSH_FAILED: &str = "Не\u{a0}получилось включить: браузер не\u{a0}связался со\u{a0}своей службой уведомлений. Попробуйте ещё раз позже.";
pub(crate) const SAVED: &str = "Сохранено";
pub(crate) const MORE_SECTIONS: &str = "Ещё";

/// A line under a section's name on the profile.
pub(crate) const fn about(route: Route) -> &'static str {
    match route {
        Route::Devices => "Где открыт кабинет и\u{a0}как выйти везде",
        Route::Agreements => "Что вы\u{a0}приняли, на\u{a0}что согласились, как отозвать",
        Route::Data => "Выгрузка, журнал, удаление",
        _ => "",
    }
}
