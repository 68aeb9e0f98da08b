//! Text strings and dates (ISO 32000-1, 7.9.2 and 7.9.4).

use lopdf::Object;
use podpis_shared::time::Timestamp;

/// Characters of a name or reason that are worth showing.
const MAX_TEXT: usize = 500;

/// A text string: UTF-16 or UTF-8 with their marks, else PDFDocEncoding, whose part above ASCII is read as Latin-1.
/// Control characters become spaces; long texts are cut.
pub(super) fn text(object: &Object) -> Option<String> {
    let bytes = object.as_str().ok()?;
    let text: String = match bytes {
        [0xFE, 0xFF, units @ ..] => utf16(units, u16::from_be_bytes),
        [0xFF, 0xFE, units @ ..] => utf16(units, u16::from_le_bytes),
        [0xEF, 0xBB, 0xBF, utf8 @ ..] => String::from_utf8_lossy(utf8).into_owned(),
        other => other.iter().map(|byte| char::from(*byte)).collect(),
    };
    let shown = text
        .chars()
        .take(MAX_TEXT)
        .map(|c| if c.is_control() { ' ' } else { c });
    Some(shown.collect())
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let units: Vec<u16> = bytes
        .as_chunks::<2>()
        .0
        .iter()
        .take(2 * MAX_TEXT)
        .map(|pair| unit(*pair))
        .collect();
    String::from_utf16_lossy(&units)
}

/// A date `D:YYYYMMDDHHmmSS` with `Z`, `+HH'mm` or `-HH'mm`, with or without the last apostrophe.
///
/// Without an offset the instant is unknown, so there is none.
pub(super) fn date(object: &Object) -> Option<Timestamp> {
    let text = std::str::from_utf8(object.as_str().ok()?).ok()?;
    let (digits, zone) = text.strip_prefix("D:")?.split_at_checked(14)?;
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let zone = match zone.as_bytes() {
        b"Z" | b"Z00'00'" | b"Z00'00" => "Z".to_owned(),
        [b'+' | b'-', rest @ ..] if rest.len() >= 5 && zone.is_ascii() => {
            format!("{}:{}", &zone[..3], &zone[4..6])
        }
        _ => return None,
    };
    let part = |from: usize, to: usize| &digits[from..to];
    Timestamp::parse(&format!(
        "{}-{}-{}T{}:{}:{}{zone}",
        part(0, 4),
        part(4, 6),
        part(6, 8),
        part(8, 10),
        part(10, 12),
        part(12, 14)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_and_dates() {
        let utf16 = Object::string_literal(b"\xFE\xFF\x04\x1F\x04\x30".to_vec());
        assert_eq!(text(&utf16).as_deref(), Some("Па"));
        assert_eq!(
            text(&Object::string_literal("a\nb")).as_deref(),
            Some("a b")
        );
        assert_eq!(text(&Object::Null), None);

        let utc = date(&Object::string_literal("D:20261122110531Z"));
        assert_eq!(utc, Timestamp::parse("2026-11-22T11:05:31Z"));
        assert_eq!(
            date(&Object::string_literal("D:20261122140531+03'00'")),
            utc
        );
        assert_eq!(date(&Object::string_literal("D:20261122140531+03'00")), utc);
        for odd in [
            "",
            "D:",
            "D:2026",
            "D:20261122140531",
            "D:20261322140531Z",
            "D:20261122140531+ж",
        ] {
            assert_eq!(date(&Object::string_literal(odd)), None, "{odd}");
        }
    }
}
