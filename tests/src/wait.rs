//! Waiting for what happens a little later.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

/// Nothing here takes as long; past it, it will not come.
const PATIENCE: Duration = Duration::from_secs(60);

/// Asks until there is an answer.
///
/// # Errors
/// Those of `ask`, and after a minute one that names `what`.
pub fn wait_for<T>(what: &str, mut ask: impl FnMut() -> Result<Option<T>>) -> Result<T> {
    let start = Instant::now();
    loop {
        if let Some(answer) = ask()? {
            return Ok(answer);
        }
        if start.elapsed() > PATIENCE {
            bail!("waited {} s for {what}", PATIENCE.as_secs());
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}
