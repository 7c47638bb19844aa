//! Virtual time: tokio's paused clock, laid over a calendar. Over real time the calendar is the
//! same, but nobody waits for it: it jumps to where a run would have waited.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use aws_smithy_async::rt::sleep::{AsyncSleep, Sleep};
use aws_smithy_async::time::TimeSource;
use keywheel_emulator::time::Timestamp;
use tokio::time::Instant;

/// The calendar of one run. It moves only when everything in the run waits, or by a jump.
#[derive(Clone, Debug)]
pub struct VirtualClock {
    start: Instant,
    base: Timestamp,
    jumped_ms: Arc<AtomicI64>,
    pace: Pace,
}

/// How the time of a run passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// It stands still as long as anybody works, and jumps to the next timer when all wait.
    Virtual,
    /// As it does for everybody, since the function runs elsewhere.
    Real,
}

impl VirtualClock {
    /// A calendar that shows `base` now. Must be made inside the run's runtime.
    pub fn starting_at(base: Timestamp, pace: Pace) -> Self {
        Self {
            start: Instant::now(),
            base,
            jumped_ms: Arc::default(),
            pace,
        }
    }

    /// How time passes.
    pub fn pace(&self) -> Pace {
        self.pace
    }

    /// What it shows.
    pub fn now(&self) -> Timestamp {
        let moved = self.base.plus(self.start.elapsed());
        moved.plus_millis(self.jumped_ms.load(Ordering::Relaxed))
    }

    /// It shows another time from now on, without anybody having waited.
    pub fn jump(&self, by_ms: i64) {
        self.jumped_ms.fetch_add(by_ms, Ordering::Relaxed);
    }

    /// It shows what it will show after so long.
    pub fn jump_over(&self, span: Duration) {
        self.jump(i64::try_from(span.as_millis()).unwrap_or(i64::MAX));
    }

    /// Waits until it shows `moment`; in real time it does at once.
    pub async fn sleep_until(&self, moment: Timestamp) {
        let left_ms = moment.millis_since(self.now());
        match (u64::try_from(left_ms), self.pace) {
            (Err(_) | Ok(0), _) => {}
            (Ok(left), Pace::Virtual) => tokio::time::sleep(Duration::from_millis(left)).await,
            (Ok(_), Pace::Real) => self.jump(left_ms),
        }
    }
}

/// Stops the time of one execution environment: while it is frozen its timers do not run.
#[derive(Clone, Debug, Default)]
pub struct Freezer(Arc<Mutex<Duration>>);

impl Freezer {
    /// It stands still from now on for so long.
    pub fn freeze(&self, span: Duration) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) += span;
    }

    /// How long it has stood still, the running time included.
    fn total(&self) -> Duration {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl AsyncSleep for Freezer {
    fn sleep(&self, duration: Duration) -> Sleep {
        let (freezer, mut served) = (self.clone(), self.total());
        Sleep::new(async move {
            tokio::time::sleep(duration).await;
            while freezer.total() > served {
                let stood_still = freezer.total() - served;
                served += stood_still;
                tokio::time::sleep(stood_still).await;
            }
        })
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
