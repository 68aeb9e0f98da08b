//! What an append to the journal costs at 10^3, 10^5 and 10^6 entries: the product's own code and SQL over SQLite, natively.
//! See `docs/benchmarks.md`.
//!
//! Three clinics have journals of these lengths in one database; each round appends to all three, turn by turn, so that
//! the machine's noise falls on all alike.

use std::time::Instant;

use anyhow::{Context as _, Result};
use podpis_journal::{Frontier, inclusion_plan, leaf_hash};
use podpis_kit::store::Event;
use podpis_kit::store::journal::{self, Head};
use podpis_kit::{Db, now};
use serde_json::{Value, json};

/// Entries before the measured ones.
const SIZES: [u64; 3] = [1_000, 100_000, 1_000_000];
/// Appends of one round at each size: an even number, so that both kinds of append (with and without inner nodes) are in it.
const APPENDS: u32 = 500;
/// Appends of one transaction while a journal is filled.
const FILL: u64 = 5_000;

fn main() -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    runtime.block_on(measure())
}

async fn measure() -> Result<()> {
    let rounds = std::env::var("PODPIS_BENCH_ROUNDS").ok();
    let rounds = rounds.and_then(|text| text.parse().ok()).unwrap_or(9);
    let folder = std::env::temp_dir().join(format!("podpis-bench-journal-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    spin_sdk::sqlite::set_path(folder.join("journal.db"));
    for size in SIZES {
        fill(size)
            .await
            .with_context(|| format!("filling {size}"))?;
    }
    let mut micros = SIZES.map(|_| Vec::new());
    let mut statements = SIZES.map(|_| 0);
    for _ in 0..rounds {
        for (at, size) in SIZES.into_iter().enumerate() {
            let before = spin_sdk::sqlite::statements();
            let start = Instant::now();
            for _ in 0..APPENDS {
                append(size, 1).await?;
            }
            micros[at].push(start.elapsed().as_secs_f64() * 1e6 / f64::from(APPENDS));
            statements[at] += spin_sdk::sqlite::statements() - before;
        }
    }
    println!(
        "| entries | one append, µs | : 10^3 | statements an append | tree alone, µs | head and proof, bytes |"
    );
    println!("|---|---|---|---|---|---|");
    for (at, size) in SIZES.into_iter().enumerate() {
        let ratios = micros[at]
            .iter()
            .zip(&micros[0])
            .map(|(ours, least)| ours / least);
        // BEGIN and COMMIT belong to the change that the entry tells of.
        let own = statements[at] as f64 / (f64::from(APPENDS) * rounds as f64) - 2.0;
        println!(
            "| 10^{} | {} | {} | {own:.2} | {:.2} | {} |",
            size.ilog10(),
            spread(micros[at].clone()),
            spread(ratios.collect()),
            tree_alone(size).await?,
            bytes(size).await?,
        );
    }
    std::fs::remove_dir_all(folder)?;
    Ok(())
}

/// A clinic with a journal of this length.
async fn fill(size: u64) -> Result<()> {
    let db = Db::open().await?;
    let sql = "INSERT INTO clinics (id, name, inn, timezone, created_at) VALUES (?1, 'Клиника', '7707083893', 'Europe/Moscow', 0)";
    db.execute(sql, [clinic(size).into()]).await?;
    let mut left = size;
    while left > 0 {
        let part = left.min(FILL);
        append(size, part).await?;
        left -= part;
    }
    Ok(())
}

/// Appends entries in one transaction.
async fn append(size: u64, count: u64) -> Result<()> {
    let tx = Db::open().await?.begin().await?;
    for _ in 0..count {
        journal::append(
            &tx,
            &clinic(size),
            Some("doc_0123456789abcdefghijkl"),
            Event::MessageDelivered,
            now(),
            facts(),
        )
        .await?;
    }
    Ok(tx.commit().await?)
}

fn facts() -> Value {
    json!({"message_id": "msg_0123456789abcdefghijkl", "channel": "sms", "outcome": "sent"})
}

fn clinic(size: u64) -> String {
    format!("cl_{size}")
}

async fn frontier(size: u64) -> Result<Frontier> {
    match journal::head(&Db::open().await?, &clinic(size)).await? {
        Head::Tree(frontier) => Ok(frontier),
        other => anyhow::bail!("{other:?}"),
    }
}

/// Reading the stored head, appending a leaf and writing the head, without the database.
async fn tree_alone(size: u64) -> Result<f64> {
    const TIMES: u32 = 20_000;
    let mut frontier = frontier(size).await?;
    let leaf = leaf_hash(b"leaf");
    let start = Instant::now();
    for _ in 0..TIMES {
        let text = frontier.to_text();
        frontier = Frontier::from_text(frontier.size(), &text).context("a frontier")?;
        frontier.push(leaf);
    }
    Ok(start.elapsed().as_secs_f64() * 1e6 / f64::from(TIMES))
}

/// Size of the stored head, and of the longest proof.
async fn bytes(size: u64) -> Result<String> {
    let head = frontier(size).await?.to_text().len();
    let plan = inclusion_plan(0, size).context("a proof")?;
    Ok(format!("{head} and {}", plan.len() * 32))
}

/// `12.3 (11.9–14.0)`: median, smallest, largest.
fn spread(mut values: Vec<f64>) -> String {
    values.sort_by(f64::total_cmp);
    let at = |index: usize| values.get(index).copied().unwrap_or_default();
    let last = values.len().saturating_sub(1);
    format!("{:.2} ({:.2}–{:.2})", at(values.len() / 2), at(0), at(last))
}
