//! The canonical form of JSON (RFC 8785).

use serde::Serialize;

/// A value that has no canonical form: a number that JSON can't hold exactly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the value has no canonical JSON form")]
pub struct CanonicalError;

/// The canonical form: sorted members, no spaces, one way to write each string and number.
///
/// # Errors
/// For values that RFC 8785 can't represent.
pub fn canonical(value: &impl Serialize) -> Result<Vec<u8>, CanonicalError> {
    serde_json_canonicalizer::to_vec(value).map_err(|_| CanonicalError)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    /// RFC 8785 section 3.2.3 (sorting) and 3.2.2 (strings), shortened to what we use.
    #[test]
    fn the_standard_sample() {
        let value: Value = serde_json::from_str(
            r#"{"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One",
                "\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis"}"#,
        )
        .unwrap();
        let text = String::from_utf8(canonical(&value).unwrap()).unwrap();
        let order = [
            "Carriage", "One", "Control", "Latin", "Euro", "Emoji", "Hebrew",
        ];
        let places: Vec<usize> = order.iter().map(|word| text.find(word).unwrap()).collect();
        assert!(places.is_sorted(), "{text}");
    }

    #[test]
    fn cyrillic_and_numbers_stay_as_they_are() {
        let value = json!({"я": 1, "a": [true, null, 1_795_345_531_000_u64], "б": "ё\n\"/"});
        assert_eq!(
            String::from_utf8(canonical(&value).unwrap()).unwrap(),
            "{\"a\":[true,null,1795345531000],\"б\":\"ё\\n\\\"/\",\"я\":1}"
        );
    }
}
