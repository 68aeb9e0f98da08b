//! What went wrong, and what to do next; and the news above a page.

use podpis_shared::problem::Code;
use podpis_shared::wire::account::Ended;

use super::wait;
use crate::model::account::Note;
use crate::model::account::contact::Flaw;
use crate::model::account::trouble::{Trouble, What};
use crate::text::Notice;

/// Why a typed contact can't be one.
pub(crate) const fn flaw(flaw: Flaw) -> &'static str {
    match flaw {
        Flaw::Empty => "Введите номер телефона или адрес почты.",
        Flaw::Short => {
            "В\u{a0}номере не\u{a0}хватает цифр. Пример: 8\u{a0}916\u{a0}123\u{2011}45\u{2011}67."
        }
        Flaw::Long => {
            "В\u{a0}номере лишние цифры. Пример: 8\u{a0}916\u{a0}123\u{2011}45\u{2011}67."
        }
        Flaw::NotAddress => {
            "Проверьте адрес: он\u{a0}похож на\u{a0}maria@example.ru. Или введите номер телефона."
        }
    }
}

/// A failure that takes the whole page, or a section of it.
pub(crate) fn trouble(trouble: &Trouble) -> Notice {
    let (title, body) = match trouble.what {
        What::Offline => (
            "Нет связи",
            "Проверьте интернет. Страница продолжит сама, как только связь появится.".into(),
        ),
        What::Down => (
            "Сервис не\u{a0}отвечает",
            "Ничего не\u{a0}пропало. Нажмите «Повторить» через минуту.".into(),
        ),
        What::TooMany => ("Слишком много попыток", later(trouble, "Подождите немного")),
        What::SignedOut => (
            "Нужно войти заново",
            "Вход закончился. Войдите ещё раз.".into(),
        ),
        What::Gated => (
            "Нужно подтверждение",
            "Обновите страницу: она спросит, чей это кабинет.".into(),
        ),
        What::Code(Code::NotFound) => (
            "Этого здесь нет",
            "Возможно, это уже убрано с\u{a0}другого устройства. Обновите страницу.".into(),
        ),
        What::Code(Code::InvalidState) => (
            "Так сделать нельзя",
            "Возможно, это уже изменилось с\u{a0}другого устройства. Обновите страницу.".into(),
        ),
        What::Code(Code::ProofNeeded) => (
            "Подтвердите, что это вы",
            "Войдите заново по\u{a0}прежнему номеру или через Госуслуги и\u{a0}попробуйте ещё раз.".into(),
        ),
        What::Code(Code::LastContact) => (
            "Это единственный способ войти",
            "Сначала добавьте другой или подтвердите кабинет через Госуслуги: попробуйте после этого.".into(),
        ),
        What::Code(Code::ContactTaken) => (
            "Номер или адрес только что занят",
            "Попробуйте ещё раз.".into(),
        ),
        What::Code(_) | What::Other => (
            "Не\u{a0}получилось",
            "Попробуйте ещё раз. Если повторится, обновите страницу или войдите заново.".into(),
        ),
    };
    Notice {
        title: title.into(),
        body,
    }
}

/// A contact that no code was sent to.
pub(crate) fn contact_trouble(trouble: &Trouble) -> String {
    match trouble.what {
        What::Offline => "Нет связи. Проверьте интернет и\u{a0}попробуйте ещё раз.".into(),
        What::Down => "Код сейчас не\u{a0}отправить: сервис не\u{a0}отвечает. Попробуйте через минуту или войдите через Госуслуги.".into(),
        What::TooMany => later(
            trouble,
            "Вы\u{a0}запросили слишком много кодов. Подождите немного",
        ),
        What::Code(Code::ProofNeeded) => self::trouble(trouble).body,
        What::Code(Code::Invalid | Code::BadRequest) => "На\u{a0}такой номер или адрес код не\u{a0}отправить. Проверьте его.".into(),
        What::Code(Code::ContactTaken) => "Этот номер или адрес добавить нельзя: его только что занял другой кабинет. Попробуйте ещё раз или подтвердите кабинет через Госуслуги.".into(),
        _ => "Не\u{a0}получилось отправить код. Попробуйте ещё раз или войдите через Госуслуги.".into(),
    }
}

