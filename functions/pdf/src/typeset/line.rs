//! Breaking text into lines.

use super::font::{Face, Font};

/// What grows in a justified line.
pub(super) const STRETCHED: [char; 2] = [' ', '\u{a0}'];

/// A colour with a meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ink {
    /// Body text.
    Text,
    /// Labels, notes and footers.
    Muted,
    /// Headings and marks.
    Accent,
    /// Hairlines.
    Rule,
    /// Light ground of a panel.
    Ground,
}

impl Ink {
    pub(super) fn rgb(self) -> [f64; 3] {
        match self {
            Self::Text => [0.09, 0.11, 0.14],
            Self::Muted => [0.36, 0.40, 0.45],
            Self::Accent => [0.04, 0.27, 0.45],
            Self::Rule => [0.78, 0.81, 0.84],
            Self::Ground => [0.945, 0.957, 0.968],
        }
    }
}

/// How text looks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Style {
    /// Typeface.
    pub face: Face,
    /// Size in points.
    pub size: f64,
    /// Distance of baselines in points.
    pub leading: f64,
    /// Colour.
    pub ink: Ink,
}

impl Style {
    /// PT Sans in the text colour.
    #[must_use]
    pub const fn regular(size: f64, leading: f64) -> Self {
        Self {
            face: Face::Regular,
            size,
            leading,
            ink: Ink::Text,
        }
    }

    /// The same in another typeface.
    #[must_use]
    pub const fn face(self, face: Face) -> Self {
        Self { face, ..self }
    }

    /// The same in another colour.
    #[must_use]
    pub const fn ink(self, ink: Ink) -> Self {
        Self { ink, ..self }
    }
}

/// A run of text in one style.
#[derive(Clone, Debug, PartialEq)]
pub struct Span {
    /// The text; control characters count as spaces.
    pub text: String,
    /// Its look.
    pub style: Style,
    /// Whether a hairline runs under it, as under a filled-in field.
    pub underlined: bool,
}

impl Span {
    /// A plain run.
    pub fn new(text: impl Into<String>, style: Style) -> Self {
        Self {
            text: text.into(),
            style,
            underlined: false,
        }
    }

    /// A filled-in field.
    pub fn field(text: impl Into<String>, style: Style) -> Self {
        Self {
            underlined: true,
            ..Self::new(text, style)
        }
    }
}

/// One line, ready to draw.
#[derive(Clone, Debug, Default)]
pub(super) struct Line {
    pub(super) spans: Vec<Span>,
    /// Width in points, without stretching.
    pub(super) width: f64,
    /// Whether the paragraph ends here.
    pub(super) last: bool,
    /// Whether it broke at a space.
    pub(super) spaced: bool,
}

impl Line {
    pub(super) fn leading(&self) -> f64 {
        self.spans
            .iter()
            .map(|span| span.style.leading)
            .fold(0.0, f64::max)
    }

    /// Spaces that may be stretched.
    pub(super) fn gaps(&self) -> usize {
        self.spans
            .iter()
            .map(|span| span.text.matches(STRETCHED).count())
            .sum()
    }
}

/// The three fonts.
pub(super) struct Fonts(Vec<Font>);

impl Fonts {
    pub(super) fn new() -> Self {
        Self(Face::ALL.map(Font::new).into())
    }

    pub(super) fn font(&self, face: Face) -> &Font {
        &self.0[face as usize]
    }

    pub(super) fn font_mut(&mut self, face: Face) -> &mut Font {
        &mut self.0[face as usize]
    }

    pub(super) fn into_fonts(self) -> impl Iterator<Item = (Face, Font)> {
        Face::ALL.into_iter().zip(self.0)
    }

    /// Width of text in points.
    pub(super) fn measure(&self, text: &str, style: Style) -> f64 {
        let font = self.font(style.face);
        let mut before = None;
        let mut width = 0.0;
        for character in text.chars() {
            width += font.advance(before, character);
            before = Some(character);
        }
        width * style.size / 1000.0
    }

    /// Breaks spans into lines: the first is narrower by `first_indent`. A word that is longer than a line is cut.
    pub(super) fn lines(&self, spans: &[Span], width: f64, first_indent: f64) -> Vec<Line> {
        let mut breaker = Breaker {
            fonts: self,
            width,
            indent: first_indent,
            lines: Vec::new(),
            line: Line::default(),
        };
        for word in words(spans) {
            breaker.place(word);
        }
        breaker.finish()
    }
}

/// Pieces between two spaces, possibly of several styles; `space` is what stood before.
struct Word {
    space: Option<Span>,
    pieces: Vec<Span>,
}

/// Abbreviations that stay with the number after them.
const GLUED: [&str; 7] = ["№", "ст.", "ч.", "п.", "г.", "абз.", "тел."];

