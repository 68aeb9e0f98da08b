//! The markup of the texts: one line is one piece of a block.
//!
//! | line begins with | becomes |
//! |---|---|
//! | `@< `, `@> ` | letterhead, left and right |
//! | `# `, `## ` | title, heading |
//! | `> ` | note under the title |
//! | `1. `, `- ` | numbered and plain item |
//! | `\| label \| value` | row of a table |
//! | `! ` | panel |
//! | `---` | hairline |
//! | anything else | paragraph |
//!
//! `?name ?!other: ` before a line keeps it only where the one field has a value and the other has none. Inside a line
//! `**bold**`, `{field}`, and `{field words}`, which writes a day in words.

/// A line with its conditions taken off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Line<'t> {
    pub(super) mark: Mark,
    /// The text; of a row both cells.
    pub(super) text: [&'t str; 2],
}

/// What a line becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    Left,
    Right,
    Title,
    Heading,
    Note,
    Numbered,
    Plain,
    Row,
    Panel,
    Rule,
    Paragraph,
}

/// A piece of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece<'t> {
    Text {
        text: &'t str,
        bold: bool,
    },
    Field {
        name: &'t str,
        words: bool,
        bold: bool,
    },
}

/// The lines whose conditions hold.
pub(super) fn lines<'t>(
    text: &'t str,
    has: impl Fn(&str) -> bool,
) -> impl Iterator<Item = Line<'t>> {
    text.lines()
        .filter(|line| !line.trim().is_empty())
        .filter_map(move |line| {
            let (conditions, line) = conditions(line);
            conditions
                .into_iter()
                .all(|(name, wanted)| has(name) == wanted)
                .then(|| parse(line))
        })
}

/// Every field that a text speaks of, in conditions too.
#[cfg(test)]
pub(super) fn names(text: &str) -> Vec<&str> {
    let mut names = Vec::new();
    for line in text.lines() {
        let (conditions, line) = conditions(line);
        names.extend(conditions.into_iter().map(|(name, _)| name));
        names.extend(pieces(line).into_iter().filter_map(|piece| match piece {
            Piece::Field { name, .. } => Some(name),
            Piece::Text { .. } => None,
        }));
    }
    names
}

/// Splits a text into runs and fields.
pub(super) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    for (index, part) in text.split("**").enumerate() {
        let bold = index % 2 == 1;
        for (index, part) in part.split(['{', '}']).enumerate() {
            match (part, index % 2) {
                ("", _) => {}
                (field, 1) => {
                    let (name, words) = match field.strip_suffix(" words") {
                        Some(name) => (name, true),
                        None => (field, false),
                    };
                    pieces.push(Piece::Field { name, words, bold });
                }
                (text, _) => pieces.push(Piece::Text { text, bold }),
            }
        }
    }
    pieces
}

fn conditions(line: &str) -> (Vec<(&str, bool)>, &str) {
    let Some((before, rest)) = line
        .starts_with('?')
        .then(|| line.split_once(": "))
        .flatten()
    else {
        return (Vec::new(), line);
    };
    let one = |word: &'_ str| {
        let word = word.trim_start_matches('?');
        match word.strip_prefix('!') {
            Some(name) => (name.len(), false),
            None => (word.len(), true),
        }
    };
    let conditions = before
        .split(' ')
        .map(|word| {
            let (length, wanted) = one(word);
            (&word[word.len() - length..], wanted)
        })
        .collect();
    (conditions, rest)
}

fn parse(line: &str) -> Line<'_> {
    const MARKS: [(&str, Mark); 7] = [
        ("@< ", Mark::Left),
        ("@> ", Mark::Right),
        ("# ", Mark::Title),
        ("## ", Mark::Heading),
        ("> ", Mark::Note),
        ("- ", Mark::Plain),
        ("! ", Mark::Panel),
    ];
    let one = |mark, text| Line {
        mark,
        text: [text, ""],
    };
    if line == "---" {
        return one(Mark::Rule, "");
    }
    for (start, mark) in MARKS {
        if let Some(text) = line.strip_prefix(start) {
            return one(mark, text);
        }
    }
    if let Some((label, value)) = line
        .strip_prefix("| ")
        .and_then(|row| row.split_once(" | "))
    {
        return Line {
            mark: Mark::Row,
            text: [label, value],
        };
    }
    match line.split_once(". ") {
        Some((number, text))
            if !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()) =>
        {
            one(Mark::Numbered, text)
        }
        _ => one(Mark::Paragraph, line),
    }
}
