//! When patients are told again of documents that wait.

use podpis_shared::wire::mis::{BEFORE_MAX, REMINDERS_MAX, SMS_FALLBACK_MAX};

use crate::model::clinic::reminders::Flaw;
use crate::text::plural;

pub(crate) const TITLE: &str = "Напоминания пациентам";
pub(crate) const LEAD: &str = "О\u{a0}документе, который ещё не\u{a0}подписан, напоминаем письмом и\u{a0}уведомлением, бесплатно.";
pub(crate) const HOURS: &str = "За\u{a0}сколько часов до\u{a0}конца срока напоминать";
pub(crate) const HOURS_HINT: &str = "До\u{a0}пяти чисел через запятую, от\u{a0}1 до\u{a0}168 (неделя). Например: 72, 24. Пусто\u{a0}— не\u{a0}напоминать";
pub(crate) const SMS: &str = "Через сколько часов прислать СМС, если документ не\u{a0}открыли";
pub(crate) const SMS_HINT: &str = "Для документов в\u{a0}личный кабинет, один раз. Платно, как две части СМС. Пусто\u{a0}— не\u{a0}присылать";
pub(crate) const NIGHT: &str = "Ночью молчим: и\u{a0}напоминания, и\u{a0}эта СМС приходят с\u{a0}10:00 до\u{a0}21:00 по\u{a0}часам пациента, а\u{a0}если они \
     неизвестны\u{a0}— по\u{a0}часам клиники. Что выпало на\u{a0}ночь, придёт в\u{a0}10:00. Напоминание, для которого утро уже поздно, придёт \
     накануне вечером.";
pub(crate) const SOON: &str = "В\u{a0}первые сутки после отправки не\u{a0}напоминаем. Только напоминание меньше чем за\u{a0}24\u{a0}часа до\u{a0}конца срока может прийти \
     раньше: через столько\u{a0}же часов после отправки или позже.";
pub(crate) const FROM_NOW: &str =
    "Новое расписание действует для документов, отправленных после сохранения.";
pub(crate) const SAVE: &str = "Сохранить расписание";
pub(crate) const SAVED: &str = "Расписание напоминаний сохранено";
pub(crate) const REFUSED: &str = "Сервер не\u{a0}принял это расписание.";

/// What a schedule means: `Напомним за 3 дня и за 5 часов до конца срока.`
pub(crate) fn plan(hours: &[u16]) -> String {
    let times: Vec<String> = hours.iter().map(|hours| before(*hours)).collect();
    let times = match times.as_slice() {
        [] => return "Перед концом срока напоминать не\u{a0}будем.".into(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} и\u{a0}{last}", first.join(", ")),
    };
    format!("Напомним {times} до\u{a0}конца срока.")
}

fn before(hours: u16) -> String {
    let (number, forms) = match hours {
        days if days.is_multiple_of(24) => (days / 24, ["день", "дня", "дней"]),
        hours => (hours, ["час", "часа", "часов"]),
    };
    format!("за\u{a0}{number}\u{a0}{}", plural(u64::from(number), forms))
}

/// What is wrong with the hours before the end.
pub(crate) fn hours_flaw(flaw: Flaw) -> String {
    match flaw {
        Flaw::Number => "Нужны целые числа часов через запятую. Например: 72, 24.".into(),
        Flaw::Range => format!("Каждое число\u{a0}— от\u{a0}1 до\u{a0}{BEFORE_MAX}."),
        Flaw::Twice => "Одно и\u{a0}то\u{a0}же число стоит дважды.".into(),
        Flaw::Many => format!("Не\u{a0}больше {REMINDERS_MAX} напоминаний."),
    }
}

/// What is wrong with the hours until the SMS.
pub(crate) fn sms_flaw(flaw: Flaw) -> String {
    match flaw {
        Flaw::Range => format!("Число от\u{a0}1 до\u{a0}{SMS_FALLBACK_MAX}."),
        _ => "Нужно одно целое число часов. Например: 4.".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schedule_reads_as_a_sentence() {
        let plain = |hours: &[u16]| plan(hours).replace('\u{a0}', " ");
        for (hours, words) in [
            (&[][..], "Перед концом срока напоминать не будем."),
            (&[24], "Напомним за 1 день до конца срока."),
            (&[72, 5], "Напомним за 3 дня и за 5 часов до конца срока."),
            (
                &[168, 36, 1],
                "Напомним за 7 дней, за 36 часов и за 1 час до конца срока.",
            ),
        ] {
            assert_eq!(plain(hours), words);
        }
    }
}
