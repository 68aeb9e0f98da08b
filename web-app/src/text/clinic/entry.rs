//! Signing in to the console.

use podpis_shared::wire::staff::{InvitationView, Purpose};

use crate::model::clinic::passkey::NoPasskey;

pub(crate) const TITLE: &str = "Вход для\u{a0}сотрудников клиники";
pub(crate) const LEAD: &str =
    "Здесь клиника отправляет пациентам документы на\u{a0}подпись и\u{a0}получает их обратно.";
pub(crate) const EMAIL: &str = "Рабочая почта";
pub(crate) const PASSWORD: &str = "Пароль";
pub(crate) const SUBMIT: &str = "Войти";
pub(crate) const CHECKING: &str = "Проверяем…";
pub(crate) const FORGOT: &str = "Не\u{a0}помню пароль";
pub(crate) const NO_ACCESS: &str = "Нет доступа? Попросите руководителя клиники пригласить вас: придёт письмо со\u{a0}ссылкой. \
     Пациенты входят в\u{a0}другой кабинет\u{a0}— по\u{a0}номеру телефона.";
pub(crate) const FORGOT_TITLE: &str = "Новый пароль";
pub(crate) const FORGOT_LEAD: &str =
    "Введите рабочую почту: пришлём на\u{a0}неё ссылку, по\u{a0}которой можно задать новый пароль.";
pub(crate) const FORGOT_SUBMIT: &str = "Прислать ссылку";
pub(crate) const FORGOT_SENT: &str = "Если такая почта есть у\u{a0}сотрудника, мы\u{a0}отправили на\u{a0}неё письмо. Проверьте и\u{a0}папку «Спам».";
pub(crate) const TO_LOGIN: &str = "Вернуться ко\u{a0}входу";
pub(crate) const CHOOSE: &str = "В\u{a0}какой клинике работаем?";
pub(crate) const OR: &str = "или";

pub(crate) const SECOND_TITLE: &str = "Подтвердите вход";
pub(crate) const CODE_LABEL: &str = "Код из\u{a0}приложения";
pub(crate) const CODE_HINT: &str = "Шесть цифр, новые каждые 30\u{a0}секунд";
pub(crate) const RECOVERY_LABEL: &str = "Запасной код";
pub(crate) const RECOVERY_HINT: &str =
    "Один из\u{a0}восьми кодов, которые вы\u{a0}сохранили. Каждый работает один раз.";
pub(crate) const BY_RECOVERY: &str = "Телефона нет под рукой";
pub(crate) const BY_APP: &str = "Ввести код из\u{a0}приложения";
pub(crate) const BY_PASSKEY: &str = "Войти с\u{a0}ключом доступа";
/// While the browser's own window is open.
pub(crate) const PASSKEY_WAITS: &str = "Ждём ключ: ответьте браузеру…";

pub(crate) const ENROL_TITLE: &str = "Защита входа";
pub(crate) const ENROL_LEAD: &str = "В\u{a0}кабинете лежат медицинские документы, поэтому одного пароля мало. Это настраивается один раз.";
pub(crate) const ENROL_STEPS: [&str; 3] = [
    "Установите на\u{a0}телефон приложение для кодов: Яндекс Ключ, Google Authenticator или любое другое.",
    "Нажмите в\u{a0}нём «Добавить» и\u{a0}наведите камеру на\u{a0}картинку.",
    "Введите ниже шесть цифр, которые покажет приложение.",
];
pub(crate) const QR_ALT: &str = "QR-код для приложения. Ключ текстом — под картинкой.";
pub(crate) const SECRET_TITLE: &str = "Камеры нет: ввести ключ вручную";
pub(crate) const ENROL_SUBMIT: &str = "Готово";
pub(crate) const RECOVERY_TITLE: &str = "Сохраните запасные коды";
pub(crate) const RECOVERY_LEAD: &str = "Если телефон потеряется, войти можно будет по\u{a0}одному из\u{a0}этих кодов. Больше мы\u{a0}их не\u{a0}покажем: \
     распечатайте или сохраните там, куда никто другой не\u{a0}заглянет.";
