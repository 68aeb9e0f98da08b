//! GOST signatures: OpenSSL's engine, ours natively, ours as a component under the runner. See `docs/benchmarks.md`.

use anyhow::{Context as _, Result};
use hyper::Method;
use podpis_bench::gost::Engine;
use podpis_bench::peer::Server;
use podpis_bench::stats::Series;
use podpis_tests::client::Client;
use serde_json::Value;

/// Turns are short and many: a busy machine then disturbs few of them.
const ROUNDS: usize = 101;
/// Sets: name, object identifier, the engine's names for it, and signatures of one turn.
const SETS: [(&str, &str, &str, &str, u32); 4] = [
    (
        "CryptoPro-XchA (256)",
        "1.2.643.2.2.36.0",
        "gost2012_256",
        "XA",
        10,
    ),
    (
        "TC 26 A (256)",
        "1.2.643.7.1.2.1.1.1",
        "gost2012_256",
        "TCA",
        10,
    ),
    (
        "TC 26 A (512)",
        "1.2.643.7.1.2.1.2.1",
        "gost2012_512",
        "A",
        3,
    ),
    (
        "TC 26 C (512)",
        "1.2.643.7.1.2.1.2.3",
        "gost2012_512",
        "C",
        3,
    ),
];

fn main() -> Result<()> {
    let runner = Server::runner("gost")?;
    let mut engine = Engine::start()?;
    println!(
        "| µs | | OpenSSL | native | Wasm | native : OpenSSL | Wasm : native |\n\
         |---|---|---|---|---|---|---|"
    );
    for (name, oid, algorithm, set, runs) in SETS {
        let mut all: [Measured; 3] = Default::default();
        for _ in 0..podpis_bench::rounds(ROUNDS) {
            let [openssl, native, wasm] = &mut all;
            openssl.add(&engine.measure(algorithm, set, runs)?)?;
            native.add(&podpis_bench_gost::measure(oid, runs)?)?;
            wasm.add(&run_component(&runner, oid, runs)?)?;
        }
        for (at, what) in ["sign", "verify"].into_iter().enumerate() {
            let [o, n, w] = all.each_ref().map(|measured| &measured.micros[at]);
            println!(
                "| {name} | {what} | {o} | {n} | {w} | {} | {} |",
                n.over(o),
                w.over(n)
            );
        }
    }
    Ok(())
}

/// Of signing and of checking.
#[derive(Default)]
struct Measured {
    micros: [Series; 2],
}

impl Measured {
    fn add(&mut self, answer: &Value) -> Result<()> {
        for (at, name) in ["sign", "verify"].into_iter().enumerate() {
            self.micros[at].push(answer[name].as_f64().context("a number")?);
        }
        Ok(())
    }
}

fn run_component(runner: &Server, oid: &str, runs: u32) -> Result<Value> {
    let mut client = Client::new(&format!("http://localhost:{}", runner.port));
    client
        .send(Method::GET, &format!("/{oid}/{runs}"), &[], None)?
        .expect(200)?
        .json()
}
