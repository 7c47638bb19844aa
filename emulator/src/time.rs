//! Time as a value. The engine is told what time it is; only the clocks at the end of this file ask.

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

/// A point in time: milliseconds since 1970-01-01T00:00:00Z.
///
/// Secrets Manager's own timestamps have millisecond resolution, AppSync's have seconds.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Timestamp(i64);

/// Milliseconds in an hour.
pub const HOUR_MS: i64 = 3_600_000;
/// Milliseconds in a day.
pub const DAY_MS: i64 = 24 * HOUR_MS;

impl Timestamp {
    /// The epoch, 1970-01-01T00:00:00Z.
    pub const EPOCH: Self = Self(0);

    /// From milliseconds since the epoch.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// From whole seconds since the epoch; saturates.
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1000))
    }

    /// Milliseconds since the epoch.
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since the epoch, rounded down.
    pub const fn as_seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// Seconds since the epoch with their millisecond fraction, as AWS JSON prints them.
    #[expect(clippy::cast_precision_loss, reason = "exact below the year 287396")]
    pub fn as_seconds_f64(self) -> f64 {
        self.0 as f64 / 1000.0
    }

    /// The start of this UTC hour; saturates.
    pub const fn floor_hour(self) -> Self {
        Self(self.0.saturating_sub(self.0.rem_euclid(HOUR_MS)))
    }

    /// The start of this UTC day; saturates.
    pub const fn floor_day(self) -> Self {
        Self(self.0.saturating_sub(self.0.rem_euclid(DAY_MS)))
    }

    /// This moment plus `millis`; saturates.
    pub const fn plus_millis(self, millis: i64) -> Self {
        Self(self.0.saturating_add(millis))
    }

    /// This moment plus whole days; saturates.
    pub const fn plus_days(self, days: i64) -> Self {
        Self(self.0.saturating_add(days.saturating_mul(DAY_MS)))
    }

    /// Milliseconds from `earlier` to this moment; negative if it lies later.
    pub const fn millis_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// This moment plus a duration; saturates.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        Self(
            self.0
                .saturating_add(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)),
        )
    }

    /// As the standard library's type; moments before 1970 become the epoch.
    pub fn to_system_time(self) -> SystemTime {
        UNIX_EPOCH + Duration::from_millis(u64::try_from(self.0).unwrap_or(0))
    }

    /// From the standard library's type; moments before 1970 become the epoch.
    pub fn from_system_time(time: SystemTime) -> Self {
        let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
        Self(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }

    /// From RFC 3339 text such as `2026-11-22T10:59:59Z`.
    pub fn parse(text: &str) -> Option<Self> {
        let moment: jiff::Timestamp = text.parse().ok()?;
        Some(Self(moment.as_millisecond()))
    }
}

/// RFC 3339 in UTC with milliseconds.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_millisecond(self.0) {
            Ok(moment) => write!(f, "{moment:.3}"),
            Err(_) => write!(f, "{} ms", self.0),
        }
    }
}

/// Measures real time as it passes, whatever the emulator's clock shows.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch(std::time::Instant);

impl Stopwatch {
    /// Starts to measure.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the file that reads clocks"
    )]
    pub fn start() -> Self {
        Self(std::time::Instant::now())
    }

    /// How much time has passed.
    pub fn elapsed(self) -> Duration {
        self.0.elapsed()
    }
}

/// Where the shell takes the time from, so that tests can move it.
///
/// A clock runs with the machine's clock, shifted, or stands still.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// The machine's clock plus a shift in milliseconds.
    Running {
        /// Milliseconds to add to the machine's clock.
        shift_ms: i64,
    },
    /// A clock that stands still until it is moved.
    Frozen {
        /// The moment that it shows.
        at: Timestamp,
    },
}

impl Clock {
    /// The machine's own time.
    pub const SYSTEM: Self = Self::Running { shift_ms: 0 };

    /// What this clock shows.
    pub fn now(self) -> Timestamp {
        match self {
            Self::Running { shift_ms } => machine_time().plus_millis(shift_ms),
            Self::Frozen { at } => at,
        }
    }

    /// The same clock, standing still at what it shows now.
    #[must_use]
    pub fn frozen(self) -> Self {
        Self::Frozen { at: self.now() }
    }

    /// The same clock, running on from what it shows now.
    #[must_use]
    pub fn running(self) -> Self {
        Self::Running {
            shift_ms: self.now().millis_since(machine_time()),
        }
    }

    /// The same kind of clock, showing `to` now.
    #[must_use]
    pub fn set(self, to: Timestamp) -> Self {
        match self {
            Self::Running { .. } => Self::Running {
                shift_ms: to.millis_since(machine_time()),
            },
            Self::Frozen { .. } => Self::Frozen { at: to },
        }
    }
}

/// The one place in production code that reads the machine's clock.
#[expect(
    clippy::disallowed_methods,
    reason = "this is where time enters the program"
)]
pub fn machine_time() -> Timestamp {
    Timestamp::from_system_time(SystemTime::now())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floors_are_exact_on_both_sides_of_the_boundary() {
        let hour = Timestamp::parse("2026-11-22T10:00:00Z").unwrap();
        assert_eq!(hour.floor_hour(), hour);
        assert_eq!(hour.plus_millis(HOUR_MS - 1).floor_hour(), hour);
        assert_eq!(
            hour.plus_millis(-1).floor_hour(),
            hour.plus_millis(-HOUR_MS)
        );
        assert_eq!(hour.floor_day().to_string(), "2026-11-22T00:00:00.000Z");
    }

    #[test]
    fn a_frozen_clock_stands_still_and_runs_on_from_there() {
        let at = Timestamp::from_seconds(1_000_000);
        let frozen = Clock::SYSTEM.frozen().set(at);
        assert_eq!(frozen.now(), at);
        let running = frozen.running();
        assert!(running.now().millis_since(at) < 60_000);
        assert!(matches!(running, Clock::Running { .. }));
    }

    #[test]
    fn seconds_keep_their_fraction() {
        assert_eq!(
            Timestamp::from_millis(1_791_514_081_673).as_seconds_f64(),
            1_791_514_081.673
        );
        assert_eq!(Timestamp::from_millis(-1).as_seconds(), -1);
    }
}