pub(crate) const RECOVERY_SAVE: &str = "Скачать файлом";
pub(crate) const RECOVERY_NAME: &str = "Запасные коды Podpis.txt";
pub(crate) const RECOVERY_KEPT: &str = "Коды сохранены";
pub(crate) const GO_ON: &str = "Продолжить";

/// What stands in the file of codes.
pub(crate) fn recovery_file(email: &str, codes: &str) -> String {
    format!(
        "Запасные коды для входа в кабинет клиники ({email}).\r\nКаждый работает один раз.\r\n\r\n{codes}\r\n"
    )
}

pub(crate) const NAME: &str = "Фамилия, имя и\u{a0}отчество";
pub(crate) const NEW_PASSWORD: &str = "Придумайте пароль";
pub(crate) const PASSWORD_HINT: &str =
    "Не\u{a0}короче 10\u{a0}знаков. Хорошо подходит фраза из\u{a0}нескольких слов.";
pub(crate) const LETTER_OLD: &str = "Ссылка больше не\u{a0}действует";
pub(crate) const LETTER_OLD_BODY: &str = "Ею уже воспользовались, или её срок вышел. Если вам нужен доступ, попросите руководителя клиники \
     прислать приглашение ещё раз.";

/// Heading of a letter's page.
pub(crate) const fn letter_title(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Invite => "Вас приглашают в\u{a0}кабинет клиники",
        Purpose::Reset => "Новый пароль",
        Purpose::Factor => "Новое приложение для\u{a0}кодов",
    }
}

/// Under it.
pub(crate) fn letter_lead(view: &InvitationView) -> String {
    match view.purpose {
        Purpose::Invite => format!(
            "{} приглашает вас\u{a0}({}). Ваша роль\u{a0}— {}.",
            view.clinic_name,
            view.email,
            view.role.title()
        ),
        Purpose::Reset => format!(
            "Задайте новый пароль для {}. Приложение для кодов останется прежним.",
            view.email
        ),
        Purpose::Factor => format!(
            "Введите пароль от\u{a0}кабинета ({}) и\u{a0}настройте приложение для кодов на\u{a0}новом телефоне.",
            view.email
        ),
    }
}

/// On its button.
pub(crate) const fn letter_submit(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Invite => "Принять приглашение",
        Purpose::Reset => "Сохранить пароль",
        Purpose::Factor => "Продолжить",
    }
}

/// Why there is no passkey, and what to do instead.
pub(crate) const fn no_passkey(why: NoPasskey) -> &'static str {
    match why {
        NoPasskey::Impossible => {
            "Этот браузер не\u{a0}работает с\u{a0}ключами доступа. Обновите его или откройте кабинет в\u{a0}другом; \
             код из\u{a0}приложения подходит везде."
        }
        NoPasskey::HasOne => {
            "На\u{a0}этом устройстве ваш ключ уже есть, второй не\u{a0}нужен. Если он не\u{a0}работает, уберите его из\u{a0}списка \
             и\u{a0}добавьте заново."
        }
        NoPasskey::NotMade => {
            "Ключ не\u{a0}добавлен: окно браузера закрыли, или время вышло. Попробуйте ещё раз."
        }
        NoPasskey::NotShown => {
            "Войти с\u{a0}ключом не\u{a0}вышло: окно браузера закрыли, время истекло, или на\u{a0}этом устройстве вашего ключа нет. \
             Попробуйте ещё раз или введите код из\u{a0}приложения."
        }
        NoPasskey::Unfit => {
            "Это устройство не\u{a0}подходит: ключ доступа должен сам убедиться, что это вы,\u{a0}— по\u{a0}отпечатку, лицу или PIN. \
             Включите блокировку экрана или возьмите другой ключ."
        }
        NoPasskey::Other => {
            "Браузер не\u{a0}передал ключ доступа. Попробуйте ещё раз или входите по\u{a0}коду из\u{a0}приложения."
        }
    }
}
