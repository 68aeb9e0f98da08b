//! The words of the personal account.

use podpis_shared::problem::Code;
use podpis_shared::wire::account::{AccountView, ConsentItem, Device, DocumentItem, Kept, Level};
use podpis_shared::{Method, Status, Timestamp};

use super::{Notice, phone, plural};
use crate::model::account::Note;
use crate::model::account::contact::Flaw;
use crate::model::account::list::Common;
use crate::model::account::proof::Sent;
use crate::model::account::route::{Filter, Route};
use crate::model::account::trouble::{Trouble, What};
use crate::model::account::urgency::Urgency;

mod help;
mod trouble;

pub(crate) use help::{HELP, HELP_LEAD, INSTALL};
pub(crate) use trouble::{code_trouble, contact_trouble, flaw, gate_trouble, note, trouble};

pub(crate) const NAME: &str = "Личный кабинет";
/// Under the name of the service.
pub(crate) const DOES: &str = "личный кабинет";
pub(crate) const NAVIGATION: &str = "Разделы кабинета";
pub(crate) const SIGN_OUT: &str = "Выйти";
pub(crate) const SIGNING_OUT: &str = "Выходим…";
pub(crate) const LOADING: &str = "Открываем кабинет…";
pub(crate) const RETRY: &str = "Повторить";
pub(crate) const CLOSE: &str = "Закрыть сообщение";
pub(crate) const BACK: &str = "Назад";
pub(crate) const OR: &str = "или";
pub(crate) const SKIP: &str = "Перейти к\u{a0}содержанию";

/// Title of the browser's tab.
pub(crate) fn tab_title(page: &str) -> String {
    format!("{page} — {NAME}")
}

/// A page's heading.
pub(crate) const fn heading(route: Route) -> &'static str {
    match route {
        Route::Documents(_) => "Документы",
        Route::Profile => "Профиль",
        Route::Devices => "Устройства",
        Route::Agreements => "Соглашения и\u{a0}согласия",
        Route::Data => "Мои данные",
        Route::Erase => "Удаление кабинета",
        Route::Help => "Помощь",
    }
}

/// In the navigation, where there is less room.
pub(crate) const fn short_heading(route: Route) -> &'static str {
    match route {
        Route::Agreements => "Соглашения",
        route => heading(route),
    }
}

// --- dates ---

const MONTHS: [&str; 12] = [
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
];

/// As a list of months has them.
pub(crate) const MONTH_NAMES: [&str; 12] = [
    "Январь",
    "Февраль",
    "Март",
    "Апрель",
    "Май",
    "Июнь",
    "Июль",
    "Август",
    "Сентябрь",
    "Октябрь",
    "Ноябрь",
    "Декабрь",
];

fn month(number: u8) -> &'static str {
    MONTHS
        .get(usize::from(number).wrapping_sub(1))
        .copied()
        .unwrap_or_default()
}

/// `5 декабря`, with the year where it is not this one. Moscow's day.
pub(crate) fn day(at: Timestamp, now: Timestamp) -> String {
    let (year, number, day) = at.moscow_date();
    let name = month(number);
    if year == now.moscow_date().0 {
        format!("{day}\u{a0}{name}")
    } else {
        format!("{day}\u{a0}{name} {year}")
    }
}

/// `5 декабря, 14:05`, likewise. Moscow has been at UTC+3 all the year round since 2014.
pub(crate) fn moment(at: Timestamp, now: Timestamp) -> String {
    let minutes = (at.unix() / 60 + 180) % 1440;
    format!(
        "{},\u{a0}{:02}:{:02}",
        day(at, now),
        minutes / 60,
        minutes % 60
    )
}

/// `5 декабря 2051` of `2051-12-05`; anything else as it is.
pub(crate) fn date(iso: &str) -> String {
    let mut parts = iso.splitn(3, '-');
    let numbers = (parts.next(), parts.next(), parts.next());
    let (Some(year), Some(number), Some(day)) = numbers else {
        return iso.to_owned();
    };
    match (number.parse(), day.parse::<u8>()) {
        (Ok(number), Ok(day)) if !month(number).is_empty() => {
            format!("{day}\u{a0}{} {year}", month(number))
        }
        _ => iso.to_owned(),
    }
}

