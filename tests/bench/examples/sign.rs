//! Making the signed PDF: as a component under the runner, natively, and by pdf-lib in Node. See `docs/benchmarks.md`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use hyper::Method;
use podpis_bench::peer::Server;
use podpis_bench::stats::Series;
use podpis_tests::client::Client;
use serde_json::Value;

/// Sizes of the inputs in bytes.
const SIZES: [usize; 3] = [100_000, 1_000_000, 5_000_000];
/// Runs in one turn; the middle one of them is the turn's value.
const RUNS: usize = 5;

fn main() -> Result<()> {
    let runner = runner()?;
    let pdf_lib = install_pdf_lib()?;
    println!(
        "| input | | pdf-lib in Node | native | Wasm | Wasm : native | Wasm : pdf-lib |\n|---|---|---|---|---|---|---|"
    );
    for size in SIZES {
        let pdf = podpis_bench_seal::scan(size);
        let (mut theirs, mut native, mut wasm) = (
            Measured::default(),
            Measured::default(),
            Measured::default(),
        );
        for _ in 0..podpis_bench::rounds(5) {
            theirs.add(&run_pdf_lib(&pdf_lib, &pdf)?)?;
            native.add(&podpis_bench_seal::measure(&pdf, RUNS)?)?;
            wasm.add(&run_component(&runner, &pdf)?)?;
        }
        let name = format!("{:.1} MB", pdf.len() as f64 / 1e6);
        let (t, n, w) = (&theirs.ms, &native.ms, &wasm.ms);
        println!(
            "| {name} | ms | {t} | {n} | {w} | {} | {} |",
            w.over(n),
            w.over(t)
        );
        let times =
            |measured: &Measured| format!("{:.2}", measured.memory.median() / pdf.len() as f64);
        let (t, n, w) = (times(&theirs), times(&native), times(&wasm));
        println!("| {name} | memory beyond the input, × its size | {t} | {n} | {w} | | |");
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

fn runner() -> Result<Server> {
    let program =
        std::env::var_os("PODPIS_RUNNER").context("run this by `cargo xtask bench sign`")?;
    let folder = podpis_bench::scratch()?.join("seal");
    Server::start(&folder, |port| {
        let mut command = Command::new(program);
        command
            .arg("--manifest")
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/seal/spin.toml"));
        command.args([
            "--listen",
            &format!("127.0.0.1:{port}"),
            "--cpu-time",
            "60s",
        ]);
        command.arg("--data").arg(&folder);
        command
    })
}

fn run_component(runner: &Server, pdf: &[u8]) -> Result<Value> {
    let mut client = Client::new(&format!("http://localhost:{}", runner.port));
    client
        .send(Method::POST, &format!("/{RUNS}"), &[], Some(pdf.to_vec()))?
        .expect(200)?
        .json()
}

/// The folder with pdf-lib and the script that uses it; versions are pinned, so that figures stay comparable.
fn install_pdf_lib() -> Result<PathBuf> {
    let folder = podpis_bench::scratch()?.join("pdf-lib");
    fs::create_dir_all(&folder)?;
    fs::write(
        folder.join("sign.mjs"),
        include_str!("../src/sign/pdflib.mjs"),
    )?;
    if !folder.join("node_modules/pdf-lib").is_dir() {
        let status = Command::new("npm")
            .args([
                "install",
                "--silent",
                "--no-save",
                "--prefix",
                ".",
                "pdf-lib@1.17.1",
                "@pdf-lib/fontkit@1.1.1",
            ])
            .current_dir(&folder)
            .status()
            .context("npm")?;
        ensure!(status.success(), "npm install: {status}");
    }
    Ok(folder)
}

fn run_pdf_lib(folder: &Path, pdf: &[u8]) -> Result<Value> {
    let input = folder.join("input.pdf");
    fs::write(&input, pdf)?;
    let font = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../functions/pdf/fonts/PTS55F.ttf"
    );
    let output = Command::new("node")
        .arg("sign.mjs")
        .arg(&input)
        .arg(font)
        .arg(RUNS.to_string())
        .current_dir(folder)
        .stderr(Stdio::inherit())
        .output()
        .context("node")?;
    ensure!(output.status.success(), "node: {}", output.status);
    Ok(serde_json::from_slice(&output.stdout)?)
}
