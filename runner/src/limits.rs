//! What one instance may use: memory, processor time, time without progress.
//!
//! A deadline counts from the last byte of the request's or the response's
//! body that moved, so that a slow connection is not taken for a stuck
//! component; ten deadlines are the end in any case.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, LazyLock, OnceLock};
use std::time::{Duration, Instant};

use wasmtime::{ResourceLimiter, UpdateDeadline};

/// Rhythm of the epoch: a component that computes gives way this often.
pub const TICK: Duration = Duration::from_millis(10);
/// A request ends after this many deadlines, however slowly it moves.
const DEADLINES: u32 = 10;

/// Limits of an instance and of a request.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Linear memory of an instance, in bytes.
    pub memory: usize,
    /// Time of a request without progress.
    pub timeout: Duration,
    /// Processor time of a request.
    pub cpu: Duration,
}

/// Why an instance was stopped by the runner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The request with this number used up its processor time.
    Cpu(u64),
    /// Nothing moved until the deadline.
    Deadline,
}

/// What an instance and the requests in it know about each other.
#[derive(Debug, Default)]
pub struct Lifeline {
    /// Why it was stopped, once it was.
    pub stop: OnceLock<Stop>,
    /// Set when memory was refused: the likely cause of a trap that follows.
    pub memory_refused: OnceLock<()>,
    activity: Clock,
    polls: AtomicU64,
}

impl Lifeline {
    /// When a body last moved.
    pub fn activity(&self) -> Instant {
        self.activity.get()
    }

    /// Notes that the instance has returned to the scheduler.
    pub fn polled(&self) {
        self.polls.fetch_add(1, Relaxed);
    }
}

/// One request, on its way through one instance.
#[derive(Debug)]
pub struct RequestState {
    /// Number, unique in this process.
    pub number: u64,
    /// Value of `X-Request-Id`.
    pub id: String,
    /// The instance that took it, once one did.
    pub instance: OnceLock<Arc<Lifeline>>,
    started: Instant,
    activity: Clock,
    cpu_nanos: AtomicU64,
}

impl RequestState {
    /// A request that starts now.
    pub fn new(id: String) -> Arc<Self> {
        static NUMBER: AtomicU64 = AtomicU64::new(1);
        Arc::new(Self {
            number: NUMBER.fetch_add(1, Relaxed),
            id,
            instance: OnceLock::new(),
            started: Instant::now(),
            activity: Clock::now(),
            cpu_nanos: AtomicU64::new(0),
        })
    }

    /// Notes that a part of a body has moved.
    pub fn moved(&self) {
        self.activity.set();
        if let Some(instance) = self.instance.get() {
            instance.activity.set();
        }
    }

    /// True when its deadline has passed.
    pub fn is_late(&self, timeout: Duration) -> bool {
        Instant::now() >= self.deadline(timeout)
    }

    /// Waits for its deadline.
    pub async fn expire(&self, timeout: Duration) {
        while !self.is_late(timeout) {
            tokio::time::sleep_until(self.deadline(timeout).into()).await;
        }
    }

    /// Milliseconds since it came.
    pub fn elapsed_ms(&self) -> f64 {
        (self.started.elapsed().as_secs_f64() * 1e6).round() / 1e3
    }

    fn deadline(&self, timeout: Duration) -> Instant {
        (self.activity.get() + timeout).min(self.started + timeout * DEADLINES)
    }
}

/// Counts the processor time of requests by the epoch's ticks.
///
/// Two ticks in a row within one poll of the instance span guest code on one
/// thread only; the thread's own clock then tells what they took, whatever
/// else the machine does.
#[derive(Debug, Default)]
pub struct CpuMeter(Option<(u64, Duration)>);

