//! The lists against the schema, the export and the deletion.

use super::{Closing, Table, Untold, account, documents, left_out, nobody};
use crate::db::rights::{CHANGES, FROM, all_parts};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// Parts of the export that `crate::account::export` makes by itself.
const BY_HAND: [&str; 3] = ["account", "consents", "letters_stopped"];

fn tables() -> impl Iterator<Item = &'static Table> {
    account::TABLES.iter().chain(documents::TABLES)
}

/// Names and key words of a statement.
fn words(sql: &str) -> impl Iterator<Item = &str> {
    sql.split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
}

/// Tables of the newest schema with their columns, read from the migrations, which are written in one style.
fn schema() -> BTreeMap<String, BTreeSet<String>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../kit/migrations");
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path())
        .collect();
    files.sort();
    let mut tables: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for file in files {
        let mut open = None;
        for line in fs::read_to_string(file).unwrap().lines() {
            let words: Vec<&str> = line.split_whitespace().collect();
            let column = |word: &str| {
                word.chars()
                    .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
            };
            match words[..] {
                ["CREATE", "TABLE", name, "("] => {
                    tables.entry(name.to_owned()).or_default();
                    open = Some(name.to_owned());
                }
                [");"] => open = None,
                ["ALTER", "TABLE", table, "ADD", "COLUMN", name, ..] => {
                    tables.get_mut(table).unwrap().insert(name.to_owned());
                }
                ["DROP", "TABLE", name] => {
                    tables.remove(name.trim_end_matches(';')).unwrap();
                }
                [first, ..] if line.starts_with("    ") && column(first) => {
                    if let Some(table) = &open {
                        tables.get_mut(table).unwrap().insert(first.to_owned());
                    }
                }
                _ => {
                    let other = ["CREATE TABLE", "ALTER TABLE", "DROP TABLE"];
                    let is_other = other.iter().any(|start| line.starts_with(start));
                    assert!(!is_other, "this test can't read: {line}");
                }
            }
        }
    }
    tables
}

#[test]
fn every_table_is_in_one_list() {
    let schema = schema();
    assert!(schema.len() > 60, "the migrations are not read: {schema:?}");
    let personal = tables().map(|table| table.name);
    let listed: Vec<&str> = personal
        .chain(nobody::TABLES.iter().map(|(name, _)| *name))
        .collect();
    for table in schema.keys() {
        let count = listed.iter().filter(|name| *name == table).count();
        assert_eq!(
            count, 1,
            "is there anything about a patient in `{table}`? Say it in functions/patient/src/stored"
        );
    }
    for name in listed {
        assert!(schema.contains_key(name), "there is no table `{name}`");
    }
}

#[test]
fn every_column_about_a_person_is_told_or_not_for_a_reason() {
    let schema = schema();
    for table in tables() {
        let untold = table.untold.iter().map(|(columns, _)| *columns);
        let mut listed: Vec<&str> = untold
            .chain([table.told])
            .flat_map(str::split_whitespace)
            .collect();
        listed.sort_unstable();
        let columns: Vec<&str> = schema[table.name].iter().map(String::as_str).collect();
        assert_eq!(listed, columns, "of `{}`", table.name);
    }
}

#[test]
fn whatever_is_called_like_a_person_is_listed_as_such() {
    for (name, columns) in schema() {
        let personal = ["account_id", "recipient", "patient", "phone", "person"];
        let found = columns.iter().find(|one| personal.contains(&one.as_str()));
        let is_listed = tables().any(|table| table.name == name);
        assert!(is_listed || found.is_none(), "`{name}`: {found:?}");
    }
}

#[test]
fn what_is_told_is_read_by_the_parts() {
    let parts: BTreeMap<&str, &str> = all_parts().map(|part| (part.name, part.sql)).collect();
    let mut used = BTreeSet::new();
    for table in tables() {
        assert!(
            table.told.is_empty() || !table.parts.is_empty(),
            "{}",
            table.name
        );
        let by_hand = table.parts.iter().any(|part| BY_HAND.contains(part));
        for part in table.parts {
            used.insert(*part);
            assert!(
                BY_HAND.contains(part) || parts.contains_key(part),
                "there is no part `{part}`"
            );
        }
        let parts = table.parts.iter().filter_map(|part| parts.get(part));
        let words: BTreeSet<&str> = parts.flat_map(|sql| words(sql)).collect();
        for column in table.told.split_whitespace().filter(|_| !by_hand) {
            let is_read =
                words.contains(table.name) || self::words(FROM).any(|word| word == table.name);
            assert!(
                words.contains(column) && is_read,
                "`{column}` of `{}` is not told",
                table.name
            );
        }
    }
    for part in parts.keys() {
        assert!(used.contains(part), "no table is told by `{part}`");
    }
}

#[test]
fn no_part_reads_a_secret() {
    for table in tables() {
        let secrets = table
            .untold
            .iter()
            .filter(|(_, why)| matches!(why, Untold::Secret));
        let secrets = secrets.flat_map(|(columns, _)| columns.split_whitespace());
        // What two rows are joined by stands in a condition, never in the result.
        let secrets: Vec<&str> = secrets.filter(|one| *one != "state_hash").collect();
        for part in all_parts().filter(|part| table.parts.contains(&part.name)) {
            let result = part.sql.split(" FROM ").next().unwrap_or_default();
            let found = words(result).find(|word| secrets.contains(word));
            assert!(found.is_none(), "{}: {found:?}", part.name);
        }
    }
}

#[test]
fn the_deletion_does_what_the_list_says() {
    for table in tables() {
        let change = CHANGES.iter().find(|(name, _)| *name == table.name);
        let start = match table.closing {
            Closing::Deleted => Some(format!("DELETE FROM {} ", table.name)),
            Closing::Emptied(why) => {
                assert!(!why.is_empty());
                Some(format!("UPDATE {} SET ", table.name))
            }
            Closing::Kept(why) | Closing::Passes(why) => {
                assert!(!why.is_empty());
                None
            }
        };
        match (change, start) {
            (Some((_, sql)), Some(start)) => assert!(sql.starts_with(&start), "{sql}"),
            (None, None) => {}
            _ => panic!("the deletion and the list disagree on `{}`", table.name),
        }
    }
    for (name, _) in CHANGES {
        assert!(tables().any(|table| table.name == *name), "{name}");
    }
}

#[test]
fn the_export_says_what_is_not_in_it() {
    let sentences = left_out();
    assert!(sentences.len() >= 5, "{sentences:?}");
    for sentence in sentences {
        assert!(sentence.ends_with('.'), "{sentence}");
    }
}
