//! The processes that `up` starts, watches and stops.

use std::fs::{self, File};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// How many of its last log lines the death of a child shows.
const LAST_LINES: usize = 20;
/// How long a child may take to stop, in tenths of a second, before it is killed.
const PATIENCE: u32 = 100;

/// A process with its log; killed when dropped while still running.
#[derive(Debug)]
pub(super) struct Child {
    name: &'static str,
    process: std::process::Child,
    log: PathBuf,
}

impl Child {
    /// Starts `command` with its output in `log`.
    pub(super) fn start(name: &'static str, command: &mut Command, log: &Path) -> Result<Self> {
        let file = File::create(log).with_context(|| format!("creating {}", log.display()))?;
        let process = command
            .stdin(Stdio::null())
            .stdout(file.try_clone()?)
            .stderr(file)
            // Its own group: Ctrl-C in the terminal reaches us alone, and we stop the children in order.
            .process_group(0)
            .spawn()
            .with_context(|| format!("cannot start the {name} ({:?})", command.get_program()))?;
        Ok(Self {
            name,
            process,
            log: log.to_owned(),
        })
    }

    /// An error with the last lines of the log when the process has ended.
    pub(super) fn check(&mut self) -> Result<()> {
        let Some(status) = self.process.try_wait()? else {
            return Ok(());
        };
        let text = fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        let last = lines
            .get(lines.len().saturating_sub(LAST_LINES)..)
            .unwrap_or_default()
            .join("\n");
        bail!(
            "the {} has ended ({status}); the end of {}:\n{last}",
            self.name,
            self.log.display()
        )
    }

    /// SIGTERM, then patience, then SIGKILL.
    pub(super) fn stop(&mut self) {
        if let Ok(id) = i32::try_from(self.process.id()) {
            // It may have ended meanwhile: there is nothing to stop then.
            let _ = kill(Pid::from_raw(id), Signal::SIGTERM);
        }
        for _ in 0..PATIENCE {
            if !matches!(self.process.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        if matches!(self.process.try_wait(), Ok(None)) {
            // Fails only for a process that has ended.
            let _ = self.process.kill();
            let _ = self.process.wait();
        }
    }
}
