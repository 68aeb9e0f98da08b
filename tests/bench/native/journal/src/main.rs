//! What an append to the journal costs at 10^3, 10^5 and 10^6 entries: the product's own code and SQL over SQLite, natively.
//! See `docs/benchmarks.md`.
//!
//! Three clinics have journals of these lengths in one database; each round appends to all three, turn by turn, so that
//! the machine's noise falls on all alike.

use std::time::Instant;

use anyhow::{Context as _, Result};
use podpis_journal::{Frontier, NodeId, inclusion_plan, leaf_hash, to_hex};
use podpis_kit::store::Event;
use podpis_kit::store::journal::{self, Head};
use podpis_kit::{Db, now};
use serde_json::{Value, json};

/// Entries before the measured ones.
const SIZES: [u64; 3] = [1_000, 100_000, 1_000_000];
/// Appends of one round at each size: an even number, so that both kinds of append (with and without inner nodes) are in it.
const APPENDS: u32 = 500;
/// Entries of one statement while a journal is filled: fewer leave a slice without inner nodes.
const FILL: u64 = 500;

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
                append(size).await?;
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

/// A clinic with a journal of this length, written in bulk.
async fn fill(size: u64) -> Result<()> {
    let (clinic, data) = (clinic(size), facts().to_string());
    let tx = Db::open().await?.begin().await?;
    let sql = "INSERT INTO clinics (id, name, inn, timezone, created_at) VALUES (?1, 'Клиника', '7707083893', 'Europe/Moscow', 0)";
    tx.execute(sql, [clinic.as_str().into()]).await?;
    let mut frontier = Frontier::default();
    while frontier.size() < size {
        let (mut entries, mut nodes) = (Vec::new(), Vec::new());
        for _ in 0..FILL.min(size - frontier.size()) {
            let seq = frontier.size() + 1;
            let leaf = leaf_hash(&seq.to_le_bytes());
            let hash = to_hex(&leaf);
            entries.push(format!(
                "(?1, {seq}, 'evt_{size}_{}', 'message.delivered', 1, 'doc_{}', 1795000000, ?2, '{hash}')",
                &hash[..16],
                &hash[..20],
            ));
            for node in frontier.push(leaf) {
                let NodeId { level, index } = node.id;
                nodes.push(format!("(?1, {level}, {index}, '{}')", to_hex(&node.hash)));
            }
        }
        let sql = format!(
            "INSERT INTO journal (clinic_id, seq, id, type, public, document_id, at, data, leaf_hash) VALUES {}",
            entries.join(", ")
        );
        let both = [clinic.as_str().into(), data.as_str().into()];
        tx.execute(&sql, both).await?;
        let sql = format!(
            "INSERT INTO journal_nodes (clinic_id, level, idx, hash) VALUES {}",
            nodes.join(", ")
        );
        tx.execute(&sql, [clinic.as_str().into()]).await?;
    }
    let sql = "INSERT INTO journal_heads (clinic_id, size, frontier) VALUES (?1, ?2, ?3)";
    let size = i64::try_from(size)?;
    let head = [clinic.into(), size.into(), frontier.to_text().into()];
    tx.execute(sql, head).await?;
    Ok(tx.commit().await?)
}

/// Appends an entry in a transaction of its own.
async fn append(size: u64) -> Result<()> {
    let tx = Db::open().await?.begin().await?;
    let document = Some("doc_0123456789abcdefghijkl");
    let event = Event::MessageDelivered;
    journal::append(&tx, &clinic(size), document, event, now(), facts()).await?;
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
