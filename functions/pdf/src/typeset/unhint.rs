//! Leaves the hinting out of a TrueType font: programs that fit outlines to the pixels of old screens.
//!
//! They are four fifths of what PT Sans needs for a protocol, so half of what a signed PDF grows by and a third of the
//! time that it takes to make. Viewers of PDFs draw outlines without them. Tables and glyphs are as in OpenType 1.9.

/// What a font in a PDF must have (ISO 32000-1, 9.9) when it has no hinting; in this order.
const TABLES: [&[u8; 4]; 6] = [b"glyf", b"head", b"hhea", b"hmtx", b"loca", b"maxp"];

/// Where `head` says how `loca` counts, and where it holds the sum of the whole file.
const LOCA_FORMAT: usize = 50;
const FILE_SUM: usize = 8;

/// The same outlines without hinting; `None` when the font is not what it should be.
pub(super) fn unhinted(font: &[u8]) -> Option<Vec<u8>> {
    let mut head = table(font, b"head")?.to_vec();
    let long = u16_at(&head, LOCA_FORMAT)? == 1;
    let (glyphs, loca) = (table(font, b"glyf")?, table(font, b"loca")?);
    let count = usize::from(u16_at(table(font, b"maxp")?, 4)?);
    let start = |glyph: usize| {
        if long {
            u32_at(loca, glyph * 4).map(|offset| offset as usize)
        } else {
            u16_at(loca, glyph * 2).map(|half| usize::from(half) * 2)
        }
    };
    let mut outlines = Vec::new();
    let mut offsets = vec![0_u8; 4];
    for glyph in 0..count {
        let data = glyphs.get(start(glyph)?..start(glyph + 1)?)?;
        if !data.is_empty() {
            outline(data, &mut outlines)?;
        }
        outlines.resize(outlines.len().next_multiple_of(4), 0);
        offsets.extend(u32::try_from(outlines.len()).ok()?.to_be_bytes());
    }
    head.get_mut(LOCA_FORMAT..LOCA_FORMAT + 2)?
        .copy_from_slice(&[0, 1]);
    head.get_mut(FILE_SUM..FILE_SUM + 4)?.fill(0);
    let tables = TABLES.map(|tag| match tag {
        b"glyf" => Some(outlines.as_slice()),
        b"head" => Some(head.as_slice()),
        b"loca" => Some(offsets.as_slice()),
        _ => table(font, tag),
    });
    written(tables)
}

/// One glyph (OpenType, `glyf`): all but its instructions.
fn outline(glyph: &[u8], out: &mut Vec<u8>) -> Option<()> {
    const WORDS: u16 = 0x0001;
    const SCALE: u16 = 0x0008;
    const MORE: u16 = 0x0020;
    const TWO_SCALES: u16 = 0x0040;
    const MATRIX: u16 = 0x0080;
    const INSTRUCTIONS: u16 = 0x0100;
    if let Ok(contours) = usize::try_from(u16_at(glyph, 0)?.cast_signed()) {
        let length = 10 + 2 * contours;
        let skipped = usize::from(u16_at(glyph, length)?);
        out.extend_from_slice(glyph.get(..length)?);
        out.extend_from_slice(&[0, 0]);
        out.extend_from_slice(glyph.get(length + 2 + skipped..)?);
        return Some(());
    }
    out.extend_from_slice(glyph.get(..10)?);
    let mut at = 10;
    loop {
        let flags = u16_at(glyph, at)?;
        let arguments = if flags & WORDS == 0 { 2 } else { 4 };
        let transform = match flags & (SCALE | TWO_SCALES | MATRIX) {
            0 => 0,
            SCALE => 2,
            TWO_SCALES => 4,
            _ => 8,
        };
        let end = at + 4 + arguments + transform;
        out.extend_from_slice(&(flags & !INSTRUCTIONS).to_be_bytes());
        out.extend_from_slice(glyph.get(at + 2..end)?);
        at = end;
        if flags & MORE == 0 {
            return Some(());
        }
    }
}

