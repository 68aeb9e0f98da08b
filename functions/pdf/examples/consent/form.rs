//! Sets the markup of `tests/fixtures/consent/README.md` as a clinic's form.

use podpis_pdf::typeset::{Align, Block, Composer, DocumentInfo, Face, Ink, Margins, Span, Style};

const BODY: Style = Style::regular(10.4, 14.6);
const LABEL: Style = Style::regular(9.6, 13.6).ink(Ink::Muted);
const VALUE: Style = Style::regular(10.0, 13.6);
const LETTERHEAD: Style = Style::regular(8.8, 12.0);
const SMALL: Style = Style::regular(8.4, 11.4).ink(Ink::Muted);
const ITEM_INDENT: f64 = 22.0;
const LABEL_WIDTH: f64 = 168.0;

/// The PDF of a form.
pub(crate) fn set(source: &str) -> Vec<u8> {
    let mut composer = Composer::new(Margins::default());
    let lines: Vec<&str> = source
        .lines()
        .filter(|line| !line.trim().is_empty())
        .collect();
    let (mut title, mut author, mut foot) = ("", "", "");
    let mut rest = lines.as_slice();
    while let Some(line) = rest.first() {
        let mut taken = 1;
        if let Some(text) = line.strip_prefix("= ") {
            (author, foot) = text.split_once(" | ").unwrap_or((text, ""));
        } else if line.starts_with('@') {
            taken = letterhead(&mut composer, rest);
        } else if line.starts_with("! ") {
            taken = panel(&mut composer, rest);
        } else if let Some(text) = line.strip_prefix("# ") {
            title = text;
            heading(&mut composer, text);
        } else if let Some(text) = line.strip_prefix("## ") {
            section(&mut composer, text);
        } else if let Some(text) = line.strip_prefix("> ") {
            let block = Block {
                align: Align::Centre,
                left: 48.0,
                width: Some(composer.width() - 96.0),
                after: 4.0,
                ..Block::default()
            };
            composer.text(text, SMALL, block);
        } else if *line == "---" {
            composer.gap(6.0);
            composer.rule(0.8, Ink::Accent);
            composer.gap(14.0);
        } else if let Some((label, value)) = line
            .strip_prefix("| ")
            .and_then(|row| row.split_once(" | "))
        {
            composer.row(&spans(label, LABEL), &spans(value, VALUE), LABEL_WIDTH, 2.2);
            composer.rule(0.35, Ink::Rule);
            composer.gap(2.2);
            let last = !rest.get(1).is_some_and(|next| next.starts_with("| "));
            composer.gap(if last { 5.0 } else { 0.0 });
        } else if let Some((mark, text)) = item(line) {
            let last = rest.get(1).and_then(|next| item(next)).is_none();
            composer.item(
                &spans(mark, BODY),
                &spans(text, BODY),
                ITEM_INDENT,
                if last { 6.0 } else { 2.4 },
            );
        } else {
            composer.paragraph(
                &spans(line, BODY),
                Block {
                    align: Align::Justified,
                    after: 6.0,
                    ..Block::default()
                },
            );
        }
        rest = &rest[taken..];
    }
    let typeset = composer.finish(SMALL, |number, total| {
        (foot.to_owned(), format!("Лист {number} из {total}"))
    });
    typeset.into_pdf(DocumentInfo { title, author })
}

fn letterhead(composer: &mut Composer, lines: &[&str]) -> usize {
    let count = lines
        .iter()
        .take_while(|line| line.starts_with('@'))
        .count();
    let side = |mark: &str, style: Style| -> Vec<Vec<Span>> {
        lines[..count]
            .iter()
            .filter_map(|line| line.strip_prefix(mark))
            .map(|text| spans(text, style))
            .collect()
    };
    composer.masthead(
        &side("@< ", LETTERHEAD),
        &side("@> ", LETTERHEAD.ink(Ink::Muted)),
    );
    count
}

fn panel(composer: &mut Composer, lines: &[&str]) -> usize {
    let paragraphs: Vec<Vec<Span>> = lines
        .iter()
        .map_while(|line| line.strip_prefix("! "))
        .map(|text| spans(text, VALUE))
        .collect();
    composer.gap(6.0);
    composer.panel(&paragraphs);
    paragraphs.len()
}

fn heading(composer: &mut Composer, text: &str) {
    let style = Style::regular(15.5, 19.5).face(Face::Bold).ink(Ink::Accent);
    composer.text(
        text,
        style,
        Block {
            align: Align::Centre,
            left: 77.0,
            width: Some(composer.width() - 154.0),
            after: 6.0,
            ..Block::default()
        },
    );
}

fn section(composer: &mut Composer, text: &str) {
    composer.ensure(64.0);
    composer.gap(7.0);
    composer.text(
        text,
        Style::regular(12.0, 16.0).face(Face::Bold).ink(Ink::Accent),
        Block {
            after: 3.5,
            ..Block::default()
        },
    );
}

/// `1. text` or `- text`, the mark as it is printed.
fn item(line: &str) -> Option<(&str, &str)> {
    let (mark, text) = line.split_once(' ')?;
    let numbered = mark
        .strip_suffix('.')
        .is_some_and(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()));
    match mark {
        "-" => Some(("—", text)),
        _ if numbered => Some((mark, text)),
        _ => None,
    }
}

/// Resolves `**bold**` and `{field}`.
fn spans(text: &str, style: Style) -> Vec<Span> {
    let mut spans = Vec::new();
    for (index, part) in text.split("**").enumerate() {
        let style = if index % 2 == 1 {
            style.face(Face::Bold)
        } else {
            style
        };
        for (index, part) in part.split(['{', '}']).enumerate() {
            match (part, index % 2) {
                ("", _) => {}
                (field, 1) => spans.push(Span::field(field, style.ink(Ink::Text))),
                (plain, _) => spans.push(Span::new(plain, style)),
            }
        }
    }
    spans
}
