//! The name that a clinic shows: one line that reads as what it is.

use unicode_normalization::UnicodeNormalization as _;

/// Longest name, in characters.
pub const NAME_MAX: usize = 100;

/// Marks that a name may have beside letters, digits and spaces.
const MARKS: &str = "«»„“”\"'’().,:;!&+-–—/№*·";

/// Latin letters that look like Cyrillic ones, and the other way round.
const LOOKALIKES: &str = "aceiopxyABCEHIKMOPSTXYаеіорсухАВЕКМНОРСТУХЅІѕ";

/// Why a name can't be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Too long, empty, or without a letter.
    #[error("display_name is 1 to {NAME_MAX} characters with a letter among them")]
    Length,
    /// A sign that can't be seen, turns the direction of text, or is a picture.
    #[error("display_name has only letters, digits, spaces and common punctuation")]
    Sign,
    /// A word of Latin and Cyrillic letters that look the same: it reads as another word than it is.
    #[error("display_name mixes Latin and Cyrillic letters that look alike in one word")]
    Mixed,
}

/// The name in its composed form (NFC), spaces made single.
///
/// # Errors
/// [`NameError`]: it could mislead whoever reads it.
pub fn display_name(text: &str) -> Result<String, NameError> {
    let composed: String = text.nfc().collect();
    if composed.chars().any(|c| c.is_control()) {
        return Err(NameError::Sign);
    }
    let words: Vec<&str> = composed
        .split(' ')
        .filter(|word| !word.is_empty())
        .collect();
    let name = words.join(" ");
    let may_stand = |c: char| c.is_alphanumeric() || c == ' ' || MARKS.contains(c);
    if !name.chars().all(may_stand) {
        return Err(NameError::Sign);
    }
    if !(1..=NAME_MAX).contains(&name.chars().count()) || !name.chars().any(char::is_alphabetic) {
        return Err(NameError::Length);
    }
    if name.split(|c: char| !c.is_alphabetic()).any(is_disguised) {
        return Err(NameError::Mixed);
    }
    Ok(name)
}

/// Whether a word has letters of both scripts, and those of one of them all have a double in the other.
fn is_disguised(word: &str) -> bool {
    let all_alike = |is: fn(char) -> bool| {
        let mut of_script = word.chars().filter(|c| is(*c)).peekable();
        of_script
            .peek()
            .is_some()
            .then(|| of_script.all(|c| LOOKALIKES.contains(c)))
    };
    match (
        all_alike(|c| c.is_ascii_alphabetic()),
        all_alike(is_cyrillic),
    ) {
        (Some(latin), Some(cyrillic)) => latin || cyrillic,
        _ => false,
    }
}

fn is_cyrillic(c: char) -> bool {
    ('\u{400}'..='\u{52f}').contains(&c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_clinics() {
        for name in [
            "Клиника «Здоровье»",
            "ООО «Ромашка-Мед» № 1",
            "МРТ-Expert",
            "Doctor & Co.",
            "ДокторZ",
            "Стоматология 32",
            "К+31",
            "Ёлка",
        ] {
            assert_eq!(display_name(name).as_deref(), Ok(name));
        }
        assert_eq!(
            display_name("  Клиника   на  углу ").as_deref(),
            Ok("Клиника на углу")
        );
        // Composed: a breve of its own becomes one letter.
        assert_eq!(display_name("Трои\u{306}ка").as_deref(), Ok("Тройка"));
        assert_eq!(
            display_name(&"я".repeat(NAME_MAX)).map(|n| n.chars().count()),
            Ok(NAME_MAX)
        );
    }

    #[test]
    fn names_that_mislead() {
        for name in ["", "   ", "123", "…", &"я".repeat(NAME_MAX + 1)] {
            assert!(
                matches!(display_name(name), Err(NameError::Length | NameError::Sign)),
                "{name}"
            );
        }
        for sign in [
            "\n",
            "\t",
            "\u{0}",
            "\u{7f}",
            "\u{85}",
            "\u{a0}",
            "\u{ad}",
            "\u{200b}",
            "\u{200d}",
            "\u{200e}",
            "\u{202e}",
            "\u{2066}",
            "\u{2028}",
            "\u{feff}",
            "\u{e0041}",
            "🏥",
            "✓",
            "<",
            ">",
            "@",
            "\u{fffd}",
        ] {
            assert_eq!(
                display_name(&format!("Клиника{sign}Здоровье")),
                Err(NameError::Sign),
                "{sign:?}"
            );
        }
        for mixed in ["Cбербанк", "Клиникa", "Gоsuslugi", "Гoсуслуги"] {
            assert_eq!(display_name(mixed), Err(NameError::Mixed), "{mixed}");
        }
    }
}
