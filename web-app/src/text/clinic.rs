//! The words of the clinic's console.

use podpis_shared::Timestamp;
use podpis_shared::wire::account::Ended;

use crate::model::clinic::Note;
use crate::model::clinic::trouble::{Trouble, What};
use crate::text::account::wait;

pub(crate) mod bulk;
pub(crate) mod documents;
pub(crate) mod entry;
pub(crate) mod journal;
pub(crate) mod kept;
pub(crate) mod office;
pub(crate) mod reminders;
pub(crate) mod send;
pub(crate) mod signature;
pub(crate) mod to_sign;

pub(crate) const NAME: &str = "Кабинет клиники";
/// Under the name of the service.
pub(crate) const DOES: &str = "кабинет клиники";
pub(crate) const NAVIGATION: &str = "Разделы";
pub(crate) const CLINIC: &str = "Клиника";
pub(crate) const SIGN_OUT: &str = "Выйти";
pub(crate) const LOADING: &str = "Загружаем…";
pub(crate) const RETRY: &str = "Повторить";
pub(crate) const CLOSE: &str = "Закрыть сообщение";
pub(crate) const SKIP: &str = "Перейти к\u{a0}содержанию";
pub(crate) const OPTIONAL: &str = " (необязательно)";
pub(crate) const PREVIEW_WAITS: &str = "Готовим страницы…";
pub(crate) const PREVIEW_FAILED: &str =
    "Показать файл не\u{a0}получилось. Скачайте его, чтобы посмотреть.";
pub(crate) const SANDBOX: &str = "Тестовый стенд: подписи не\u{a0}имеют юридической силы";

/// Title of the browser's tab, by the page's state.
pub(crate) fn tab_title(state: &str) -> String {
    let page = match state {
        "signed-out" => "Вход",
        "second" | "enrol" => "Подтверждение входа",
        "recovery-codes" => "Запасные коды",
        "choose" => "Выбор клиники",
        "forgot" | "reset" => "Новый пароль",
        "invitation" => "Приглашение",
        "document" => "Документ",
        "loading" => return NAME.into(),
        state => match section(state) {
            "" => return NAME.into(),
            name => name,
        },
    };
    format!("{page} — {NAME}")
}

/// A section of the navigation, by its name.
pub(crate) fn section(name: &str) -> &'static str {
    match name {
        "documents" => "Документы",
        "send" => "Отправить",
        "to-sign" => "На\u{a0}подпись",
        "bulk" => "Рассылка списком",
        "usage" => "Расходы",
        "clinic" => "Клиника",
        "look" => "Оформление",
        "staff" => "Сотрудники",
        "journal" => "Журнал",
        "webhook" => "Вебхук",
        "keys" => "Ключи API",
        "archive" => "Архив",
        "me" => "Мой профиль",
        _ => "",
    }
}

/// What was just told: title and body.
pub(crate) fn note(note: &Note) -> (String, String) {
    match note {
        Note::Ended(why) => ("Нужно войти заново".into(), ended(*why).into()),
        Note::Anew => (
            "Начните вход ещё раз".into(),
            "Прошло слишком много времени, или код несколько раз не\u{a0}подошёл.".into(),
        ),
        Note::Left => ("Вы\u{a0}вышли из\u{a0}кабинета".into(), String::new()),
        Note::Done(sentence) => (sentence.clone(), String::new()),
        Note::Failed(trouble) => self::trouble(trouble),
    }
}

/// Why nobody is signed in any more.
const fn ended(why: Option<Ended>) -> &'static str {
    match why {
        Some(Ended::Idle) => "Кабинетом не\u{a0}пользовались восемь часов, и\u{a0}вход закончился.",
        Some(Ended::Absolute) => "Вход действует сутки: они прошли.",
        Some(_) => {
            "Вход в\u{a0}этом браузере завершили из\u{a0}другого: вышли там на\u{a0}всех устройствах или сменили пароль."
        }
        None => {
            "Вход действует сутки и\u{a0}заканчивается, если кабинетом не\u{a0}пользуются восемь часов."
        }
    }
}

