//! Rubles as gateways write them. No floating point: a sum is read digit by digit.

use serde_json::value::RawValue;

/// A sum as a gateway said it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sum {
    /// Kopecks; of a finer sum (some tariffs have it) the nearest, halves away from zero.
    pub(crate) kopecks: i64,
    /// The gateway's own digits.
    pub(crate) said: String,
}

impl Sum {
    /// From decimal digits with a point; `None` for anything else, an exponent too.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (negative, digits) = text
            .strip_prefix('-')
            .map_or((false, text), |rest| (true, rest));
        let (rubles, rest) = digits.split_once('.').unwrap_or((digits, "0"));
        let number =
            |digits: &str| digits.bytes().all(|b| b.is_ascii_digit()) && !digits.is_empty();
        if !number(rubles) || !number(rest) {
            return None;
        }
        let mut fraction = rest.bytes().map(|b| i64::from(b - b'0')).chain([0, 0, 0]);
        let (tens, ones, next) = (fraction.next()?, fraction.next()?, fraction.next()?);
        let kopecks = rubles.parse::<i64>().ok()?.checked_mul(100)?;
        let kopecks = kopecks.checked_add(tens * 10 + ones + i64::from(next >= 5))?;
        Some(Self {
            kopecks: if negative { -kopecks } else { kopecks },
            said: text.to_owned(),
        })
    }

    /// From JSON: a number, or the same as a string.
    pub(crate) fn of(json: Option<&RawValue>) -> Option<Self> {
        Self::parse(plain(json?))
    }
}

/// The text of a JSON number, or of a string without escapes: gateways write one for the other.
pub(crate) fn plain(json: &RawValue) -> &str {
    let text = json.get();
    let inside = text
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'));
    inside.unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_exact() {
        for (text, kopecks) in [
            ("0", 0),
            ("0.00", 0),
            ("4", 400),
            ("4.1", 410),
            ("4.12", 412),
            ("0.07", 7),
            ("1.005", 101),
            ("1.0049999", 100),
            ("2.999", 300),
            ("-12.345", -1235),
            ("4122.56", 412_256),
            // Where a float would be wrong: 0.29 * 100 is 28.999….
            ("0.29", 29),
            ("90071992547409.93", 9_007_199_254_740_993),
        ] {
            let sum = Sum::parse(text).unwrap();
            assert_eq!((sum.kopecks, sum.said.as_str()), (kopecks, text));
        }
        for wrong in [
            "",
            ".5",
            "5.",
            "-",
            "1e2",
            "+1",
            "1,5",
            "1.2.3",
            "99999999999999999999",
            "NaN",
            " 1",
        ] {
            assert_eq!(Sum::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn numbers_and_strings() {
        for (json, expected) in [
            ("4.10", Some(410)),
            ("\"4.10\"", Some(410)),
            ("null", None),
            ("[1]", None),
        ] {
            let raw: Box<RawValue> = serde_json::from_str(json).unwrap();
            assert_eq!(
                Sum::of(Some(&raw)).map(|sum| sum.kopecks),
                expected,
                "{json}"
            );
        }
    }
}
