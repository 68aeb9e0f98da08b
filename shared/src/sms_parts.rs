//! How many parts a text takes as an SMS: what gateways bill (3GPP TS 23.038, TS 23.040).
//!
//! A text in the GSM alphabet has 160 signs in one part or 153 in each of several; any other text is UCS-2 with 70 or 67
//! units of UTF-16. A sign of two units is never divided between parts.

/// The GSM 7-bit default alphabet; each takes one septet.
const GSM: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿\
    abcdefghijklmnopqrstuvwxyzäöñüà";

/// Its extension; each takes an escape and a septet.
const GSM_EXTENSION: &str = "\u{c}^{}\\[~]|€";

/// Septets of one part, and of each of several.
const GSM_PART: (u32, u32) = (160, 153);

/// The same in units of UTF-16.
const UCS2_PART: (u32, u32) = (70, 67);

/// Parts of a text; 0 of an empty one.
pub fn parts(text: &str) -> u32 {
    match text.chars().map(septets).collect::<Option<Vec<u32>>>() {
        Some(sizes) => divided(&sizes, GSM_PART),
        None => {
            let sizes: Vec<u32> = text.chars().map(|c| units(c.len_utf16())).collect();
            divided(&sizes, UCS2_PART)
        }
    }
}

fn septets(sign: char) -> Option<u32> {
    if GSM.contains(sign) {
        Some(1)
    } else if GSM_EXTENSION.contains(sign) {
        Some(2)
    } else {
        None
    }
}

fn units(length: usize) -> u32 {
    if length > 1 { 2 } else { 1 }
}

fn divided(sizes: &[u32], (alone, of_several): (u32, u32)) -> u32 {
    let total = sizes
        .iter()
        .fold(0u32, |sum, size| sum.saturating_add(*size));
    if total == 0 {
        return 0;
    }
    if total <= alone {
        return 1;
    }
    let (mut parts, mut filled) = (1u32, 0);
    for size in sizes {
        if filled + size > of_several {
            (parts, filled) = (parts.saturating_add(1), 0);
        }
        filled += size;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_borders_of_parts() {
        for (sign, alone, several) in [
            ("a", 160, 153),
            ("я", 70, 67),
            ("€", 80, 76),
            ("😀", 35, 33),
        ] {
            assert_eq!(parts(&sign.repeat(alone)), 1, "{sign}");
            assert_eq!(parts(&sign.repeat(alone + 1)), 2, "{sign}");
            assert_eq!(parts(&sign.repeat(several * 2)), 2, "{sign}");
            assert_eq!(parts(&sign.repeat(several * 2 + 1)), 3, "{sign}");
        }
        assert_eq!(parts(""), 0);
    }

    #[test]
    fn one_sign_outside_the_alphabet_makes_it_all_ucs2() {
        assert_eq!(parts(&format!("{}№", "a".repeat(69))), 1);
        assert_eq!(parts(&format!("{}№", "a".repeat(70))), 2);
        assert_eq!(parts(&format!("{}«»", "a".repeat(132))), 2);
        assert_eq!(parts(&format!("{}«»", "a".repeat(133))), 3);
    }

    #[test]
    fn the_alphabet_has_its_127_signs() {
        // 128 positions, one of which is the escape.
        let mut signs: Vec<char> = GSM.chars().collect();
        signs.sort_unstable();
        signs.dedup();
        assert_eq!(signs.len(), 127);
        assert_eq!(GSM_EXTENSION.chars().count(), 10);
    }

    proptest! {
        #[test]
        fn more_text_is_never_fewer_parts(text in "\\PC{0,400}", more in "\\PC{0,10}") {
            let both = format!("{text}{more}");
            prop_assert!(parts(&both) >= parts(&text));
            let units = u32::try_from(both.encode_utf16().count()).unwrap();
            // The densest is 160 signs a part, the loosest 66 units, or 76 signs of the extension.
            prop_assert!(parts(&both) <= units.div_ceil(66).max(1));
            prop_assert!(parts(&both) >= units.div_ceil(160));
        }
    }
}
