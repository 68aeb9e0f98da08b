//! Filling pages from top to bottom.

use super::line::{Fonts, Ink, Line, STRETCHED, Span, Style};
use super::output::Typeset;
use super::tags::{Marked, Tag, Tags};
use super::{A4, mm};

/// Where a line stands in its column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// Ragged right.
    Left,
    /// Both edges straight.
    Justified,
    /// In the middle.
    Centre,
    /// Ragged left.
    Right,
}

/// The shape of a paragraph.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Block {
    /// Alignment.
    pub align: Align,
    /// Indent of the whole block from the left margin.
    pub left: f64,
    /// Width; the rest of the column when `None`.
    pub width: Option<f64>,
    /// Further indent of the first line.
    pub first: f64,
    /// Space below.
    pub after: f64,
}

impl Default for Block {
    fn default() -> Self {
        Self {
            align: Align::Left,
            left: 0.0,
            width: None,
            first: 0.0,
            after: 0.0,
        }
    }
}

/// Margins of every page.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Margins {
    /// Left.
    pub left: f64,
    /// Right.
    pub right: f64,
    /// Top.
    pub top: f64,
    /// Bottom, the footer included.
    pub bottom: f64,
}

impl Default for Margins {
    /// Those of Russian business papers (GOST R 7.0.97-2016, 3.2), the right one wider for the eye.
    fn default() -> Self {
        Self {
            left: mm(20.0),
            right: mm(16.0),
            top: mm(16.0),
            bottom: mm(20.0),
        }
    }
}

/// Sets text page by page.
pub struct Composer {
    fonts: Fonts,
    margins: Margins,
    pages: Vec<String>,
    y: f64,
    /// Logical structure; only of tagged pages.
    tags: Option<Tags>,
}

impl Composer {
    /// An empty first page.
    #[must_use]
    pub fn new(margins: Margins) -> Self {
        Self {
            fonts: Fonts::new(),
            margins,
            pages: vec![String::new()],
            y: margins.top,
            tags: None,
        }
    }

    /// Likewise, tagged: what is set gets its place in the document's logical structure, a hairline is an artifact.
    #[must_use]
    pub fn tagged(margins: Margins) -> Self {
        Self {
            tags: Some(Tags::default()),
            ..Self::new(margins)
        }
    }

    /// Whatever `set` sets is a part of this kind. Changes nothing of untagged pages.
    pub fn tag(&mut self, tag: Tag, set: impl FnOnce(&mut Self)) {
        if let Some(tags) = &mut self.tags {
            tags.open(tag);
        }
        set(self);
        if let Some(tags) = &mut self.tags {
            tags.close();
        }
    }

    /// Width of the column.
    #[must_use]
    pub fn width(&self) -> f64 {
        A4.0 - self.margins.left - self.margins.right
    }

    /// Width of text in points.
    #[must_use]
    pub fn measure(&self, text: &str, style: Style) -> f64 {
        self.fonts.measure(text, style)
    }

    /// Leaves space; none at the top of a page.
    pub fn gap(&mut self, height: f64) {
        if self.y > self.margins.top {
            self.y += height;
        }
    }

    /// Starts a new page unless `height` still fits on this one.
    pub fn ensure(&mut self, height: f64) {
        if self.y + height > A4.1 - self.margins.bottom && self.y > self.margins.top {
            self.mark(Marked::Nothing);
            self.pages.push(String::new());
            self.y = self.margins.top;
        }
    }

    /// Height of a paragraph.
    #[must_use]
    pub fn height(&self, spans: &[Span], block: Block) -> f64 {
        self.lines(spans, block).iter().map(Line::leading).sum()
    }

    /// Sets a paragraph, on over page breaks.
    pub fn paragraph(&mut self, spans: &[Span], block: Block) {
        if self.tags.as_ref().is_some_and(Tags::needs_paragraph) {
            self.tag(Tag::P, |composer| composer.set_paragraph(spans, block));
        } else {
            self.set_paragraph(spans, block);
        }
    }

    fn set_paragraph(&mut self, spans: &[Span], block: Block) {
        let lines = self.lines(spans, block);
        let count = lines.len();
        for (index, line) in lines.iter().enumerate() {
            // No single line is left behind or taken over alone.
            let together = match count {
                1 => 1,
                _ if index == 0 || index + 2 == count => 2,
                _ => 1,
            };
            self.ensure(line.leading() * f64::from(together));
            self.line(line, block, if index == 0 { block.first } else { 0.0 });
        }
        self.gap(block.after);
    }

    /// Sets a paragraph of one style.
    pub fn text(&mut self, text: &str, style: Style, block: Block) {
        self.paragraph(&[Span::new(text, style)], block);
    }

    /// Two paragraphs side by side: a label `label_width` wide and its value. Kept together when short.
    pub fn row(&mut self, label: &[Span], value: &[Span], label_width: f64, after: f64) {
        self.tag(Tag::Row, |composer| {
            composer.set_row(label, value, label_width, after);
        });
    }

