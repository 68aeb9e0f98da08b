//! Measures intake and sealing: `cargo run --release -p podpis-pdf --example measure`.
//!
//! Prints one JSON line for each size: milliseconds of `inspect` and of `append_protocol` (best of five runs) and the
//! most memory held beyond the input, as a multiple of the input.

#[path = "../tests/common/mod.rs"]
mod common;

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use podpis_pdf::{append_protocol, inspect};

/// The system's allocator, counting what is held.
struct Counting;

static HELD: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

#[expect(
    unsafe_code,
    reason = "an allocator can be counted in no other way; this is a measuring program"
)]
// SAFETY: every call goes to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let held = HELD.fetch_add(layout.size(), Ordering::Relaxed) + layout.size();
        PEAK.fetch_max(held, Ordering::Relaxed);
        // SAFETY: as required of our caller.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        HELD.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: as required of our caller.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn main() -> anyhow::Result<()> {
    for size in [100_000, 1_000_000, 5_000_000, 25_000_000] {
        let file = scan(size);
        let protocol = common::protocol(&file, inspect(&file)?.pages);
        let (inspected, inspect_peak) = best(|| inspect(&file).map(drop))?;
        let (sealed, seal_peak) = best(|| append_protocol(&file, &protocol, b"{}").map(drop))?;
        println!(
            "{{\"bytes\":{},\"inspect_ms\":{inspected:.2},\"inspect_memory\":{:.2},\"append_ms\":{sealed:.2},\"append_memory\":{:.2}}}",
            file.len(),
            inspect_peak as f64 / file.len() as f64,
            seal_peak as f64 / file.len() as f64,
        );
    }
    Ok(())
}

/// Milliseconds of the fastest of five runs, and the most bytes held beyond what was held before.
fn best<E: std::error::Error + Send + Sync + 'static>(
    work: impl Fn() -> Result<(), E>,
) -> anyhow::Result<(f64, usize)> {
    let before = HELD.load(Ordering::Relaxed);
    PEAK.store(before, Ordering::Relaxed);
    let mut fastest = f64::INFINITY;
    for _ in 0..5 {
        let start = Instant::now();
        work()?;
        fastest = fastest.min(start.elapsed().as_secs_f64() * 1000.0);
    }
    Ok((fastest, PEAK.load(Ordering::Relaxed) - before))
}

/// A document like a scanner's: pages of one incompressible picture each, about `size` bytes together.
fn scan(size: usize) -> Vec<u8> {
    const PICTURE: usize = 60_000;
    let pages = size / PICTURE + 1;
    let mut out = b"%PDF-1.4\n".to_vec();
    let mut offsets = Vec::new();
    let mut add = |out: &mut Vec<u8>, parts: &[&[u8]]| {
        offsets.push(out.len());
        let number = offsets.len();
        out.extend_from_slice(format!("{number} 0 obj\n").as_bytes());
        parts.iter().for_each(|part| out.extend_from_slice(part));
        out.extend_from_slice(b"\nendobj\n");
    };
    let kids: String = (0..pages)
        .map(|page| format!("{} 0 R ", 3 + 2 * page))
        .collect();
    add(&mut out, &[b"<</Type/Catalog/Pages 2 0 R>>"]);
    add(
        &mut out,
        &[format!("<</Type/Pages/Count {pages}/Kids[{kids}]>>").as_bytes()],
    );
    let mut state = 1_u32;
    let picture: Vec<u8> = std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    })
    .take(size / pages)
    .collect();
    for page in 0..pages {
        let content = format!(
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</XObject<</I {} 0 R>>>>>>",
            4 + 2 * page
        );
        add(&mut out, &[content.as_bytes()]);
        let head = format!(
            "<</Type/XObject/Subtype/Image/Width 200/Height 100/Length {}>>stream\n",
            picture.len()
        );
        add(&mut out, &[head.as_bytes(), &picture, b"\nendstream"]);
    }
    let start = out.len();
    out.extend_from_slice(
        format!("xref\n0 {}\n0000000000 65535 f \n", offsets.len() + 1).as_bytes(),
    );
    for offset in &offsets {
        out.extend_from_slice(format!("{offset:010} 00000 n \n").as_bytes());
    }
    out.extend_from_slice(
        format!(
            "trailer\n<</Root 1 0 R/Size {}>>\nstartxref\n{start}\n%%EOF\n",
            offsets.len() + 1
        )
        .as_bytes(),
    );
    out
}
