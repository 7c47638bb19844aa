//! When a secret is due for rotation: days or a schedule expression, and the rotation window.

use crate::time::{DAY_MS, HOUR_MS, Timestamp};

use super::cron::Cron;

/// A schedule runs every four hours at most [D].
const MIN_GAP_MS: i64 = 4 * HOUR_MS;
/// A rate is 999 days at most [D].
const MAX_RATE_DAYS: i64 = 999;
/// How many windows in a row are checked for overlap: more than a month of days.
const CHECKED_WINDOWS: usize = 64;

/// Why a schedule is not accepted. AWS's texts for these are not known [?].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleError {
    /// Neither `rate(…)` nor a `cron(…)` that AWS accepts.
    #[error("not a schedule expression that Secrets Manager accepts")]
    Malformed,
    /// More often than every four hours.
    #[error("a schedule runs every four hours at most")]
    TooOften,
    /// A rate of more than 999 days.
    #[error("a rate is 999 days at most")]
    TooRare,
    /// A day such as 30 February.
    #[error("the schedule expression never matches")]
    Never,
    /// A duration that is not 1h to 24h.
    #[error("a rotation window is 1h to 24h long")]
    BadDuration,
    /// The window reaches into the next one or into the next UTC day.
    #[error("the rotation window reaches into the next window or the next UTC day")]
    WindowTooLong,
}

/// The time in which the service rotates a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Its first moment, at which this emulator rotates.
    pub start: Timestamp,
    /// Its last second, which is what NextRotationDate tells [D][U].
    pub last_second: Timestamp,
}

/// How often to rotate, as the caller wrote it and as the service computes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Frequency {
    /// `AutomaticallyAfterDays`.
    Days(i64),
    /// `ScheduleExpression`.
    Expression {
        /// The text, which Describe gives back.
        text: String,
        /// What it means.
        pattern: Pattern,
    },
}

/// The meaning of a schedule expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pattern {
    /// Every so many days after the last rotation, at midnight UTC.
    Days(i64),
    /// Every so many hours, counted from midnight UTC each day [D].
    Hours(i64),
    /// By the calendar.
    Cron(Cron),
}

impl Frequency {
    /// Parses a `ScheduleExpression` [D].
    pub fn expression(text: &str) -> Result<Self, ScheduleError> {
        let inner = |word: &str| {
            text.strip_prefix(word)?
                .strip_prefix('(')?
                .strip_suffix(')')
        };
        let pattern = match (inner("rate"), inner("cron")) {
            (Some(rate), _) => parse_rate(rate)?,
            (_, Some(cron)) => Pattern::Cron(Cron::parse(cron)?),
            _ => return Err(ScheduleError::Malformed),
        };
        Ok(Self::Expression {
            text: text.to_owned(),
            pattern,
        })
    }

    fn pattern(&self) -> Pattern {
        match self {
            Self::Days(days) => Pattern::Days(*days),
            Self::Expression { pattern, .. } => pattern.clone(),
        }
    }
}

fn parse_rate(text: &str) -> Result<Pattern, ScheduleError> {
    let (number, unit) = text.split_once(' ').ok_or(ScheduleError::Malformed)?;
    let number: i64 = number.parse().map_err(|_| ScheduleError::Malformed)?;
    let pattern = match unit {
        "day" | "days" => Pattern::Days(number),
        // The count restarts each day, so that from a day on only whole days are left [D].
        "hour" | "hours" if number >= 24 => Pattern::Days(number.div_euclid(24)),
        "hour" | "hours" => Pattern::Hours(number),
        _ => return Err(ScheduleError::Malformed),
    };
    match pattern {
        Pattern::Hours(hours) if hours * HOUR_MS < MIN_GAP_MS => Err(ScheduleError::TooOften),
        Pattern::Days(days) if days < 1 => Err(ScheduleError::Malformed),
        Pattern::Days(days) if days > MAX_RATE_DAYS => Err(ScheduleError::TooRare),
        pattern => Ok(pattern),
    }
}

/// `RotationRules`: how often, and how long the window is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RotationRules {
    frequency: Option<Frequency>,
    duration_hours: Option<i64>,
}

