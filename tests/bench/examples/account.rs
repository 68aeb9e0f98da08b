//! The personal account: signing in, known and unknown phones, and the list with 3 and with 3,000 documents.
//! See `docs/benchmarks.md`.

use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use podpis_bench::stats::{Series, row};
use podpis_tests::{Account, Person, Settings, Stack, Upload};
use rusqlite::Connection;

/// Documents of the person who has many.
const MANY: usize = 3_000;

/// Asking for a code takes the same time for known and for unknown phones, within this ratio of the medians.
const ALIKE: std::ops::RangeInclusive<f64> = 0.8..=1.25;

fn main() -> Result<()> {
    // One machine asks for all the codes.
    let settings = || Settings {
        variables: vec![("CODE_LIMITS", "off".into())],
        ..Settings::default()
    };
    let mut stack = Stack::alone(settings())?.context("needs a runner of its own")?;
    let mut clinic = stack.clinic()?;
    let (few, many) = (
        Upload::by_code(Person::IVANOVA),
        Upload::by_code(Person::IVANOVA),
    );
    for upload in [&few, &many] {
        for _ in 0..3 {
            clinic.send_document(&Upload::by_code(Person::IVANOVA).to_phone(&upload.phone))?;
        }
    }
    stack.stop()?;
    multiply(&stack.database()?, &many.phone)?;
    stack.start_again(settings())?;

    let rounds = podpis_bench::rounds(9);
    println!("| ms | 3 documents | {MANY} documents | {MANY} : 3 |\n|---|---|---|---|");
    let (mut small, mut large) = (stack.account(), stack.account());
    let first_few = ms(|| small.sign_in(&few.phone).map(drop))?;
    let first_many = ms(|| large.sign_in(&many.phone).map(drop))?;
    row(
        "first sign-in",
        "with the code",
        &one(first_few),
        &one(first_many),
    );
    for (what, query) in [
        ("first page of the list", "filter=all&limit=50"),
        ("documents to sign", "filter=to_sign&limit=50"),
        ("search", "filter=all&q=обработку&limit=50"),
        ("account with its counts", ""),
    ] {
        let (mut theirs, mut ours) = (Series::default(), Series::default());
        for _ in 0..rounds {
            theirs.push(ms(|| ask(&mut small, query))?);
            ours.push(ms(|| ask(&mut large, query))?);
        }
        row(what, "GET", &theirs, &ours);
    }

    println!("\n| ms | unknown phone | known phone | known : unknown |\n|---|---|---|---|");
    let (mut unknown, mut known) = (Series::default(), Series::default());
    for _ in 0..rounds.max(15) {
        let phone = Upload::small().phone;
        stack.account().sign_in(&phone)?;
        // The code before is of another browser, so this one may be asked for at once.
        known.push(ms(|| stack.account().ask_code(&phone).map(drop))?);
        let phone = Upload::small().phone;
        unknown.push(ms(|| stack.account().ask_code(&phone).map(drop))?);
    }
    row("asking for a code", "POST", &unknown, &known);
    let ratio = known.median() / unknown.median();
    ensure!(
        ALIKE.contains(&ratio),
        "the time tells known phones from unknown ones: {ratio:.2}"
    );
    Ok(())
}

fn ask(account: &mut Account, query: &str) -> Result<()> {
    let path = if query.is_empty() {
        String::new()
    } else {
        format!("/documents?{}", encoded(query))
    };
    account.get(&path)?.expect(200).map(drop)
}

/// Cyrillic in an address.
fn encoded(query: &str) -> String {
    let byte = |b: u8| {
        if b.is_ascii() {
            char::from(b).to_string()
        } else {
            format!("%{b:02X}")
        }
    };
    query.bytes().map(byte).collect()
}

fn ms(work: impl FnOnce() -> Result<()>) -> Result<f64> {
    let start = Instant::now();
    work()?;
    Ok(start.elapsed().as_secs_f64() * 1000.0)
}

fn one(value: f64) -> Series {
    [value].into_iter().collect()
}

/// Copies a document of that phone until there are [`MANY`].
fn multiply(database: &std::path::Path, phone: &str) -> Result<()> {
    let db = Connection::open(database)?;
    let model: String = db.query_row(
        "SELECT document_id FROM addressees WHERE kind = 'phone' AND value = ?1 LIMIT 1",
        [phone],
        |row| row.get(0),
    )?;
    let columns: Vec<String> = db
        .prepare("SELECT name FROM pragma_table_info('documents')")?
        .query_map([], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    let copied = columns.iter().map(|column| match column.as_str() {
        "id" => "id || '_' || ?2".to_owned(),
        "position" => "position + 1000 + ?2".to_owned(),
        "created_at" => "created_at - ?2".to_owned(),
        other => other.to_owned(),
    });
    let copied: Vec<String> = copied.collect();
    let insert = format!(
        "INSERT INTO documents ({}) SELECT {} FROM documents WHERE id = ?1",
        columns.join(", "),
        copied.join(", ")
    );
    db.execute_batch("BEGIN")?;
    for number in 1..=i64::try_from(MANY - 3)? {
        db.execute(&insert, (&model, number))?;
        db.execute(
            "INSERT INTO addressees (document_id, role, kind, value, created_at) \
             SELECT document_id || '_' || ?2, role, kind, value, created_at FROM addressees WHERE document_id = ?1",
            (&model, number),
        )?;
    }
    db.execute_batch("COMMIT")?;
    Ok(())
}
