//! Each way to tamper with a journal is named by its name, whatever the slices.

use super::*;
use crate::Frontier;
use crate::checkpoint::{Checkpoint, NoteKey, sign};
use serde_json::json;

const CLINIC: &str = "cl_test";

/// A journal as it is stored.
#[derive(Clone)]
struct Store {
    rows: Vec<Row>,
    nodes: HashMap<NodeId, Hash>,
    issued: Vec<Issued>,
    head: Option<(i64, String)>,
}

fn key() -> NoteKey {
    NoteKey::from_seed("podpis.test/journal", [7; 32]).unwrap()
}

fn leaf_of(row: &Row) -> Hash {
    let data: Value = serde_json::from_str(&row.data).unwrap();
    let entry = Entry {
        clinic_id: CLINIC,
        seq: u64::try_from(row.seq).unwrap(),
        id: &row.id,
        kind: &row.kind,
        document_id: row.document_id.as_deref(),
        at: Timestamp::from_unix(row.at),
        data: &data,
    };
    entry.leaf_hash()
}

fn row(seq: i64) -> Row {
    let kind =
        ["document.sent", "link.issued", "message.delivered"][seq.unsigned_abs() as usize % 3];
    let mut row = Row {
        seq,
        id: format!("evt_{seq}"),
        kind: kind.to_owned(),
        public: kind != "link.issued",
        document_id: Some(format!("doc_{}", seq / 4)),
        at: 1_795_000_000 + seq,
        data: canonical(&json!({"message_id": format!("msg_{seq}"), "n": seq})),
        leaf_hash: String::new(),
    };
    row.leaf_hash = to_hex(&leaf_of(&row));
    row
}

fn issue(frontier: &Frontier) -> Issued {
    let checkpoint = Checkpoint {
        origin: format!("podpis.test/journal/{CLINIC}"),
        size: frontier.size(),
        root: frontier.root(),
    };
    Issued {
        size: i64::try_from(frontier.size()).unwrap(),
        root: to_hex(&frontier.root()),
        note: sign(&checkpoint, &key()),
    }
}

/// Tree and head as they follow from the leaf hashes; checkpoints of every fifth size.
fn store(rows: Vec<Row>) -> Store {
    let mut frontier = Frontier::default();
    let (mut nodes, mut issued) = (HashMap::new(), vec![issue(&frontier)]);
    for row in &rows {
        let completed = frontier.push(from_hex(&row.leaf_hash).unwrap());
        nodes.extend(completed.into_iter().map(|node| (node.id, node.hash)));
        if row.seq % 5 == 0 {
            issued.push(issue(&frontier));
        }
    }
    let head = Some((i64::try_from(frontier.size()).unwrap(), frontier.to_text()));
    Store {
        rows,
        nodes,
        issued,
        head,
    }
}

fn journal(size: i64) -> Store {
    store((1..=size).map(row).collect())
}

fn audit(store: &Store, slice: usize) -> Report {
    let verifiers = [key().verifier()];
    let mut auditor = Auditor::new(CLINIC);
    let mut rows = store.rows.clone();
    rows.sort_by_key(|row| row.seq);
    for rows in rows.chunks(slice) {
        let last = rows.last().unwrap().seq;
        let ranges = auditor.ranges(last);
        let wanted = |id: &NodeId| {
            ranges
                .iter()
                .any(|r| r.level == id.level && (r.from..r.to).contains(&id.index))
        };
        let nodes = store.nodes.iter().filter(|(id, _)| wanted(id));
        let nodes = nodes.map(|(id, hash)| (*id, *hash)).collect();
        let from = i64::try_from(auditor.size()).unwrap();
        let issued: Vec<Issued> = store
            .issued
            .iter()
            .filter(|one| (from..=last).contains(&one.size))
            .filter(|one| one.size != from || from == 0)
            .cloned()
            .collect();
        auditor.slice(rows, &nodes, &issued, Some(&verifiers));
        // Between slices it is kept as text.
        let text = serde_json::to_string(&auditor).unwrap();
        auditor = serde_json::from_str(&text).unwrap();
    }
    let later: Vec<Issued> = store
        .issued
        .iter()
        .filter(|one| one.size > i64::try_from(auditor.size()).unwrap())
        .cloned()
        .collect();
    let head = store
        .head
        .as_ref()
        .map(|(size, text)| (*size, text.as_str()));
    let nodes = Some(store.nodes.len() as u64);
    auditor.finish(head, &later, nodes, Some(&verifiers))
}

