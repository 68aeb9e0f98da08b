//! Which acts of the table end soon, or have ended, with no row in their place: for the health page.

use super::day::Day;
use super::row::Row;
use super::table::Table;
use serde::Serialize;

/// How long before the end of an act the health page warns, in days.
pub const WARNING_DAYS: i64 = 90;

/// Rows that end together, and nothing takes their place: from that day on they block (rule R0).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(
    feature = "schema",
    derive(schemars::JsonSchema),
    schemars(rename = "PolicyTerm")
)]
pub struct Term {
    /// Ids of the rows.
    pub rows: Vec<String>,
    /// The act that ends.
    pub act: String,
    /// First day, in Moscow, on which it does not hold any more.
    pub until: Day,
}

/// How it stands with the terms of the table's acts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Expiry {
    /// Those that end within [`WARNING_DAYS`], the nearest first.
    pub expiring: Vec<Term>,
    /// Those that have ended.
    pub expired: Vec<Term>,
}

/// Looks at the table on a day in Moscow, `(year, month, day)`.
pub fn expiry(table: &Table, today: (i32, u8, u8)) -> Expiry {
    let mut found = Expiry {
        expiring: Vec::new(),
        expired: Vec::new(),
    };
    for row in table.rows() {
        let Some(until) = row.valid_until else {
            continue;
        };
        if until.triple() <= today {
            if leaves_a_gap(table, row, today) {
                add(&mut found.expired, row, until);
            }
        } else if until.minus(WARNING_DAYS).triple() <= today
            && leaves_a_gap(table, row, until.triple())
        {
            add(&mut found.expiring, row, until);
        }
    }
    for terms in [&mut found.expiring, &mut found.expired] {
        terms.sort_by_key(|term| term.until);
    }
    found
}

/// Whether no row at all holds on a day for something that this one is about.
fn leaves_a_gap(table: &Table, row: &Row, day: (i32, u8, u8)) -> bool {
    let mut kinds = row.kinds.iter();
    kinds.any(|kind| table.row(*kind, row.method, day).is_none())
}

fn add(terms: &mut Vec<Term>, row: &Row, until: Day) {
    let act = row.act.as_ref().unwrap_or(&row.law);
    match terms
        .iter_mut()
        .find(|term| term.until == until && &term.act == act)
    {
        Some(term) => term.rows.push(row.id.clone()),
        None => terms.push(Term {
            rows: vec![row.id.clone()],
            act: act.clone(),
            until,
        }),
    }
}

#[cfg(test)]
mod tests;