/// A code that was not taken.
pub(crate) fn code_trouble(trouble: &Trouble) -> String {
    match (trouble.what, trouble.left) {
        (What::Code(Code::CodeWrong), Some(left)) => {
            format!("Код не\u{a0}подошёл. Проверьте последнее сообщение. Осталось попыток: {left}.")
        }
        (What::Code(Code::CodeWrong | Code::Invalid), _) => {
            "Код не\u{a0}подошёл. Проверьте цифры в\u{a0}последнем сообщении.".into()
        }
        (What::Code(Code::CodeExpired), _) => {
            "Этот код больше не\u{a0}действует. Запросите новый.".into()
        }
        (What::Offline, _) => "Нет связи. Проверьте интернет и\u{a0}нажмите ещё раз.".into(),
        (What::Down, _) => {
            "Сервис не\u{a0}отвечает. Код не\u{a0}потрачен: попробуйте через минуту.".into()
        }
        (What::TooMany, _) => later(trouble, "Слишком много попыток. Подождите немного"),
        (What::Code(Code::ContactTaken | Code::ProofNeeded), _) => contact_trouble(trouble),
        _ => "Не\u{a0}получилось проверить код. Попробуйте ещё раз или запросите новый.".into(),
    }
}

/// A date of birth that did not open the account.
pub(crate) fn gate_trouble(trouble: &Trouble) -> String {
    match trouble.what {
        What::Code(_) | What::Gated => {
            "Не\u{a0}подошло. Проверьте дату или подтвердите через Госуслуги: после трёх ошибок останется только этот способ."
        }
        What::TooMany => "Слишком много попыток. Подтвердите через Госуслуги или попробуйте завтра.",
        What::Offline => "Нет связи. Проверьте интернет и\u{a0}нажмите ещё раз.",
        What::Down | What::SignedOut | What::Other => {
            "Сервис не\u{a0}отвечает. Попробуйте через минуту."
        }
    }
    .into()
}

/// News above a page.
pub(crate) fn note(note: &Note) -> Notice {
    let (title, body): (_, String) = match note {
        Note::Ended(why) => ("Войдите ещё раз", ended(*why).into()),
        Note::Left => (
            "Вы\u{a0}вышли из\u{a0}кабинета",
            "На\u{a0}этом устройстве от\u{a0}него ничего не\u{a0}осталось.".into(),
        ),
        Note::LeftEverywhere => (
            "Вы\u{a0}вышли на\u{a0}всех устройствах",
            "Чтобы снова открыть кабинет, войдите заново.".into(),
        ),
        Note::Anew => (
            "Это ваш новый кабинет",
            "Документы, которые клиники пришлют вам на\u{a0}этот номер или адрес, появятся здесь."
                .into(),
        ),
        Note::Confirmed => (
            "Кабинет подтверждён",
            "Теперь здесь документы, присланные на\u{a0}любые ваши номера.".into(),
        ),
        Note::Accepted(clinic) if clinic.is_empty() => ("Соглашение принято", ACCEPTED.into()),
        Note::Accepted(clinic) => (
            "Соглашение принято",
            format!("{clinic} об\u{a0}этом знает. {ACCEPTED}"),
        ),
        Note::Esia(trouble) => return esia(trouble),
        Note::Failed(trouble) => return self::trouble(trouble),
    };
    Notice {
        title: title.into(),
        body,
    }
}

/// Why nobody is signed in any more.
const fn ended(why: Option<Ended>) -> &'static str {
    match why {
        Some(Ended::Idle) => {
            "Вы\u{a0}не\u{a0}заходили больше недели, и\u{a0}вход закончился: так мы\u{a0}бережём ваши документы."
        }
        Some(Ended::Absolute) => {
            "После входа прошло 30\u{a0}дней, и\u{a0}он\u{a0}закончился: так мы\u{a0}бережём ваши документы."
        }
        Some(Ended::Device) => {
            "Вход на\u{a0}этом устройстве завершили с\u{a0}другого, в\u{a0}списке устройств."
        }
        Some(Ended::Everywhere) => {
            "На\u{a0}другом устройстве нажали «Выйти на\u{a0}всех устройствах», поэтому вход закончился и\u{a0}здесь."
        }
        Some(Ended::Merged) => {
            "Ваши кабинеты объединили на\u{a0}другом устройстве. Теперь у\u{a0}вас один кабинет: войдите в\u{a0}него."
        }
        Some(Ended::Erased) => {
            "Кабинет удалили на\u{a0}другом устройстве. Если войти, начнётся новый."
        }
        Some(Ended::Other) | None => {
            "Вы\u{a0}вышли, или вход закончился: так мы\u{a0}бережём ваши документы."
        }
    }
}

