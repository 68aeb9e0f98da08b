//! A slow processor, and memory: both seen from outside of the browser.
//!
//! DevTools slows the page's main thread only: workers, the compositor and the network run at full speed, which would
//! favour whoever does more in workers. Here every process of the browser runs 5 ms and rests 15 ms, all at once, so that
//! each of its threads has a quarter of a core.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::thread::{JoinHandle, sleep, spawn};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// The browser runs this long,
const RUN: Duration = Duration::from_millis(5);
/// then rests this long.
const REST: Duration = Duration::from_millis(15);
/// New processes are looked for, and memory is read, this often.
const LOOK: Duration = Duration::from_millis(200);

/// Slows all browsers that this process has started, as long as it lives.
#[derive(Debug)]
pub struct Slow {
    end: Arc<AtomicBool>,
    peak: Arc<AtomicU64>,
    thread: Option<JoinHandle<()>>,
}

impl Slow {
    /// Starts slowing.
    pub fn start() -> Self {
        let (end, peak) = (
            Arc::new(AtomicBool::new(false)),
            Arc::new(AtomicU64::new(0)),
        );
        let thread = spawn({
            let (end, peak) = (end.clone(), peak.clone());
            move || work(&end, &peak)
        });
        Self {
            end,
            peak,
            thread: Some(thread),
        }
    }

    /// The most memory that all renderer processes held together, in bytes (PSS: shared pages are divided).
    pub fn peak_memory(&self) -> u64 {
        self.peak.load(Relaxed)
    }
}

impl Drop for Slow {
    fn drop(&mut self) {
        self.end.store(true, Relaxed);
        if let Some(thread) = self.thread.take() {
            // It has nothing to say.
            let _ = thread.join();
        }
    }
}

fn work(end: &AtomicBool, peak: &AtomicU64) {
    let mut browsers = Vec::new();
    let mut looked: Option<Instant> = None;
    while !end.load(Relaxed) {
        signal(&browsers, Signal::SIGSTOP);
        let rest = Instant::now();
        if looked.is_none_or(|then| then.elapsed() >= LOOK) {
            looked = Some(Instant::now());
            browsers = processes();
            signal(&browsers, Signal::SIGSTOP);
            peak.fetch_max(
                browsers
                    .iter()
                    .filter(|process| process.renderer)
                    .map(memory)
                    .sum(),
                Relaxed,
            );
        }
        sleep(REST.saturating_sub(rest.elapsed()));
        signal(&browsers, Signal::SIGCONT);
        sleep(RUN);
    }
    signal(&browsers, Signal::SIGCONT);
}

#[derive(Debug)]
struct Process {
    id: i32,
    renderer: bool,
}

fn signal(processes: &[Process], signal: Signal) {
    for process in processes {
        // One that has ended needs no signal.
        let _ = kill(Pid::from_raw(process.id), signal);
    }
}

/// Chromium's processes among the descendants of this one.
fn processes() -> Vec<Process> {
    let ids = fs::read_dir("/proc").into_iter().flatten().flatten();
    let ids = ids.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    let parents: BTreeMap<i32, i32> = ids.filter_map(|id| Some((id, parent(id)?))).collect();
    let own = i32::try_from(std::process::id()).unwrap_or_default();
    let mut ours = BTreeSet::from([own]);
    loop {
        let before = ours.len();
        ours.extend(
            parents
                .iter()
                .filter(|(_, parent)| ours.contains(parent))
                .map(|(id, _)| *id)
                .collect::<Vec<_>>(),
        );
        if ours.len() == before {
            break;
        }
    }
    let browser = |id: i32| {
        let command = fs::read(format!("/proc/{id}/cmdline")).ok()?;
        let command = String::from_utf8_lossy(&command).into_owned();
        let program = command.split(['\0', ' ']).next().unwrap_or_default();
        program.ends_with("/chromium").then(|| Process {
            id,
            renderer: command.contains("--type=renderer"),
        })
    };
    ours.into_iter().filter_map(browser).collect()
}

fn parent(id: i32) -> Option<i32> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    // The name before it may hold spaces and brackets.
    stat.rsplit_once(") ")?.1.split(' ').nth(1)?.parse().ok()
}

fn memory(process: &Process) -> u64 {
    let rollup =
        fs::read_to_string(format!("/proc/{}/smaps_rollup", process.id)).unwrap_or_default();
    let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:"));
    let kilobytes: Option<u64> =
        line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok());
    kilobytes.unwrap_or_default() * 1024
}
