//! Embedded fonts: PT Sans and PT Mono of ParaType (`fonts/LICENSE.txt`).

use std::cell::RefCell;
use std::collections::BTreeMap;

use lopdf::{Dictionary, Object, ObjectId};
use sha2::{Digest, Sha256};
use subsetter::GlyphRemapper;

use super::unhint::unhinted;
use crate::revision::{Revision, compressed};

/// A typeface at hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Face {
    /// PT Sans.
    Regular,
    /// PT Sans Bold.
    Bold,
    /// PT Mono, for hashes and numbers that are compared by eye.
    Mono,
}

impl Face {
    pub(super) const ALL: [Self; 3] = [Self::Regular, Self::Bold, Self::Mono];

    pub(super) fn resource(self) -> &'static str {
        match self {
            Self::Regular => "F1",
            Self::Bold => "F2",
            Self::Mono => "F3",
        }
    }

    fn data(self) -> &'static [u8] {
        match self {
            Self::Regular => include_bytes!("../../fonts/PTS55F.ttf"),
            Self::Bold => include_bytes!("../../fonts/PTS75F.ttf"),
            Self::Mono => include_bytes!("../../fonts/PTM55F.ttf"),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Regular => "PTSans-Regular",
            Self::Bold => "PTSans-Bold",
            Self::Mono => "PTMono-Regular",
        }
    }
}

/// A font and the characters that the document uses of it.
pub(super) struct Font {
    face: Face,
    tables: ttf_parser::Face<'static>,
    /// Characters by CID less one. A CID stands for a character, not for a glyph: Latin A and Cyrillic А share a
    /// glyph in some fonts, and copied text must keep them apart.
    used: Vec<char>,
    cids: BTreeMap<char, u16>,
    /// Glyphs found so far: each character is measured many times, and a search in the font's own table takes a third
    /// of all the time that sealing takes.
    glyphs: RefCell<BTreeMap<char, Glyph>>,
    /// Kerning of the pairs of glyphs met so far.
    pairs: RefCell<BTreeMap<u32, f64>>,
}

/// Whether embedded fonts keep the programs that fit them to the pixels of a screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hinting {
    /// As the typeface's maker gave it.
    Kept,
    /// Without, which makes the file smaller and the work shorter.
    Dropped,
}

/// What shows a character.
#[derive(Clone, Copy)]
struct Glyph {
    id: ttf_parser::GlyphId,
    /// The character that is shown, and copied.
    shown: char,
    letter: bool,
    /// Width in thousandths of the size.
    width: f64,
}

