//! Typesetting of A4 pages in Russian: measuring, wrapping, tables, page breaks, embedded fonts.
//!
//! Sizes are points (1/72 inch), `y` grows downwards from the top of the page. Colours are calibrated (CalRGB), so
//! that pages stay conformant in a PDF/A document of any output intent (ISO 19005-3, 6.2.4.2).

mod composer;
mod font;
mod line;
mod output;
mod tags;
mod unhint;
mod xmp;

pub use composer::{Align, Block, Composer, Margins};
pub use font::Face;
pub(crate) use font::Hinting;
pub use line::{Ink, Span, Style};
pub use output::{DocumentInfo, Typeset};
pub use tags::Tag;

/// Width and height of A4 in points.
pub const A4: (f64, f64) = (595.276, 841.89);

/// The characters of a text that PT Sans lacks, each once. What control characters are counts as spaces.
#[must_use]
pub fn unprintable(text: &str) -> Vec<char> {
    let fonts = [font::Font::new(Face::Regular), font::Font::new(Face::Bold)];
    let mut lacking = Vec::new();
    for character in text.chars() {
        let shown = character == '\u{a0}' || fonts.iter().all(|font| font.has(character));
        if !shown && !character.is_control() && !lacking.contains(&character) {
            lacking.push(character);
        }
    }
    lacking
}

/// Points of a millimetre.
#[must_use]
pub fn mm(millimetres: f64) -> f64 {
    millimetres * 72.0 / 25.4
}
