//! The patient's page against a plain page with pdf.js. See `docs/benchmarks.md`.

use std::fs;
use std::path::PathBuf;
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use podpis_bench::pdfjs::{self, PdfJs};
use podpis_bench::relay::Relay;
use podpis_bench::slow::Slow;
use podpis_bench::stats::{Series, row};
use podpis_tests::browser::{Browser, Look};
use podpis_tests::{Person, Settings, Stack, Upload, pdf};
use serde_json::{Value, json};

/// The longest visit; past it, the page has failed.
const PATIENCE: Duration = Duration::from_secs(180);

fn main() -> Result<()> {
    let peer = PdfJs::start(&podpis_bench::scratch()?)?;
    let stack = Stack::alone(Settings::default())?.context("needs a runner of its own")?;
    let runner = stack.base().rsplit(':').next().context("a port")?.parse()?;
    let (to_peer, to_runner) = (Relay::start(peer.port)?, Relay::start(runner)?);
    for (name, file) in documents()? {
        let upload = Upload::consent(Person::IVANOVA, file.clone());
        let (_, link) = match stack.clinic()?.send_with_link(&upload) {
            Ok(sent) => sent,
            Err(error) => {
                eprintln!("{name}: not taken in: {error:#}");
                continue;
            }
        };
        let link = link.replace(&format!(":{runner}/"), &format!(":{}/", to_runner.port));
        peer.show(file.clone())?;
        let (mut theirs, mut ours) = (Visits::default(), Visits::default());
        let width = visit(&link, &to_runner)?.width; // Not counted: it tells the width, and warms up the runner.
        let page = format!("http://localhost:{}/?width={width}", to_peer.port);
        for round in 0..podpis_bench::rounds(5) {
            if round % 2 == 0 {
                theirs.add(&visit(&page, &to_peer)?);
                ours.add(&visit(&link, &to_runner)?);
            } else {
                ours.add(&visit(&link, &to_runner)?);
                theirs.add(&visit(&page, &to_peer)?);
            }
        }
        println!(
            "\n{name}: {} bytes, {} pages, {width} pixels wide",
            file.len(),
            theirs.pages
        );
        println!(
            "| | pdf.js {} | ours | ours : pdf.js |\n|---|---|---|---|",
            pdfjs::VERSION
        );
        row("bytes to the browser", "KiB", &theirs.down, &ours.down);
        row("anything painted", "s", &theirs.shown, &ours.shown);
        println!("| document's title shown, s | – | {} | – |", ours.title);
        row("first page painted", "s", &theirs.first, &ours.first);
        row("all pages painted", "s", &theirs.all, &ours.all);
        row("first page, second visit", "s", &theirs.again, &ours.again);
        row(
            "peak memory of the renderer",
            "MiB",
            &theirs.memory,
            &ours.memory,
        );
    }
    Ok(())
}

/// The sample consent, and three odd ones: large ones of the folder `PODPIS_ODD_PDFS`, or small ones of our fixtures.
fn documents() -> Result<Vec<(String, Vec<u8>)>> {
    let mut documents = vec![("consent.pdf".to_owned(), pdf::consent()?)];
    let fixtures = concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/odd-pdfs");
    let (folder, wanted) = match std::env::var_os("PODPIS_ODD_PDFS") {
        Some(folder) => (
            PathBuf::from(folder),
            ["issue13201.pdf", "filled-background.pdf", "issue5677.pdf"],
        ),
        None => (
            PathBuf::from(fixtures),
            ["issue20324.pdf", "signed_verified.pdf", "issue19207.pdf"],
        ),
    };
    for name in wanted {
        let path = folder.join(name);
        documents.push((
            name.to_owned(),
            fs::read(&path).with_context(|| path.display().to_string())?,
        ));
    }
    Ok(documents)
}

#[derive(Default)]
struct Visits {
    pages: u64,
    down: Series,
    shown: Series,
    title: Series,
    first: Series,
    all: Series,
    again: Series,
    memory: Series,
}

impl Visits {
    fn add(&mut self, visit: &Visit) {
        self.pages = visit.pages;
        self.down.push(visit.down as f64 / 1024.0);
        self.shown.push(visit.shown / 1e3);
        if let Some(title) = visit.title {
            self.title.push(title / 1e3);
        }
        self.again.push(visit.again / 1e3);
        self.first.push(visit.first / 1e3);
        self.all.push(visit.all / 1e3);
        self.memory.push(visit.memory as f64 / f64::from(1 << 20));
    }
}

struct Visit {
    shown: f64,
    title: Option<f64>,
    first: f64,
    all: f64,
    again: f64,
    pages: u64,
    width: u64,
    down: u64,
    memory: u64,
}

/// A cold visit in a new browser, then another one; times are milliseconds from the start of the navigation.
fn visit(url: &str, relay: &Relay) -> Result<Visit> {
    let browser = Browser::start(&Look::default())?;
    browser.open("about:blank")?;
    let script = json!({ "source": include_str!("../src/visit.js") });
    browser.cdp("Page.addScriptToEvaluateOnNewDocument", script)?;
    relay.take_bytes();
    let slow = Slow::start();
    let seen = open(&browser, url)?;
    let (down, memory) = (relay.take_bytes().0, slow.peak_memory());
    let again = open(&browser, url)?;
    drop(slow);
    let number =
        |seen: &Value, name: &str| seen[name].as_f64().context("a page that was not painted");
    Ok(Visit {
        shown: number(&seen, "shown")?,
        title: seen["title"].as_f64(),
        first: number(&seen, "first")?,
        all: number(&seen, "all")?,
        again: number(&again, "first")?,
        pages: seen["count"].as_u64().unwrap_or_default(),
        width: seen["width"].as_u64().unwrap_or_default(),
        down,
        memory,
    })
}

/// Opens the page and waits until every page of the document is painted; what was noted then.
fn open(browser: &Browser, url: &str) -> Result<Value> {
    browser.open("about:blank")?;
    browser.open(url)?;
    let start = Instant::now();
    loop {
        sleep(Duration::from_millis(700));
        let seen = browser.run("return window.bench;").unwrap_or_default();
        if seen["all"].is_number() {
            return Ok(seen);
        }
        if start.elapsed() > PATIENCE {
            let text = browser.run("return document.body.innerText;")?;
            bail!("{url}: {seen} {text}");
        }
    }
}
