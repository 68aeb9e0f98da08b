//! Phones, dates and numbers in the forms that people type and table programs write.

use crate::policy::Day;
use crate::time::MONTHS;
use crate::{Birthday, Email, Phone, Snils};

/// A phone: `8 (916) 123-45-67`, `9161234567`, `+7 916 123 45 67`; of other countries with `+` only.
///
/// # Errors
/// Why it is none, in Russian.
pub(super) fn phone(text: &str) -> Result<Phone, &'static str> {
    scientific(text)?;
    let foreign = |c: char| !(c.is_ascii_digit() || c.is_whitespace() || "+-()._–".contains(c));
    if text.contains([',', ';', '/']) {
        return Err("несколько номеров: оставьте один");
    }
    if text.contains(foreign) || text.trim_start().chars().skip(1).any(|c| c == '+') {
        return Err("не номер телефона: остались буквы или лишние знаки");
    }
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let full = match (text.trim_start().starts_with('+'), digits.len()) {
        (true, _) => digits,
        (false, 11) if digits.starts_with(['7', '8']) => format!("7{}", &digits[1..]),
        (false, 10) if digits.starts_with('9') => format!("7{digits}"),
        _ => String::new(),
    };
    Phone::parse(&format!("+{full}"))
        .ok_or("не номер телефона: нужны 11 цифр с 8 или 7, либо код страны с +")
}

/// An e-mail address.
///
/// # Errors
/// Why it is none, in Russian.
pub(super) fn email(text: &str) -> Result<Email, &'static str> {
    Email::parse(text).ok_or("не адрес электронной почты")
}

/// СНИЛС with or without dashes and spaces.
///
/// # Errors
/// Why it is none, in Russian.
pub(super) fn snils(text: &str) -> Result<Snils, &'static str> {
    scientific(text)?;
    let text = text.replace(['\u{a0}', '–', '‑'], "-");
    let digits = text.chars().filter(char::is_ascii_digit).count();
    if digits < 11 {
        return Err("меньше 11 цифр; нули в начале тоже нужны");
    }
    Snils::parse(&text).ok_or("не СНИЛС: 11 цифр, и последние две должны сходиться с остальными")
}

/// A day: `12.03.1985`, `12.3.1985`, `12/03/1985`, `12-03-1985`, `1985-03-12`, `12 марта 1985 г.`; with a midnight after it too.
///
/// # Errors
/// Why it is none, in Russian.
pub(super) fn day(text: &str) -> Result<Day, &'static str> {
    let lower = text.to_lowercase().replace('\u{a0}', " ");
    let text = without_midnight(lower.trim());
    let (year, month, day) = parts(text).ok_or("не дата: нужна вида 12.03.1985")?;
    if year.len() != 4 {
        return Err("год из четырёх цифр: 12.03.1985");
    }
    let named = MONTHS
        .iter()
        .position(|name| *name == month)
        .map(|index| index + 1);
    let month = named.map_or_else(|| month.to_owned(), |number| number.to_string());
    Day::parse(&format!("{year}-{month:0>2}-{day:0>2}")).ok_or("такого дня нет в календаре")
}

/// A date of birth: a day from 1900 on, and not after `today`.
///
/// # Errors
/// Why it is none, in Russian.
pub(super) fn birthday(text: &str, today: (i32, u8, u8)) -> Result<Birthday, &'static str> {
    let day = day(text)?;
    if day.triple() > today {
        return Err("дата рождения ещё не наступила");
    }
    Birthday::parse(&String::from(day)).ok_or("год раньше 1900")
}

/// Year, month and day as they stand in the text.
fn parts(text: &str) -> Option<(&str, &str, &str)> {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    for separator in ['.', '/', '-', ' '] {
        let text = if separator == ' ' {
            without_year_word(text)
        } else {
            text
        };
        let mut parts = text
            .split(separator)
            .filter(|part| separator != ' ' || !part.is_empty());
        let (Some(first), Some(second), Some(third), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            continue;
        };
        let month = digits(second) || (separator == ' ' && MONTHS.contains(&second));
        if !(digits(first) && month && digits(third)) {
            continue;
        }
        let fits = |day: &str| day.len() <= 2 && (second.len() <= 2 || MONTHS.contains(&second));
        return if first.len() == 4 {
            fits(third).then_some((first, second, third))
        } else {
            fits(first).then_some((third, second, first))
        };
    }
    None
}

