//! An operator's rows over the builtin table: stricter only, unless looser ones are allowed on purpose.
//!
//! Where several rows hold for one kind and method, the strictest decides, so an added row can loosen the table only
//! where no builtin row holds: it has to lie within the dates of one and be no looser than it. Of several limits of age
//! the strictest counts too, so an added one can't loosen anything.

use super::day::Day;
use super::row::{AgeRow, Bound, Row, SecondSignature, Verdict};
use super::table::Table;
use crate::hash::sha256_hex;
use serde::Deserialize;
use std::collections::BTreeSet;

/// Longest text of a row, in characters.
const TEXT_MAX: usize = 500;

/// Longest id of a row, in characters.
const ID_MAX: usize = 40;

/// Why an operator's rows are not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// The text is not `{"rows": […], "ages": […]}` with rows of known fields and values.
    #[error("the rows can't be read: {0}")]
    Form(String),
    /// A row contradicts itself.
    #[error("row `{row}`: {what}")]
    Row {
        /// Its id.
        row: String,
        /// What is wrong.
        what: &'static str,
    },
    /// A row is looser than the builtin table.
    #[error("row `{row}` is looser than the builtin one: {what}")]
    Looser {
        /// Its id.
        row: String,
        /// What is looser.
        what: &'static str,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Override {
    #[serde(default)]
    rows: Vec<Row>,
    #[serde(default)]
    ages: Vec<AgeRow>,
}

/// The table with the rows of `json`.
pub(super) fn apply(base: &Table, json: &str, allow_looser: bool) -> Result<Table, TableError> {
    let own: Override =
        serde_json::from_str(json).map_err(|error| TableError::Form(error.to_string()))?;
    let mut ids = BTreeSet::new();
    let names = own.rows.iter().map(|row| &row.id);
    for id in names.chain(own.ages.iter().map(|row| &row.id)) {
        if !ids.insert(id) {
            return Err(wrong(id, "stands twice"));
        }
    }
    if ids.is_empty() {
        return Err(TableError::Form("there is none".into()));
    }
    for row in &own.rows {
        check_row(row).map_err(|what| wrong(&row.id, what))?;
        let looser = looser_row(base, row).filter(|_| !allow_looser);
        looser.map_or(Ok(()), |what| Err(too_loose(&row.id, what)))?;
    }
    for row in &own.ages {
        check_age(row).map_err(|what| wrong(&row.id, what))?;
        let looser = looser_age(base, row).filter(|_| !allow_looser);
        looser.map_or(Ok(()), |what| Err(too_loose(&row.id, what)))?;
    }
    let mut table = base.clone();
    for row in own.rows {
        match table.rows.iter_mut().find(|known| known.id == row.id) {
            Some(known) => *known = row,
            None => table.rows.push(row),
        }
    }
    for row in own.ages {
        match table.ages.iter_mut().find(|known| known.id == row.id) {
            Some(known) => *known = row,
            None => table.ages.push(row),
        }
    }
    let hash = sha256_hex(json.as_bytes());
    table.rename(format!("{}+op:{}", base.version(), &hash[..8]));
    Ok(table)
}

/// Whether a row makes sense by itself.
pub(super) fn check_row(row: &Row) -> Result<(), &'static str> {
    if !is_id(&row.id) {
        return Err("its id is 1 to 40 of a-z, 0-9 and -");
    }
    if row.kinds.is_empty() {
        return Err("it names no kind");
    }
    let medic = row.second_signature == SecondSignature::Medic;
    if row.kinds.iter().any(|kind| kind.needs_medic() != medic) {
        return Err(
            "second_signature is `medic` for exactly the kinds that a medical worker completes",
        );
    }
    if let (Some(from), Some(until)) = (row.valid_from, row.valid_until)
        && from >= until
    {
        return Err("valid_until is not later than valid_from");
    }
    if (row.valid_from.is_some() || row.valid_until.is_some()) && row.act.is_none() {
        return Err("it has a date but names no act");
    }
    if row.basis.is_empty() && row.verdict != Verdict::Block {
        return Err("it allows but names no basis");
    }
    let texts = [&row.law, &row.clinic, &row.signer].into_iter();
    let mut texts = texts.chain(&row.act).chain(&row.basis);
    if !texts.all(|text| is_text(text)) {
        return Err("its texts are one line of 1 to 500 characters");
    }
    Ok(())
}

