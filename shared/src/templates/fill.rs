//! From a template and values to the text of a document.

use super::markup::{self, Line, Mark, Piece};
use super::{Field, FieldKind, Need, Source, Template, TemplateRef, Values};
use crate::document::Kind;
use crate::policy::Day;

/// With a value, the template speaks of a representative.
pub(super) const REPRESENTED: &str = "representative.full_name";

/// The text of a document, ready to be set. There is no `Debug`: it is a patient's.
#[derive(Clone, PartialEq, Eq)]
pub struct Filled {
    /// What it was made of.
    pub template: TemplateRef,
    /// Kind of the document.
    pub kind: Kind,
    /// Its title.
    pub title: String,
    /// Whose document it is: the clinic's name.
    pub author: String,
    /// From top to bottom.
    pub blocks: Vec<Block>,
}

/// A part of a document.
#[derive(Clone, PartialEq, Eq)]
pub enum Block {
    /// At the top: the clinic on the left, number and day on the right.
    Letterhead {
        /// Lines on the left.
        left: Vec<Text>,
        /// Lines on the right.
        right: Vec<Text>,
    },
    /// A hairline.
    Rule,
    /// The title.
    Title(Text),
    /// A note under the title.
    Note(Text),
    /// Heading of a section.
    Heading(Text),
    /// A paragraph.
    Paragraph(Text),
    /// A table of labels and values.
    Table(Vec<[Text; 2]>),
    /// A list.
    List {
        /// Whether its items are numbered from 1; otherwise each begins with a dash.
        numbered: bool,
        /// Items.
        items: Vec<Text>,
    },
    /// Paragraphs in a frame.
    Panel(Vec<Text>),
}

/// A line or a paragraph.
pub type Text = Vec<Run>;

/// A run of text of one look.
#[derive(Clone, PartialEq, Eq)]
pub struct Run {
    /// The text, without line breaks.
    pub text: String,
    /// Heavier.
    pub bold: bool,
    /// The field that it was filled from; `None` of the template's own words.
    pub field: Option<&'static Field>,
}

