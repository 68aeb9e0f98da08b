//! Making the sealed PDF, as a component under the runner and natively, against two peers that only sign. See
//! `docs/benchmarks.md`.

use anyhow::{Context as _, Result};
use hyper::Method;
use podpis_bench::peer::Server;
use podpis_bench::sign::{Peer, Peers, check};
use podpis_bench::stats::Series;
use podpis_tests::client::Client;
use serde_json::Value;

/// Sizes of the inputs in bytes.
const SIZES: [usize; 4] = [100_000, 1_000_000, 2_600_000, 20_000_000];
/// Runs in one turn; the middle one of them is the turn's value.
const RUNS: usize = 5;

fn main() -> Result<()> {
    let runner = Server::runner("seal")?;
    let peers = Peers::install()?;
    println!(
        "| input | | @libpdf/core | pdf-lib + signpdf | native | Wasm | Wasm : native | Wasm : @libpdf/core | Wasm : signpdf |\n\
         |---|---|---|---|---|---|---|---|---|"
    );
    for size in SIZES {
        let pdf = podpis_bench_seal::scan(size);
        let own = podpis_bench::scratch()?.join("sealed.pdf");
        std::fs::write(&own, podpis_bench_seal::seal(&pdf)?)?;
        check(&own)?;
        let mut all: [Measured; 4] = Default::default();
        for round in 0..podpis_bench::rounds(5) {
            let [libpdf, signpdf, native, wasm] = &mut all;
            for (peer, measured) in [(Peer::LibPdf, libpdf), (Peer::SignPdf, signpdf)] {
                let (answer, signed) = peers.measure(peer, &pdf, RUNS)?;
                measured.add(&answer)?;
                if round == 0 {
                    check(&signed)?;
                }
            }
            native.add(&podpis_bench_seal::measure(&pdf, RUNS)?)?;
            wasm.add(&run_component(&runner, &pdf)?)?;
        }
        let name = format!("{:.1} MB", pdf.len() as f64 / 1e6);
        let [l, s, n, w] = all.each_ref().map(|measured| &measured.ms);
        println!(
            "| {name} | ms | {l} | {s} | {n} | {w} | {} | {} | {} |",
            w.over(n),
            w.over(l),
            w.over(s)
        );
        let [l, s, n, w] = all
            .each_ref()
            .map(|measured| format!("{:.2}", measured.memory.median() / pdf.len() as f64));
        println!("| {name} | memory beyond the input, × its size | {l} | {s} | {n} | {w} | | | |");
    }
    Ok(())
}

#[derive(Default)]
struct Measured {
    ms: Series,
    memory: Series,
}

impl Measured {
    fn add(&mut self, answer: &Value) -> Result<()> {
        let ms: Series = answer["ms"]
            .as_array()
            .context("ms")?
            .iter()
            .filter_map(Value::as_f64)
            .collect();
        self.ms.push(ms.median());
        self.memory
            .push(answer["memory"].as_f64().context("memory")?);
        Ok(())
    }
}

fn run_component(runner: &Server, pdf: &[u8]) -> Result<Value> {
    let mut client = Client::new(&format!("http://localhost:{}", runner.port));
    client
        .send(Method::POST, &format!("/{RUNS}"), &[], Some(pdf.to_vec()))?
        .expect(200)?
        .json()
}
