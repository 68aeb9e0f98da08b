//! What one instance may use: memory, processor time, time without progress.
//!
//! A deadline counts from the last byte of the request's or the response's
//! body that moved, so that a slow connection is not taken for a stuck
//! component; ten deadlines are the end in any case.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError};
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
    Cpu(Option<u64>),
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
    /// In which poll, and at what time of its thread, a slice began.
    slice: Mutex<Option<(u64, Duration)>>,
}

impl Lifeline {
    /// Length of the slice that ends now, if it began in this poll.
    fn slice(&self) -> Option<Duration> {
        let begun = self
            .slice
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        let (poll, time) = begun?;
        (poll == self.polls.load(Relaxed)).then(|| thread_time().saturating_sub(time))
    }

    fn begin_slice(&self) {
        let begun = (self.polls.load(Relaxed), thread_time());
        *self.slice.lock().unwrap_or_else(PoisonError::into_inner) = Some(begun);
    }

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
/// A slice begins where guest code goes on after giving way, or at the first
/// tick in a poll of the instance, and ends at the next tick. Within one poll
/// everything runs on one thread, so the thread's own clock tells what the
/// slice took, whatever else the machine does.
#[derive(Debug)]
pub struct CpuMeter {
    lifeline: Arc<Lifeline>,
    /// Time of code that runs for no request, such as the start of an instance.
    own_nanos: AtomicU64,
}

impl CpuMeter {
    /// A meter for the instance of `lifeline`.
    pub fn new(lifeline: Arc<Lifeline>) -> Self {
        Self {
            lifeline,
            own_nanos: AtomicU64::new(0),
        }
    }

    /// Takes a tick; `request` is the one whose code runs, if it is known.
    /// None: more than `limit` is used up.
    pub fn tick(
        &mut self,
        request: Option<&RequestState>,
        limit: Duration,
    ) -> Option<UpdateDeadline> {
        let Some(slice) = self.lifeline.slice() else {
            self.lifeline.begin_slice();
            return Some(UpdateDeadline::Continue(1));
        };
        let account = request.map_or(&self.own_nanos, |request| &request.cpu_nanos);
        let nanos = u64::try_from(slice.as_nanos()).unwrap_or(u64::MAX);
        let total = account.fetch_add(nanos, Relaxed).saturating_add(nanos);
        if Duration::from_nanos(total) > limit {
            _ = self
                .lifeline
                .stop
                .set(Stop::Cpu(request.map(|request| request.number)));
            return None;
        }
        let lifeline = self.lifeline.clone();
        let give_way = async move {
            tokio::task::yield_now().await;
            lifeline.begin_slice();
        };
        Some(UpdateDeadline::YieldCustom(1, Box::pin(give_way)))
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
        Self {
            used: AtomicUsize::new(0),
            limit,
            lifeline,
        }
    }
}

impl ResourceLimiter for MemoryLimit {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        _: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let used = self.used.get_mut();
        let wanted = used.saturating_add(desired.saturating_sub(current));
        if wanted > self.limit {
            _ = self.lifeline.memory_refused.set(());
            return Ok(false);
        }
        *used = wanted;
        Ok(true)
    }

    fn table_growing(
        &mut self,
        _: usize,
        desired: usize,
        _: Option<usize>,
    ) -> wasmtime::Result<bool> {
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
    Duration::new(
        u64::try_from(time.tv_sec).unwrap_or(0),
        u32::try_from(time.tv_nsec).unwrap_or(0),
    )
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
        let lifeline = Arc::new(Lifeline::default());
        let request = RequestState::new(String::new());
        let mut meter = CpuMeter::new(lifeline.clone());
        for _ in 0..4 {
            let update = meter.tick(Some(&request), Duration::ZERO);
            assert!(matches!(update, Some(UpdateDeadline::Continue(1))));
            lifeline.polled();
        }
        assert_eq!(lifeline.stop.get(), None);
    }

    #[test]
    fn a_slice_within_one_poll_is_charged() {
        let lifeline = Arc::new(Lifeline::default());
        let request = RequestState::new(String::new());
        let mut meter = CpuMeter::new(lifeline.clone());
        assert!(meter.tick(Some(&request), Duration::ZERO).is_some());
        assert!(meter.tick(Some(&request), Duration::ZERO).is_none());
        assert_eq!(lifeline.stop.get(), Some(&Stop::Cpu(Some(request.number))));
    }
}
