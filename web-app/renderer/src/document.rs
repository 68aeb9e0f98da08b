//! Drawing pages of an opened PDF into RGBA pictures.

use std::sync::Arc;

use hayro::hayro_interpret::{InterpreterSettings, RenderContent, util::TransformExt as _};
use hayro::hayro_syntax::{Pdf, page::Page};
use hayro::kurbo::Affine;
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::vello_cpu::{Pixmap, RasterizerSettings, RenderContext, Resources, TargetInit};
use hayro::{RenderCache, RenderSettings, render_into};

use crate::annotations::hides_something;
use crate::substitutes::{Substitutes, cmap_resolver};
use crate::wholeness::{Flaw, FlawLog, lacks_glyphs};

/// Most pixels of one picture: 8 MP is an A4 page at 290 dpi, and 32 MB of RGBA.
pub const MAX_PIXELS: f64 = 8.0e6;

/// A PDF with what is kept between its pages: parsed fonts, glyph outlines, decoded colour spaces.
pub struct Document<'a> {
    pdf: &'a Pdf,
    substitutes: Arc<Substitutes>,
    cache: RenderCache<'a>,
}

/// Size of a page as shown (turned and cropped), in points of 1/72 inch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PageSize {
    /// Width.
    pub width: f32,
    /// Height.
    pub height: f32,
}

/// A drawn page on white.
pub struct Picture {
    /// Width in pixels.
    pub width: u16,
    /// Height in pixels.
    pub height: u16,
    /// `width * height` opaque pixels, row by row from the top, four bytes each: R, G, B, A.
    pub rgba: Vec<u8>,
    /// What could not be drawn as the file asks; empty when the page is whole.
    pub flaws: Vec<Flaw>,
}

impl<'a> Document<'a> {
    /// Wraps an opened file. `substitutes` gives the fonts that the file itself lacks.
    pub fn new(pdf: &'a Pdf, substitutes: Arc<Substitutes>) -> Self {
        Self {
            pdf,
            substitutes,
            cache: RenderCache::new(),
        }
    }

    /// Sizes of all pages, in order.
    pub fn page_sizes(&self) -> Vec<PageSize> {
        self.pdf.pages().iter().map(page_size).collect()
    }

    /// Draws page `index` (from 0) so that it is about `width` pixels wide; `None` past the last page.
    ///
    /// The picture is smaller than asked when it would hold more than [`MAX_PIXELS`].
    pub fn draw(&mut self, index: usize, width: f64) -> Option<Picture> {
        let page = self.pdf.pages().get(index)?;
        let (pixel_width, pixel_height, scale) = fit(page_size(page), width);

        let log = FlawLog::default();
        self.substitutes.begin();
        let settings = self.settings(&log);
        let mut context = RenderContext::new(pixel_width, pixel_height);
        let transform = Affine::scale(scale) * page.initial_transform(true).to_kurbo();
        render_into(
            page,
            &self.cache,
            &settings,
            &RenderSettings::default(),
            &mut context,
            transform,
        );
        context.flush();
        let mut pixmap = Pixmap::new(pixel_width, pixel_height);
        let rasterizer = RasterizerSettings {
            target_init: TargetInit::Clear(WHITE),
            ..Default::default()
        };
        context.render_with(&mut pixmap, &mut Resources::default(), rasterizer);

        let substitutes = self.substitutes.outcome();
        if substitutes.failed {
            log.note(Flaw::MissingFile);
            // The cache remembers fonts that could not be had; the next drawing must ask again.
            self.cache = RenderCache::new();
        }
        if substitutes.used && lacks_glyphs(page, &self.substitutes, &self.settings(&log)) {
            log.note(Flaw::MissingGlyph);
        }
        if hides_something(page) {
            log.note(Flaw::Annotation);
        }
        Some(Picture {
            width: pixel_width,
            height: pixel_height,
            rgba: pixmap.data_as_u8_slice().to_vec(),
            flaws: log.into_flaws(),
        })
    }

    fn settings(&self, log: &FlawLog) -> InterpreterSettings {
        InterpreterSettings {
            font_resolver: Substitutes::font_resolver(&self.substitutes),
            cmap_resolver: cmap_resolver(),
            warning_sink: log.sink(),
            render_content: RenderContent::all(),
        }
    }
}

fn page_size(page: &Page<'_>) -> PageSize {
    let (width, height) = page.render_dimensions();
    PageSize {
        width: width.max(1.0),
        height: height.max(1.0),
    }
}

/// Pixel width, pixel height and scale for a page drawn about `width` pixels wide.
fn fit(page: PageSize, width: f64) -> (u16, u16, f64) {
    let (w, h) = (f64::from(page.width), f64::from(page.height));
    let most = (MAX_PIXELS / (w * h))
        .sqrt()
        .min(f64::from(u16::MAX - 1) / w.max(h));
    let wanted = if width.is_finite() {
        width.max(1.0) / w
    } else {
        1.0
    };
    let scale = wanted.min(most);
    let pixels = |length: f64| (length * scale).round().clamp(1.0, f64::from(u16::MAX)) as u16;
    (pixels(w), pixels(h), scale)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ordinary_page_gets_the_width_that_is_asked_for() {
        let (width, height, scale) = fit(
            PageSize {
                width: 595.0,
                height: 842.0,
            },
            1080.0,
        );
        assert_eq!((width, height), (1080, 1528));
        assert!((scale - 1080.0 / 595.0).abs() < 1e-9);
    }

    #[test]
    fn huge_and_odd_pages_stay_within_the_limit() {
        let sizes = [
            (14_400.0, 14_400.0),
            (1.0, 200_000.0),
            (200_000.0, 1.0),
            (595.0, 842.0),
            (1e9, 1e9),
        ];
        for (width, height) in sizes {
            for wanted in [0.0, 1.0, 50_000.0, f64::NAN, f64::INFINITY] {
                let (w, h, scale) = fit(PageSize { width, height }, wanted);
                assert!(w >= 1 && h >= 1 && scale > 0.0);
                assert!(
                    f64::from(w) * f64::from(h) <= MAX_PIXELS * 1.01,
                    "{width}x{height} at {wanted}: {w}x{h}"
                );
            }
        }
    }
}
