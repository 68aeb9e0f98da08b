//! Fonts that a PDF names but doesn't carry, fetched from our own origin when a page needs them.
//!
//! ISO 32000-2, 9.6.2.2: the standard 14 fonts need not be embedded, and many Russian
//! forms don't embed Arial or Times New Roman either. Text in them gets a font of the
//! same widths with Latin, Cyrillic and Greek; for other scripts the page is marked as
//! not whole (see [`crate::Flaw`]).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use hayro::hayro_interpret::font::{FontData, FontQuery, StandardFont};
use hayro::hayro_interpret::{CMapResolverFn, FontResolverFn};

/// Reads one file by its name (for example `sans-bold.ttf`); `None` when it can't be had.
pub type Fetch = Box<dyn Fn(&str) -> Option<Vec<u8>> + Send + Sync>;

/// The substitutes fetched so far, and what the page being drawn asked for.
pub struct Substitutes {
    fetch: Fetch,
    state: Mutex<State>,
}

/// What one page needed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Some substitute has been used in this document, so glyphs may be missing.
    pub used: bool,
    /// A file could not be had.
    pub failed: bool,
}

#[derive(Default)]
struct State {
    fonts: HashMap<&'static str, FontData>,
    outcome: Outcome,
}

impl Substitutes {
    /// Substitutes that are read with `fetch`.
    pub fn new(fetch: Fetch) -> Self {
        Self {
            fetch,
            state: Mutex::default(),
        }
    }

    /// A new page begins: forgets the failures of the last one.
    pub(crate) fn begin(&self) {
        self.lock().outcome.failed = false;
    }

    /// What was needed since [`Substitutes::begin`].
    pub(crate) fn outcome(&self) -> Outcome {
        self.lock().outcome
    }

    pub(crate) fn font_resolver(this: &Arc<Self>) -> FontResolverFn {
        let this = Arc::clone(this);
        Arc::new(move |query| {
            let font = match query {
                &FontQuery::Standard(font) => font,
                FontQuery::Fallback(query) => query.pick_standard_font(),
            };
            this.font(file_name(font)).map(|data| (data, 0))
        })
    }

    /// Whether these are the bytes of one of our substitutes.
    pub(crate) fn owns(&self, data: &FontData) -> bool {
        let start = (**data).as_ref().as_ptr();
        self.lock()
            .fonts
            .values()
            .any(|font| (**font).as_ref().as_ptr() == start)
    }

    fn font(&self, name: &'static str) -> Option<FontData> {
        let mut state = self.lock();
        state.outcome.used = true;
        if let Some(font) = state.fonts.get(name) {
            return Some(Arc::clone(font));
        }
        match (self.fetch)(name) {
            Some(bytes) => {
                let font: FontData = Arc::new(bytes);
                state.fonts.insert(name, Arc::clone(&font));
                Some(font)
            }
            None => {
                state.outcome.failed = true;
                None
            }
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The files in `web-app/static/fonts`.
pub const FILES: [&str; 14] = [
    "sans.ttf",
    "sans-bold.ttf",
    "sans-italic.ttf",
    "sans-bold-italic.ttf",
    "serif.ttf",
    "serif-bold.ttf",
    "serif-italic.ttf",
    "serif-bold-italic.ttf",
    "mono.ttf",
    "mono-bold.ttf",
    "mono-italic.ttf",
    "mono-bold-italic.ttf",
    "symbol.pfb",
    "dingbats.pfb",
];

fn file_name(font: StandardFont) -> &'static str {
    match font {
        StandardFont::Helvetica => "sans.ttf",
        StandardFont::HelveticaBold => "sans-bold.ttf",
        StandardFont::HelveticaOblique => "sans-italic.ttf",
        StandardFont::HelveticaBoldOblique => "sans-bold-italic.ttf",
        StandardFont::TimesRoman => "serif.ttf",
        StandardFont::TimesBold => "serif-bold.ttf",
        StandardFont::TimesItalic => "serif-italic.ttf",
        StandardFont::TimesBoldItalic => "serif-bold-italic.ttf",
        StandardFont::Courier => "mono.ttf",
        StandardFont::CourierBold => "mono-bold.ttf",
        StandardFont::CourierOblique => "mono-italic.ttf",
        StandardFont::CourierBoldOblique => "mono-bold-italic.ttf",
        StandardFont::Symbol => "symbol.pfb",
        StandardFont::ZapfDingBats => "dingbats.pfb",
    }
}

/// Predefined CMaps (ISO 32000-2, 9.7.5.2) serve Chinese, Japanese and Korean fonts alone:
/// we carry none, and a page that names one is marked as not whole.
pub(crate) fn cmap_resolver() -> CMapResolverFn {
    Arc::new(|_| None)
}