/// `0:45`.
fn clock(seconds: u32) -> String {
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

/// `45 секунд`, `15 минут`, `2 часа`; rounded up.
fn wait(seconds: u32) -> String {
    let (number, forms) = match seconds {
        0..=59 => (seconds.max(1), ["секунду", "секунды", "секунд"]),
        60..=5_399 => (seconds.div_ceil(60), ["минуту", "минуты", "минут"]),
        _ => (seconds.div_ceil(3_600), ["час", "часа", "часов"]),
    };
    format!("{number}\u{a0}{}", plural(u64::from(number), forms))
}

// --- signing in ---

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

// --- gates ---

pub(crate) const GATE_WHO_TITLE: &str = "Назовите дату рождения";
pub(crate) const GATE_WHO_PHONE: &str = "На\u{a0}этот номер клиники прислали документы разным людям. По\u{a0}дате рождения мы\u{a0}поймём, какие из\u{a0}них ваши.";
pub(crate) const GATE_WHO_EMAIL: &str = "На\u{a0}этот адрес клиники прислали документы разным людям. По\u{a0}дате рождения мы\u{a0}поймём, какие из\u{a0}них ваши.";
pub(crate) const GATE_RECYCLED_TITLE: &str = "Это ваш кабинет?";
pub(crate) const GATE_RECYCLED: &str = "Отсюда давно не\u{a0}входили, а\u{a0}номер мог перейти к\u{a0}другому человеку. Чтобы чужие документы никто не\u{a0}увидел, подтвердите, что кабинет ваш.";
pub(crate) const GATE_TITLE: &str = "Чей это кабинет";
pub(crate) const BIRTH: &str = "Дата рождения";
pub(crate) const BIRTH_DAY: &str = "День";
pub(crate) const BIRTH_MONTH: &str = "Месяц";
pub(crate) const BIRTH_YEAR: &str = "Год";
pub(crate) const BIRTH_CHOOSE: &str = "Выберите";
pub(crate) const BIRTH_WRONG: &str =
    "Проверьте дату: такого дня нет. Год пишите полностью, например 1950.";
pub(crate) const GATE_SUBMIT: &str = "Продолжить";
pub(crate) const GATE_ESIA: &str = "Подтвердить через Госуслуги";
pub(crate) const GATE_ESIA_HINT: &str =
    "Самый надёжный способ: Госуслуги сообщат имя и\u{a0}дату рождения.";
pub(crate) const GATE_NOT_MINE: &str = "Это не\u{a0}мой кабинет";
pub(crate) const GATE_NOT_MINE_TITLE: &str = "Начать новый кабинет?";
pub(crate) const GATE_NOT_MINE_BODY: &str = "Этот номер или адрес откроет новый, пустой кабинет. Документы прежнего владельца вы\u{a0}не\u{a0}увидите, а\u{a0}он\u{a0}больше не\u{a0}войдёт по\u{a0}этому номеру. Отменить это нельзя.";
pub(crate) const GATE_NONE_MINE_TITLE: &str = "Продолжить без\u{a0}этих документов?";
pub(crate) const GATE_NONE_MINE_BODY: &str = "Документы, которые клиники уже прислали сюда, вы\u{a0}не\u{a0}увидите. Новые, на\u{a0}ваше имя, появятся. Отменить это нельзя.";
pub(crate) const GATE_NONE_MINE_CONFIRM: &str = "Документы не\u{a0}мои";
pub(crate) const GATE_NOT_MINE_CONFIRM: &str = "Начать новый кабинет";

// --- documents ---

/// Over the list.
pub(crate) fn waiting(to_sign: u32) -> String {
    match to_sign {
        0 => "Сейчас подписывать нечего.".into(),
        1 => "Один документ ждёт вашей подписи.".into(),
        n => format!(
            "{n} {} вашей подписи.",
            plural(
                u64::from(n),
                ["документ ждёт", "документа ждут", "документов ждут"]
            )
        ),
    }
}

/// A tab.
pub(crate) const fn tab(filter: Filter) -> &'static str {
    match filter {
        Filter::ToSign => "Подписать",
        Filter::Signed => "Подписанные",
        Filter::All => "Все",
    }
}

pub(crate) const TABS: &str = "Какие документы показать";
pub(crate) const SEARCH: &str = "Найти по\u{a0}названию";
pub(crate) const CLINIC: &str = "Клиника";
pub(crate) const CLINIC_ANY: &str = "Все клиники";
pub(crate) const UNREAD: &str = "Новый";
pub(crate) const MORE: &str = "Показать ещё";
pub(crate) const MORE_LOADING: &str = "Загружаем…";
pub(crate) const EARLIER: &str = "Вернуть предыдущие";
pub(crate) const LIST_LOADING: &str = "Загружаем документы…";
pub(crate) const FIND_NONE: &str = "Ничего не\u{a0}нашлось";
pub(crate) const FIND_NONE_BODY: &str = "Попробуйте другое слово или покажите все документы.";
pub(crate) const FIND_RESET: &str = "Показать все";
pub(crate) const TIMES: &str = "Время везде московское.";

