//! The list of documents.

use podpis_shared::wire::account::{AccountView, DocumentItem};
use podpis_shared::{Method, Status, Timestamp};

use super::{MONTH_NAMES, day, moment};
use crate::model::account::list::Common;
use crate::model::account::route::Filter;
use crate::model::account::urgency::Urgency;
use crate::text::{Notice, plural};

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
        Status::Completed if item.kept => {
            format!("Прислан на\u{a0}хранение {}", day(item.created_at, now))
        }
        Status::Completed => match represented {
            Some(name) => signed(&format!("За\u{a0}вас подписал(а) {name}")),
            None => signed("Подписан"),
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