/// A font file of these tables.
fn written(tables: [Option<&[u8]>; 6]) -> Option<Vec<u8>> {
    const DIRECTORY: usize = 12 + 16 * TABLES.len();
    // Version 1.0, six tables, and what helps a binary search among six.
    let mut font = vec![0, 1, 0, 0, 0, 6, 0, 64, 0, 2, 0, 32];
    let mut body = Vec::new();
    let mut head_at = 0;
    for (tag, data) in TABLES.iter().zip(tables) {
        let data = data?;
        let offset = DIRECTORY + body.len();
        if *tag == b"head" {
            head_at = offset;
        }
        font.extend_from_slice(*tag);
        font.extend(sum(data).to_be_bytes());
        font.extend(u32::try_from(offset).ok()?.to_be_bytes());
        font.extend(u32::try_from(data.len()).ok()?.to_be_bytes());
        body.extend_from_slice(data);
        body.resize(body.len().next_multiple_of(4), 0);
    }
    font.extend(body);
    let whole = 0xB1B0_AFBA_u32.wrapping_sub(sum(&font));
    font.get_mut(head_at + FILE_SUM..head_at + FILE_SUM + 4)?
        .copy_from_slice(&whole.to_be_bytes());
    Some(font)
}

/// The sum of big-endian words; the last one may lack bytes, which count as zeros.
fn sum(data: &[u8]) -> u32 {
    data.chunks(4).fold(0_u32, |sum, word| {
        let mut padded = [0; 4];
        padded[..word.len()].copy_from_slice(word);
        sum.wrapping_add(u32::from_be_bytes(padded))
    })
}

fn table<'f>(font: &'f [u8], tag: &[u8; 4]) -> Option<&'f [u8]> {
    let count = usize::from(u16_at(font, 4)?);
    let record = font
        .get(12..)?
        .chunks_exact(16)
        .take(count)
        .find(|record| record.starts_with(tag))?;
    let (offset, length) = (u32_at(record, 8)? as usize, u32_at(record, 12)? as usize);
    font.get(offset..offset.checked_add(length)?)
}

fn u16_at(data: &[u8], at: usize) -> Option<u16> {
    let bytes = data.get(at..at + 2)?;
    Some(u16::from_be_bytes([bytes[0], bytes[1]]))
}

fn u32_at(data: &[u8], at: usize) -> Option<u32> {
    let bytes = data.get(at..at + 4)?;
    Some(u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
}

#[cfg(test)]
mod tests {
    use ttf_parser::{Face, GlyphId, OutlineBuilder};

    use super::*;

    /// The path as text.
    #[derive(Default)]
    struct Path(String);

    impl OutlineBuilder for Path {
        fn move_to(&mut self, x: f32, y: f32) {
            self.0.push_str(&format!("M{x} {y}"));
        }
        fn line_to(&mut self, x: f32, y: f32) {
            self.0.push_str(&format!("L{x} {y}"));
        }
        fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
            self.0.push_str(&format!("Q{x1} {y1} {x} {y}"));
        }
        fn curve_to(&mut self, _: f32, _: f32, _: f32, _: f32, _: f32, _: f32) {}
        fn close(&mut self) {
            self.0.push('Z');
        }
    }

    #[test]
    fn every_outline_and_width_stays() {
        for font in [
            &include_bytes!("../../fonts/PTS55F.ttf")[..],
            include_bytes!("../../fonts/PTS75F.ttf"),
            include_bytes!("../../fonts/PTM55F.ttf"),
        ] {
            let bare = unhinted(font).unwrap();
            assert!(bare.len() < font.len() / 2);
            assert_eq!(sum(&bare), 0xB1B0_AFBA);
            let (was, is) = (
                Face::parse(font, 0).unwrap(),
                Face::parse(&bare, 0).unwrap(),
            );
            assert_eq!(was.number_of_glyphs(), is.number_of_glyphs());
            let mut drawn = 0;
            for glyph in (0..was.number_of_glyphs()).map(GlyphId) {
                let (mut one, mut other) = (Path::default(), Path::default());
                assert_eq!(
                    was.outline_glyph(glyph, &mut one),
                    is.outline_glyph(glyph, &mut other)
                );
                assert_eq!(one.0, other.0);
                assert_eq!(was.glyph_hor_advance(glyph), is.glyph_hor_advance(glyph));
                drawn += usize::from(!one.0.is_empty());
            }
            assert!(drawn > 400, "{drawn}");
        }
    }

    #[test]
    fn damage_is_no_font() {
        let font = include_bytes!("../../fonts/PTM55F.ttf");
        assert_eq!(unhinted(b""), None);
        assert_eq!(unhinted(&font[..2000]), None);
    }
}
