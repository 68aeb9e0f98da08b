//! How long a verification takes: `cargo run --release -p podpis-verify --example time -- 2.6` for a file of 2.6 MB.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "an example stops at what it did not expect"
)]

#[path = "../tests/common/mod.rs"]
mod common;

use common::{CONSENT, Operator, check};
use podpis_verify::Verdict;
use std::time::Instant;

fn main() {
    let megabytes: f64 = std::env::args()
        .nth(1)
        .map_or(2.6, |text| text.parse().expect("a size in MB"));
    let mut operator = Operator::new();
    operator.original = enlarged((megabytes * 1e6) as usize);
    let sha256 = podpis_shared::hash::sha256_hex(&operator.original);
    operator.log = common::log::Log::of_a_document("doc_1", &sha256);
    let file = operator.signed();
    let mut times: Vec<f64> = (0..15).map(|_| run(&operator, &file)).collect();
    times.sort_by(f64::total_cmp);
    println!(
        "{} bytes: median {:.1} ms, fastest {:.1} ms",
        file.len(),
        times[7],
        times[0]
    );
}

fn run(operator: &Operator, file: &[u8]) -> f64 {
    let start = Instant::now();
    let report = check(operator, file);
    let took = start.elapsed().as_secs_f64() * 1000.0;
    assert_eq!(report.verdict, Verdict::Valid);
    took
}

/// The sample consent with a stream that nothing shows, as scans make files large.
fn enlarged(size: usize) -> Vec<u8> {
    let mut document = lopdf::Document::load_mem(CONSENT).unwrap();
    let mut state = 1_u32;
    let noise = std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    });
    let bytes: Vec<u8> = noise.take(size.saturating_sub(CONSENT.len())).collect();
    let picture = document.add_object(lopdf::Stream::new(lopdf::Dictionary::new(), bytes));
    let page = document.get_pages()[&1];
    document.add_xobject(page, "Large", picture).unwrap();
    let mut file = Vec::new();
    document.save_to(&mut file).unwrap();
    file
}
