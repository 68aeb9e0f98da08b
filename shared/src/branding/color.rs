//! A clinic's colour, and the variants of it that everybody can read.
//!
//! Whatever colour a clinic chooses, none is refused: pages show the nearest variant of its hue with a contrast of 7:1
//! (WCAG 2.2, success criterion 1.4.6, level AAA, as all texts of ours), darker in the light theme, lighter in the dark one.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Contrast of every text.
const CONTRAST: f64 = 7.0;

/// Backgrounds and quiet text of `web-app/style.css`: paper, card, soft; a test compares.
const LIGHT: [Color; 3] = [Color([0xf3, 0xf6, 0xf6]), WHITE, Color([0x3e, 0x4d, 0x47])];
const DARK: [Color; 3] = [
    Color([0x0f, 0x16, 0x17]),
    Color([0x18, 0x22, 0x24]),
    Color([0xb4, 0xc4, 0xc2]),
];

const WHITE: Color = Color([255, 255, 255]);
const BLACK: Color = Color([0, 0, 0]);

/// Darker than the paper of the dark theme: what is readable there is readable on this.
const NIGHT: Color = Color([0x0b, 0x12, 0x13]);

/// A colour of sRGB, `#rrggbb`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Color([u8; 3]);

/// Variants for both themes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "schema",
    derive(schemars::JsonSchema),
    schemars(inline, deny_unknown_fields)
)]
pub struct Palette {
    /// On light pages.
    pub light: Theme,
    /// On dark pages.
    pub dark: Theme,
}

/// Variants for one theme.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "schema",
    derive(schemars::JsonSchema),
    schemars(inline, deny_unknown_fields)
)]
pub struct Theme {
    /// Buttons, links and headings.
    pub main: Color,
    /// A button under the finger.
    pub press: Color,
    /// Text on `main` and `press`.
    pub on: Color,
    /// Background of what is set apart.
    pub tint: Color,
}

impl Color {
    /// Parses `#rrggbb`.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text
            .strip_prefix('#')
            .filter(|digits| digits.len() == 6 && digits.is_ascii())?;
        let part = |at: usize| {
            let two = &digits[at..at + 2];
            two.bytes()
                .all(|b| b.is_ascii_hexdigit())
                .then(|| u8::from_str_radix(two, 16).ok())?
        };
        Some(Self([part(0)?, part(2)?, part(4)?]))
    }

    /// Contrast ratio with another colour, 1 to 21 (WCAG 2.2).
    pub fn contrast(self, other: Self) -> f64 {
        let (one, other) = (self.luminance(), other.luminance());
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    /// Relative luminance, 0 to 1 (WCAG 2.2).
    fn luminance(self) -> f64 {
        let linear = |part: u8| {
            let part = f64::from(part) / 255.0;
            if part <= 0.04045 {
                part / 12.92
            } else {
                ((part + 0.055) / 1.055).powf(2.4)
            }
        };
        let [red, green, blue] = self.0.map(linear);
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    /// So many hundredths of the way to another colour.
    fn toward(self, other: Self, hundredths: u32) -> Self {
        let mixed = |(from, to): (u8, u8)| {
            let sum = u32::from(from) * (100 - hundredths) + u32::from(to) * hundredths;
            u8::try_from((sum + 50) / 100).unwrap_or(u8::MAX)
        };
        let [red, green, blue] = self.0;
        let [to_red, to_green, to_blue] = other.0;
        Self([(red, to_red), (green, to_green), (blue, to_blue)].map(mixed))
    }
}

impl Palette {
    /// The variants of a colour.
    pub fn of(color: Color) -> Self {
        Self {
            light: Theme::of(color, BLACK, LIGHT, (WHITE, 7, 20)),
            dark: Theme::of(color, WHITE, DARK, (NIGHT, 6, 30)),
        }
    }
}

impl Theme {
    /// The first step toward `end` that can be read everywhere; `end` itself can.
    fn of(
        color: Color,
        end: Color,
        page: [Color; 3],
        (on, tint, press): (Color, u32, u32),
    ) -> Self {
        let [_, card, _] = page;
        let theme = |step: u32| {
            let main = color.toward(end, step);
            Self {
                main,
                press: main.toward(end, press),
                on,
                tint: card.toward(main, tint),
            }
        };
        (0..100)
            .map(theme)
            .find(|theme| theme.is_readable(page))
            .unwrap_or_else(|| theme(100))
    }

    fn is_readable(&self, [paper, card, soft]: [Color; 3]) -> bool {
        let pairs = [
            (self.main, paper),
            (self.main, card),
            (self.main, self.tint),
            (soft, self.tint),
            (self.on, self.main),
            (self.on, self.press),
        ];
        pairs
            .iter()
            .all(|(one, other)| one.contrast(*other) >= CONTRAST)
    }
}

impl fmt::Display for Color {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

impl TryFrom<String> for Color {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("not a colour #rrggbb")
    }
}

impl From<Color> for String {
    fn from(color: Color) -> Self {
        color.to_string()
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Color {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Color".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": "^#[0-9a-fA-F]{6}$" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn color(text: &str) -> Color {
        Color::parse(text).unwrap()
    }

    #[test]
    fn colours_are_read_and_written() {
        assert_eq!(color("#0A54ff").to_string(), "#0a54ff");
        for text in [
            "",
            "#fff",
            "09545a",
            "#09545",
            "#09545aa",
            "#09545g",
            "#+9545a",
            "red",
            "#яяя",
            "rgb(0,0,0)",
        ] {
            assert_eq!(Color::parse(text), None, "{text}");
        }
    }

    /// Values of the W3C's own examples and of common checkers.
    #[test]
    fn contrast_is_wcags() {
        for (one, other, ratio) in [
            ("#000000", "#ffffff", 21.0),
            ("#ffffff", "#ffffff", 1.0),
            ("#777777", "#ffffff", 4.48),
            ("#0000ff", "#ffffff", 8.59),
            ("#ff0000", "#ffffff", 4.0),
            ("#09545a", "#ffffff", 8.66),
        ] {
            let measured = color(one).contrast(color(other));
            assert!((measured - ratio).abs() < 0.01, "{one} {other}: {measured}");
        }
    }

    #[test]
    fn a_colour_that_is_readable_stays() {
        assert_eq!(Palette::of(color("#09545a")).light.main, color("#09545a"));
        assert_eq!(Palette::of(color("#86d6d3")).dark.main, color("#86d6d3"));
    }

    /// The pages' colours are those that the variants are measured against.
    #[test]
    fn the_style_sheet_agrees() {
        let css = include_str!("../../../web-app/style.css");
        let (light, dark) = css.split_once("prefers-color-scheme: dark").unwrap();
        for (text, page) in [(light, LIGHT), (dark, DARK)] {
            for (name, is) in ["paper", "card", "soft"].iter().zip(page) {
                assert!(text.contains(&format!("--{name}: {is};")), "--{name}: {is}");
            }
        }
    }

    proptest! {
        #[test]
        fn every_colour_has_readable_variants(parts in any::<[u8; 3]>()) {
            let Palette { light, dark } = Palette::of(Color(parts));
            prop_assert!(light.is_readable(LIGHT), "{light:?}");
            prop_assert!(dark.is_readable(DARK), "{dark:?}");
            prop_assert!(WHITE.contrast(dark.tint) >= CONTRAST && BLACK.contrast(light.tint) >= CONTRAST);
        }
    }
}