impl CpuMeter {
    /// Takes a tick; `request` is the one whose code runs, if any does.
    /// None: the request has used more than `limit`.
    pub fn tick(&mut self, lifeline: &Lifeline, request: Option<&RequestState>, limit: Duration) -> Option<UpdateDeadline> {
        let (poll, now) = (lifeline.polls.load(Relaxed), thread_time());
        let Some((_, before)) = self.0.take().filter(|(at, _)| *at == poll) else {
            self.0 = Some((poll, now));
            return Some(UpdateDeadline::Continue(1));
        };
        if let Some(request) = request {
            let spent = u64::try_from(now.saturating_sub(before).as_nanos()).unwrap_or(u64::MAX);
            let total = request.cpu_nanos.fetch_add(spent, Relaxed).saturating_add(spent);
            if Duration::from_nanos(total) > limit {
                _ = lifeline.stop.set(Stop::Cpu(request.number));
                return None;
            }
        }
        Some(UpdateDeadline::Yield(1))
    }
}

/// Memory of an instance: all its linear memories together.
#[derive(Debug)]
pub struct MemoryLimit {
    used: AtomicUsize,
    limit: usize,
    lifeline: Arc<Lifeline>,
}

impl MemoryLimit {
    /// A limit in bytes; a refusal is noted on `lifeline`.
    pub fn new(limit: usize, lifeline: Arc<Lifeline>) -> Self {
        Self { used: AtomicUsize::new(0), limit, lifeline }
    }
}

impl ResourceLimiter for MemoryLimit {
    fn memory_growing(&mut self, current: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        let used = self.used.get_mut();
        let wanted = used.saturating_add(desired.saturating_sub(current));
        if wanted > self.limit {
            _ = self.lifeline.memory_refused.set(());
            return Ok(false);
        }
        *used = wanted;
        Ok(true)
    }

    fn table_growing(&mut self, _: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        /// Entries; real components have a few thousand.
        const MAX_TABLE: usize = 1_000_000;
        Ok(desired <= MAX_TABLE)
    }
}

/// A moment that several threads set and read.
#[derive(Debug, Default)]
struct Clock(AtomicU64);

static EPOCH: LazyLock<Instant> = LazyLock::new(Instant::now);

impl Clock {
    fn now() -> Self {
        let clock = Self::default();
        clock.set();
        clock
    }

    fn set(&self) {
        let millis = u64::try_from(EPOCH.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.0.store(millis, Relaxed);
    }

    fn get(&self) -> Instant {
        *EPOCH + Duration::from_millis(self.0.load(Relaxed))
    }
}

fn thread_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(u64::try_from(time.tv_sec).unwrap_or(0), u32::try_from(time.tv_nsec).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memories_are_counted_together() {
        let lifeline = Arc::new(Lifeline::default());
        let mut limit = MemoryLimit::new(100, lifeline.clone());
        assert!(limit.memory_growing(0, 60, None).unwrap());
        assert!(!limit.memory_growing(0, 50, None).unwrap());
        assert!(lifeline.memory_refused.get().is_some());
        assert!(limit.memory_growing(60, 100, None).unwrap());
    }

    #[test]
    fn a_tick_after_a_pause_costs_nothing() {
        let lifeline = Lifeline::default();
        let request = RequestState::new(String::new());
        let mut meter = CpuMeter::default();
        for _ in 0..4 {
            let update = meter.tick(&lifeline, Some(&request), Duration::ZERO);
            assert!(matches!(update, Some(UpdateDeadline::Continue(1))));
            lifeline.polled();
        }
        assert_eq!(lifeline.stop.get(), None);
    }

    #[test]
    fn two_ticks_in_one_poll_are_charged() {
        let lifeline = Lifeline::default();
        let request = RequestState::new(String::new());
        let mut meter = CpuMeter::default();
        assert!(meter.tick(&lifeline, Some(&request), Duration::ZERO).is_some());
        assert!(meter.tick(&lifeline, Some(&request), Duration::ZERO).is_none());
        assert_eq!(lifeline.stop.get(), Some(&Stop::Cpu(request.number)));
    }
}