/// Whether a line may break after `word`: Russian setting keeps short prepositions with their word, abbreviations with
/// their number, and a dash or a number sign with what stands before it.
fn breaks_after(word: &str, next: Option<char>) -> bool {
    let word = word.trim_start_matches(['(', '«']);
    let short =
        word.chars().count() <= 2 && !word.is_empty() && word.chars().all(char::is_alphabetic);
    let numbered =
        GLUED.contains(&word) && next.is_some_and(|next| next.is_ascii_digit() || next == '+');
    !(short || numbered || matches!(next, Some('—' | '№')))
}

fn words(spans: &[Span]) -> Vec<Word> {
    let mut words: Vec<Word> = vec![Word {
        space: None,
        pieces: Vec::new(),
    }];
    for span in spans {
        let mut piece = String::new();
        let mut characters = span.text.chars().peekable();
        while let Some(character) = characters.next() {
            if character == ' ' && !breaks_after(&piece, characters.peek().copied()) {
                piece.push('\u{a0}');
            } else if character == ' ' || character.is_control() {
                push_piece(&mut words, &mut piece, span);
                words.push(Word {
                    space: Some(Span {
                        text: " ".to_owned(),
                        ..span.clone()
                    }),
                    pieces: Vec::new(),
                });
            } else {
                piece.push(character);
            }
        }
        push_piece(&mut words, &mut piece, span);
    }
    words.retain(|word| !word.pieces.is_empty());
    words
}

fn push_piece(words: &mut [Word], piece: &mut String, like: &Span) {
    if !piece.is_empty()
        && let Some(word) = words.last_mut()
    {
        word.pieces.push(Span {
            text: std::mem::take(piece),
            ..like.clone()
        });
    }
}

struct Breaker<'f> {
    fonts: &'f Fonts,
    width: f64,
    indent: f64,
    lines: Vec<Line>,
    line: Line,
}

impl Breaker<'_> {
    fn place(&mut self, word: Word) {
        let measured = |span: &Span| self.fonts.measure(&span.text, span.style);
        let width: f64 = word.pieces.iter().map(measured).sum();
        let space = word.space.filter(|_| !self.line.spans.is_empty());
        let gap = space.as_ref().map_or(0.0, measured);
        if self.line.width + gap + width <= self.room() {
            if let Some(space) = space {
                self.push(space, gap);
            }
        } else if !self.line.spans.is_empty() {
            self.line.spaced = space.is_some();
            self.break_line();
        }
        for piece in word.pieces {
            self.push_cut(piece);
        }
    }

    /// Pushes a piece, cut wherever the line is full.
    fn push_cut(&mut self, piece: Span) {
        let width = self.fonts.measure(&piece.text, piece.style);
        if self.line.width + width <= self.room() {
            return self.push(piece, width);
        }
        let mut part = String::new();
        let mut part_width = 0.0;
        for character in piece.text.chars() {
            let mut text = [0; 4];
            let advance = self
                .fonts
                .measure(character.encode_utf8(&mut text), piece.style);
            if self.line.width + part_width + advance > self.room()
                && !(part.is_empty() && self.line.spans.is_empty())
            {
                let cut = Span {
                    text: std::mem::take(&mut part),
                    ..piece.clone()
                };
                self.push(cut, part_width);
                self.break_line();
                part_width = 0.0;
            }
            part.push(character);
            part_width += advance;
        }
        self.push(
            Span {
                text: part,
                ..piece
            },
            part_width,
        );
    }

    fn push(&mut self, span: Span, width: f64) {
        self.line.width += width;
        match self.line.spans.last_mut() {
            Some(last) if last.style == span.style && last.underlined == span.underlined => {
                last.text.push_str(&span.text)
            }
            _ => self.line.spans.push(span),
        }
    }

    fn room(&self) -> f64 {
        // Sums of rounded widths differ in the last digits.
        self.width
            - if self.lines.is_empty() {
                self.indent
            } else {
                0.0
            }
            + 0.001
    }

    fn break_line(&mut self) {
        self.lines.push(std::mem::take(&mut self.line));
    }

    fn finish(mut self) -> Vec<Line> {
        if !self.line.spans.is_empty() {
            self.break_line();
        }
        if let Some(last) = self.lines.last_mut() {
            last.last = true;
        }
        self.lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STYLE: Style = Style::regular(10.0, 13.0);

    #[test]
    fn lines_fit_and_lose_nothing() {
        let fonts = Fonts::new();
        let text =
            "Информированное добровольное согласие на виды медицинских вмешательств".repeat(3);
        for width in [40.0, 90.0, 300.0] {
            let lines = fonts.lines(&[Span::new(&text, STYLE)], width, 10.0);
            assert!(lines.iter().all(|line| line.width <= width + 0.01));
            let joined: String = lines
                .iter()
                .flat_map(|line| &line.spans)
                .map(|span| span.text.replace([' ', '\u{a0}'], ""))
                .collect();
            assert_eq!(joined, text.replace(' ', ""));
        }
    }

    #[test]
    fn a_no_break_space_holds() {
        let fonts = Fonts::new();
        let lines = fonts.lines(&[Span::new("слово и\u{a0}ст.\u{a0}9", STYLE)], 40.0, 0.0);
        assert_eq!(lines[1].spans[0].text, "и\u{a0}ст.\u{a0}9");
    }
}
