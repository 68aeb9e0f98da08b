//! Knowing whether a page was drawn whole (invariant 1: what can't be shown can't be signed).

use std::sync::{Arc, Mutex, PoisonError};

use hayro::hayro_interpret::font::{Glyph, GlyphId, GlyphRun};
use hayro::hayro_interpret::hayro_cmap::BfString;
use hayro::hayro_interpret::util::TransformExt as _;
use hayro::hayro_interpret::{
    BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageDrawProps,
    InterpreterCache, InterpreterSettings, InterpreterWarning, SoftMask, WarningSinkFn,
    interpret_page,
};
use hayro::hayro_syntax::page::Page;
use hayro::kurbo::{BezPath, Rect};

use crate::substitutes::Substitutes;

/// Something on a page that could not be drawn as the file asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Flaw {
    /// A font that we can't read; its text is drawn in another one or not at all.
    Font,
    /// A picture that we can't decode.
    Image,
    /// A note or a filled form field that has nothing to be drawn with.
    Annotation,
    /// A letter that the substitute font lacks.
    MissingGlyph,
    /// A substitute font could not be fetched; worth another try.
    MissingFile,
    /// Something else that the interpreter warned of.
    Other,
}

impl Flaw {
    /// Stable name, as the worker sends it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Font => "font",
            Self::Image => "image",
            Self::Annotation => "annotation",
            Self::MissingGlyph => "missing-glyph",
            Self::MissingFile => "missing-file",
            Self::Other => "other",
        }
    }
}

/// Collects flaws while a page is interpreted.
#[derive(Clone, Default)]
pub(crate) struct FlawLog(Arc<Mutex<Vec<Flaw>>>);

impl FlawLog {
    pub(crate) fn note(&self, flaw: Flaw) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(flaw);
    }

    pub(crate) fn sink(&self) -> WarningSinkFn {
        let log = self.clone();
        Arc::new(move |warning| match warning {
            InterpreterWarning::UnsupportedFont => log.note(Flaw::Font),
            InterpreterWarning::ImageDecodeFailure => log.note(Flaw::Image),
            // It also warns of a box that isn't ticked; `annotations` knows better.
            InterpreterWarning::UnresolvedAnnotationAppearance => {}
            _ => log.note(Flaw::Other),
        })
    }

    /// Each kind of flaw once, in a fixed order.
    pub(crate) fn into_flaws(self) -> Vec<Flaw> {
        let mut flaws = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        flaws.sort_unstable();
        flaws.dedup();
        flaws
    }
}

/// Whether a letter of the page has no glyph in the substitute font that it is set in.
///
/// The interpreter leaves such a letter out without a warning, so the page is read
/// once more, without drawing. A gap in an embedded font is the document's own look.
pub(crate) fn lacks_glyphs(
    page: &Page<'_>,
    substitutes: &Substitutes,
    settings: &InterpreterSettings,
) -> bool {
    let cache = InterpreterCache::new();
    let target = Rect::new(0.0, 0.0, f64::from(u16::MAX), f64::from(u16::MAX));
    let mut context = Context::new(
        page.initial_transform(true).to_kurbo(),
        target,
        &cache,
        page.xref(),
        settings.clone(),
    );
    let mut search = GlyphSearch {
        substitutes,
        found: false,
    };
    interpret_page(page, &mut context, &mut search);
    search.found
}

/// A device that draws nothing and looks for letters without a glyph.
struct GlyphSearch<'s> {
    substitutes: &'s Substitutes,
    found: bool,
}

impl GlyphSearch<'_> {
    fn is_missing(&self, glyph: &Glyph<'_>) -> bool {
        let Glyph::Outline(glyph) = glyph else {
            return false;
        };
        let substituted = glyph
            .font_data()
            .is_none_or(|font| self.substitutes.owns(&font.data));
        substituted
            && glyph.glyph_id() == GlyphId::NOTDEF
            && glyph.as_unicode().is_some_and(|text| is_visible(&text))
    }
}

impl Device<'_> for GlyphSearch<'_> {
    fn draw_path(&mut self, _: &BezPath, _: DrawProps<'_>, _: &DrawMode) {}
    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'_>>, _: BlendMode) {}
    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, '_>, _: DrawProps<'_>, mode: &DrawMode) {
        if !matches!(mode, DrawMode::Invisible) {
            self.found = self.found || run.glyphs().iter().any(|glyph| self.is_missing(glyph));
        }
    }
    fn draw_image(&mut self, _: Image<'_, '_>, _: ImageDrawProps<'_>) {}
    fn pop_clip(&mut self) {}
    fn pop_transparency_group(&mut self) {}
}

fn is_visible(text: &BfString) -> bool {
    let visible =
        |letter: char| !letter.is_whitespace() && !letter.is_control() && letter != '\u{ad}';
    match text {
        BfString::Char(letter) => visible(*letter),
        BfString::String(text) => text.chars().any(visible),
    }
}
