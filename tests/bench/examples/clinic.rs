//! The clinic's side: checking a GOST signature, and a template as PDF, natively and as a component under the runner.
//! See `docs/benchmarks.md`.

use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use hyper::Method;
use podpis_bench::peer::Server;
use podpis_bench::stats::Series;
use podpis_bench_clinic::{Turn, Work};
use podpis_shared::templates;
use podpis_tests::client::Client;
use podpis_tests::ukep::{OWN, SIGNER, Tools};

/// Bytes that a signature is over: small, so that the signature is measured, and of a signed PDF's size.
const SIZES: [usize; 2] = [1_000, 1_000_000];
const ROUNDS: usize = 31;

fn main() -> Result<()> {
    let runner = Server::runner("clinic")?;
    println!("| ms | native | Wasm | Wasm : native | Wasm, a second |\n|---|---|---|---|---|");
    let tools = Tools::new()?;
    tools.certificate("root", "clinic", OWN, SIGNER)?;
    for size in SIZES {
        let content = vec![0x5a; size];
        let work = Work::Cms {
            roots: std::fs::read_to_string(tools.folder().join("root.pem"))?,
            signature: BASE64.encode(tools.sign(&content, "clinic", "")?),
            content: BASE64.encode(content),
            now: i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs())?,
        };
        let runs = if size > 100_000 { 3 } else { 20 };
        row(
            &runner,
            &format!("GOST CMS over {size} bytes"),
            Turn { work, runs },
        )?;
    }
    for template in templates::all() {
        let work = Work::Template(template.id().to_owned());
        row(
            &runner,
            &format!("template `{}`", template.id()),
            Turn { work, runs: 3 },
        )?;
    }
    Ok(())
}

fn row(runner: &Server, name: &str, turn: Turn) -> Result<()> {
    let (mut native, mut wasm) = (Series::default(), Series::default());
    let body = serde_json::to_vec(&turn)?;
    let mut client = Client::new(&format!("http://localhost:{}", runner.port));
    for _ in 0..podpis_bench::rounds(ROUNDS) {
        native.push(turn.measure()?);
        let answer = client.send(Method::POST, "/", &[], Some(body.clone()))?;
        wasm.push(answer.expect(200)?.json()?.as_f64().context("a number")?);
    }
    println!(
        "| {name} | {native} | {wasm} | {} | {:.0} |",
        wasm.over(&native),
        1e3 / wasm.median()
    );
    Ok(())
}
