//! The audit of a stored journal: names what was tampered with.
//!
//! An [`Auditor`] takes the entries slice by slice, in their order, together with the stored inner nodes that they
//! complete and the checkpoints that were issued for them. It computes everything anew and compares. Where an entry turns
//! out wrong, it goes on with what is stored above it, so that one change is named once and at its place.

mod report;
#[cfg(test)]
mod tests;

pub use report::{Kind, Problem, Report};

use crate::checkpoint::{self, NoteVerifier};
use crate::entry::{Entry, canonical, is_public, json_leaf_hash};
use crate::tree::{Hash, NodeId, empty_root, fold, from_hex, node_hash, to_hex};
use podpis_shared::Timestamp;
use report::Findings;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::HashMap;

/// Numbers that one slice goes over; where more are missing, the pass ends.
const GAP_MAX: u64 = 100_000;

/// Changed entries that are looked at closely: were they changed, or put in another order?
const SUSPECTS_MAX: usize = 64;

/// How far from its place an entry is looked for, beside the places of other suspects.
const NEAR: u64 = 16;

/// A row of the journal.
#[derive(Clone, Debug)]
pub struct Row {
    /// Number, from 1.
    pub seq: i64,
    /// Id.
    pub id: String,
    /// Type.
    pub kind: String,
    /// Whether the clinic gets it as an event.
    pub public: bool,
    /// Document.
    pub document_id: Option<String>,
    /// Seconds since 1970.
    pub at: i64,
    /// JSON.
    pub data: String,
    /// Hash of its leaf, in hex.
    pub leaf_hash: String,
}

/// A row of the issued checkpoints.
#[derive(Clone, Debug)]
pub struct Issued {
    /// Number of entries.
    pub size: i64,
    /// Root, in hex.
    pub root: String,
    /// The signed note.
    pub note: String,
}

/// Inner nodes of one level, by their indexes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// Level, 1 and up.
    pub level: u32,
    /// First index.
    pub from: u64,
    /// The index after the last.
    pub to: u64,
}

/// The audit of one journal: what is known so far. It can be kept as JSON between two slices.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Auditor {
    clinic_id: String,
    size: u64,
    stack: Vec<Subtree>,
    suspects: Vec<Suspect>,
    missing: Vec<(u64, u64)>,
    findings: Findings,
    wrong_checkpoints: u64,
    stopped: bool,
}

/// A complete subtree on the right edge.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Subtree {
    level: u32,
    index: u64,
    /// In hex; `None` where an entry below is missing and nothing stored stands for it.
    hash: Option<String>,
    /// Something below was wrong, and named.
    doubtful: bool,
}

/// An entry that doesn't fit its hash.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Suspect {
    seq: u64,
    leaf_hash: String,
    entry: Value,
}

impl Auditor {
    /// An audit from the first entry on.
    pub fn new(clinic_id: &str) -> Self {
        Self {
            clinic_id: clinic_id.to_owned(),
            size: 0,
            stack: Vec::new(),
            suspects: Vec::new(),
            missing: Vec::new(),
            findings: Findings::default(),
            wrong_checkpoints: 0,
            stopped: false,
        }
    }

    /// Entries looked at, missing ones included.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// So much is missing that the pass ends here.
    pub const fn stopped(&self) -> bool {
        self.stopped
    }

    /// Which stored nodes the next slice needs, where `last` is the number of its last row.
    pub fn ranges(&self, last: i64) -> Vec<Range> {
        let end = u64::try_from(last)
            .unwrap_or_default()
            .min(self.size + GAP_MAX);
        let ranges = (1..u64::BITS).map(|level| Range {
            level,
            // A node is completed by the last of its leaves.
            from: self.size >> level,
            to: end >> level,
        });
        ranges.filter(|range| range.from < range.to).collect()
    }

    /// Takes the next rows in ascending order, fewer than 100,000; `issued` are the checkpoints from the present size to that of the last row.
    ///
    /// With `verifiers` the checkpoints' signatures are checked, too.
    pub fn slice(
        &mut self,
        rows: &[Row],
        nodes: &HashMap<NodeId, Hash>,
        issued: &[Issued],
        verifiers: Option<&[NoteVerifier]>,
    ) {
        for one in issued {
            self.check_signature(one, verifiers);
        }
        let mut by_size: HashMap<u64, Vec<&Issued>> = HashMap::new();
        for one in issued {
            if let Ok(size) = u64::try_from(one.size) {
                by_size.entry(size).or_default().push(one);
            }
        }
        self.check_roots(&by_size);
        let end = self.size + GAP_MAX;
        for row in rows {
            if self.stopped {
                return;
            }
            let expected = self.size + 1;
            let seq = u64::try_from(row.seq).unwrap_or_default();
            if seq < expected {
                let text = format!("an entry has the number {}, which cannot be", row.seq);
                self.findings.add(Kind::Reordered, seq, text);
                continue;
            }
            if seq > expected {
                self.gap(seq, end, nodes, &by_size);
                if self.stopped {
                    return;
                }
            }
            let (leaf, doubtful) = self.leaf(row, seq);
            self.push(leaf, doubtful, nodes);
            self.check_roots(&by_size);
        }
    }