/// Table programs add a time to a day.
fn without_midnight(text: &str) -> &str {
    let Some((day, time)) = text.split_once(['t', ' ']) else {
        return text;
    };
    let is_midnight = !time.is_empty()
        && time.contains(':')
        && time.chars().all(|c| matches!(c, '0' | ':' | '.' | 'z'));
    if is_midnight { day } else { text }
}

fn without_year_word(text: &str) -> &str {
    let ends = ["года", "год", "г.", "г"];
    let end = ends.iter().find_map(|end| text.strip_suffix(end));
    end.unwrap_or(text).trim_end()
}

/// `7.91612E+10`: the digits are lost.
fn scientific(text: &str) -> Result<(), &'static str> {
    let number = |text: &str| {
        !text.is_empty()
            && text
                .chars()
                .all(|c| c.is_ascii_digit() || matches!(c, '.' | ','))
    };
    let upper = text.to_uppercase();
    match upper.split_once("E+") {
        Some((mantissa, power)) if number(mantissa) && number(power) => Err(
            "таблица сохранила число с потерей цифр (вида 7,9E+10): сделайте столбец текстовым и выгрузите заново",
        ),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn phones_as_people_type_them() {
        for text in [
            "8 916 123-45-67",
            "8(916)1234567",
            "+7 (916) 123-45-67",
            "7-916-123-45-67",
            "9161234567",
            "8\u{a0}916\u{a0}123–45–67",
            "79161234567",
            "8.916.123.45.67",
        ] {
            assert_eq!(phone(text).unwrap().expose(), "+79161234567", "{text}");
        }
        assert_eq!(
            phone("+375 29 123-45-67").unwrap().expose(),
            "+375291234567"
        );
        for wrong in [
            "",
            "916",
            "84951234",
            "7.91612E+10",
            "8 916 123-45-67 доб. 5",
            "89161234567, 84951234567",
            "375291234567",
            "+7+9161234567",
        ] {
            assert!(phone(wrong).is_err(), "{wrong}");
        }
        assert!(phone("7,91612E+10").unwrap_err().contains("текстовым"));
        assert!(
            phone("89161234567; 84951234567")
                .unwrap_err()
                .contains("несколько")
        );
    }

    #[test]
    fn days_as_people_type_them() {
        for text in [
            "12.03.1985",
            "12.3.1985",
            "12/03/1985",
            "12-03-1985",
            "1985-03-12",
            "1985.03.12",
            "12 марта 1985",
            "12 Марта 1985 г.",
            "12\u{a0}марта 1985\u{a0}года",
            "12.03.1985 0:00",
            "12.03.1985 00:00:00",
            "1985-03-12T00:00:00.000Z",
        ] {
            assert_eq!(
                day(text).map(String::from),
                Ok("1985-03-12".to_owned()),
                "{text}"
            );
        }
        for wrong in [
            "",
            "31118",
            "12.03.85",
            "31.02.1985",
            "12.03",
            "12.03.1985 14:30",
            "12.03.1985.1",
            "март 1985",
            "1985-03-012",
            "-3-12",
        ] {
            assert!(day(wrong).is_err(), "{wrong}");
        }
        let today = (2026, 11, 28);
        assert!(birthday("29.11.2026", today).is_err() && birthday("28.11.2026", today).is_ok());
        assert!(birthday("31.12.1899", today).is_err());
    }

    #[test]
    fn snils_with_dashes() {
        for text in ["112-233-445 95", "11223344595", "112-233-445\u{a0}95"] {
            assert_eq!(snils(text).unwrap().expose(), "11223344595", "{text}");
        }
        assert!(snils("1223344595").unwrap_err().contains("нули"));
        assert!(snils("112-233-445 96").is_err() && snils("1,12E+10").is_err());
    }

    proptest! {
        /// Whatever stands in a cell: no panic, and what is taken is what the type takes.
        #[test]
        fn any_text(text in "\\PC{0,24}") {
            let _ = (phone(&text), email(&text), snils(&text));
            let _ = birthday(&text, (2026, 11, 28));
        }

        /// Every phone however it is spaced.
        #[test]
        fn any_spacing(digits in "9[0-9]{9}", cuts in proptest::collection::vec("[ ()\\-.]{0,2}", 10)) {
            let spaced: String = digits.chars().zip(&cuts).map(|(digit, cut)| format!("{cut}{digit}")).collect();
            for start in ["8", "7", "+7", ""] {
                let text = format!("{start}{spaced}");
                prop_assert_eq!(phone(&text).map(|phone| phone.expose().to_owned()), Ok(format!("+7{digits}")), "{}", text);
            }
        }
    }
}
