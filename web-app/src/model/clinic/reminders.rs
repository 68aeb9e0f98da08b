//! The clinic's schedule of reminders, as it is typed into the console.

use podpis_shared::wire::mis::{BEFORE_MAX, REMINDERS_MAX, SMS_FALLBACK_MAX};

/// What is wrong with what was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flaw {
    /// No whole number of hours, or no list of such.
    Number,
    /// A number below 1, or above what the API takes.
    Range,
    /// The same number twice.
    Twice,
    /// More numbers than the API takes.
    Many,
}

/// Hours before the end, the longest first: `72, 24` or `72 24`. Nothing typed: no reminders.
///
/// # Errors
/// What is wrong.
pub(crate) fn hours(typed: &str) -> Result<Vec<u16>, Flaw> {
    let between = |c: char| c == ',' || c == ';' || c.is_whitespace();
    let numbers = typed.split(between).filter(|number| !number.is_empty());
    let numbers = numbers.map(|number| within(number, BEFORE_MAX));
    let mut hours = numbers.collect::<Result<Vec<_>, _>>()?;
    let typed = hours.len();
    hours.sort_unstable_by(|one, other| other.cmp(one));
    hours.dedup();
    match typed {
        _ if hours.len() < typed => Err(Flaw::Twice),
        _ if typed > REMINDERS_MAX => Err(Flaw::Many),
        _ => Ok(hours),
    }
}

/// Hours until the SMS. Nothing typed: none is sent.
///
/// # Errors
/// What is wrong.
pub(crate) fn fallback(typed: &str) -> Result<Option<u16>, Flaw> {
    match typed.trim() {
        "" => Ok(None),
        number => within(number, SMS_FALLBACK_MAX).map(Some),
    }
}

/// As they are typed.
pub(crate) fn typed(hours: &[u16]) -> String {
    let hours: Vec<_> = hours.iter().map(u16::to_string).collect();
    hours.join(", ")
}

fn within(number: &str, max: u16) -> Result<u16, Flaw> {
    if !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Flaw::Number);
    }
    let hours = number.parse().ok();
    hours
        .filter(|hours| (1..=max).contains(hours))
        .ok_or(Flaw::Range)
}

#[cfg(test)]
mod tests {
    use podpis_shared::wire::mis::Settings;

    use super::*;

    #[test]
    fn what_is_taken_is_what_the_api_takes() {
        for (text, taken) in [
            ("", vec![]),
            ("24", vec![24]),
            (" 24, 72 ", vec![72, 24]),
            ("1;24\u{a0}168", vec![168, 24, 1]),
            ("5 4 3 2 1", vec![5, 4, 3, 2, 1]),
        ] {
            let hours = hours(text).unwrap();
            assert_eq!(hours, taken, "{text}");
            let settings = Settings {
                reminders_before_hours: hours.clone(),
                ..Settings::default()
            };
            assert_eq!(settings.check(), Ok(()));
            assert_eq!(super::hours(&typed(&hours)), Ok(hours));
        }
        assert_eq!(fallback("  "), Ok(None));
        assert_eq!(fallback("720"), Ok(Some(720)));
    }

    #[test]
    fn slips_are_told_apart() {
        for (text, flaw) in [
            ("день", Flaw::Number),
            ("24.5", Flaw::Number),
            ("-24", Flaw::Number),
            ("0", Flaw::Range),
            ("169", Flaw::Range),
            ("99999999", Flaw::Range),
            ("24, 72, 24", Flaw::Twice),
            ("6 5 4 3 2 1", Flaw::Many),
        ] {
            assert_eq!(hours(text), Err(flaw), "{text}");
        }
        for (text, flaw) in [
            ("0", Flaw::Range),
            ("721", Flaw::Range),
            ("4 часа", Flaw::Number),
        ] {
            assert_eq!(fallback(text), Err(flaw), "{text}");
        }
    }
}
