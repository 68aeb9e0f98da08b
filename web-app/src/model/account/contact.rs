//! What a person types as a phone or an e-mail address.

use podpis_shared::Email;

/// Why it can't be one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flaw {
    /// Nothing was typed.
    Empty,
    /// Digits are missing.
    Short,
    /// There are too many digits.
    Long,
    /// Neither a phone nor an address.
    NotAddress,
}

/// Checks the shape, so that a slip is told at once; the server decides. Returns it trimmed, as it is sent.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn read(typed: &str) -> Result<String, Flaw> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Err(Flaw::Empty);
    }
    let letters = typed.contains('@') || typed.chars().any(char::is_alphabetic);
    if letters {
        let address = Email::parse(typed).ok_or(Flaw::NotAddress)?;
        return Ok(address.expose().to_owned());
    }
    let digits = typed.chars().filter(char::is_ascii_digit).count();
    match digits {
        0 => Err(Flaw::NotAddress),
        1..=9 => Err(Flaw::Short),
        10..=15 => Ok(typed.to_owned()),
        _ => Err(Flaw::Long),
    }
}

/// The six digits of a typed code; white space and dashes do not count.
pub(crate) fn code_digits(typed: &str) -> Option<String> {
    let digits: String = typed
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '-')
        .collect();
    let whole = digits.len() == podpis_shared::wire::code::CODE_DIGITS
        && digits.bytes().all(|b| b.is_ascii_digit());
    whole.then_some(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phones_in_the_ways_people_write_them() {
        for typed in [
            "8 916 123-45-67",
            " +7 (916) 123 45 67 ",
            "89161234567",
            "9161234567",
            "+375 29 123-45-67",
        ] {
            assert_eq!(read(typed).as_deref(), Ok(typed.trim()));
        }
        assert_eq!(read("8 916 123"), Err(Flaw::Short));
        assert_eq!(read("8916123456789016"), Err(Flaw::Long));
        assert_eq!(read(" "), Err(Flaw::Empty));
        assert_eq!(read("+-"), Err(Flaw::NotAddress));
    }

    #[test]
    fn addresses() {
        assert_eq!(
            read(" maria@example.ru ").as_deref(),
            Ok("maria@example.ru")
        );
        for typed in ["maria", "maria@", "@example.ru", "мария@", "8916abc"] {
            assert_eq!(read(typed), Err(Flaw::NotAddress), "{typed}");
        }
    }

    #[test]
    fn codes() {
        for typed in ["123456", "123 456", " 123-456 "] {
            assert_eq!(code_digits(typed).as_deref(), Some("123456"));
        }
        for typed in ["", "12345", "1234567", "12345a", "١٢٣٤٥٦"] {
            assert_eq!(code_digits(typed), None, "{typed}");
        }
    }
}
