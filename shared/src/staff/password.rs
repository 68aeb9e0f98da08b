//! What a password of the staff must be like: long, not one that everybody tries first, and not made of the e-mail. No rules on
//! kinds of characters: they make passwords worse (NIST SP 800-63B, 5.1.1.2).

use unicode_normalization::UnicodeNormalization as _;

/// Fewest characters.
pub const MIN: usize = 10;

/// Most characters.
pub const MAX: usize = 128;

/// What is tried first, and is long enough to pass otherwise: in lower case, without digits and signs at the ends.
const COMMON: &[&str] = &[
    "password",
    "passwords",
    "passw0rd",
    "p@ssword",
    "p@ssw0rd",
    "qwerty",
    "qwertyuiop",
    "qwertyui",
    "qwertyqwerty",
    "qazwsx",
    "qazwsxedc",
    "asdfghjkl",
    "zxcvbnm",
    "zxcvbnmzxcvbnm",
    "iloveyou",
    "letmein",
    "welcome",
    "admin",
    "administrator",
    "superuser",
    "dragon",
    "monkey",
    "football",
    "sunshine",
    "princess",
    "master",
    "changeme",
    "trustno",
    "abcdefghij",
    "abcdefgh",
    "secret",
    "default",
    "testtest",
    "testtesttest",
    "user",
    "guest",
    "root",
    "пароль",
    "парольпароль",
    "йцукен",
    "йцукенгшщз",
    "йцукенгшщзхъ",
    "фывапролдж",
    "ячсмитьбю",
    "привет",
    "любовь",
    "наташа",
    "россия",
    "москва",
    "клиника",
    "больница",
    "доктор",
    "медицина",
    "поликлиника",
    "регистратура",
    "gfhjkm",
    "ghbdtn",
    "vjcrdf",
    "hjccbz",
    "rkbybrf",
    "clinic",
    "klinika",
    "doctor",
    "doktor",
    "hospital",
    "medicina",
    "registratura",
    "podpis",
    "подпись",
    "moskva",
    "rossiya",
    "russia",
    "parol",
    "parolparol",
    "privet",
    "lubov",
];

/// Why a password is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weak {
    /// Fewer than [`MIN`] characters.
    Short,
    /// More than [`MAX`] characters.
    Long,
    /// Of the list, of one character or few, or a row of the keyboard.
    Common,
    /// It has the e-mail in it, or is in it.
    Email,
}

impl Weak {
    /// What is wrong and what to do, in Russian.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Short => "Пароль короче 10 знаков. Возьмите несколько слов подряд.",
            Self::Long => "Пароль длиннее 128 знаков.",
            Self::Common => {
                "Такой пароль подбирают первым. Возьмите несколько слов, не связанных друг с другом."
            }
            Self::Email => "В пароле есть адрес почты. Придумайте другой.",
        }
    }
}

/// Checks a new password of somebody with this e-mail.
///
/// # Errors
/// Why it is refused.
pub fn check(password: &str, email: &str) -> Result<(), Weak> {
    let password = normal(password);
    let length = password.chars().count();
    if length < MIN {
        return Err(Weak::Short);
    }
    if length > MAX {
        return Err(Weak::Long);
    }
    let folded = password.to_lowercase();
    if is_common(&folded) {
        return Err(Weak::Common);
    }
    let email = email.to_lowercase();
    let local = email.split('@').next().unwrap_or_default();
    // Three letters are in many words.
    if (local.chars().count() > 3 && folded.contains(local)) || email.contains(&folded) {
        return Err(Weak::Email);
    }
    Ok(())
}

/// The password as it is hashed: composed, so that the same keys on another system give the same (RFC 8265).
pub fn normal(password: &str) -> String {
    password.nfc().collect()
}

fn is_common(folded: &str) -> bool {
    let mut different: Vec<char> = folded.chars().collect();
    different.sort_unstable();
    different.dedup();
    if different.len() < 5 {
        return true;
    }
    let core = folded.trim_matches(|c: char| !c.is_alphabetic());
    core.is_empty() || COMMON.contains(&core) || COMMON.contains(&folded) || is_row(folded)
}

/// Every character follows the one before it, as in `1234567890` or `abcdefghijk`, or the other way round.
fn is_row(text: &str) -> bool {
    let codes: Vec<u32> = text.chars().map(u32::from).collect();
    let steps = |step: i64| {
        let follows =
            |pair: &[u32]| matches!(pair, [a, b] if i64::from(*b) - i64::from(*a) == step);
        codes.windows(2).filter(|pair| follows(pair)).count() * 10 >= codes.len() * 8
    };
    steps(1) || steps(-1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const EMAIL: &str = "ivanova@example.ru";

    #[test]
    fn long_ones_pass() {
        for fine in [
            "корова съела трактор",
            "correct horse battery staple",
            "zK8#qLw2!x",
            "Зимой-82-ёжик",
        ] {
            assert_eq!(check(fine, EMAIL), Ok(()), "{fine}");
        }
        assert_eq!(check(&"аб в г д е ".repeat(11), EMAIL), Ok(()));
    }

    #[test]
    fn weak_ones_do_not() {
        for (weak, why) in [
            ("", Weak::Short),
            ("zK8#qLw2!", Weak::Short),
            ("123456789012", Weak::Common),
            ("0987654321", Weak::Common),
            ("abcdefghijk", Weak::Common),
            ("aaaaaaaaaaaaaaa", Weak::Common),
            ("abababababab", Weak::Common),
            ("Password2026!", Weak::Common),
            ("2026-пароль-2026", Weak::Common),
            ("qwertyuiop", Weak::Common),
            ("Клиника2026", Weak::Common),
            ("8495 123 45 67", Weak::Common),
            ("моя ivanova 1985", Weak::Email),
            ("IVANOVA@example", Weak::Email),
        ] {
            assert_eq!(check(weak, EMAIL), Err(why), "{weak}");
        }
        let long = "знак и ещё".repeat(13);
        assert_eq!(check(&long, EMAIL), Err(Weak::Long));
    }

    #[test]
    fn one_password_however_it_is_typed() {
        assert_eq!(normal("чаи\u{306}ник"), "чайник");
    }
}