/// Said when the list has come.
pub(crate) fn listed(count: usize, more: bool) -> String {
    let forms = ["документ", "документа", "документов"];
    let what = plural(count as u64, forms);
    if more {
        format!("Показаны {count} {what}, есть ещё")
    } else {
        format!("В\u{a0}списке {count} {what}")
    }
}

/// Nothing in a tab.
pub(crate) fn empty(filter: Filter, view: &AccountView) -> Notice {
    let (title, body) = match filter {
        Filter::ToSign if view.all > 0 => (
            "Всё подписано",
            "Новые документы появятся здесь. Прежние лежат на\u{a0}вкладках «Подписанные» и\u{a0}«Все».",
        ),
        Filter::Signed if view.all > 0 => (
            "Подписанных пока нет",
            "Когда вы\u{a0}подпишете документ, он\u{a0}останется здесь: его всегда можно скачать.",
        ),
        _ => (
            "Документов пока нет",
            "Когда клиника пришлёт документ, он\u{a0}появится здесь, а\u{a0}вы\u{a0}получите письмо или уведомление.",
        ),
    };
    Notice {
        title: title.into(),
        body: body.into(),
    }
}

pub(crate) const EMPTY_CONFIRM: &str = "Ждёте документ, а\u{a0}его нет? Возможно, клиника указала другой ваш номер. Подтвердите кабинет через Госуслуги, и\u{a0}мы\u{a0}найдём документы по\u{a0}СНИЛС.";

/// Heading of a group.
pub(crate) fn group(common: &Common) -> String {
    match common {
        Common::Me => "Для вас".into(),
        Common::For(name, age) => for_whom(name, *age),
        Common::Month(year, number) => {
            let name = MONTH_NAMES
                .get(usize::from(*number).wrapping_sub(1))
                .copied()
                .unwrap_or_default();
            format!("{name} {year}")
        }
    }
}

/// `За ребёнка: Иванов Пётр, 7 лет`.
pub(crate) fn for_whom(name: &str, age: Option<i32>) -> String {
    let years = age.and_then(|age| u64::try_from(age).ok());
    let who = match years {
        Some(0..18) => "За\u{a0}ребёнка",
        _ => "От\u{a0}имени",
    };
    match years {
        Some(0) => format!("{who}: {name}, меньше года"),
        Some(years) => format!(
            "{who}: {name}, {years}\u{a0}{}",
            plural(years, ["год", "года", "лет"])
        ),
        None => format!("{who}: {name}"),
    }
}

/// The state of a document in plain words.
pub(crate) fn status(item: &DocumentItem, now: Timestamp) -> String {
    let represented = item.signed_for_me_by.as_deref();
    let signed = |what: &str| match item.signed_at {
        Some(at) => format!("{what} {}", day(at, now)),
        None => what.to_owned(),
    };
    match item.status {
        Status::Sent | Status::Opened if item.mine_to_sign => "Ждёт вашей подписи".into(),
        Status::Sent | Status::Opened => match represented {
            Some(name) => format!("За\u{a0}вас подпишет {name}"),
            None => "Ждёт подписи".into(),
        },
        Status::PatientSigned => {
            let who = match represented {
                Some(name) => format!("За\u{a0}вас подписал(а) {name}"),
                None => "Подписан вами".into(),
            };
            let next = if item.kind.needs_medic() {
                "врача"
            } else {
                "клинику"
            };
            format!("{who}, ждём {next}")
        }
        Status::Completed => match (represented, item.signed_at) {
            (Some(name), _) => signed(&format!("За\u{a0}вас подписал(а) {name}")),
            (None, None) => "Прислан для вас".into(),
            (None, Some(_)) => signed("Подписан"),
        },
        Status::Declined => "Вы\u{a0}отказались подписывать".into(),
        Status::Expired => "Срок подписания истёк".into(),
        Status::Cancelled => "Клиника отозвала".into(),
        Status::Superseded => "Заменён новым".into(),
    }
}

