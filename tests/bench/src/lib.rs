//! What the benchmarks share: alternating rounds, medians with their spread, load, a native peer.
//!
//! Machines are noisy: every figure that counts is a ratio of two things measured in the same run, turn by turn.

pub mod gost;
pub mod load;
pub mod pdfjs;
pub mod peer;
pub mod relay;
pub mod sign;
pub mod slow;
pub mod stats;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

/// How many rounds to make: `PODPIS_BENCH_ROUNDS`, else `usual`.
pub fn rounds(usual: usize) -> usize {
    let given = std::env::var("PODPIS_BENCH_ROUNDS").ok();
    given
        .and_then(|text| text.parse().ok())
        .unwrap_or(usual)
        .max(1)
}

/// A program of this package that was built with this one.
///
/// # Errors
/// When this program's own place isn't known.
pub fn beside(name: &str) -> Result<PathBuf> {
    Ok(up(2)?.join(name))
}

/// A folder for what a benchmark needs while it runs, and keeps for the next time.
///
/// # Errors
/// When it can't be made.
pub fn scratch() -> Result<PathBuf> {
    let folder = up(3)?.join("bench");
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// This is an example: it lies in `target/<profile>/examples/`.
fn up(levels: usize) -> Result<PathBuf> {
    let own = std::env::current_exe()?;
    own.ancestors()
        .nth(levels)
        .map(Path::to_owned)
        .context("where am I?")
}
