//! Checking a signed PDF on `/verify`, against the same verifier natively and the limit. See `docs/benchmarks.md`.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, ensure};
use podpis_bench::stats::Series;
use podpis_evidence::Trust;
use podpis_shared::Timestamp;
use podpis_tests::browser::{Browser, Look};
use podpis_tests::{Person, Settings, Stack, Upload};
use podpis_verify::{Input, Verdict, verify};

/// Sizes of the originals in bytes.
const SIZES: [usize; 4] = [100_000, 1_000_000, 2_600_000, 20_000_000];
/// What a check may take for [`LIMITED`], in milliseconds.
const LIMIT: f64 = 300.0;
const LIMITED: usize = 2_600_000;

fn main() -> Result<()> {
    let stack = Stack::alone(Settings::default())?.context("needs a runner of its own")?;
    let trust = stack.anonymous().get("/api/v1/trust")?.expect(200)?;
    let trust: Trust = serde_json::from_slice(&trust.body)?;
    let browser = Browser::start(&Look::default())?;
    browser.open(&format!("{}/verify", stack.base()))?;
    println!(
        "| original, bytes | native, ms | browser, ms | browser : native | from choosing to the verdict, ms | browser : {LIMIT} ms |\n\
         |---|---|---|---|---|---|"
    );
    for size in SIZES {
        let signed = signed(&stack, size)?;
        let file = podpis_bench::scratch()?.join("signed.pdf");
        std::fs::write(&file, &signed)?;
        let (mut native, mut inside, mut whole) =
            (Series::default(), Series::default(), Series::default());
        // The first one compiles, fetches the trust list and is not counted.
        for round in 0..=podpis_bench::rounds(7) {
            let (shown, took) = on_the_page(&browser, &file)?;
            let natively = natively(&signed, &trust)?;
            if round > 0 {
                inside.push(shown);
                whole.push(took);
                native.push(natively);
            }
        }
        let limit = if size == LIMITED {
            format!("{:.2}", inside.median() / LIMIT)
        } else {
            "–".into()
        };
        println!(
            "| {size} | {native} | {inside} | {} | {whole} | {limit} |",
            inside.over(&native)
        );
    }
    Ok(())
}

/// A document of this size that its patient has signed, as the clinic gets it.
fn signed(stack: &Stack, size: usize) -> Result<Vec<u8>> {
    let mut clinic = stack.clinic()?;
    let upload = Upload::consent(Person::IVANOVA, podpis_bench_seal::scan(size));
    let (id, link) = clinic.send_with_link(&upload)?;
    stack.patient(&link)?.sign_as("ivanova")?.expect(200)?;
    let signed = clinic.get(&format!("/api/v1/documents/{id}/signed"))?;
    Ok(signed.expect(200)?.body)
}

fn natively(pdf: &[u8], trust: &Trust) -> Result<f64> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let start = Instant::now();
    let report = verify(Input {
        pdf,
        clinic_signature: None,
        newer_evidence: None,
        trust: Some(trust),
        now: Timestamp::from_unix(i64::try_from(now)?),
    });
    let took = start.elapsed();
    ensure!(report.verdict == Verdict::Valid, "{}", report.headline);
    Ok(took.as_secs_f64() * 1e3)
}

/// Milliseconds that the verifier worked, and from the choice of the file to the verdict on the page.
fn on_the_page(browser: &Browser, file: &std::path::Path) -> Result<(f64, f64)> {
    browser.wait_until(
        "an input",
        "document.querySelector('[data-testid=\"verify-file\"]')?.disabled === false",
    )?;
    browser.run(
        "window.took = 0;
         document.querySelector('[data-testid=\"verify-file\"]').addEventListener('change', () => {
             const start = performance.now();
             new MutationObserver((_, observer) => {
                 if (document.body.dataset.state !== 'done') return;
                 window.took = performance.now() - start;
                 observer.disconnect();
             }).observe(document.body, { attributes: true });
         }, { capture: true, once: true });",
    )?;
    browser.choose_files("verify-file", &[file])?;
    browser.wait_until("a verdict", "window.took > 0")?;
    let seen = browser.run(
        "const verdict = document.querySelector('[data-testid=\"verify-verdict\"]');
         return [Number(verdict.dataset.ms), window.took, verdict.dataset.verdict];",
    )?;
    ensure!(seen[2] == "valid", "the page says {}", seen[2]);
    let number = |index: usize| seen[index].as_f64().context("a time");
    Ok((number(0)?, number(1)?))
}
