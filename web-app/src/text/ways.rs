//! What signing means, by each way, and why a way is not there.

use podpis_shared::Kind;

use super::{SIGNING_TITLE, typeset, unbroken};
use crate::model::{Offers, Place};

pub(crate) const ESIA_TITLE: &str = "Через Госуслуги";
pub(crate) const CHOOSE: &str =
    "Подойдёт любой из\u{a0}двух способов. Выберите тот, что вам удобнее.";
pub(crate) const AGREEMENT_TITLE: &str = "Хотите подписывать кодом из\u{a0}СМС?";
pub(crate) const AGREEMENT_OPEN: &str = "Прочитать соглашение";
pub(crate) const SEEN_TITLE: &str = "Вы\u{a0}можете прочитать этот документ";
pub(crate) const SEEN_WHY: &str =
    "От\u{a0}вас подпись не\u{a0}нужна. Если это неверно, позвоните в\u{a0}клинику.";

/// Over the statements.
pub(crate) fn title(kind: Kind, place: Place) -> &'static str {
    match (place, kind) {
        (Place::Agreement, _) => "Принятие соглашения",
        (_, Kind::Refusal) => "Подписать\u{a0}— значит отказаться от\u{a0}вмешательства",
        _ => SIGNING_TITLE,
    }
}

/// Over the statement for a code.
pub(crate) fn code_title(by_email: bool) -> &'static str {
    if by_email {
        "Кодом из\u{a0}письма"
    } else {
        "Кодом из\u{a0}СМС"
    }
}

/// Under the statement for a code.
pub(crate) fn goes_to(to: &str) -> String {
    format!("Код придёт на\u{a0}{}.", unbroken(to))
}

/// Under the statement for Gosuslugi, where an agreement names the phone.
pub(crate) fn names_phone(phone: &str) -> String {
    format!(
        "В\u{a0}соглашении будет назван ваш телефон {}: на\u{a0}него смогут приходить коды для\u{a0}подписи.",
        unbroken(phone)
    )
}

pub(crate) const PROFILE: &str = "Телефон в\u{a0}профиле";

/// The sentence with its article: `… подписать нельзя (323-ФЗ ст. 20 ч. 7).`
pub(crate) fn refused(sentence: &str, law: Option<&str>) -> String {
    match law {
        Some(law) => format!(
            "{} ({}).",
            typeset(sentence.trim_end_matches('.')),
            law.replace(' ', "\u{a0}").replace('-', "\u{2011}")
        ),
        None => typeset(sentence),
    }
}

/// Why the agreement comes first.
pub(crate) fn agreement(clinic: &str) -> String {
    format!(
        "Для\u{a0}этого сначала примите соглашение об\u{a0}электронных документах, которое предлагает {clinic}: \
         в\u{a0}нём назван ваш телефон. Это нужно один раз. Потом вы\u{a0}вернётесь к\u{a0}этому документу."
    )
}

/// Who signs it, for whom it is only to be read.
pub(crate) fn seen(signer: Option<&str>) -> String {
    match signer {
        Some(name) => format!("Он\u{a0}о\u{a0}вас, а\u{a0}подписывает его за\u{a0}вас {name}."),
        None => "Он\u{a0}о\u{a0}вас, а\u{a0}подписывает его ваш представитель.".into(),
    }
}

/// The way in three steps.
pub(crate) fn steps(offers: &Offers, place: Place) -> [&'static str; 3] {
    let code = offers.code.as_ref();
    let press = match (offers.esia.is_some(), code.map(|code| code.by_email)) {
        (false, Some(true)) => "Нажмите кнопку внизу и\u{a0}введите код, который придёт письмом.",
        (false, Some(false)) => {
            "Нажмите кнопку внизу и\u{a0}введите код, который придёт в\u{a0}СМС."
        }
        (true, Some(true)) => {
            "Выберите внизу, как подписать: войти на\u{a0}Госуслуги или ввести код из\u{a0}письма."
        }
        (true, Some(false)) => {
            "Выберите внизу, как подписать: войти на\u{a0}Госуслуги или ввести код из\u{a0}СМС."
        }
        (_, None) => super::HOW_STEPS[1],
    };
    match (place, offers.esia.is_some()) {
        (Place::Agreement, _) => [
            "Прочитайте соглашение ниже\u{a0}— до\u{a0}конца.",
            press,
            "Подписанное соглашение останется у\u{a0}вас в\u{a0}кабинете.",
        ],
        (_, false) if code.is_some() => [super::HOW_STEPS[0], press, "Документ будет подписан."],
        _ => [super::HOW_STEPS[0], press, super::HOW_STEPS[2]],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_article_stands_at_the_end_of_the_sentence() {
        assert_eq!(
            refused("Кодом подписать нельзя.", Some("323-ФЗ ст. 20 ч. 7")),
            "Кодом подписать нельзя (323\u{2011}ФЗ\u{a0}ст.\u{a0}20\u{a0}ч.\u{a0}7)."
        );
        assert_eq!(
            refused("Клиника просит иначе.", None),
            "Клиника просит иначе."
        );
    }
}
