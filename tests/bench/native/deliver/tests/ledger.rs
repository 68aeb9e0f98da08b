//! The ledger under thousands of operations that are retried, run at the same time and crash: it equals the truth.

#![expect(clippy::unwrap_used, reason = "a test panics where it fails")]

use futures::future::join_all;
use podpis_kit::db::Value;
use podpis_kit::store::ledger::{self, Entry};
use podpis_kit::store::tariffs;
use podpis_kit::{Db, now};
use podpis_shared::usage::{Item, Month, Statement};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

const THINGS: usize = 5000;
const WORKERS: usize = 16;
const CLINICS: [&str; 3] = ["cl_1", "cl_2", "cl_3"];

/// Of the test of its own.
const KEPT: &str = "cl_kept";

/// How a try to record a thing ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Commit,
    /// The connection is gone before the commit: what the database does when a process dies.
    Crash,
    /// Two rows asked for in one transaction.
    Twice,
}

#[derive(Clone)]
struct Thing {
    clinic: &'static str,
    item: Item,
    cause: String,
    count: u32,
}

#[tokio::test]
async fn the_ledger_equals_the_truth_after_thousands_of_tries() {
    install().await;
    let mut random = Random(0x5eed_cafe);
    let mut tries: Vec<(Thing, End)> = Vec::new();
    for number in 0..THINGS {
        let thing = Thing {
            clinic: CLINICS[random.below(CLINICS.len())],
            item: Item::ALL[random.below(Item::ALL.len())],
            // The same cause for several items: a document is stored, and signed.
            cause: format!("doc_{}", number / 2),
            count: u32::try_from(random.below(4)).unwrap(),
        };
        for _ in 0..=random.below(4) {
            let end = [End::Commit, End::Crash, End::Twice][random.below(3)];
            tries.push((thing.clone(), end));
        }
    }
    // Retries come in any order.
    for last in (1..tries.len()).rev() {
        tries.swap(last, random.below(last + 1));
    }
    let workers = tries
        .chunks(tries.len().div_ceil(WORKERS))
        .map(|part| async move {
            for (thing, end) in part {
                attempt(thing, *end).await;
            }
        });
    join_all(workers).await;

    // The truth: what was committed at least once, of one cause and item the first to come. Which one that was is the
    // database's secret where two things share both, so such pairs agree in everything but clinic and count.
    let mut committed: BTreeMap<(Item, &str), Vec<&Thing>> = BTreeMap::new();
    for (thing, end) in &tries {
        if *end != End::Crash && thing.count > 0 {
            committed
                .entry((thing.item, &thing.cause))
                .or_default()
                .push(thing);
        }
    }
    let mut seen = BTreeSet::new();
    for clinic in CLINICS {
        let month = Month::of(now());
        let db = Db::open().await.unwrap();
        let rows = ledger::rows(&db, clinic, month, 0, i64::MAX).await.unwrap();
        let positions: Vec<i64> = rows.iter().map(|row| row.position).collect();
        let expected: Vec<i64> = (1..).take(rows.len()).collect();
        assert_eq!(positions, expected, "a gap in {clinic}");
        for row in &rows {
            let cause = row.document_id.clone().unwrap();
            let things = &committed[&(row.item, cause.as_str())];
            let is =
                |thing: &&&Thing| thing.clinic == clinic && u64::from(thing.count) == row.count;
            assert!(
                things.iter().any(|thing| is(&thing)),
                "nobody recorded {row:?}"
            );
            assert!(seen.insert((row.item, cause)), "twice: {row:?}");
        }
        let schedule = tariffs::schedule(&db, clinic).await.unwrap();
        let counted = ledger::counts(&db, clinic, month).await.unwrap();
        let statement = Statement::of(&schedule, &counted).unwrap();
        let alone = |row: &ledger::Kept| row.count * u64::from(schedule.price(row.item, row.at));
        assert_eq!(statement.total_kopecks, rows.iter().map(alone).sum::<u64>());
        assert!(rows.len() > THINGS / 10, "{} rows of {clinic}", rows.len());
    }
    assert_eq!(
        seen.len(),
        committed.len(),
        "something committed is not there"
    );
}

#[tokio::test]
async fn no_row_is_changed_or_taken_away() {
    install().await;
    let thing = Thing {
        clinic: KEPT,
        item: Item::Storage,
        cause: "kept".into(),
        count: 1,
    };
    attempt(&thing, End::Commit).await;
    let db = Db::open().await.unwrap();
    for sql in [
        "UPDATE usage_rows SET count = 2 WHERE cause = 'kept'",
        "UPDATE usage_rows SET month = month - 1 WHERE cause = 'kept'",
        "DELETE FROM usage_rows WHERE cause = 'kept'",
        "DELETE FROM usage_rows",
    ] {
        let refused = db.execute(sql, []).await.unwrap_err().to_string();
        assert!(refused.contains("append-only"), "{sql}: {refused}");
    }
}

async fn attempt(thing: &Thing, end: End) {
    let entry = Entry {
        clinic_id: thing.clinic,
        item: thing.item,
        cause: &thing.cause,
        document_id: Some(&thing.cause),
        count: thing.count,
        at: now(),
    };
    let tx = Db::open().await.unwrap().begin().await.unwrap();
    ledger::record(&tx, entry).await.unwrap();
    match end {
        End::Commit => tx.commit().await.unwrap(),
        End::Crash => drop(tx),
        End::Twice => {
            assert!(!ledger::record(&tx, entry).await.unwrap(), "recorded twice");
            tx.commit().await.unwrap();
        }
    }
}

async fn install() {
    static ONCE: tokio::sync::OnceCell<()> = tokio::sync::OnceCell::const_new();
    ONCE.get_or_init(|| async {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("ledger");
        // Of an earlier run.
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        spin_sdk::sqlite::set_path(folder.join("ledger.db"));
        let db = Db::open().await.unwrap();
        for clinic in CLINICS.into_iter().chain([KEPT]) {
            let sql = "INSERT INTO clinics (id, name, inn, timezone, created_at) VALUES (?1, '', '', 'Europe/Moscow', 0)";
            db.execute(sql, [Value::Text(clinic.into())]).await.unwrap();
        }
    })
    .await;
}

/// SplitMix64: the same things in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % u64::try_from(end).unwrap()).unwrap()
    }
}