/// Until when it can be signed, and how soon that is.
pub(crate) fn deadline(expires_at: Timestamp, now: Timestamp) -> (String, Option<String>) {
    let left = match Urgency::of(expires_at, now) {
        Urgency::Calm | Urgency::Over => None,
        Urgency::Days(days) => Some(format!(
            "{} {days}\u{a0}{}",
            plural(u64::from(days), ["остался", "осталось", "осталось"]),
            plural(u64::from(days), ["день", "дня", "дней"])
        )),
        Urgency::Hours(0) => Some("осталось меньше часа".into()),
        Urgency::Hours(hours) => Some(format!(
            "{} {hours}\u{a0}{}",
            plural(u64::from(hours), ["остался", "осталось", "осталось"]),
            plural(u64::from(hours), ["час", "часа", "часов"])
        )),
    };
    (format!("до\u{a0}{}", moment(expires_at, now)), left)
}

/// When it came.
pub(crate) fn came(at: Timestamp, now: Timestamp) -> String {
    format!("прислан {}", day(at, now))
}

/// How it is signed.
pub(crate) const fn way(method: Method) -> &'static str {
    match method {
        Method::Esia => "через Госуслуги",
        Method::Sms => "кодом из\u{a0}СМС",
        Method::Email => "кодом из\u{a0}письма",
    }
}

/// A clinic's agreement waits.
pub(crate) fn agreement_due(clinic: &str) -> Notice {
    Notice {
        title: "Прочитайте соглашение клиники".into(),
        body: format!(
            "{clinic} просит принять соглашение. Без него часть документов не\u{a0}подписать кодом из\u{a0}СМС."
        ),
    }
}

pub(crate) const AGREEMENT_OPEN: &str = "Прочитать соглашение";

// --- profile ---

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
pub(crate) const PUSH_FAILED: &str = "Не\u{a0}получилось включить. Попробуйте ещё раз позже.";
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

// --- devices ---

pub(crate) const DEVICES_LEAD: &str = "Здесь открыт ваш кабинет. Незнакомое устройство? Выйдите на\u{a0}всех и\u{a0}смените пароль Госуслуг, если входили через них.";
pub(crate) const DEVICE_CURRENT: &str = "Это устройство";
pub(crate) const DEVICE_END: &str = "Выйти";
pub(crate) const DEVICES_END_ALL: &str = "Выйти на\u{a0}всех устройствах";
pub(crate) const DEVICES_END_ALL_HINT: &str =
    "И\u{a0}на\u{a0}этом тоже: потом нужно будет войти заново.";
pub(crate) const DEVICE_ENDED: &str = "На\u{a0}том устройстве кабинет закрыт.";

/// For a screen reader: which one the button signs out.
pub(crate) fn device_end_label(device: &Device) -> String {
    format!("Выйти на\u{a0}устройстве: {}", device.name)
}

/// How and when it signed in.
pub(crate) fn device_since(device: &Device, now: Timestamp) -> String {
    let how = match device.how.as_str() {
        "esia" => "через Госуслуги",
        "email" => "по\u{a0}почте",
        _ => "по\u{a0}телефону",
    };
    format!("Вход {how} {}", moment(device.created_at, now))
}

/// When it was last here.
pub(crate) fn device_seen(device: &Device, now: Timestamp) -> String {
    format!("Последний раз {}", moment(device.seen_at, now))
}

// --- agreements and consents ---

pub(crate) const AGREEMENTS: &str = "Принятые соглашения";
pub(crate) const AGREEMENTS_NONE: &str = "Вы\u{a0}ещё не\u{a0}принимали соглашений клиник.";
pub(crate) const AGREEMENT_OUTDATED: &str = "Есть новая редакция";
pub(crate) const DOWNLOAD: &str = "Скачать подписанное";
pub(crate) const DOWNLOAD_SHORT: &str = "Скачать";
pub(crate) const DOWNLOADING: &str = "Скачиваем…";
pub(crate) const CONSENTS: &str = "Согласия на\u{a0}рекламу";
pub(crate) const CONSENTS_LEAD: &str = "Отозвать можно в\u{a0}любой момент, сразу и\u{a0}без объяснений. На\u{a0}лечение это не\u{a0}влияет.";
pub(crate) const CONSENTS_NONE: &str = "Вы\u{a0}не\u{a0}давали согласий на\u{a0}рекламу.";
pub(crate) const WITHDRAW: &str = "Отозвать";
pub(crate) const WITHDRAWING: &str = "Отзываем…";

