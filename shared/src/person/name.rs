//! When two names are the same: the rule of `docs/matching.md`.
//!
//! People and systems write one name in many ways, and none of them may cost a patient the signature; but a name in
//! other letters is another name, however alike it looks.

use unicode_normalization::UnicodeNormalization as _;

/// Whether two names, or two full names, are the same.
///
/// Equal after Unicode's form C, case, ё to е, spaces of every kind, dashes of every kind (which count as a space),
/// apostrophes of every kind, and signs that can't be seen.
pub fn same(one: &str, other: &str) -> bool {
    fold(one) == fold(other)
}

/// Whether two names differ at most in Latin letters that look like Cyrillic ones.
pub(super) fn look_alike(one: &str, other: &str) -> bool {
    skeleton(&fold(one)) == skeleton(&fold(other))
}

/// Whether a name has Cyrillic letters along with those of another alphabet: nobody's name in Russia is written so.
pub(super) fn is_mixed(name: &str) -> bool {
    let letters = || {
        // Apostrophes become punctuation: one of them is a letter to Unicode.
        name.nfc().map(apostrophe).filter(|c| c.is_alphabetic())
    };
    letters().any(is_cyrillic) && !letters().all(is_cyrillic)
}

/// The form in which names are compared.
pub(super) fn fold(name: &str) -> String {
    let plain: String = name
        .nfc()
        .filter(|c| !is_invisible(*c))
        .flat_map(char::to_lowercase)
        .map(apostrophe)
        .map(|c| if c == 'ё' { 'е' } else { c })
        .collect();
    plain
        .split(|c: char| c.is_whitespace() || is_dash(c))
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// A folded name with every Latin letter that looks like a Cyrillic one, small or capital, in its place.
fn skeleton(folded: &str) -> String {
    let cyrillic = |c| match c {
        'a' => 'а',
        'b' => 'в',
        'c' => 'с',
        'e' | 'ë' => 'е',
        'h' => 'н',
        'k' => 'к',
        'm' => 'м',
        'o' => 'о',
        'p' => 'р',
        't' => 'т',
        'x' => 'х',
        'y' => 'у',
        c => c,
    };
    folded.chars().map(cyrillic).collect()
}

/// Cyrillic with its supplement and extensions.
const fn is_cyrillic(c: char) -> bool {
    matches!(c, '\u{400}'..='\u{52f}' | '\u{1c80}'..='\u{1c8f}' | '\u{2de0}'..='\u{2dff}' | '\u{a640}'..='\u{a69f}')
}

/// Hyphens, dashes and the minus sign: Unicode's category Pd where it occurs in names, with look-alikes.
const fn is_dash(c: char) -> bool {
    matches!(
        c,
        '-' | '\u{2010}'
            ..='\u{2015}'
                | '\u{2043}'
                | '\u{2212}'
                | '\u{2e3a}'
                | '\u{2e3b}'
                | '\u{fe58}'
                | '\u{fe63}'
                | '\u{ff0d}'
    )
}

/// What copying from elsewhere leaves behind: soft hyphen, joiners, marks of direction, byte order mark.
const fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}'
    )
}

const fn apostrophe(c: char) -> char {
    match c {
        '\u{2018}' | '\u{2019}' | '\u{2bc}' | '\u{2b9}' | '\u{2032}' | '`' | '\u{b4}' => '\'',
        c => c,
    }
}

#[cfg(test)]
mod tests;