/// The kinds found, with the numbers that they are about; the same for any slices.
fn found(store: &Store) -> Vec<(Kind, u64)> {
    let reports = [1, 7, 1000].map(|slice| audit(store, slice));
    for other in &reports[1..] {
        assert_eq!(other.problems, reports[0].problems);
    }
    let problems = reports[0].problems.iter();
    problems
        .map(|problem| (problem.kind, problem.seq))
        .collect()
}

fn recompute_leaf(row: &mut Row) {
    row.leaf_hash = to_hex(&leaf_of(row));
}

#[test]
fn an_untouched_journal_adds_up() {
    for size in [0, 1, 2, 3, 30, 64, 77] {
        let store = journal(size);
        assert_eq!(found(&store), [], "{size}");
        let report = audit(&store, 10);
        assert_eq!(Some((size, report.frontier)), store.head);
    }
}

#[test]
fn every_field_of_an_entry_is_guarded() {
    let change: [fn(&mut Row); 7] = [
        |row| row.id = "evt_other".into(),
        |row| row.kind = "document.declined".into(),
        |row| row.document_id = None,
        |row| row.at += 1,
        |row| row.data = r#"{"message_id":"msg_12","n":13}"#.into(),
        |row| row.data = r#"{"n":12,"message_id":"msg_12"}"#.into(),
        |row| row.public = !row.public,
    ];
    for (number, change) in change.into_iter().enumerate() {
        let mut store = journal(30);
        change(&mut store.rows[11]);
        assert_eq!(found(&store), [(Kind::Changed, 12)], "{number}");
    }
    let mut store = journal(30);
    store.rows[11].data = "{".into();
    assert_eq!(found(&store), [(Kind::Changed, 12)]);
    store.rows[11].leaf_hash = "no hash".into();
    assert_eq!(found(&store), [(Kind::Changed, 12)]);
}

#[test]
fn a_changed_entry_with_its_hash_made_anew_is_found_by_the_tree() {
    for size in [13, 30] {
        let mut store = journal(size);
        store.rows[11].at += 1;
        recompute_leaf(&mut store.rows[11]);
        assert_eq!(found(&store), [(Kind::Node, 12)], "{size}");
    }
    // The last entry of an odd number is in no inner node: the head tells.
    let mut store = journal(13);
    store.rows[12].at += 1;
    recompute_leaf(&mut store.rows[12]);
    assert_eq!(found(&store), [(Kind::Head, 13)]);
}

#[test]
fn missing_entries() {
    let mut store = journal(30);
    store.rows.remove(11);
    assert_eq!(found(&store), [(Kind::Missing, 12)]);
    store.rows.drain(11..20);
    assert_eq!(found(&store), [(Kind::Missing, 12)]);
    store.rows.drain(..3);
    assert_eq!(found(&store), [(Kind::Missing, 1), (Kind::Missing, 12)]);
}

#[test]
fn entries_in_another_order() {
    let mut store = journal(30);
    (store.rows[11].seq, store.rows[19].seq) = (20, 12);
    assert_eq!(
        found(&store),
        [(Kind::Reordered, 12), (Kind::Reordered, 20)]
    );
    // A gap closed by moving the later ones up: every one of them stands at another's place, and one is too few.
    let mut store = journal(30);
    store.rows.remove(11);
    for row in &mut store.rows[11..] {
        row.seq -= 1;
    }
    let found = found(&store);
    assert!(found.contains(&(Kind::Reordered, 12)) && found.contains(&(Kind::Truncated, 29)));
    assert!(!found.iter().any(|(kind, _)| *kind == Kind::Changed));
}

