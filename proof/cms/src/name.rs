//! Distinguished names as text for people.

use der::Tagged as _;
use der::asn1::Any;
use x509_cert::name::Name;

/// `CN=…, O=…` in the order of the certificate; unknown attributes under their OID.
pub(crate) fn text(name: &Name) -> String {
    let mut out = String::new();
    for attribute in name.0.iter().flat_map(|rdn| rdn.0.iter()) {
        if !out.is_empty() {
            out.push_str(", ");
        }
        let oid = attribute.oid.to_string();
        let label = SHORT
            .iter()
            .find(|(known, _)| *known == oid)
            .map_or(oid.as_str(), |(_, short)| short);
        out.push_str(label);
        out.push('=');
        out.push_str(&value_text(&attribute.value));
    }
    out
}

/// The first value under a short name such as `CN`.
pub(crate) fn first(name: &Name, short: &str) -> Option<String> {
    let (oid, _) = SHORT.iter().find(|(_, known)| *known == short)?;
    name.0
        .iter()
        .flat_map(|rdn| rdn.0.iter())
        .find(|attribute| attribute.oid.to_string() == *oid)
        .map(|attribute| value_text(&attribute.value))
}

/// RFC 4519, and the Russian attributes of FSB order 795 of 27.12.2011.
const SHORT: [(&str, &str); 18] = [
    ("2.5.4.3", "CN"),
    ("2.5.4.4", "SN"),
    ("2.5.4.5", "serialNumber"),
    ("2.5.4.6", "C"),
    ("2.5.4.7", "L"),
    ("2.5.4.8", "ST"),
    ("2.5.4.9", "street"),
    ("2.5.4.10", "O"),
    ("2.5.4.11", "OU"),
    ("2.5.4.12", "T"),
    ("2.5.4.42", "G"),
    ("1.2.840.113549.1.9.1", "E"),
    ("1.2.643.100.1", "ОГРН"),
    ("1.2.643.100.3", "СНИЛС"),
    ("1.2.643.100.4", "ИНН ЮЛ"),
    ("1.2.643.100.5", "ОГРНИП"),
    ("1.2.643.3.131.1.1", "ИНН"),
    ("2.5.4.97", "organizationIdentifier"),
];

pub(crate) fn value_text(value: &Any) -> String {
    let bytes = value.value();
    let text: String = match value.tag() {
        der::Tag::BmpString => char::decode_utf16(
            bytes
                .chunks(2)
                .map(|pair| pair.iter().fold(0, |unit, b| unit << 8 | u16::from(*b))),
        )
        .map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect(),
        // T.61 as everybody writes it: Latin-1.
        der::Tag::TeletexString => bytes.iter().map(|b| char::from(*b)).collect(),
        _ => String::from_utf8_lossy(bytes).into_owned(),
    };
    text.chars()
        .map(|c| {
            // A name must not steer the terminal, nor turn the direction of the text around it.
            let unfit = c.is_control()
                || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
            if unfit { char::REPLACEMENT_CHARACTER } else { c }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use der::Tag;

    #[test]
    fn every_kind_of_string_is_read_and_none_steers_the_text_around_it() {
        for (tag, bytes, text) in [
            (Tag::Utf8String, "Клиника".as_bytes(), "Клиника"),
            (Tag::PrintableString, b"Clinic", "Clinic"),
            (Tag::BmpString, &[0x04, 0x1a, 0x04, 0x3b], "Кл"),
            (Tag::BmpString, &[0x04, 0x1a, 0xd8, 0x00], "К\u{fffd}"),
            (Tag::TeletexString, &[0x41, 0xe9], "Aé"),
            (Tag::Utf8String, &[0x41, 0xff], "A\u{fffd}"),
            (Tag::Utf8String, b"A\x1b[31m\n", "A\u{fffd}[31m\u{fffd}"),
            (Tag::Utf8String, "A\u{202e}B".as_bytes(), "A\u{fffd}B"),
        ] {
            assert_eq!(value_text(&Any::new(tag, bytes).unwrap()), text);
        }
    }
}