    fn set_row(&mut self, label: &[Span], value: &[Span], label_width: f64, after: f64) {
        let label_block = Block {
            width: Some(label_width - 8.0),
            ..Block::default()
        };
        let value_block = Block {
            left: label_width,
            ..Block::default()
        };
        let height = self
            .height(label, label_block)
            .max(self.height(value, value_block));
        if height < 120.0 {
            self.ensure(height);
        }
        let (top, page) = (self.y, self.pages.len());
        self.tag(Tag::Label, |composer| {
            composer.paragraph(label, label_block);
        });
        let label_end = self.y;
        self.y = if self.pages.len() == page {
            top
        } else {
            self.margins.top
        };
        let page = self.pages.len();
        self.tag(Tag::Value, |composer| {
            composer.paragraph(value, value_block);
        });
        if self.pages.len() == page {
            self.y = self.y.max(label_end);
        }
        self.gap(after);
    }

    /// Two paragraphs of one height side by side: the left one in the column's larger part, the right one ragged left.
    pub fn masthead(&mut self, left: &[Vec<Span>], right: &[Vec<Span>]) {
        let left_width = self.width() * 0.62;
        let (top, mut bottom) = (self.y, self.y);
        for (paragraphs, block) in [
            (
                left,
                Block {
                    width: Some(left_width),
                    ..Block::default()
                },
            ),
            (
                right,
                Block {
                    align: Align::Right,
                    left: left_width,
                    ..Block::default()
                },
            ),
        ] {
            self.y = top;
            for spans in paragraphs {
                self.paragraph(spans, block);
            }
            bottom = bottom.max(self.y);
        }
        self.y = bottom;
    }

    /// A panel on light ground with a mark at its edge, kept together.
    pub fn panel(&mut self, paragraphs: &[Vec<Span>]) {
        const PADDING: f64 = 8.0;
        let inset = mm(4.5);
        let block = Block {
            left: inset,
            width: Some(self.width() - 2.0 * inset),
            ..Block::default()
        };
        let height = paragraphs
            .iter()
            .map(|spans| self.height(spans, block))
            .sum::<f64>()
            + 2.0 * PADDING;
        self.ensure(height);
        let y = self.y;
        self.fill(self.margins.left, y, self.width(), height, Ink::Ground);
        self.fill(self.margins.left, y, 2.4, height, Ink::Accent);
        self.y += PADDING;
        for spans in paragraphs {
            self.paragraph(spans, block);
        }
        self.y = y + height;
    }

    /// An item of a list: its mark, and the text hanging beside it.
    pub fn item(&mut self, mark: &[Span], text: &[Span], indent: f64, after: f64) {
        self.tag(Tag::Item, |composer| {
            composer.set_item(mark, text, indent, after);
        });
    }

    fn set_item(&mut self, mark: &[Span], text: &[Span], indent: f64, after: f64) {
        let first = self.lines(
            text,
            Block {
                left: indent,
                ..Block::default()
            },
        );
        let together: f64 = first.iter().take(2).map(Line::leading).sum();
        self.ensure(together);
        let y = self.y;
        let narrow = Block {
            width: Some(indent),
            ..Block::default()
        };
        self.tag(Tag::Mark, |composer| composer.paragraph(mark, narrow));
        self.y = y;
        let hanging = Block {
            left: indent,
            after,
            ..Block::default()
        };
        self.tag(Tag::Body, |composer| composer.paragraph(text, hanging));
    }

    /// A hairline across the column at the current place.
    pub fn rule(&mut self, weight: f64, ink: Ink) {
        let (left, width, y) = (self.margins.left, self.width(), self.y);
        self.fill(left, y - weight / 2.0, width, weight, ink);
    }

    /// A filled rectangle; `x` counts from the page's edge.
    fn fill(&mut self, x: f64, y: f64, width: f64, height: f64, ink: Ink) {
        let [r, g, b] = ink.rgb();
        if let Some(drawing) = self.tags.as_ref().map(Tags::drawing) {
            self.mark(drawing);
        }
        let page = self.page();
        page.push_str(&format!(
            "/Cs cs {r:.3} {g:.3} {b:.3} sc {x:.2} {:.2} {width:.2} {height:.2} re f\n",
            A4.1 - y - height
        ));
    }

    /// Finishes without footers.
    #[must_use]
    pub fn finish_plain(mut self) -> Typeset {
        self.mark(Marked::Nothing);
        Typeset::new(self.pages, self.fonts, self.tags)
    }