    /// The outcome, once every row has been taken.
    ///
    /// `head` is the stored size and frontier, `later` the checkpoints of more entries than there are, `nodes` the number of
    /// stored inner nodes where it was counted.
    pub fn finish(
        &self,
        head: Option<(i64, &str)>,
        later: &[Issued],
        nodes: Option<u64>,
        verifiers: Option<&[NoteVerifier]>,
    ) -> Report {
        let mut end = self.clone();
        end.classify();
        for one in later {
            end.check_signature(one, verifiers);
        }
        if self.wrong_checkpoints > 1 {
            let text = format!(
                "as many checkpoints have other roots: {}",
                self.wrong_checkpoints
            );
            end.findings.add(Kind::Checkpoint, self.size, text);
        }
        if !self.stopped {
            end.check_end(head, later, nodes);
        }
        end.findings.into_report(self.size, self.frontier())
    }

    /// The frontier as computed; empty where entries are missing.
    pub fn frontier(&self) -> String {
        let hashes: Option<Vec<&str>> = self.stack.iter().map(|s| s.hash.as_deref()).collect();
        hashes.map(|hashes| hashes.concat()).unwrap_or_default()
    }

    /// Root of everything taken. `None` where entries are missing.
    pub fn root(&self) -> Option<Hash> {
        let hash = |subtree: &Subtree| subtree.hash.as_deref().and_then(from_hex);
        let hashes: Option<Vec<Hash>> = self.stack.iter().map(hash).collect();
        Some(fold(&hashes?).unwrap_or_else(empty_root))
    }

    /// The leaf's hash as stored, and whether it doesn't fit its entry.
    fn leaf(&mut self, row: &Row, seq: u64) -> (Option<Hash>, bool) {
        let stored = from_hex(&row.leaf_hash);
        let changed = |text: &str| format!("entry {seq} ({}): {text}", row.id);
        let Ok(data) = serde_json::from_str::<Value>(&row.data) else {
            let text = changed("its data is no JSON");
            self.findings.add(Kind::Changed, seq, text);
            return (stored, true);
        };
        if canonical(&data) != row.data {
            let text = changed("its data is written in another form");
            self.findings.add(Kind::Changed, seq, text);
        }
        if is_public(&row.kind) != row.public {
            let text = changed("it is marked as an event wrongly");
            self.findings.add(Kind::Changed, seq, text);
        }
        let entry = Entry {
            clinic_id: &self.clinic_id,
            seq,
            id: &row.id,
            kind: &row.kind,
            document_id: row.document_id.as_deref(),
            at: Timestamp::from_unix(row.at),
            data: &data,
        };
        let in_range = Timestamp::from_unix(row.at).unix() == row.at;
        if in_range && stored == Some(entry.leaf_hash()) {
            return (stored, false);
        }
        if self.suspects.len() < SUSPECTS_MAX {
            self.suspects.push(Suspect {
                seq,
                leaf_hash: row.leaf_hash.clone(),
                entry: entry.to_json(),
            });
        } else {
            let text = changed("it does not fit its hash");
            self.findings.add(Kind::Changed, seq, text);
        }
        (stored, true)
    }

    fn gap(
        &mut self,
        to: u64,
        end: u64,
        nodes: &HashMap<NodeId, Hash>,
        by_size: &HashMap<u64, Vec<&Issued>>,
    ) {
        let from = self.size + 1;
        let text = match to - from {
            1 => format!("entry {from} is missing"),
            _ => format!("entries {from} to {} are missing", to - 1),
        };
        self.findings.add(Kind::Missing, from, text);
        self.missing.push((from, to));
        if to > end {
            self.stopped = true;
            return;
        }
        for _ in from..to {
            self.push(None, true, nodes);
            self.check_roots(by_size);
        }
    }

    fn push(&mut self, leaf: Option<Hash>, doubtful: bool, nodes: &HashMap<NodeId, Hash>) {
        let mut subtree = Subtree {
            level: 0,
            index: self.size,
            hash: leaf.as_ref().map(to_hex),
            doubtful,
        };
        while subtree.index % 2 == 1 {
            let Some(left) = self.stack.pop() else { break };
            subtree = self.parent(&left, &subtree, nodes);
        }
        self.stack.push(subtree);
        self.size += 1;
    }

