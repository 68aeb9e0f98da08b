//! The page as it fails or ends, in words.

use podpis_shared::problem::{Code, words};

use super::typeset;
use crate::model::{Place, Screen};

/// A message with its title, as a notice on the page shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Notice {
    /// What happened.
    pub(crate) title: String,
    /// What it means and what to do next.
    pub(crate) body: String,
}

/// The notice; `None` where the page speaks for itself.
pub(crate) fn notice(screen: Screen, place: Place) -> Option<Notice> {
    let account = place.is_account();
    let by = |in_account: &'static str, by_link: &'static str| {
        if account { in_account } else { by_link }
    };
    let (title, body) = match screen {
        Screen::Loading
        | Screen::Ready
        | Screen::Code
        | Screen::Signing
        | Screen::Signed
        | Screen::Kept => {
            return None;
        }
        Screen::Declined => (
            "Вы\u{a0}отказались подписывать",
            by(
                "Документ не\u{a0}подписан, клиника об\u{a0}этом знает. Если вы передумали, попросите клинику прислать \
                 его заново.",
                "Документ не\u{a0}подписан, клиника об\u{a0}этом знает. Если вы передумали, попросите клинику прислать \
                 новую ссылку.",
            ),
        ),
        Screen::Expired => (
            "Срок подписания закончился",
            by(
                "Подписать этот документ уже нельзя. Попросите клинику прислать его заново.",
                "Подписать документ по\u{a0}этой ссылке уже нельзя. Попросите клинику прислать новую.",
            ),
        ),
        Screen::Cancelled => (
            "Клиника отозвала документ",
            "Подписывать его не\u{a0}нужно. Если это неожиданно, позвоните в\u{a0}клинику.",
        ),
        Screen::Superseded => (
            "Есть новый документ",
            by(
                "Клиника заменила этот документ новым. Новый\u{a0}— в\u{a0}списке ваших документов.",
                "Клиника заменила этот документ новым. Откройте ссылку из\u{a0}последнего сообщения.",
            ),
        ),
        Screen::LinkUnknown => (
            "Ссылка не\u{a0}работает",
            "Возможно, она скопирована не\u{a0}целиком или её заменили новой. Откройте ссылку прямо из\u{a0}СМС \
             или попросите клинику прислать её ещё раз.",
        ),
        Screen::NotFound if place == Place::Agreement => (
            "Соглашения здесь нет",
            "Эта клиника не\u{a0}предлагает соглашения, или адрес страницы неверен. Принимать ничего не\u{a0}нужно.",
        ),
        Screen::NotFound => (
            "Документа здесь нет",
            "Он\u{a0}адресован другому человеку, больше вам не\u{a0}доступен, или адрес страницы неверен. Посмотрите \
             в\u{a0}списке своих документов.",
        ),
        Screen::SignedOut => (
            "Войдите в\u{a0}личный кабинет",
            "Документ виден только после входа. Войдите\u{a0}— и\u{a0}он\u{a0}откроется снова.",
        ),
        Screen::Refused(Code::WrongPerson) if place == Place::Agreement => (
            "Вошёл другой человек",
            "Это кабинет другого человека, чем тот, кто вошёл на\u{a0}Госуслуги. Соглашение не\u{a0}принято, в\u{a0}кабинете ничего \
             не\u{a0}изменилось. Нажмите «Принять через Госуслуги» ещё раз: этот вход завершится, и\u{a0}вы\u{a0}войдёте под своей \
             записью.",
        ),
        Screen::Refused(Code::ConsentChanged) if place == Place::Agreement => (
            "Клиника обновила соглашение",
            "Пока вы\u{a0}входили на\u{a0}Госуслуги, вышла новая редакция. Прежняя не\u{a0}принята. Прочитайте новую\u{a0}— \
             она ниже\u{a0}— и\u{a0}примите её.",
        ),
        Screen::Refused(Code::Policy) if place == Place::Agreement => (
            "Принять должен другой человек",
            "По\u{a0}закону это соглашение за\u{a0}вас принимает родитель или другой представитель. Позвоните в\u{a0}клинику.",
        ),
        Screen::Refused(code) => {
            let words = words::of(code)?;
            return Some(Notice {
                title: typeset(words.title),
                body: typeset(words.body),
            });
        }
        Screen::ServiceDown => (
            "Сервис подписания не\u{a0}отвечает",
            by(
                "Ничего не\u{a0}пропало. Нажмите «Повторить» через минуту; если не\u{a0}поможет, зайдите \
                 в\u{a0}кабинет позже.",
                "Ничего не\u{a0}пропало. Нажмите «Повторить» через минуту; если не\u{a0}поможет, откройте ссылку \
                 из\u{a0}СМС позже.",
            ),
        ),
        Screen::TooMany => (
            "Слишком много попыток",
            "Документ не\u{a0}подписан. Подождите 15\u{a0}минут и\u{a0}попробуйте ещё\u{a0}раз.",
        ),
        Screen::Offline => (
            "Нет связи",
            "Проверьте интернет. Страница продолжит сама, как только связь появится.",
        ),
        Screen::HashMismatch => (
            "Документ отличается от\u{a0}присланного клиникой",
            "Файл изменился по\u{a0}дороге, поэтому подписать его нельзя. Обновите страницу в\u{a0}другой сети, \
             например через мобильный интернет. Если не\u{a0}поможет, сообщите клинике.",
        ),
        Screen::RenderFailed => (
            "Документ показан не\u{a0}полностью",
            by(
                "Подписать его здесь нельзя. Откройте кабинет в\u{a0}другом браузере. Если не\u{a0}поможет, сообщите \
                 клинике: она пришлёт другой файл. А\u{a0}этот можно скачать и\u{a0}прочитать.",
                "Подписать его здесь нельзя. Откройте ссылку из\u{a0}СМС в\u{a0}другом браузере. Если \
                 не\u{a0}поможет, сообщите клинике: она пришлёт другой файл. А\u{a0}этот можно скачать и\u{a0}прочитать.",
            ),
        ),
        Screen::Error => (
            "Что-то пошло не\u{a0}так",
            "Ничего не\u{a0}подписано без\u{a0}вас. Повторите попытку; если не\u{a0}поможет, позвоните в\u{a0}клинику.",
        ),
    };
    Some(Notice {
        title: title.into(),
        body: body.into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_account_never_sends_people_to_an_sms() {
        for screen in [
            Screen::Declined,
            Screen::Expired,
            Screen::Superseded,
            Screen::ServiceDown,
            Screen::RenderFailed,
            Screen::NotFound,
            Screen::SignedOut,
        ] {
            let said = notice(screen, Place::Document).unwrap().body;
            assert!(!said.contains("СМС") && !said.contains("ссылк"), "{said}");
        }
    }
}