/// A failure that takes a page or a part of it: title and body.
pub(crate) fn trouble(trouble: &Trouble) -> (String, String) {
    let (title, body) = match &trouble.what {
        What::Offline => (
            "Нет связи",
            "Проверьте интернет и\u{a0}нажмите «Повторить».".into(),
        ),
        What::Down => (
            "Сервис не\u{a0}отвечает",
            "Ничего не\u{a0}пропало. Нажмите «Повторить» через минуту.".into(),
        ),
        What::TooMany => ("Слишком много запросов", later(trouble)),
        What::SignedOut => ("Нужно войти заново", "Вход закончился.".into()),
        What::Passkey(_) => ("Ключ не\u{a0}подошёл", sentence(trouble)),
        What::Refused(code) if code == "not_found" => (
            "Этого здесь нет",
            "Возможно, это уже удалил другой сотрудник.".into(),
        ),
        What::Refused(code) if code == "role" => {
            ("Ваша роль этого не\u{a0}позволяет", trouble.detail.clone())
        }
        What::Refused(_) => ("Не\u{a0}получилось", sentence(trouble)),
        What::Other => (
            "Что-то пошло не\u{a0}так",
            "Это не\u{a0}ваша ошибка. Обновите страницу и\u{a0}попробуйте ещё раз.".into(),
        ),
    };
    (title.into(), body)
}

/// A failure in one sentence, beside what failed.
pub(crate) fn sentence(trouble: &Trouble) -> String {
    let code = match &trouble.what {
        What::Refused(code) => code.as_str(),
        What::Passkey(why) => return entry::no_passkey(*why).into(),
        What::TooMany => return later(trouble),
        _ => {
            let (title, body) = self::trouble(trouble);
            return format!("{title}. {body}");
        }
    };
    let known = match code {
        "wrong_password" => {
            "Почта или пароль не\u{a0}подошли. Проверьте раскладку и\u{a0}Caps\u{a0}Lock."
        }
        "wrong_code" => {
            "Код не\u{a0}подошёл. Дождитесь нового кода в\u{a0}приложении и\u{a0}введите его."
        }
        "last_head" => "Это единственный руководитель клиники. Сначала назначьте другого.",
        "staff_exists" => "Сотрудник с\u{a0}этой почтой уже есть.",
        "not_found" => "Этого здесь больше нет. Обновите страницу.",
        "invalid_state" => {
            "Состояние документа изменилось, так сделать уже нельзя. Обновите страницу."
        }
        "idempotency_conflict" => "Форма изменилась, пока документ отправлялся. Нажмите ещё раз.",
        "idempotency_busy" => "Документ уже отправляется. Подождите несколько секунд.",
        "too_large" => "Файл слишком большой.",
        "not_pdf" => "Это не\u{a0}PDF. Сохраните документ как PDF и\u{a0}выберите его.",
        "encrypted_pdf" => "PDF защищён паролем. Сохраните его без пароля.",
        "active_content" => {
            "В\u{a0}PDF есть сценарии или формы, которые меняют документ. Напечатайте его в\u{a0}PDF заново."
        }
        "broken_pdf" => "PDF повреждён. Сохраните его заново.",
        "not_signed" => "Пациент ещё не\u{a0}подписал документ.",
        "not_completed" => "Ещё не\u{a0}все подписи собраны.",
        // What the server says in Russian itself.
        "role" | "policy" | "weak_password" | "too_many_documents" => {
            return trouble.detail.clone();
        }
        code => match signature::refusal(code) {
            Some(sentence) => sentence,
            None if trouble.detail.is_empty() => "Сервер не\u{a0}принял запрос.",
            None => {
                return format!(
                    "Сервер не\u{a0}принял запрос: {}.",
                    trouble.detail.trim_end_matches('.')
                );
            }
        },
    };
    known.into()
}

/// Under a refusal of the policy.
pub(crate) fn rule(rule: Option<&str>, law: &str) -> String {
    match rule {
        Some(rule) => format!("Правило {rule}: {law}"),
        None => law.to_owned(),
    }
}

fn later(trouble: &Trouble) -> String {
    match trouble.wait_s {
        Some(seconds) => format!("Слишком часто. Попробуйте через {}.", wait(seconds)),
        None => "Слишком часто. Подождите немного и\u{a0}попробуйте ещё раз.".into(),
    }
}

/// `5 декабря 2026, 14:05`, Moscow's.
pub(crate) fn moment(at: Timestamp) -> String {
    let now = Timestamp::from_unix(crate::dom::unix_now());
    crate::text::account::moment(at, now)
}

/// `5 декабря`, with the year where it is not this one.
pub(crate) fn day(at: Timestamp) -> String {
    let now = Timestamp::from_unix(crate::dom::unix_now());
    crate::text::account::day(at, now)
}
