//! A filled template as a PDF of its own: A4, embedded fonts, tagged, PDF/A-2a (ISO 19005-2).
//!
//! ```
//! use podpis_shared::policy::Day;
//! use podpis_shared::templates::{self, Values};
//!
//! let template = templates::find("refusal", Day::parse("2026-11-28").unwrap()).unwrap();
//! let mut values = Values::default();
//! for (field, need) in template.fields().filter(|(_, need)| *need == templates::Need::Always) {
//!     values.set(&field.name, "2026-11-28");
//! }
//! let pdf = podpis_pdf::template::typeset(&template.fill(&values).unwrap()).unwrap();
//! assert_eq!(podpis_pdf::inspect(&pdf).unwrap().pages, 1);
//! ```

use podpis_shared::templates::{Block as Part, Filled, Run, Source, Text};

use crate::typeset::{
    Align, Block, Composer, DocumentInfo, Face, Ink, Margins, Span, Style, Tag, unprintable,
};

const BODY: Style = Style::regular(10.6, 14.8);
const LABEL: Style = Style::regular(9.8, 13.8).ink(Ink::Muted);
const VALUE: Style = Style::regular(10.2, 13.8);
const LETTERHEAD: Style = Style::regular(8.8, 12.0);
const SMALL: Style = Style::regular(8.6, 11.6).ink(Ink::Muted);
const TITLE: Style = Style::regular(15.5, 19.5).face(Face::Bold).ink(Ink::Accent);
const HEADING: Style = Style::regular(12.0, 16.0).face(Face::Bold).ink(Ink::Accent);
const ITEM_INDENT: f64 = 22.0;
const LABEL_WIDTH: f64 = 168.0;

/// Space above and below the text of a row.
const ROW_GAPS: f64 = 4.8;

/// What a heading needs below it at least, itself included.
const HEADING_ALONE: f64 = 78.0;

/// Up to this height a heading, its table and the panel under it stay on one page.
const TOGETHER: f64 = 260.0;

/// Why a document can't be set.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TypesetError {
    /// The font has no such signs. In a field of a request somebody wrote them; in a template's own words they are our
    /// mistake, and `field` is empty.
    #[error("{}", words(.0))]
    Unprintable(Vec<Unprintable>),
}

/// Signs that the font lacks, in one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unprintable {
    /// Name of the field.
    pub field: &'static str,
    /// The signs, each once.
    pub signs: Vec<char>,
}

/// Sets a filled template in type. The same text gives the same bytes.
///
/// # Errors
/// [`TypesetError::Unprintable`] names the fields with signs that the font lacks, and the signs.
pub fn typeset(filled: &Filled) -> Result<Vec<u8>, TypesetError> {
    check(filled)?;
    let mut composer = Composer::tagged(Margins::default());
    for (index, part) in filled.blocks.iter().enumerate() {
        let rest = filled.blocks.get(index + 1..).unwrap_or_default();
        set(&mut composer, part, rest);
    }
    let foot = sentence(filled.kind.label());
    let typeset = composer.finish(SMALL, |number, total| {
        (foot.clone(), format!("Лист {number} из {total}"))
    });
    Ok(typeset.into_pdf(DocumentInfo {
        title: &filled.title,
        author: &filled.author,
    }))
}

fn set(composer: &mut Composer, part: &Part, rest: &[Part]) {
    match part {
        Part::Letterhead { left, right } => {
            let lines = |texts: &[Text], style| {
                texts
                    .iter()
                    .map(|text| spans(text, style))
                    .collect::<Vec<_>>()
            };
            composer.masthead(
                &lines(left, LETTERHEAD),
                &lines(right, LETTERHEAD.ink(Ink::Muted)),
            );
        }
        Part::Rule => {
            composer.gap(6.0);
            composer.rule(0.8, Ink::Accent);
            composer.gap(14.0);
        }
        Part::Title(text) => composer.tag(Tag::H1, |composer| {
            composer.paragraph(&spans(text, TITLE), centred(composer, 40.0, 6.0));
        }),
        Part::Note(text) => composer.tag(Tag::P, |composer| {
            composer.paragraph(&spans(text, SMALL), centred(composer, 48.0, 6.0));
        }),
        Part::Heading(text) => {
            composer.ensure(HEADING_ALONE.max(section(composer, rest)));
            composer.gap(8.0);
            composer.tag(Tag::H2, |composer| {
                let after = Block {
                    after: 4.0,
                    ..Block::default()
                };
                composer.paragraph(&spans(text, HEADING), after);
            });
        }
        Part::Paragraph(text) => {
            // What announces a list stays with its beginning.
            let announces = matches!(rest.first(), Some(Part::List { .. }));
            let block = Block {
                align: Align::Justified,
                after: if announces { 3.0 } else { 6.0 },
                ..Block::default()
            };
            let text = spans(text, BODY);
            if announces {
                composer.ensure(composer.height(&text, block).min(120.0) + 2.0 * BODY.leading);
            }
            composer.tag(Tag::P, |composer| composer.paragraph(&text, block));
        }
        Part::Table(rows) => table(composer, rows),
        Part::List { numbered, items } => list(composer, *numbered, items),
        Part::Panel(texts) => {
            composer.gap(8.0);
            let texts: Vec<_> = texts.iter().map(|text| spans(text, VALUE)).collect();
            composer.panel(&texts);
            composer.gap(6.0);
        }
    }
}