/// Version and day of an accepted agreement.
pub(crate) fn accepted(version: i64, at: Timestamp, now: Timestamp) -> String {
    format!("Редакция {version}, принято {}", day(at, now))
}

/// Which agreement or consent a button is about, for a screen reader.
pub(crate) fn about_document(act: &str, title: &str, clinic: &str) -> String {
    format!("{act}: {title}, {clinic}")
}

/// How a consent stands.
pub(crate) fn consent_state(item: &ConsentItem, now: Timestamp) -> String {
    match item.withdrawn_at {
        Some(at) => format!("Отозвано {}", moment(at, now)),
        None => format!("Дано {}", day(item.signed_at, now)),
    }
}

/// Said when a consent was withdrawn.
pub(crate) fn withdrawn(clinic: &str) -> String {
    format!("Согласие отозвано. {clinic} больше не\u{a0}вправе присылать вам рекламу.")
}

// --- my data ---

pub(crate) const EXPORT: &str = "Выгрузка";
pub(crate) const EXPORT_BODY: &str = "Всё, что хранится о\u{a0}вас в\u{a0}кабинете: контакты, устройства, журнал, сведения о\u{a0}документах. Один файл JSON (статья 14 закона 152\u{2011}ФЗ). Сами документы скачиваются из\u{a0}списка.";
pub(crate) const EXPORT_GET: &str = "Скачать мои данные";
pub(crate) const EXPORTED: &str = "Файл сохранён.";
pub(crate) const LOG: &str = "Журнал";
pub(crate) const LOG_LEAD: &str = "Что происходило с\u{a0}кабинетом: входы, контакты, настройки.";
pub(crate) const LOG_NONE: &str = "Пока ничего не\u{a0}происходило.";
pub(crate) const LOG_ALL: &str = "Показать весь журнал";
pub(crate) const ERASE: &str = "Удаление";
pub(crate) const ERASE_BODY: &str = "Можно закрыть кабинет и\u{a0}удалить данные. Подписанные документы клиника обязана хранить по\u{a0}закону; сколько\u{a0}— покажем до\u{a0}удаления.";
pub(crate) const ERASE_OPEN: &str = "Что будет удалено";
pub(crate) const ERASE_DELETED: &str = "Будет удалено";
pub(crate) const ERASE_KEPT: &str = "Останется по\u{a0}закону";
pub(crate) const ERASE_KEPT_BODY: &str = "Эти данные удалить нельзя: их\u{a0}хранения требует закон. Показывать их\u{a0}в\u{a0}кабинете перестанем, а\u{a0}после срока удалим.";
pub(crate) const ERASE_KEPT_NONE: &str = "Ничего: хранить по\u{a0}закону нечего.";
pub(crate) const ERASE_ASK: &str = "Я\u{a0}понимаю, что вернуть кабинет будет нельзя";
pub(crate) const ERASE_DO: &str = "Удалить кабинет";
pub(crate) const ERASING: &str = "Удаляем…";
pub(crate) const ERASE_ASK_MISSING: &str = "Отметьте, что вернуть кабинет будет нельзя.";
pub(crate) const ERASE_BACK: &str = "Оставить кабинет";
pub(crate) const ERASE_SAVE_FIRST: &str = "Сначала скачайте подписанные документы: после удаления их\u{a0}можно получить только в\u{a0}клинике.";
pub(crate) const CLOSED_TITLE: &str = "Кабинет удалён";
pub(crate) const CLOSED_BODY: &str = "Вы\u{a0}вышли на\u{a0}всех устройствах. Если клиника снова пришлёт документ, можно завести новый кабинет.";
pub(crate) const CLOSED_DELETED: &str = "Удалено";
pub(crate) const CLOSED_LOGIN: &str = "К\u{a0}началу";

/// Name of the export's file.
pub(crate) fn export_name(now: Timestamp) -> String {
    let (year, month, day) = now.moscow_date();
    format!("Мои данные в\u{a0}Podpis {year}-{month:02}-{day:02}.json")
}

/// One kind of thing that stays: what and how many.
pub(crate) fn kept(kept: &Kept) -> String {
    if kept.count > 1 {
        format!("{}: {}", kept.what, kept.count)
    } else {
        kept.what.clone()
    }
}

/// Until when and why it stays.
pub(crate) fn kept_until(kept: &Kept) -> String {
    format!("До\u{a0}{} ({})", date(&kept.until), kept.law)
}

#[cfg(test)]
mod tests;