impl RotationRules {
    /// Checks the rules as a whole: the gaps between windows and their length [D].
    pub fn new(
        frequency: Option<Frequency>,
        duration: Option<&str>,
    ) -> Result<Self, ScheduleError> {
        let duration_hours = duration.map(parse_duration).transpose()?;
        let rules = Self {
            frequency,
            duration_hours,
        };
        rules.check_windows()?;
        Ok(rules)
    }

    /// How often, if the rules say so.
    pub fn frequency(&self) -> Option<&Frequency> {
        self.frequency.as_ref()
    }

    /// The window's length in hours, if the rules say so.
    pub fn duration_hours(&self) -> Option<i64> {
        self.duration_hours
    }

    /// The first window that opens after `base`, the time of the last rotation or of the last
    /// change of the value by hand [D][U].
    pub fn window_after(&self, base: Timestamp) -> Option<Window> {
        let pattern = self.frequency.as_ref()?.pattern();
        let start = pattern.next_after(base)?;
        let length = self.length_ms(&pattern, start);
        Some(Window {
            start,
            last_second: start.plus_millis(length - 1000),
        })
    }

    /// The number of days that Describe reports beside an expression: those between the next two
    /// windows, at least one [?].
    pub fn computed_days(&self, base: Timestamp) -> Option<i64> {
        let first = self.window_after(base)?.start;
        let second = self.window_after(first)?.start;
        Some((second.millis_since(first) / DAY_MS).max(1))
    }

    /// Duration; without it an hour for schedules in hours, the rest of the UTC day for others.
    fn length_ms(&self, pattern: &Pattern, start: Timestamp) -> i64 {
        match (self.duration_hours, pattern) {
            (Some(hours), _) => hours * HOUR_MS,
            (None, Pattern::Hours(_)) => HOUR_MS,
            (None, Pattern::Cron(cron)) if cron.is_hourly() => HOUR_MS,
            (None, _) => start.floor_day().plus_days(1).millis_since(start),
        }
    }

    fn check_windows(&self) -> Result<(), ScheduleError> {
        let Some(frequency) = &self.frequency else {
            return Ok(());
        };
        // The last gap of a day of `rate(7 hours)` is short because the count restarts; only what
        // a calendar names is held to the four hours.
        let is_calendar = matches!(frequency.pattern(), Pattern::Cron(_));
        let mut window = self
            .window_after(Timestamp::EPOCH)
            .ok_or(ScheduleError::Never)?;
        for _ in 0..CHECKED_WINDOWS {
            let next = self
                .window_after(window.start)
                .ok_or(ScheduleError::Never)?;
            if is_calendar && next.start.millis_since(window.start) < MIN_GAP_MS {
                return Err(ScheduleError::TooOften);
            }
            let tomorrow = window.start.floor_day().plus_days(1);
            if window.last_second >= next.start.min(tomorrow) {
                return Err(ScheduleError::WindowTooLong);
            }
            window = next;
        }
        Ok(())
    }
}

impl Pattern {
    fn next_after(&self, base: Timestamp) -> Option<Timestamp> {
        let day = base.floor_day();
        match self {
            Self::Days(days) => Some(day.plus_days(*days)),
            Self::Hours(hours) => {
                let step = hours * HOUR_MS;
                let passed = base.millis_since(day) / step;
                Some(day.plus_millis((passed + 1) * step).min(day.plus_days(1)))
            }
            Self::Cron(cron) => cron.next_after(base),
        }
    }
}