/// The height of a section that is a short table, with the panel that follows: it is kept whole. Otherwise none.
fn section(composer: &Composer, rest: &[Part]) -> f64 {
    let Some(Part::Table(rows)) = rest.first() else {
        return 0.0;
    };
    let mut height = HEADING.leading
        + 18.0
        + rows
            .iter()
            .map(|row| row_height(composer, row))
            .sum::<f64>();
    if let Some(Part::Panel(texts)) = rest.get(1) {
        let lines = texts
            .iter()
            .map(|text| composer.height(&spans(text, VALUE), Block::default()));
        height += lines.sum::<f64>() + 48.0;
    }
    if height <= TOGETHER { height } else { 0.0 }
}

fn row_height(composer: &Composer, [label, value]: &[Text; 2]) -> f64 {
    let column = |width| Block {
        width: Some(width),
        ..Block::default()
    };
    let label = composer.height(&spans(label, LABEL), column(LABEL_WIDTH - 8.0));
    let value = composer.height(&spans(value, VALUE), column(composer.width() - LABEL_WIDTH));
    label.max(value) + ROW_GAPS
}

fn table(composer: &mut Composer, rows: &[[Text; 2]]) {
    composer.tag(Tag::Table, |composer| {
        for [label, value] in rows {
            composer.row(
                &spans(label, LABEL),
                &spans(value, VALUE),
                LABEL_WIDTH,
                ROW_GAPS / 2.0,
            );
            composer.rule(0.35, Ink::Rule);
            composer.gap(ROW_GAPS / 2.0);
        }
    });
    composer.gap(6.0);
}

fn list(composer: &mut Composer, numbered: bool, items: &[Text]) {
    let tag = if numbered {
        Tag::NumberedList
    } else {
        Tag::List
    };
    composer.tag(tag, |composer| {
        for (index, item) in items.iter().enumerate() {
            let mark = if numbered {
                format!("{}.", index + 1)
            } else {
                "—".to_owned()
            };
            if index + 2 == items.len() {
                // The last item is not left alone on a page.
                let block = Block {
                    left: ITEM_INDENT,
                    ..Block::default()
                };
                let two = items[index..]
                    .iter()
                    .map(|item| composer.height(&spans(item, BODY), block));
                composer.ensure(two.sum::<f64>().min(TOGETHER) + 2.6);
            }
            let after = if index + 1 == items.len() { 6.0 } else { 2.6 };
            composer.item(
                &[Span::new(mark, BODY)],
                &spans(item, BODY),
                ITEM_INDENT,
                after,
            );
        }
    });
}

fn centred(composer: &Composer, inset: f64, after: f64) -> Block {
    Block {
        align: Align::Centre,
        left: inset,
        width: Some(composer.width() - 2.0 * inset),
        after,
        ..Block::default()
    }
}

/// Runs as spans; what somebody filled in has a hairline under it.
fn spans(text: &[Run], style: Style) -> Vec<Span> {
    text.iter()
        .map(|run| {
            let style = if run.bold {
                style.face(Face::Bold)
            } else {
                style
            };
            match run.field {
                Some(field) if is_written(field.source) => {
                    Span::field(&run.text, style.ink(Ink::Text))
                }
                _ => Span::new(&run.text, style),
            }
        })
        .collect()
}

/// Whether a person or a clinic's worker wrote it for this document.
const fn is_written(source: Source) -> bool {
    matches!(
        source,
        Source::Patient | Source::Representative | Source::Caller
    )
}

fn check(filled: &Filled) -> Result<(), TypesetError> {
    let mut found: Vec<Unprintable> = Vec::new();
    for run in runs(filled) {
        let field = run.field.map_or("", |field| field.name.as_str());
        let signs = unprintable(&run.text);
        if !signs.is_empty() && !found.iter().any(|one| one.field == field) {
            found.push(Unprintable { field, signs });
        }
    }
    if found.is_empty() {
        Ok(())
    } else {
        Err(TypesetError::Unprintable(found))
    }
}

fn runs(filled: &Filled) -> impl Iterator<Item = &Run> {
    filled.blocks.iter().flat_map(texts).flatten()
}

fn texts(part: &Part) -> Vec<&Text> {
    match part {
        Part::Letterhead { left, right } => left.iter().chain(right).collect(),
        Part::Rule => Vec::new(),
        Part::Title(text) | Part::Note(text) | Part::Heading(text) | Part::Paragraph(text) => {
            vec![text]
        }
        Part::Table(rows) => rows.iter().flatten().collect(),
        Part::List { items, .. } => items.iter().collect(),
        Part::Panel(texts) => texts.iter().collect(),
    }
}

fn words(found: &[Unprintable]) -> String {
    let of = |one: &Unprintable| {
        let signs: Vec<_> = one
            .signs
            .iter()
            .map(|sign| format!("U+{:04X}", u32::from(*sign)))
            .collect();
        format!("{} ({})", one.field, signs.join(", "))
    };
    let fields: Vec<_> = found.iter().map(of).collect();
    format!("signs that can't be printed: {}", fields.join("; "))
}

fn sentence(text: &str) -> String {
    let mut characters = text.chars();
    characters
        .next()
        .map(|first| first.to_uppercase().chain(characters).collect())
        .unwrap_or_default()
}
