//! Of documents that came together.

use super::plural;

/// That a document did not come alone.
pub(crate) fn note(others: usize) -> String {
    let number = others as u64;
    let came = plural(number, ["прислан", "присланы", "прислано"]);
    let documents = plural(number, ["документ", "документа", "документов"]);
    format!(
        "Вместе с\u{a0}этим документом {came} ещё\u{a0}{others} {documents}. Каждый открывается и\u{a0}подписывается отдельно."
    )
}

/// What of the package is left after a signature.
pub(crate) fn rest(left: usize) -> String {
    let left = left as u64;
    let (verb, noun, came) = (
        plural(left, ["ждёт", "ждут", "ждут"]),
        plural(left, ["документ", "документа", "документов"]),
        plural(left, ["он прислан", "они присланы", "они присланы"]),
    );
    format!("Вас {verb} ещё\u{a0}{left}\u{a0}{noun}: {came} вместе с\u{a0}этим.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_is_counted() {
        for (others, words) in [
            (1, "документом прислан ещё\u{a0}1 документ."),
            (2, "документом присланы ещё\u{a0}2 документа."),
            (11, "документом прислано ещё\u{a0}11 документов."),
        ] {
            assert!(note(others).contains(words), "{others}");
        }
    }
}
