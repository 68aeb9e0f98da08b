//! The entry of a one-time code.

use podpis_shared::Kind;

use super::{typeset, unbroken};
use crate::model::Place;
use crate::model::code::{Entry, Resend, Slip, Stage};

pub(crate) const FIELD: &str = "6\u{a0}цифр из\u{a0}сообщения";
pub(crate) const CHECKING: &str = "Проверяем код…";
pub(crate) const LATE: &str = "Время вышло: этот код больше не\u{a0}действует. Попросите новый.";
pub(crate) const SECRET: &str =
    "Никому не\u{a0}сообщайте код, даже сотруднику клиники: он\u{a0}заменяет вашу подпись.";

/// Title of the dialog.
pub(crate) fn title(by_email: bool) -> &'static str {
    if by_email {
        "Код из\u{a0}письма"
    } else {
        "Код из\u{a0}СМС"
    }
}

/// Where the code went, or that it is on its way; read aloud when it changes.
pub(crate) fn progress(entry: &Entry) -> String {
    match (entry.stage, &entry.sent) {
        (Stage::Asking, _) => "Отправляем код…".into(),
        (Stage::Waiting | Stage::Checking, Some(sent)) if sent.by_email => {
            format!("Код отправлен письмом на\u{a0}{}", unbroken(&sent.to))
        }
        (Stage::Waiting | Stage::Checking, Some(sent)) => {
            format!(
                "Код отправлен в\u{a0}СМС на\u{a0}номер {}",
                unbroken(&sent.to)
            )
        }
        _ => String::new(),
    }
}

/// `Код действует ещё 4:37`.
pub(crate) fn time_left(seconds: i64) -> String {
    match seconds {
        0 => String::new(),
        _ => format!("Код действует ещё\u{a0}{}", clock(seconds)),
    }
}

/// On the button that signs.
pub(crate) fn submit(kind: Kind, place: Place) -> &'static str {
    match (place, kind) {
        (Place::Agreement, _) | (_, Kind::UserAgreement | Kind::EdoAgreement) => {
            "Принять соглашение"
        }
        (_, Kind::Refusal) => "Подписать отказ",
        _ => "Подписать",
    }
}

/// Back to reading.
pub(crate) fn back(place: Place) -> &'static str {
    match place {
        Place::Agreement => "Вернуться к\u{a0}соглашению",
        _ => super::DECLINE_BACK,
    }
}

/// On the button that asks for another code.
pub(crate) fn again(sent: bool, resend: Resend) -> String {
    let what = if sent {
        "Прислать новый код"
    } else {
        "Попробовать ещё\u{a0}раз"
    };
    match resend {
        Resend::Now => what.into(),
        Resend::In(seconds) => format!("{what} можно через\u{a0}{}", clock(seconds)),
    }
}

/// What went wrong and what to do.
pub(crate) fn slip(slip: &Slip) -> String {
    let (said, else_say) = match slip {
        Slip::Wrong { said } => (
            said,
            "Код не\u{a0}подошёл. Проверьте цифры и\u{a0}введите их\u{a0}ещё\u{a0}раз.",
        ),
        Slip::Spent { said } => (said, "Этот код больше не\u{a0}действует. Попросите новый."),
        Slip::TooMany { said } => (
            said,
            "Слишком много кодов за\u{a0}короткое время. Попробуйте позже.",
        ),
        Slip::Refused { said } => (
            said,
            "Подписать этот документ кодом нельзя. Позвоните в\u{a0}клинику.",
        ),
        Slip::Offline => {
            return "Нет связи. Проверьте интернет и\u{a0}попробуйте ещё\u{a0}раз.".into();
        }
        Slip::Away => {
            return "Сервис не\u{a0}отвечает. Ничего не\u{a0}пропало: попробуйте через минуту."
                .into();
        }
    };
    if said.is_empty() {
        else_say.into()
    } else {
        typeset(said)
    }
}

/// `4:37`; from two minutes that nobody waits out in front of the page, `52 мин`.
fn clock(seconds: i64) -> String {
    const PATIENCE_S: i64 = 600;
    if seconds > PATIENCE_S {
        format!("{}\u{a0}мин", (seconds + 59) / 60)
    } else {
        format!("{}:{:02}", seconds / 60, seconds % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_as_on_a_clock() {
        assert_eq!(time_left(277), "Код действует ещё\u{a0}4:37");
        assert_eq!(time_left(0), "");
        assert_eq!(
            again(true, Resend::In(5)),
            "Прислать новый код можно через\u{a0}0:05"
        );
        assert_eq!(clock(3_061), "52\u{a0}мин");
    }

    #[test]
    fn the_servers_sentence_comes_first() {
        let said = "Неверный код. Осталось попыток: 3.".to_owned();
        assert_eq!(slip(&Slip::Wrong { said: said.clone() }), said);
        let mute = Slip::Wrong {
            said: String::new(),
        };
        assert!(slip(&mute).starts_with("Код не\u{a0}подошёл"));
    }
}
