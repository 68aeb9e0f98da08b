//! What an audit finds.

use serde::{Deserialize, Serialize};

/// Problems that a report lists; more are counted.
const PROBLEMS_MAX: usize = 50;

/// What was tampered with, or damaged. The names are part of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// An entry doesn't fit its leaf's hash.
    Changed,
    /// Numbers are skipped.
    Missing,
    /// An entry stands at another's number.
    Reordered,
    /// The head, or a checkpoint that was issued, counts more entries than there are.
    Truncated,
    /// A stored inner node isn't the hash of what is below it.
    Node,
    /// The stored head isn't that of the entries.
    Head,
    /// An issued checkpoint has another root: history was rewritten with everything computed anew.
    Checkpoint,
    /// A stored checkpoint isn't signed by us.
    ForgedCheckpoint,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// What.
    pub kind: Kind,
    /// The number of the entry, or the number of entries, that it is about.
    pub seq: u64,
    /// In words.
    pub text: String,
}

/// Outcome of an audit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Entries looked at.
    pub size: u64,
    /// The frontier as computed, in the form that heads are stored in.
    pub frontier: String,
    /// Findings; none: the journal adds up.
    pub problems: Vec<Problem>,
    /// Findings that are not listed.
    pub more: u64,
}

/// Findings so far: a list with an end.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Findings {
    problems: Vec<Problem>,
    more: u64,
}

impl Findings {
    pub(super) fn add(&mut self, kind: Kind, seq: u64, text: String) {
        if self.problems.len() < PROBLEMS_MAX {
            self.problems.push(Problem { kind, seq, text });
        } else {
            self.more += 1;
        }
    }

    pub(super) fn into_report(self, size: u64, frontier: String) -> Report {
        let Self { mut problems, more } = self;
        problems.sort_by_key(|problem| problem.seq);
        Report {
            size,
            frontier,
            problems,
            more,
        }
    }
}

impl Kind {
    /// Its name in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::Missing => "missing",
            Self::Reordered => "reordered",
            Self::Truncated => "truncated",
            Self::Node => "node",
            Self::Head => "head",
            Self::Checkpoint => "checkpoint",
            Self::ForgedCheckpoint => "forged_checkpoint",
        }
    }
}