    fn parent(
        &mut self,
        left: &Subtree,
        right: &Subtree,
        nodes: &HashMap<NodeId, Hash>,
    ) -> Subtree {
        let hash = |subtree: &Subtree| subtree.hash.as_deref().and_then(from_hex);
        let computed = hash(left)
            .zip(hash(right))
            .map(|(left, right)| node_hash(&left, &right));
        let (level, index) = (right.level + 1, right.index / 2);
        let stored = nodes.get(&NodeId { level, index }).copied();
        let known = left.doubtful || right.doubtful;
        let (first, last) = ((index << level) + 1, (index + 1) << level);
        let (hash, doubtful) = match (computed, stored) {
            (Some(computed), Some(stored)) if computed == stored => (Some(stored), false),
            // What is wrong below has been named: from here on the stored tree is held against the rest.
            (_, Some(stored)) if known => (Some(stored), false),
            (computed, stored) => {
                if !known {
                    let what = stored.map_or("is missing", |_| "has another hash");
                    let text = format!("the inner node over entries {first} to {last} {what}");
                    self.findings.add(Kind::Node, last, text);
                }
                (computed, true)
            }
        };
        Subtree {
            level,
            index,
            hash: hash.as_ref().map(to_hex),
            doubtful,
        }
    }

    fn check_roots(&mut self, by_size: &HashMap<u64, Vec<&Issued>>) {
        let Some((issued, root)) = by_size.get(&self.size).zip(self.root()) else {
            return;
        };
        for one in issued {
            if from_hex(&one.root) == Some(root) {
                continue;
            }
            self.wrong_checkpoints += 1;
            if self.wrong_checkpoints == 1 {
                let text = format!(
                    "the checkpoint of {} entries was issued with another root",
                    self.size
                );
                self.findings.add(Kind::Checkpoint, self.size, text);
            }
        }
    }

    fn check_signature(&mut self, one: &Issued, verifiers: Option<&[NoteVerifier]>) {
        let Some(verifiers) = verifiers else { return };
        let size = u64::try_from(one.size).ok();
        let ours = checkpoint::open(&one.note, verifiers).is_ok_and(|opened| {
            let origin = |key: &NoteVerifier| format!("{}/{}", key.name(), self.clinic_id);
            Some(opened.size) == size
                && Some(opened.root) == from_hex(&one.root)
                && verifiers.iter().any(|key| origin(key) == opened.origin)
        });
        if !ours {
            let text = format!("the checkpoint of {} entries is not signed by us", one.size);
            self.findings
                .add(Kind::ForgedCheckpoint, size.unwrap_or_default(), text);
        }
    }

    /// Says of each suspect whether it stands at another's place or has another content.
    fn classify(&mut self) {
        let places: Vec<u64> = self.suspects.iter().map(|suspect| suspect.seq).collect();
        let missing = self.missing.iter().flat_map(|(from, to)| *from..*to);
        let places: Vec<u64> = places
            .into_iter()
            .chain(missing.take(SUSPECTS_MAX))
            .collect();
        for mut suspect in std::mem::take(&mut self.suspects) {
            let stored = from_hex(&suspect.leaf_hash);
            let near = suspect.seq.saturating_sub(NEAR)..=suspect.seq + NEAR;
            let own = places.iter().copied().chain(near).find(|seq| {
                suspect.entry["seq"] = (*seq).into();
                Some(json_leaf_hash(&suspect.entry)) == stored
            });
            let seq = suspect.seq;
            let id = suspect.entry["id"].as_str().unwrap_or_default();
            let (kind, text) = match own {
                Some(own) => (
                    Kind::Reordered,
                    format!("entry {own} ({id}) stands at number {seq}"),
                ),
                None => (
                    Kind::Changed,
                    format!("entry {seq} ({id}): it does not fit its hash"),
                ),
            };
            self.findings.add(kind, seq, text);
        }
    }

    fn check_end(&mut self, head: Option<(i64, &str)>, later: &[Issued], nodes: Option<u64>) {
        let size = i64::try_from(self.size).unwrap_or(i64::MAX);
        let longest = later.iter().map(|one| one.size).max();
        if let Some(longest) = longest.filter(|longest| *longest > size) {
            let text = format!("a checkpoint of {longest} entries was issued, there are {size}");
            self.findings.add(Kind::Truncated, self.size, text);
        }
        match head {
            None if self.size > 0 => {
                let text = "the tree's head is missing".to_owned();
                self.findings.add(Kind::Head, self.size, text);
            }
            Some((stored, _)) if stored > size => {
                let text = format!("the head counts {stored} entries, there are {size}");
                self.findings.add(Kind::Truncated, self.size, text);
            }
            Some((stored, _)) if stored < size => {
                let text = format!("the head counts {stored} entries, there are {size}");
                self.findings.add(Kind::Head, self.size, text);
            }
            Some((_, frontier)) => {
                let sure = self.stack.iter().all(|subtree| !subtree.doubtful);
                if sure && frontier != self.frontier() {
                    let text = "the head has other hashes".to_owned();
                    self.findings.add(Kind::Head, self.size, text);
                }
            }
            None => {}
        }
        let most = self.size - u64::from(self.size.count_ones());
        if let Some(nodes) = nodes.filter(|nodes| *nodes > most) {
            let text = format!("there are {nodes} inner nodes, the entries make {most}");
            self.findings.add(Kind::Node, self.size, text);
        }
    }
}
