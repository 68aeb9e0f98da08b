//! Phones and e-mail addresses.

use super::checked::checked_text;
use crate::sensitive::Sensitive;
use serde::{Deserialize, Serialize};

checked_text! {
    /// A Russian mobile or any other phone in E.164: `+` and 10 to 15 digits.
    Phone, "phone is not in E.164 form (+79161234567)"
}

impl Phone {
    /// Parses E.164; spaces and punctuation are not accepted.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('+')?;
        let right = (10..=15).contains(&digits.len())
            && digits.bytes().all(|b| b.is_ascii_digit())
            && !digits.starts_with('0')
            && (!digits.starts_with('7') || digits.len() == 11);
        right.then(|| Self(Sensitive::new(text.to_owned())))
    }

    /// `+7 *** ***-45-67`: the last four digits stay.
    pub fn masked(&self) -> String {
        let digits = self.expose();
        let tail = &digits[digits.len() - 4..];
        let country = if digits.starts_with("+7") { "+7" } else { "+" };
        format!("{country} *** ***-{}-{}", &tail[..2], &tail[2..])
    }
}

checked_text! {
    /// An e-mail address, checked for its shape only.
    Email, "email is not an address"
}

impl Email {
    /// One `@`, something before it, a dot in the domain, no spaces or control characters, up to 254 bytes.
    pub fn parse(text: &str) -> Option<Self> {
        let (local, domain) = text.split_once('@')?;
        let right = text.len() <= 254
            && !local.is_empty()
            && !domain.contains('@')
            && domain.split('.').count() >= 2
            && domain.split('.').all(|label| !label.is_empty())
            && !text
                .chars()
                .any(|c| c.is_whitespace() || c.is_control() || "<>\",;()".contains(c));
        right.then(|| Self(Sensitive::new(text.to_owned())))
    }

    /// `m***@example.ru`: the first character and the domain stay.
    pub fn masked(&self) -> String {
        let (local, domain) = self.expose().split_once('@').unwrap_or_default();
        format!("{}***@{domain}", local.chars().take(1).collect::<String>())
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Phone {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Phone".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string", "pattern": r"^\+[1-9][0-9]{9,14}$", "description": "E.164: +79161234567"
        })
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Email {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Email".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "format": "email", "maxLength": 254 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phone_and_email_shapes() {
        assert_eq!(
            Phone::parse("+79161234567").unwrap().masked(),
            "+7 *** ***-45-67"
        );
        for wrong in [
            "79161234567",
            "+7916123456",
            "+7916123456a",
            "+0123456789",
            "+",
        ] {
            assert!(Phone::parse(wrong).is_none(), "{wrong}");
        }
        assert!(Email::parse("m@example.ru").is_some());
        for wrong in [
            "m@",
            "@example.ru",
            "m@localhost",
            "a b@example.ru",
            "m@example..ru",
        ] {
            assert!(Email::parse(wrong).is_none(), "{wrong}");
        }
    }
}
