//! The outbox with a short and with a long backlog: messages a second, the runner's memory, how many are on their way at once. See
//! `docs/benchmarks.md`.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use podpis_bench::stats::{Series, row};
use podpis_tests::{Person, Settings, Stack, Upload};
use rusqlite::{Connection, OpenFlags};

const SHORT: i64 = 1_000;
const LONG: i64 = 100_000;

/// What is measured of each backlog: from this message to that one, so that the start doesn't count.
const FROM: i64 = 100;
const TO: i64 = 900;

/// A message may take so many times as long with the long backlog as with the short one.
const TIMES_MAX: f64 = 1.5;

/// The runner may take so many times the memory.
const MEMORY_MAX: f64 = 1.25;

/// As many messages of a channel as `deliver` has on their way at once (`functions/deliver/src/tick.rs`).
const AT_ONCE: i64 = 16;

const PATIENCE: Duration = Duration::from_secs(120);

fn main() -> Result<()> {
    let still = || Settings {
        tick: false,
        ..Settings::default()
    };
    let mut stack = Stack::alone(still())?.context("needs a runner of its own")?;
    let upload = Upload::by_code(Person::IVANOVA).with("/patient/email", "m@example.ru".into());
    let model = stack.clinic()?.send_document(&upload)?;
    stack.stop()?;
    copy_documents(&mut stack, &model)?;

    let (mut short, mut long) = (Run::default(), Run::default());
    for _ in 0..podpis_bench::rounds(3) {
        for (run, backlog) in [(&mut short, SHORT), (&mut long, LONG)] {
            queue(&mut stack, &model, backlog)?;
            stack.start_again(Settings::default())?;
            run.measure(&mut stack)
                .with_context(|| format!("a backlog of {backlog}"))?;
            stack.stop()?;
        }
    }
    println!("| | {SHORT} waiting | {LONG} waiting | {LONG} : {SHORT} |\n|---|---|---|---|");
    row("messages", "a second", &short.speed, &long.speed);
    row("one message", "ms", &short.ms, &long.ms);
    row(
        "peak memory of the runner",
        "MiB",
        &short.memory,
        &long.memory,
    );
    println!(
        "\non their way at once: {} of {SHORT}, {} of {LONG}; at most {AT_ONCE}",
        short.at_once, long.at_once
    );
    ensure!(
        short.at_once.max(long.at_once) <= AT_ONCE,
        "more are taken than can be sent"
    );
    let times = long.ms.over(&short.ms).median();
    ensure!(
        times <= TIMES_MAX,
        "a message of a long backlog takes {times:.2} times as long"
    );
    let memory = long.memory.over(&short.memory).median();
    ensure!(
        memory <= MEMORY_MAX,
        "a long backlog takes {memory:.2} times the memory"
    );
    Ok(())
}

/// What was measured of one length.
#[derive(Default)]
struct Run {
    speed: Series,
    ms: Series,
    memory: Series,
    at_once: i64,
}

impl Run {
    fn measure(&mut self, stack: &mut Stack) -> Result<()> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
        let db = Connection::open_with_flags(stack.database()?, flags)?;
        let (begun, mut first) = (Instant::now(), None);
        loop {
            // Neither reads more than has been sent and is on its way.
            let sent = number(
                &db,
                "SELECT count(*) FROM outbox WHERE channel = 'email' AND status = 'sent'",
            )?;
            let leased = number(
                &db,
                "SELECT count(*) FROM outbox WHERE channel = 'email' AND lease IS NOT NULL",
            )?;
            self.at_once = self.at_once.max(leased);
            let now = Instant::now();
            match first {
                None if sent >= FROM => first = Some((now, sent)),
                Some((since, before)) if sent >= TO => {
                    let count = (sent - before) as f64;
                    let seconds = (now - since).as_secs_f64();
                    self.speed.push(count / seconds);
                    self.ms.push(seconds * 1000.0 / count);
                    self.memory.push(stack.peak_memory()? as f64 / 1_048_576.0);
                    return Ok(());
                }
                _ => {}
            }
            if begun.elapsed() > PATIENCE {
                bail!("only {sent} were sent in {PATIENCE:?}");
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

fn number(db: &Connection, sql: &str) -> Result<i64> {
    Ok(db.query_row(sql, [], |row| row.get(0))?)
}

/// As many documents as there are messages in the long backlog: each message is about one of its own.
fn copy_documents(stack: &mut Stack, model: &str) -> Result<()> {
    let db = Connection::open(stack.database()?)?;
    let columns: Vec<String> = db
        .prepare("SELECT name FROM pragma_table_info('documents')")?
        .query_map([], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    let copied = columns.iter().map(|column| match column.as_str() {
        "id" => "id || '_' || n".to_owned(),
        "position" => "position + n".to_owned(),
        other => other.to_owned(),
    });
    let sql = format!(
        "{} INSERT INTO documents ({}) SELECT {} FROM documents, numbers WHERE id = ?2",
        NUMBERS,
        columns.join(", "),
        copied.collect::<Vec<_>>().join(", ")
    );
    db.execute(&sql, (LONG, model))?;
    Ok(())
}

/// From 1 to the first parameter.
const NUMBERS: &str =
    "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?1)";

/// Empties the outbox and fills it: letters that became due within the last quarter of an hour, one about each document.
fn queue(stack: &mut Stack, model: &str, backlog: i64) -> Result<()> {
    let db = Connection::open(stack.database()?)?;
    db.execute("DELETE FROM outbox", [])?;
    let sql = format!(
        "{NUMBERS} INSERT INTO outbox (id, clinic_id, document_id, channel, host, recipient, subject, text, notice, \
         status, attempts, next_at, created_at) \
         SELECT 'msg_' || lower(hex(randomblob(8))), d.clinic_id, d.id || '_' || n, 'email', 'relay', \
         'm' || n || '@example.ru', 'Клиника: новый документ', 'Здравствуйте! Для вас есть документ.', 'arrived', 'queued', 0, \
         unixepoch() - 900 + n * 900 / ?1, unixepoch() - 900 FROM documents d, numbers WHERE d.id = ?2"
    );
    db.execute(&sql, (backlog, model))?;
    // What is in the log of writes would be the next round's work.
    db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    Ok(())
}