    /// Finishes: `footer` gives the left and right text under page `n` of `total`.
    #[must_use]
    pub fn finish(
        mut self,
        style: Style,
        footer: impl Fn(usize, usize) -> (String, String),
    ) -> Typeset {
        let total = self.pages.len();
        self.mark(Marked::Nothing);
        if let Some(tags) = &mut self.tags {
            tags.begin_footers();
        }
        let contents: Vec<String> = std::mem::take(&mut self.pages);
        for (index, content) in contents.into_iter().enumerate() {
            self.pages.push(content);
            let (left, right) = footer(index + 1, total);
            self.y = A4.1 - self.margins.bottom + mm(7.0);
            self.rule(0.5, Ink::Rule);
            self.y += mm(1.6);
            let y = self.y;
            for (text, align) in [(left, Align::Left), (right, Align::Right)] {
                self.y = y;
                let block = Block {
                    align,
                    ..Block::default()
                };
                for line in self.lines(&[Span::new(text, style)], block) {
                    self.line(&line, block, 0.0);
                }
            }
            self.mark(Marked::Nothing);
        }
        self.finish_plain()
    }

    fn lines(&self, spans: &[Span], block: Block) -> Vec<Line> {
        self.fonts
            .lines(spans, self.block_width(block), block.first)
    }

    fn block_width(&self, block: Block) -> f64 {
        block.width.unwrap_or(self.width() - block.left)
    }

    /// Draws one line and moves below it.
    fn line(&mut self, line: &Line, block: Block, indent: f64) {
        let slack = (self.block_width(block) - indent - line.width).max(0.0);
        let (shift, stretch) = match block.align {
            Align::Left => (0.0, 0.0),
            Align::Centre => (slack / 2.0, 0.0),
            Align::Right => (slack, 0.0),
            Align::Justified if line.last || line.gaps() == 0 => (0.0, 0.0),
            Align::Justified => (0.0, slack / line.gaps() as f64),
        };
        let leading = line.leading();
        let size = line
            .spans
            .iter()
            .map(|span| span.style.size)
            .fold(0.0, f64::max);
        // The baseline stands so that the space above capitals and below descenders is even.
        let baseline = self.y + (leading - size) / 2.0 + size * 0.8;
        let mut x = self.margins.left + block.left + indent + shift;
        let mut underlined = Vec::new();
        for (index, span) in line.spans.iter().enumerate() {
            let ends = index + 1 == line.spans.len() && line.spaced && self.tags.is_some();
            let width = self.show(span, x, baseline, stretch, ends);
            if span.underlined && self.tags.is_some() {
                // After the text, so as not to cut its sequence.
                underlined.push((x, width));
            } else if span.underlined {
                self.fill(x, baseline + 1.6, width, 0.4, Ink::Muted);
            }
            x += width;
        }
        for (x, width) in underlined {
            self.fill(x, baseline + 1.6, width, 0.4, Ink::Muted);
        }
        self.y += leading;
    }

    /// Ends the marked-content sequence before and begins another one, where pages are tagged.
    fn mark(&mut self, to: Marked) {
        let page = self.pages.len().saturating_sub(1);
        if let Some(tags) = &mut self.tags {
            let operators = tags.switch(to, page);
            self.page().push_str(&operators);
        }
    }

    /// Shows a span and gives its width. `ends` adds the space that the line broke at, for whoever reads without looking.
    fn show(&mut self, span: &Span, x: f64, baseline: f64, stretch: f64, ends: bool) -> f64 {
        let style = span.style;
        if let Some(text) = self.tags.as_ref().map(Tags::text) {
            self.mark(text);
        }
        let [r, g, b] = style.ink.rgb();
        let mut shown = String::new();
        let mut before = None;
        for character in span.text.chars() {
            let font = self.fonts.font_mut(style.face);
            let mut shift = before.map_or(0.0, |before| font.kerning(before, character));
            if before.is_some_and(|before| STRETCHED.contains(&before)) {
                shift += stretch * 1000.0 / style.size;
            }
            if shift.abs() > 0.05 {
                shown.push_str(&format!("> {:.1} <", -shift));
            }
            let [high, low] = font.encode(character);
            shown.push_str(&format!("{high:02X}{low:02X}"));
            before = Some(character);
        }
        if ends {
            let [high, low] = self.fonts.font_mut(style.face).encode(' ');
            shown.push_str(&format!("{high:02X}{low:02X}"));
        }
        let resource = style.face.resource();
        let (size, y) = (style.size, A4.1 - baseline);
        self.page().push_str(&format!(
            "BT /Cs cs {r:.3} {g:.3} {b:.3} sc /{resource} {size} Tf 1 0 0 1 {x:.2} {y:.2} Tm [<{shown}>] TJ ET\n"
        ));
        // A space at the end is stretched as well.
        let gaps = span.text.matches(STRETCHED).count() as f64;
        self.fonts.measure(&span.text, style) + gaps * stretch
    }

    #[expect(
        clippy::expect_used,
        reason = "there is always a page: `new` makes one and none is taken away"
    )]
    fn page(&mut self) -> &mut String {
        self.pages.last_mut().expect("a page")
    }
}
