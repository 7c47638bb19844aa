//! Virtual time: tokio's paused clock, laid over a calendar.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::SystemTime;

use aws_smithy_async::time::TimeSource;
use keywheel_emulator::time::Timestamp;
use tokio::time::Instant;

/// The calendar of one run. It moves only when everything in the run waits.
#[derive(Clone, Copy, Debug)]
pub struct VirtualClock {
    start: Instant,
    base: Timestamp,
}

impl VirtualClock {
    /// A calendar that shows `base` now. Must be made inside the run's runtime.
    pub fn starting_at(base: Timestamp) -> Self {
        Self {
            start: Instant::now(),
            base,
        }
    }

    /// What it shows.
    pub fn now(&self) -> Timestamp {
        self.base.plus(self.start.elapsed())
    }

    /// Waits until it shows `moment`.
    pub async fn sleep_until(&self, moment: Timestamp) {
        let left = u64::try_from(moment.millis_since(self.now())).unwrap_or(0);
        if left > 0 {
            tokio::time::sleep(std::time::Duration::from_millis(left)).await;
        }
    }
}

/// The clock of the machine that the function runs on: the calendar, possibly wrong by some time.
#[derive(Clone, Debug)]
pub struct FunctionClock {
    clock: VirtualClock,
    skew_ms: Arc<AtomicI64>,
}

impl FunctionClock {
    /// A function's clock that is right.
    pub fn new(clock: VirtualClock) -> Self {
        Self {
            clock,
            skew_ms: Arc::default(),
        }
    }

    /// Sets how far it is ahead of the calendar, in milliseconds.
    pub fn set_skew_ms(&self, skew_ms: i64) {
        self.skew_ms.store(skew_ms, Ordering::Relaxed);
    }

    /// What it shows.
    pub fn shown(&self) -> Timestamp {
        self.clock
            .now()
            .plus_millis(self.skew_ms.load(Ordering::Relaxed))
    }
}

impl TimeSource for FunctionClock {
    fn now(&self) -> SystemTime {
        self.shown().to_system_time()
    }
}

/// Real time since a moment, for progress and budgets. No run ever sees it.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch(std::time::Instant);

impl Stopwatch {
    /// One that starts now.
    #[expect(
        clippy::disallowed_methods,
        reason = "how long a campaign takes is real time; its runs never ask"
    )]
    pub fn start() -> Self {
        Self(std::time::Instant::now())
    }

    /// Seconds since it was started.
    pub fn seconds(self) -> f64 {
        self.0.elapsed().as_secs_f64()
    }
}