/// Whether a limit of age makes sense by itself.
pub(super) fn check_age(row: &AgeRow) -> Result<(), &'static str> {
    if !is_id(&row.id) {
        return Err("its id is 1 to 40 of a-z, 0-9 and -");
    }
    let until = row.bound == Bound::ActingUntil;
    if row.grounds.is_empty() == until || (row.care.is_some() && !until) {
        return Err("grounds stand with `acting_until`, and with it only; care likewise");
    }
    if row.age.is_none() && !until {
        return Err("only `acting_until` may have no age");
    }
    if row.child_under.is_some() != (row.bound == Bound::ParentFrom) {
        return Err("child_under stands with `parent_from`, and with it only");
    }
    let ages = [row.age, row.child_under];
    if !ages
        .into_iter()
        .flatten()
        .all(|age| (0..=150).contains(&age))
    {
        return Err("ages are 0 to 150");
    }
    let mut texts = [&row.law, &row.clinic, &row.signer].into_iter();
    if !texts.all(|text| is_text(text)) {
        return Err("its texts are one line of 1 to 500 characters");
    }
    Ok(())
}

/// What of a row is looser than the table, if anything.
fn looser_row(base: &Table, row: &Row) -> Option<&'static str> {
    let Some(known) = base.rows.iter().find(|known| known.id == row.id) else {
        let covered = row.kinds.iter().all(|kind| {
            let mut known = base.about(*kind, row.method);
            known.any(|known| looser_than(known, row).is_none())
        });
        return (!covered).then_some("no builtin row allows as much on all its days");
    };
    if known.method != row.method || known.kinds != row.kinds {
        return Some("kinds and method are not those of the builtin row");
    }
    looser_than(known, row)
}

fn looser_than(known: &Row, row: &Row) -> Option<&'static str> {
    let ends = |day: Option<Day>| day.map_or((1, None), |day| (0, Some(day)));
    if row.verdict > known.verdict {
        Some("verdict")
    } else if row.valid_from < known.valid_from {
        Some("valid_from is earlier")
    } else if ends(row.valid_until) > ends(known.valid_until) {
        Some("valid_until is later")
    } else {
        None
    }
}

/// What of a limit of age is looser than the table, if anything.
fn looser_age(base: &Table, row: &AgeRow) -> Option<&'static str> {
    let known = base.ages.iter().find(|known| known.id == row.id)?;
    if (known.bound, &known.grounds, known.care) != (row.bound, &row.grounds, row.care) {
        return Some("bound, grounds and care are not those of the builtin row");
    }
    let end = |age: Option<i32>| age.unwrap_or(i32::MAX);
    let looser = match row.bound {
        Bound::ActingUntil => end(row.age) > end(known.age),
        Bound::PatientFrom | Bound::ActingFrom | Bound::ParentFrom => row.age < known.age,
    };
    if looser {
        Some("age")
    } else if row.child_under > known.child_under {
        Some("child_under")
    } else {
        None
    }
}

fn is_id(id: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    (1..=ID_MAX).contains(&id.len()) && id.bytes().all(plain)
}

fn is_text(text: &str) -> bool {
    !text.trim().is_empty()
        && text.chars().count() <= TEXT_MAX
        && !text.chars().any(char::is_control)
}

fn wrong(row: &str, what: &'static str) -> TableError {
    TableError::Row {
        row: row.to_owned(),
        what,
    }
}

fn too_loose(row: &str, what: &'static str) -> TableError {
    TableError::Looser {
        row: row.to_owned(),
        what,
    }
}

#[cfg(test)]
mod tests;