#[test]
fn entries_cut_off() {
    let mut store = journal(32);
    store.rows.truncate(31);
    assert!(found(&store).contains(&(Kind::Truncated, 31)));
    // With the head made to fit, the checkpoint of 30 entries tells; with it gone, nodes that are too many.
    let mut cut = journal(32);
    cut.rows.truncate(28);
    cut.head = journal(28).head;
    assert!(found(&cut).contains(&(Kind::Truncated, 28)));
    cut.issued.retain(|one| one.size < 28);
    assert_eq!(found(&cut), [(Kind::Node, 28)]);
}

#[test]
fn altered_nodes_and_heads() {
    let mut store = journal(30);
    let id = NodeId { level: 2, index: 1 };
    store.nodes.insert(id, empty_root());
    assert_eq!(found(&store), [(Kind::Node, 8)]);
    store.nodes.remove(&id);
    assert_eq!(found(&store), [(Kind::Node, 8)]);
    let mut store = journal(30);
    store.head = journal(29).head;
    assert_eq!(found(&store), [(Kind::Head, 30)]);
    store.head = journal(30)
        .head
        .map(|(size, text)| (size, text.replace('a', "b")));
    assert_eq!(found(&store), [(Kind::Head, 30)]);
    store.head = None;
    assert_eq!(found(&store), [(Kind::Head, 30)]);
}

#[test]
fn history_written_anew_is_found_by_the_checkpoints() {
    let mut rows = journal(30).rows;
    rows[11].at += 1;
    recompute_leaf(&mut rows[11]);
    let mut forged = store(rows);
    forged.issued = journal(30).issued;
    let found_kinds: Vec<Kind> = found(&forged).into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(found_kinds, [Kind::Checkpoint, Kind::Checkpoint]);
    // The attacker has no key: checkpoints of the new history can't be signed.
    let other = NoteKey::from_seed("podpis.test/journal", [8; 32]).unwrap();
    for one in &mut forged.issued {
        let checkpoint = Checkpoint {
            origin: format!("podpis.test/journal/{CLINIC}"),
            size: u64::try_from(one.size).unwrap(),
            root: from_hex(&one.root).unwrap(),
        };
        one.note = sign(&checkpoint, &other);
    }
    assert!(found(&forged).contains(&(Kind::ForgedCheckpoint, 10)));
    // Without any checkpoint nothing tells: that is what those are for that the clinic keeps.
    forged.issued.clear();
    assert_eq!(found(&forged), []);
}

#[test]
fn checkpoints_of_others_and_altered_ones() {
    let mut store = journal(30);
    store.issued[2].root = to_hex(&empty_root());
    let found_kinds = found(&store);
    assert!(found_kinds.contains(&(Kind::ForgedCheckpoint, 10)));
    assert!(found_kinds.contains(&(Kind::Checkpoint, 10)));
    let mut store = journal(30);
    let mut checkpoint = checkpoint::open(&store.issued[2].note, &[key().verifier()]).unwrap();
    checkpoint.origin = "podpis.test/journal/cl_other".into();
    store.issued[2].note = sign(&checkpoint, &key());
    assert_eq!(found(&store), [(Kind::ForgedCheckpoint, 10)]);
}

#[test]
fn numbers_far_away_cost_nothing() {
    let mut store = journal(30);
    for seq in [i64::MAX, -5] {
        store.rows.push(Row { seq, ..row(31) });
    }
    let found = found(&store);
    assert!(found.contains(&(Kind::Missing, 31)) && found.contains(&(Kind::Reordered, 0)));
}

#[test]
fn problems_are_counted_past_the_limit() {
    let mut store = journal(200);
    for row in &mut store.rows {
        row.at += 1;
    }
    let report = audit(&store, 50);
    assert_eq!(report.problems.len(), 50);
    assert_eq!(report.more, 150);
}