impl Font {
    #[expect(
        clippy::expect_used,
        reason = "the fonts are part of the crate; a test opens each"
    )]
    pub(super) fn new(face: Face) -> Self {
        let tables = ttf_parser::Face::parse(face.data(), 0).expect("a checked-in font parses");
        Self {
            face,
            tables,
            used: Vec::new(),
            cids: BTreeMap::new(),
            glyphs: RefCell::default(),
            pairs: RefCell::default(),
        }
    }

    /// Width of a character in thousandths of the size, with the kerning after `before`.
    pub(super) fn advance(&self, before: Option<char>, character: char) -> f64 {
        self.glyph(character).width + before.map_or(0.0, |before| self.kerning(before, character))
    }

    /// Kerning between two characters in thousandths of the size.
    pub(super) fn kerning(&self, before: char, character: char) -> f64 {
        let (left, right) = (self.glyph(before), self.glyph(character));
        // Between signs alone the font's pairs pull masked digits such as `***-**` into one blot.
        if !left.letter && !right.letter {
            return 0.0;
        }
        let pair = u32::from(left.id.0) << 16 | u32::from(right.id.0);
        if let Some(known) = self.pairs.borrow().get(&pair) {
            return *known;
        }
        let subtables = self.tables.tables().kern.map(|kern| kern.subtables);
        let units = subtables
            .into_iter()
            .flatten()
            .filter(|table| table.horizontal && !table.variable)
            .find_map(|table| table.glyphs_kerning(left.id, right.id));
        let kerning = self.scaled(i32::from(units.unwrap_or(0)));
        self.pairs.borrow_mut().insert(pair, kerning);
        kerning
    }

    /// Whether it can show a character.
    pub(super) fn has(&self, character: char) -> bool {
        self.tables.glyph_index(character).is_some()
    }

    /// The two bytes that show this character.
    pub(super) fn encode(&mut self, character: char) -> [u8; 2] {
        let character = self.glyph(character).shown;
        let used = &mut self.used;
        let cid = *self.cids.entry(character).or_insert_with(|| {
            used.push(character);
            used.len() as u16
        });
        cid.to_be_bytes()
    }

    /// A character that the font lacks is shown as a question mark; a no-break space is copied as a space.
    fn glyph(&self, character: char) -> Glyph {
        if let Some(known) = self.glyphs.borrow().get(&character) {
            return *known;
        }
        let found = |shown| Some((shown, self.tables.glyph_index(shown)?));
        let wanted = if character == '\u{a0}' {
            ' '
        } else {
            character
        };
        let (shown, id) = found(wanted)
            .or_else(|| found('?'))
            .unwrap_or(('?', ttf_parser::GlyphId::default()));
        let units = self.tables.glyph_hor_advance(id).unwrap_or(0);
        let glyph = Glyph {
            id,
            shown,
            letter: character.is_alphabetic(),
            width: self.scaled(i32::from(units)),
        };
        self.glyphs.borrow_mut().insert(character, glyph);
        glyph
    }

    fn scaled(&self, units: i32) -> f64 {
        f64::from(units) * 1000.0 / f64::from(self.tables.units_per_em())
    }

    /// Writes the subset as a composite font (ISO 32000-1, 9.7); `None` when nothing is set in it.
    #[expect(
        clippy::expect_used,
        reason = "the fonts are part of the crate; a test subsets each"
    )]
    pub(super) fn into_object(self, revision: &mut Revision, hinting: Hinting) -> Option<ObjectId> {
        if self.used.is_empty() {
            return None;
        }
        let mut remapper = GlyphRemapper::new();
        let mut cid_to_gid = vec![0_u8, 0];
        let mut widths = Vec::with_capacity(self.used.len());
        for character in &self.used {
            let glyph = self.glyph(*character);
            cid_to_gid.extend(remapper.remap(glyph.id.0).to_be_bytes());
            widths.push(Object::Integer(
                self.advance(None, *character).round() as i64
            ));
        }
        let program =
            subsetter::subset(self.face.data(), 0, &remapper).expect("a checked-in font subsets");
        let program = match hinting {
            Hinting::Kept => program,
            Hinting::Dropped => unhinted(&program).unwrap_or(program),
        };
        let name = format!("{}+{}", subset_tag(&self.used, self.face), self.face.name());

        let mut file = Dictionary::new();
        file.set("Length1", program.len() as i64);
        let file = revision.add(compressed(file, program));
        let descriptor = revision.add(self.descriptor(&name, file));
        let map = revision.add(compressed(Dictionary::new(), cid_to_gid));

        let mut system = Dictionary::new();
        system.set("Registry", Object::string_literal("Adobe"));
        system.set("Ordering", Object::string_literal("Identity"));
        system.set("Supplement", 0);
        let mut descendant = Dictionary::new();
        descendant.set("Type", "Font");
        descendant.set("Subtype", "CIDFontType2");
        descendant.set("BaseFont", name.as_str());
        descendant.set("CIDSystemInfo", system);
        descendant.set("FontDescriptor", descriptor);
        descendant.set("DW", 1000);
        descendant.set("W", vec![Object::Integer(1), Object::Array(widths)]);
        descendant.set("CIDToGIDMap", map);
        let descendant = revision.add(descendant);

        let mut font = Dictionary::new();
        font.set("Type", "Font");
        font.set("Subtype", "Type0");
        font.set("BaseFont", name.as_str());
        font.set("Encoding", "Identity-H");
        font.set("DescendantFonts", vec![Object::from(descendant)]);
        font.set(
            "ToUnicode",
            revision.add(compressed(Dictionary::new(), to_unicode(&self.used))),
        );
        Some(revision.add(font))
    }

    fn descriptor(&self, name: &str, file: ObjectId) -> Dictionary {
        const SYMBOLIC: i64 = 4;
        const FIXED_PITCH: i64 = 1;
        let scaled = |units: i16| Object::Integer(self.scaled(i32::from(units)).round() as i64);
        let bounds = self.tables.global_bounding_box();
        let mut descriptor = Dictionary::new();
        descriptor.set("Type", "FontDescriptor");
        descriptor.set("FontName", name);
        descriptor.set(
            "Flags",
            SYMBOLIC
                | if self.face == Face::Mono {
                    FIXED_PITCH
                } else {
                    0
                },
        );
        descriptor.set(
            "FontBBox",
            [bounds.x_min, bounds.y_min, bounds.x_max, bounds.y_max]
                .map(scaled)
                .to_vec(),
        );
        descriptor.set("ItalicAngle", 0);
        descriptor.set("Ascent", scaled(self.tables.ascender()));
        descriptor.set("Descent", scaled(self.tables.descender()));
        descriptor.set(
            "CapHeight",
            scaled(self.tables.capital_height().unwrap_or(700)),
        );
        descriptor.set("StemV", if self.face == Face::Bold { 140 } else { 80 });
        descriptor.set("FontFile2", file);
        descriptor
    }
}

/// Six capital letters (9.6.4), the same for the same characters.
fn subset_tag(used: &[char], face: Face) -> String {
    let text: String = used.iter().collect();
    let hash = Sha256::new()
        .chain_update(face.name())
        .chain_update(text)
        .finalize();
    hash[..6]
        .iter()
        .map(|byte| char::from(b'A' + byte % 26))
        .collect()
}

/// CMap from CIDs to Unicode (9.10.3): what makes the text searchable.
fn to_unicode(used: &[char]) -> Vec<u8> {
    let mut map = String::from(
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n\
         /CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n\
         /CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n\
         1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n",
    );
    let numbered: Vec<(usize, char)> = used.iter().copied().enumerate().collect();
    for chunk in numbered.chunks(100) {
        map.push_str(&format!("{} beginbfchar\n", chunk.len()));
        for (index, character) in chunk {
            let units: String = character
                .encode_utf16(&mut [0; 2])
                .iter()
                .map(|unit| format!("{unit:04X}"))
                .collect();
            map.push_str(&format!("<{:04X}> <{units}>\n", index + 1));
        }
        map.push_str("endbfchar\n");
    }
    map.push_str("endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n");
    map.into_bytes()
}
