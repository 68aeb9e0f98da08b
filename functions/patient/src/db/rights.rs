//! The SQL of a person's rights over their data (152-FZ): seeing it, taking a consent back, deletion.

mod consents;
mod erase;
mod export;
mod parts;

pub(crate) use consents::{consents, withdraw};
pub(crate) use erase::{erase, items};
pub(crate) use export::{created_at, parts};

#[cfg(test)]
pub(crate) use {erase::CHANGES, export::FROM, parts::all as all_parts};

/// The account `?1` and those that went up in it.
const OWN: &str = "WITH RECURSIVE own (id) AS (SELECT ?1 UNION SELECT m.id FROM accounts m JOIN own \
    ON m.merged_into = own.id)";