const ACCEPTED: &str = "Ваш экземпляр с\u{a0}подписями лежит в\u{a0}разделе «Соглашения».";

/// A way through Gosuslugi that did not sign in.
fn esia(trouble: &Trouble) -> Notice {
    let What::Code(code) = trouble.what else {
        return self::trouble(trouble);
    };
    let (title, body) = match code {
        Code::EsiaUnavailable => (
            "Госуслуги сейчас не\u{a0}отвечают",
            "Попробуйте через несколько минут или войдите по\u{a0}коду.",
        ),
        Code::EsiaDenied => (
            "Вход на\u{a0}Госуслуги отменён",
            "Вы\u{a0}не\u{a0}разрешили передать данные, поэтому вход не\u{a0}выполнен. Попробуйте ещё раз или войдите по\u{a0}коду.",
        ),
        Code::EsiaSession => (
            "Вход не\u{a0}завершился",
            "Прошло слишком много времени, или вход начат в\u{a0}другом браузере. Начните вход ещё раз.",
        ),
        Code::EsiaUnconfirmed => (
            "Нужна подтверждённая учётная запись",
            "Ваша запись на\u{a0}Госуслугах не\u{a0}подтверждена. Подтвердите её\u{a0}в\u{a0}МФЦ или в\u{a0}приложении банка, а\u{a0}пока войдите по\u{a0}коду.",
        ),
        Code::EsiaChild => (
            "Это детская учётная запись",
            "Войдите под своей подтверждённой записью или по\u{a0}коду.",
        ),
        Code::EsiaAccount => (
            "Учётная запись не\u{a0}действует",
            "Она удалена или заблокирована на\u{a0}Госуслугах. Войдите по\u{a0}коду или обратитесь в\u{a0}поддержку Госуслуг.",
        ),
        Code::EsiaStale => (
            "Госуслуги вернули прежний вход",
            "Нажмите кнопку ещё раз: Госуслуги спросят пароль заново.",
        ),
        Code::EsiaPersonData => (
            "Госуслуги передали не\u{a0}все данные",
            "Проверьте имя, дату рождения и\u{a0}СНИЛС в\u{a0}профиле на\u{a0}Госуслугах и\u{a0}попробуйте ещё раз.",
        ),
        Code::WrongPerson => (
            "На\u{a0}Госуслуги вошёл другой человек",
            "Этот кабинет клиники знают на\u{a0}другое имя, поэтому он\u{a0}не\u{a0}подтверждён. Войдите под своей записью. Если она ваша, \
             позвоните в\u{a0}клинику: в\u{a0}её\u{a0}данных может быть ошибка.",
        ),
        Code::InvalidState => (
            "Это уже сделано",
            "Обновите страницу: кабинет мог измениться на\u{a0}другом устройстве.",
        ),
        Code::EsiaRejected => (
            "Госуслуги не\u{a0}приняли запрос сервиса",
            "Это не\u{a0}ваша ошибка. Войдите по\u{a0}коду, а\u{a0}мы\u{a0}исправим настройки.",
        ),
        _ => (
            "Ответ Госуслуг не\u{a0}прошёл проверку",
            "Вход не\u{a0}выполнен. Попробуйте ещё раз или войдите по\u{a0}коду.",
        ),
    };
    Notice {
        title: title.into(),
        body: body.into(),
    }
}

/// With the time to come back, where it is known.
fn later(trouble: &Trouble, what: &str) -> String {
    match trouble.wait_s {
        Some(seconds) => format!("{what}: попробуйте через {}.", wait(seconds)),
        None => format!("{what} и\u{a0}попробуйте ещё раз."),
    }
}
