//! The peer of GOST signatures: OpenSSL with its GOST engine, in one process that stays.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use anyhow::{Context as _, Result};
use serde_json::Value;

/// OpenSSL's GOST engine, loaded and waiting.
#[derive(Debug)]
pub struct Engine {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Engine {
    /// Starts it.
    ///
    /// # Errors
    /// Without Python.
    pub fn start() -> Result<Self> {
        let mut process = Command::new("python3")
            .args(["-c", include_str!("gost/engine.py")])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("python3")?;
        let input = process.stdin.take().context("no input")?;
        let output = BufReader::new(process.stdout.take().context("no output")?);
        Ok(Self {
            process,
            input,
            output,
        })
    }

    /// Microseconds as `{"sign", "verify"}`, over a set by the engine's names.
    ///
    /// # Errors
    /// When the process ends or says something else.
    pub fn measure(&mut self, algorithm: &str, set: &str, runs: u32) -> Result<Value> {
        writeln!(self.input, "{algorithm} {set} {runs}")?;
        let mut line = String::new();
        self.output.read_line(&mut line)?;
        serde_json::from_str(&line).context("OpenSSL's GOST engine")
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