/// Why a template can't be filled. Names of fields only, no values.
#[derive(Clone, Debug, Default, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.words())]
pub struct FillError {
    /// Fields that it needs and that have no value.
    pub missing: Vec<&'static str>,
    /// Names that are no fields of it.
    pub unknown: Vec<String>,
    /// Fields whose value is longer than it may be, with the limit in characters.
    pub too_long: Vec<(&'static str, usize)>,
    /// Fields whose value is no such thing: no day, or with control characters.
    pub malformed: Vec<&'static str>,
}

impl FillError {
    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    fn words(&self) -> String {
        let too_long = self.too_long.iter();
        let too_long: Vec<_> = too_long
            .map(|(name, max)| format!("{name} (at most {max} characters)"))
            .collect();
        let lists = [
            ("missing", self.missing.join(", ")),
            ("unknown", self.unknown.join(", ")),
            ("too long", too_long.join(", ")),
            ("malformed", self.malformed.join(", ")),
        ];
        let said: Vec<_> = lists
            .into_iter()
            .filter(|(_, names)| !names.is_empty())
            .map(|(what, names)| format!("{what}: {names}"))
            .collect();
        format!("fields of the template: {}", said.join("; "))
    }
}

/// See [`Template::fill`].
pub(super) fn fill(template: &Template, values: &Values) -> Result<Filled, FillError> {
    let prepared = prepare(template, values)?;
    let has = |name: &str| prepared.iter().any(|(field, _)| field.name == name);
    let mut blocks = Vec::new();
    for line in markup::lines(template.wording(), has) {
        for text in texts(line, &prepared) {
            add(&mut blocks, line.mark, text);
        }
    }
    let author = prepared
        .iter()
        .find(|(field, _)| field.name == "clinic.name");
    Ok(Filled {
        template: template.reference(),
        kind: template.kind,
        title: template.title.clone(),
        author: author.map(|(_, lines)| lines.concat()).unwrap_or_default(),
        blocks,
    })
}

/// A field and the lines of its value: one, or as many as a text or list has.
type Prepared = Vec<(&'static Field, Vec<String>)>;

fn prepare(template: &Template, values: &Values) -> Result<Prepared, FillError> {
    let mut error = FillError::default();
    let mut prepared = Prepared::new();
    let represented = values.get(REPRESENTED).is_some();
    for (field, need) in template.fields() {
        let needed = need == Need::Always || (need == Need::Represented && represented);
        match values.get(&field.name) {
            Some(value) => match read(field, value) {
                Ok(lines) => prepared.push((field, lines)),
                Err(Wrong::TooLong) => error.too_long.push((&field.name, field.max)),
                Err(Wrong::Malformed) => error.malformed.push(&field.name),
            },
            None if needed => error.missing.push(&field.name),
            None => {}
        }
    }
    // What is known of people and clinic is offered to every template; of the caller's fields each is meant.
    let offered = |name: &str| {
        name == "representative.phone"
            || super::field(name).is_some_and(|field| field.source != Source::Caller)
    };
    let shown = |name: &str| {
        template.field(name).is_some() && (represented || !name.starts_with("representative."))
    };
    let unknown = values.names().filter(|name| !offered(name) && !shown(name));
    error.unknown.extend(unknown.map(str::to_owned));
    if error.is_empty() {
        Ok(prepared)
    } else {
        Err(error)
    }
}

enum Wrong {
    TooLong,
    Malformed,
}

fn read(field: &Field, value: &str) -> Result<Vec<String>, Wrong> {
    let one_line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let lines: Vec<String> = match field.kind {
        FieldKind::Line | FieldKind::Date => vec![one_line(value)],
        FieldKind::Text | FieldKind::List => {
            let lines = value.lines().map(one_line);
            lines.filter(|line| !line.is_empty()).collect()
        }
    };
    let length: usize = lines.iter().map(|line| line.chars().count()).sum();
    if length > field.max {
        return Err(Wrong::TooLong);
    }
    let controls = lines.iter().any(|line| line.chars().any(char::is_control));
    let no_day = field.kind == FieldKind::Date && Day::parse(&lines.concat()).is_none();
    if controls || no_day {
        return Err(Wrong::Malformed);
    }
    Ok(lines)
}

/// The texts of a line: one, or one for each line of a field that has several.
fn texts(line: Line<'_>, values: &Prepared) -> Vec<[Text; 2]> {
    let pieces = line.text.map(markup::pieces);
    let many = pieces.iter().flatten().find_map(|piece| match piece {
        Piece::Field { name, .. } if line.mark != Mark::Row => values
            .iter()
            .find(|(field, _)| field.name == *name)
            .map(|(_, lines)| lines.len())
            .filter(|count| *count > 1),
        _ => None,
    });
    match many {
        Some(count) => (0..count)
            .map(|index| {
                pieces
                    .clone()
                    .map(|pieces| text(&pieces, values, Some(index)))
            })
            .collect(),
        None => vec![pieces.map(|pieces| text(&pieces, values, None))],
    }
}

fn text(pieces: &[Piece<'_>], values: &Prepared, line: Option<usize>) -> Text {
    pieces
        .iter()
        .filter_map(|piece| match piece {
            Piece::Text { text, bold } => Some(Run {
                text: (*text).to_owned(),
                bold: *bold,
                field: None,
            }),
            Piece::Field { name, words, bold } => {
                let (field, lines) = values.iter().find(|(field, _)| field.name == *name)?;
                let value = match line {
                    Some(index) if lines.len() > 1 => lines.get(index)?.clone(),
                    _ => lines.join("; "),
                };
                Some(Run {
                    text: shown(field, value, *words),
                    bold: *bold,
                    field: Some(field),
                })
            }
        })
        .collect()
}

/// A value as it is printed: a day as `12.03.1985` or in words.
fn shown(field: &Field, value: String, words: bool) -> String {
    match Day::parse(&value).filter(|_| field.kind == FieldKind::Date) {
        Some(day) if words => day.words(),
        Some(day) => {
            let (year, month, day) = day.triple();
            format!("{day:02}.{month:02}.{year:04}")
        }
        None => value,
    }
}

/// Puts a line's text into the block that it goes on with, or into a new one.
fn add(blocks: &mut Vec<Block>, mark: Mark, [first, second]: [Text; 2]) {
    match (mark, blocks.last_mut()) {
        (Mark::Left, Some(Block::Letterhead { left, .. })) => left.push(first),
        (Mark::Right, Some(Block::Letterhead { right, .. })) => right.push(first),
        (Mark::Row, Some(Block::Table(rows))) => rows.push([first, second]),
        (Mark::Panel, Some(Block::Panel(texts))) => texts.push(first),
        (
            Mark::Numbered,
            Some(Block::List {
                numbered: true,
                items,
            }),
        )
        | (
            Mark::Plain,
            Some(Block::List {
                numbered: false,
                items,
            }),
        ) => items.push(first),
        (mark, _) => blocks.push(match mark {
            Mark::Left => Block::Letterhead {
                left: vec![first],
                right: Vec::new(),
            },
            Mark::Right => Block::Letterhead {
                left: Vec::new(),
                right: vec![first],
            },
            Mark::Title => Block::Title(first),
            Mark::Heading => Block::Heading(first),
            Mark::Note => Block::Note(first),
            Mark::Row => Block::Table(vec![[first, second]]),
            Mark::Panel => Block::Panel(vec![first]),
            Mark::Numbered | Mark::Plain => Block::List {
                numbered: mark == Mark::Numbered,
                items: vec![first],
            },
            Mark::Rule => Block::Rule,
            Mark::Paragraph => Block::Paragraph(first),
        }),
    }
}
