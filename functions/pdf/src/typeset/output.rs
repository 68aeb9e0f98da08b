//! From set pages to objects of a PDF.

use std::collections::BTreeMap;

use lopdf::{Dictionary, Object, ObjectId, StringFormat};
use sha2::{Digest, Sha256};

use super::A4;
use super::font::Hinting;
use super::line::Fonts;
use super::tags::Tags;
use super::xmp;
use crate::attach::text_string;
use crate::reader::{Entry, Form};
use crate::revision::{Revision, compressed};

/// Set pages with their fonts.
pub struct Typeset {
    pages: Vec<String>,
    fonts: Fonts,
    tags: Option<Tags>,
}

/// What the properties of a new document say.
#[derive(Clone, Copy, Debug)]
pub struct DocumentInfo<'a> {
    /// Title.
    pub title: &'a str,
    /// Who made it.
    pub author: &'a str,
}

impl Typeset {
    pub(super) fn new(pages: Vec<String>, fonts: Fonts, tags: Option<Tags>) -> Self {
        Self { pages, fonts, tags }
    }

    /// How many pages there are.
    #[must_use]
    pub fn page_count(&self) -> usize {
        self.pages.len()
    }

    /// Adds the pages as children of `parent` and gives their numbers.
    ///
    /// Everything that a page may inherit stands in the page itself, so that the tree above does not matter.
    pub(crate) fn into_objects(
        self,
        revision: &mut Revision,
        parent: ObjectId,
        hinting: Hinting,
    ) -> Vec<ObjectId> {
        self.into_parts(revision, parent, hinting).0
    }

    /// Likewise; the logical structure is still to be written.
    fn into_parts(
        self,
        revision: &mut Revision,
        parent: ObjectId,
        hinting: Hinting,
    ) -> (Vec<ObjectId>, Option<Tags>) {
        let mut fonts = Dictionary::new();
        for (face, font) in self.fonts.into_fonts() {
            if let Some(id) = font.into_object(revision, hinting) {
                fonts.set(face.resource(), id);
            }
        }
        let mut spaces = Dictionary::new();
        spaces.set("Cs", calibrated_rgb());
        let mut resources = Dictionary::new();
        resources.set("Font", fonts);
        resources.set("ColorSpace", spaces);
        let resources = revision.add(resources);

        let sheet: Vec<Object> = [0.0, 0.0, A4.0, A4.1]
            .iter()
            .map(|side| Object::Real(*side as f32))
            .collect();
        let is_tagged = self.tags.is_some();
        let add = |(index, content): (usize, String)| {
            let content = revision.add(compressed(Dictionary::new(), content.into_bytes()));
            let mut page = Dictionary::new();
            page.set("Type", "Page");
            page.set("Parent", parent);
            page.set("MediaBox", sheet.clone());
            page.set("CropBox", sheet.clone());
            page.set("Rotate", 0);
            page.set("Resources", resources);
            page.set("Contents", content);
            if is_tagged {
                page.set("StructParents", index as i64);
            }
            revision.add(page)
        };
        let pages = self.pages.into_iter().enumerate().map(add).collect();
        (pages, self.tags)
    }

    /// A whole new document. The same pages give the same bytes. Tagged pages make a document that is PDF/A-2a.
    #[must_use]
    pub fn into_pdf(self, info: DocumentInfo) -> Vec<u8> {
        let mut revision = Revision::new(1..);
        let tree_id = revision.reserve();
        let mut hash = Sha256::new()
            .chain_update(info.title)
            .chain_update(info.author);
        if self.tags.is_some() {
            self.pages.iter().for_each(|page| hash.update(page));
        }
        let (pages, tags) = self.into_parts(&mut revision, tree_id, Hinting::Kept);
        let mut tree = Dictionary::new();
        tree.set("Type", "Pages");
        tree.set("Count", pages.len() as i64);
        let kids: Vec<_> = pages.iter().map(|id| Object::from(*id)).collect();
        tree.set("Kids", kids);
        revision.set(tree_id, tree);

        let mut view = Dictionary::new();
        view.set("DisplayDocTitle", true);
        let mut catalog = Dictionary::new();
        catalog.set("Type", "Catalog");
        catalog.set("Pages", tree_id);
        catalog.set("Lang", Object::string_literal("ru-RU"));
        catalog.set("ViewerPreferences", view);
        if let Some(tags) = tags {
            let mut marks = Dictionary::new();
            marks.set("Marked", true);
            catalog.set("MarkInfo", marks);
            catalog.set("StructTreeRoot", tags.into_objects(&mut revision, &pages));
            catalog.set("Metadata", revision.add(xmp::stream(info)));
        }
        let mut properties = Dictionary::new();
        properties.set("Title", text_string(info.title));
        properties.set("Author", text_string(info.author));

        let mut trailer = Dictionary::new();
        trailer.set("Root", revision.add(catalog));
        trailer.set("Info", revision.add(properties));
        let hash = hash.finalize();
        let id = Object::String(hash[..16].to_vec(), StringFormat::Hexadecimal);
        trailer.set("ID", vec![id.clone(), id]);

        let mut out = b"%PDF-1.7\n%\xD0\x9F\xD0\x94\n".to_vec();
        revision.write(
            &mut out,
            0,
            Form::Table,
            trailer,
            BTreeMap::from([(0, Entry::Free)]),
        );
        out
    }
}

/// sRGB's primaries and white as a calibrated space (ISO 32000-1, 8.6.5.3).
fn calibrated_rgb() -> Vec<Object> {
    let reals =
        |values: &[f32]| Object::Array(values.iter().map(|value| Object::Real(*value)).collect());
    let mut space = Dictionary::new();
    space.set("WhitePoint", reals(&[0.9505, 1.0, 1.089]));
    space.set("Gamma", reals(&[2.2, 2.2, 2.2]));
    space.set(
        "Matrix",
        reals(&[
            0.4124, 0.2126, 0.0193, 0.3576, 0.7152, 0.1192, 0.1805, 0.0722, 0.9505,
        ]),
    );
    vec!["CalRGB".into(), space.into()]
}
