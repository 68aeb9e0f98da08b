//! A tick: takes what is due and sends it, many at a time.
//!
//! Each delivery is work of its own beside the answer. The tick goes on taking while there is something to take, and comes
//! back after [`TICK`], or [`LONGEST`] at the latest: what hangs is left to end by its own time limit, and delays nobody else.
//!
//! Functions nudge after every change. An instance has few ticks at work at once: who comes to more asks them for another
//! look instead, so that a burst of changes is no burst of writers.

use crate::db::{messages, webhooks};
use crate::limited::limited;
use crate::send::CHANNELS;
use crate::settings::Times;
use futures::channel::oneshot;
use futures::stream::{FuturesUnordered, StreamExt as _};
use podpis_kit::{Context, Db, Result, now};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// How long a tick takes work and waits for it.
const TICK: Duration = Duration::from_millis(900);

/// The same where it was asked for one more look, and how often it then looks.
const LONGEST: Duration = Duration::from_secs(10);
const AGAIN: Duration = Duration::from_millis(100);

/// Messages of one channel that are on their way at once, over all ticks.
const CHANNEL_MOST: i64 = 16;

/// Deliveries that one tick has under way at once.
const TICK_MOST: usize = 64;

/// What ends within this time after the first one is replaced in one go.
const GATHER: Duration = Duration::from_millis(20);

/// Ticks that an instance has at work at once.
const AT_WORK_MOST: usize = 2;

/// Those at work, and whether one more was asked for meanwhile.
static AT_WORK: AtomicUsize = AtomicUsize::new(0);
static ASKED: AtomicBool = AtomicBool::new(false);

/// A tick at work; its place is free again when it is dropped.
pub(crate) struct Turn(());

impl Turn {
    /// `None`: enough are at work, and one of them looks once more.
    pub(crate) fn take() -> Option<Self> {
        if AT_WORK.load(Ordering::Relaxed) >= AT_WORK_MOST {
            ASKED.store(true, Ordering::Relaxed);
            return None;
        }
        AT_WORK.fetch_add(1, Ordering::Relaxed);
        Some(Self(()))
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        AT_WORK.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Deliveries that have begun; each tells when it has ended.
#[derive(Default)]
struct Begun {
    ends: FuturesUnordered<oneshot::Receiver<()>>,
    count: usize,
}

impl Begun {
    /// Starts work beside the answer.
    fn start(&mut self, work: impl Future<Output = Result<()>> + Send + 'static) {
        let (ended, end) = oneshot::channel();
        self.ends.push(end);
        self.count += 1;
        spin_sdk::wasip3::spawn(async move {
            if let Err(failure) = work.await {
                // Its lease runs out, and another tick takes it up.
                failure.log();
            }
            // Nobody listens any more where the tick is over.
            let _ = ended.send(());
        });
    }
}

/// Delivers what is due; gives how many deliveries it began.
///
/// # Errors
/// As the database says.
pub(crate) async fn run(context: &Context) -> Result<usize> {
    let (times, clock) = (Times::load().await?, Instant::now());
    let mut begun = Begun::default();
    loop {
        let new = take(context, times, &mut begun).await?;
        let spent = clock.elapsed();
        let idle = new == 0 && begun.ends.is_empty();
        if idle || spent >= TICK {
            if spent >= LONGEST || !ASKED.swap(false, Ordering::Relaxed) {
                return Ok(begun.count);
            }
            if idle {
                continue;
            }
        }
        // Whatever ends makes room for more, or brings an event to deliver.
        let left = TICK.saturating_sub(spent).max(AGAIN);
        if limited(left, begun.ends.next()).await.is_some() {
            limited(GATHER, async { while begun.ends.next().await.is_some() {} }).await;
        }
    }
}

/// Takes what is due and there is room for.
async fn take(context: &Context, times: Times, begun: &mut Begun) -> Result<usize> {
    let (db, now, before) = (Db::open().await?, now(), begun.count);
    for channel in CHANNELS {
        for message in messages::lease(&db, channel, now, CHANNEL_MOST, &times).await? {
            let context = context.clone();
            begun.start(async move { crate::messages::deliver(&context, message, times).await });
        }
    }
    let room = TICK_MOST.saturating_sub(begun.ends.len());
    let room = i64::try_from(room).unwrap_or(0);
    for delivery in webhooks::lease(db, now, room, &times).await? {
        begun.start(crate::webhook::deliver(delivery, times));
    }
    Ok(begun.count - before)
}