fn parse_duration(text: &str) -> Result<i64, ScheduleError> {
    let hours = text.strip_suffix('h').and_then(|hours| hours.parse().ok());
    hours
        .filter(|hours| (1..=24).contains(hours))
        .ok_or(ScheduleError::BadDuration)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(frequency: Frequency, duration: Option<&str>, base: &str) -> (String, String) {
        let rules = RotationRules::new(Some(frequency), duration).unwrap();
        let window = rules.window_after(Timestamp::parse(base).unwrap()).unwrap();
        (window.start.to_string(), window.last_second.to_string())
    }

    fn expression(text: &str) -> Frequency {
        Frequency::expression(text).unwrap()
    }

    #[test]
    fn days_end_at_the_last_second_of_the_day() {
        let (start, last) = window(Frequency::Days(30), None, "2026-02-03T09:12:00Z");
        assert_eq!(start, "2026-03-05T00:00:00.000Z");
        assert_eq!(last, "2026-03-05T23:59:59.000Z");
    }

    #[test]
    fn a_duration_shortens_the_window() {
        let (_, last) = window(
            expression("rate(10 days)"),
            Some("3h"),
            "2026-11-22T10:00:00Z",
        );
        assert_eq!(last, "2026-12-02T02:59:59.000Z");
    }

    #[test]
    fn the_documented_cron_sample_ends_at_17_59_59() {
        let cron = expression("cron(0 16 1,15 * ? *)");
        let (_, last) = window(cron.clone(), Some("2h"), "2026-11-22T10:00:00Z");
        assert_eq!(last, "2026-12-01T17:59:59.000Z");
        let rules = RotationRules::new(Some(cron), Some("2h")).unwrap();
        let base = Timestamp::parse("2026-11-22T10:00:00Z").unwrap();
        assert_eq!(rules.computed_days(base), Some(14));
    }

    #[test]
    fn hours_count_from_midnight_each_day_and_last_an_hour() {
        for (base, start, last) in [
            (
                "2026-11-22T00:00:00Z",
                "2026-11-22T10:00",
                "2026-11-22T10:59:59",
            ),
            (
                "2026-11-22T10:00:00Z",
                "2026-11-22T20:00",
                "2026-11-22T20:59:59",
            ),
            (
                "2026-11-22T20:00:01Z",
                "2026-11-23T00:00",
                "2026-11-23T00:59:59",
            ),
        ] {
            let got = window(expression("rate(10 hours)"), None, base);
            assert!(
                got.0.starts_with(start) && got.1.starts_with(last),
                "{base}: {got:?}"
            );
        }
    }

    #[test]
    fn schedules_are_between_four_hours_and_999_days() {
        let parse = |text: &str| {
            Frequency::expression(text)
                .and_then(|it| RotationRules::new(Some(it), None))
                .err()
        };
        assert_eq!(parse("rate(4 hours)"), None);
        assert_eq!(parse("rate(3 hours)"), Some(ScheduleError::TooOften));
        assert_eq!(parse("rate(23 hours)"), None);
        assert_eq!(parse("rate(999 days)"), None);
        assert_eq!(parse("rate(1000 days)"), Some(ScheduleError::TooRare));
        assert_eq!(parse("rate(0 days)"), Some(ScheduleError::Malformed));
        assert_eq!(parse("cron(0 /4 * * ? *)"), None);
        assert_eq!(parse("cron(0 0,2 * * ? *)"), Some(ScheduleError::TooOften));
        assert_eq!(parse("cron(0 0,22 * * ? *)"), Some(ScheduleError::TooOften));
        assert_eq!(parse("cron(0 0 30 2 ? *)"), Some(ScheduleError::Never));
        assert_eq!(parse("every day"), Some(ScheduleError::Malformed));
        assert_eq!(parse("rate(2 weeks)"), Some(ScheduleError::Malformed));
    }

    #[test]
    fn a_rate_of_a_day_of_hours_and_more_counts_in_whole_days() {
        for (hours, days) in [(24, 1), (47, 1), (48, 2)] {
            let rate = expression(&format!("rate({hours} hours)"));
            assert_eq!(rate.pattern(), Pattern::Days(days), "{hours}");
        }
    }

    #[test]
    fn a_window_stays_within_its_day_and_before_the_next() {
        let rules = |text: &str, duration| RotationRules::new(Some(expression(text)), duration);
        assert!(rules("cron(0 22 * * ? *)", Some("2h")).is_ok());
        let late = rules("cron(0 22 * * ? *)", Some("3h"));
        assert_eq!(late, Err(ScheduleError::WindowTooLong));
        let long = rules("cron(0 0,8 * * ? *)", Some("9h"));
        assert_eq!(long, Err(ScheduleError::WindowTooLong));
        for duration in ["0h", "25h", "h", "2"] {
            let rules = RotationRules::new(Some(Frequency::Days(1)), Some(duration));
            assert_eq!(rules, Err(ScheduleError::BadDuration), "{duration}");
        }
    }
}
