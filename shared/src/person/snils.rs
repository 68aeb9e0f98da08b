//! СНИЛС, the number of a person's insurance account.

use super::checked::checked_text;
use crate::sensitive::Sensitive;
use serde::{Deserialize, Serialize};

checked_text! {
    /// SNILS: 11 digits with a right control number.
    Snils, "snils is not 11 digits with a right control number"
}

impl Snils {
    /// Takes `11223344595` or `112-233-445 95`.
    ///
    /// Control number (PFR, numbers above 001-001-998): the sum of the first nine
    /// digits weighted 9..1, modulo 101, where 100 counts as 00.
    pub fn parse(text: &str) -> Option<Self> {
        if text
            .chars()
            .any(|c| !(c.is_ascii_digit() || c == '-' || c == ' '))
        {
            return None;
        }
        let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(10)).collect();
        if digits.len() != 11 {
            return None;
        }
        let number = digits[..9].iter().fold(0, |n, d| n * 10 + d);
        let sum: u32 = digits[..9]
            .iter()
            .zip((1..=9).rev())
            .map(|(d, weight)| d * weight)
            .sum();
        let control = sum % 101 % 100;
        if number > 1_001_998 && control != digits[9] * 10 + digits[10] {
            return None;
        }
        Some(Self(Sensitive::new(
            digits
                .iter()
                .filter_map(|d| char::from_digit(*d, 10))
                .collect(),
        )))
    }

    /// `***-***-445 95`: the last five digits stay.
    pub fn masked(&self) -> String {
        format!("***-***-{} {}", &self.expose()[6..9], &self.expose()[9..])
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Snils {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Snils".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "description": "11 digits, checked by the control number" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn snils_control_number() {
        assert_eq!(
            Snils::parse("112-233-445 95").unwrap().expose(),
            "11223344595"
        );
        assert_eq!(
            Snils::parse("11223344595").unwrap().masked(),
            "***-***-445 95"
        );
        for wrong in [
            "11223344594",
            "1122334459",
            "112233445955",
            "1122334459a",
            "",
        ] {
            assert!(Snils::parse(wrong).is_none(), "{wrong}");
        }
    }
}
