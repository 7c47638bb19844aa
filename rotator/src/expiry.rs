//! How long keys are made to live, from how often the secret rotates.
//!
//! With an interval I a new key lives 3 I + 8 days: it is current for one interval, previous for
//! the next, and one whole interval may be missed. A key that a label still names is extended
//! when it has less than 2 I + 8 days left, so that a rotation that keeps failing does not end in
//! an expired current key. AppSync takes 1 to 365 days and floors to the hour (documented); both
//! ends are kept at a distance of more than the clocks differ.

use crate::config::Settings;
use crate::error::Problem;
use std::fmt;

pub(crate) const HOUR: i64 = 3_600;
pub(crate) const DAY: i64 = 24 * HOUR;
/// The least ever asked for: one day, flooring and clock skew covered.
pub(crate) const SHORTEST: i64 = 25 * HOUR;
/// The most ever asked for.
const LONGEST: i64 = 364 * DAY;
/// Beyond this no key can outlive an interval; Secrets Manager itself allows 1000 days.
const LONGEST_INTERVAL: i64 = 356 * DAY;
const MARGIN: i64 = 8 * DAY;
/// Keys are extended only when it gains this much, so that repeating a step writes nothing.
const SLACK: i64 = DAY;
/// Taken when the secret says nothing about its schedule.
const USUAL_INTERVAL: i64 = 30 * DAY;

/// What DescribeSecret says about when the secret rotates; times in unix seconds.
#[derive(Clone, Debug, Default)]
pub(crate) struct Schedule {
    pub(crate) after_days: Option<i64>,
    pub(crate) expression: Option<String>,
    pub(crate) last: Option<i64>,
    pub(crate) next: Option<i64>,
}

impl Schedule {
    /// The interval in seconds: the longest that any of the facts speaks of.
    fn interval(&self, settings: &Settings) -> Result<i64, Problem> {
        let rate = self.expression.as_deref().and_then(rate_seconds);
        let days = [self.after_days, settings.interval_override_days]
            .into_iter()
            .flatten();
        let stated = days.map(|days| days.saturating_mul(DAY)).chain(rate).max();
        if let Some(stated) = stated.filter(|stated| *stated > LONGEST_INTERVAL) {
            return Err(Problem::IntervalTooLong { days: stated / DAY });
        }
        // The dates alone never refuse: a secret that was not rotated for a year needs rotation.
        let seen = self
            .next
            .zip(self.last)
            .map(|(next, last)| next.saturating_sub(last));
        let seen = seen
            .filter(|gap| *gap > 0)
            .map(|gap| gap.min(LONGEST_INTERVAL));
        Ok(stated
            .into_iter()
            .chain(seen)
            .max()
            .unwrap_or(USUAL_INTERVAL))
    }
}

/// The expiry policy of one secret; everything in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Policy {
    interval: i64,
    lifetime: i64,
    keep: i64,
}

impl Policy {
    /// # Errors
    /// `IntervalTooLong` if keys cannot live as long as the schedule asks.
    pub(crate) fn of(schedule: &Schedule, settings: &Settings) -> Result<Self, Problem> {
        let interval = schedule.interval(settings)?;
        let computed = interval.saturating_mul(3).saturating_add(MARGIN);
        let lifetime = settings
            .key_ttl_days
            .map_or(computed, |days| days.saturating_mul(DAY));
        let lifetime = lifetime.clamp(SHORTEST, LONGEST);
        if lifetime < interval + DAY {
            let reason = format!(
                "is shorter than the rotation interval of {} h",
                interval / HOUR
            );
            return Err(Problem::InvalidSetting {
                name: "KEY_TTL_DAYS",
                reason,
            });
        }
        let keep = (2 * interval + MARGIN).min(lifetime);
        Ok(Self {
            interval,
            lifetime,
            keep,
        })
    }

    /// The expiry to ask for a new key.
    pub(crate) fn of_new_key(&self, now: i64) -> i64 {
        next_hour(now + self.lifetime)
    }

    /// The expiry of a key that is to live for `life` seconds, as far as AppSync allows it.
    pub(crate) fn of_life(life: i64, now: i64) -> i64 {
        next_hour(now + life.clamp(SHORTEST, LONGEST))
    }

    /// The expiry that keys in use are kept at.
    pub(crate) fn kept_until(&self, now: i64) -> i64 {
        next_hour(now + self.keep)
    }

    /// Whether a key still lives when the interval to come is over.
    pub(crate) fn outlives_interval(&self, expires: i64, now: i64) -> bool {
        expires >= now + self.interval + DAY
    }

    /// Whether a key made earlier for this token still lives long enough to be taken over.
    pub(crate) fn is_adoptable(expires: i64, now: i64) -> bool {
        expires >= now + SHORTEST
    }

    /// The expiry to ask for a pending key, if it would not outlive the coming interval.
    pub(crate) fn pending_top_up(&self, expires: i64, now: i64) -> Option<i64> {
        (!self.outlives_interval(expires, now)).then(|| self.of_new_key(now))
    }

    /// The expiry to ask for a key that a label names, if it is running out.
    pub(crate) fn keep_alive(&self, expires: i64, now: i64) -> Option<i64> {
        (expires < now + self.keep - SLACK.min(self.keep / 4)).then(|| self.kept_until(now))
    }
}

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hours = |seconds: i64| seconds / HOUR;
        let (interval, lifetime) = (hours(self.interval), hours(self.lifetime));
        write!(f, "rotates every {interval} h, keys live {lifetime} h")
    }
}

/// The first whole hour that is not before `time`: AppSync floors, so asking for it loses nothing.
pub(crate) fn next_hour(time: i64) -> i64 {
    time.saturating_add(HOUR - 1).div_euclid(HOUR) * HOUR
}

/// Reads `rate(4 hours)` and `rate(10 days)`; a cron expression has no one interval.
fn rate_seconds(expression: &str) -> Option<i64> {
    let inner = expression.trim().strip_prefix("rate(")?.strip_suffix(')')?;
    let (count, unit) = inner.trim().split_once(' ')?;
    let unit = match unit.trim() {
        "hour" | "hours" => HOUR,
        "day" | "days" => DAY,
        _ => return None,
    };
    count.parse::<i64>().ok()?.checked_mul(unit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NOW: i64 = 1_790_000_123;

    fn days(days: i64) -> Schedule {
        Schedule {
            after_days: Some(days),
            ..Schedule::default()
        }
    }

    fn policy(schedule: &Schedule) -> Result<Policy, Problem> {
        Policy::of(schedule, &Settings::default())
    }

    #[test]
    fn a_monthly_key_lives_three_intervals_and_eight_days() {
        let policy = policy(&days(30)).ok().unwrap();
        let expires = policy.of_new_key(NOW);
        assert!((98 * DAY..98 * DAY + HOUR).contains(&(expires - NOW)));
        assert_eq!(policy.keep_alive(NOW + 67 * DAY, NOW), None);
        let extended = policy.keep_alive(NOW + 66 * DAY, NOW).unwrap();
        assert!((68 * DAY..68 * DAY + HOUR).contains(&(extended - NOW)));
        assert!(policy.pending_top_up(NOW + 31 * DAY - 1, NOW).is_some());
        assert_eq!(policy.pending_top_up(NOW + 31 * DAY, NOW), None);
    }

    #[test]
    fn a_key_of_an_earlier_try_must_outlive_today() {
        let (a_day, an_hour) = (86_400, 3_600);
        assert!(Policy::is_adoptable(NOW + a_day + an_hour, NOW));
        assert!(!Policy::is_adoptable(NOW + a_day + an_hour - 1, NOW));
    }

    #[test]
    fn an_interval_no_key_can_live_through_is_refused() {
        for too_long in [357, 365, 1000] {
            let error = policy(&days(too_long)).unwrap_err();
            assert!(error.to_string().contains(&format!("of {too_long} days")));
        }
        assert!(policy(&days(356)).is_ok());
    }

    #[test]
    fn a_long_gap_between_dates_is_capped_instead() {
        let overdue = Schedule {
            last: Some(0),
            next: Some(900 * DAY),
            ..days(30)
        };
        assert_eq!(policy(&overdue).ok().unwrap().interval, LONGEST_INTERVAL);
    }

    #[test]
    fn the_longest_stated_interval_wins() {
        let settings = Settings {
            interval_override_days: Some(20),
            ..Settings::default()
        };
        let hourly = Schedule {
            expression: Some("rate(4 hours)".into()),
            ..Schedule::default()
        };
        assert_eq!(policy(&hourly).ok().unwrap().interval, 4 * HOUR);
        assert_eq!(
            Policy::of(&hourly, &settings).ok().unwrap().interval,
            20 * DAY
        );
        let stretched = Schedule {
            last: Some(NOW),
            next: Some(NOW + 60 * DAY),
            ..days(30)
        };
        assert_eq!(policy(&stretched).ok().unwrap().interval, 60 * DAY);
        let unrotated = Schedule {
            last: Some(NOW),
            next: Some(NOW),
            ..Schedule::default()
        };
        for silent in [Schedule::default(), unrotated] {
            assert_eq!(policy(&silent).ok().unwrap().interval, 30 * DAY);
        }
    }

    #[test]
    fn a_configured_lifetime_must_outlive_the_interval() {
        let settings = |ttl| Settings {
            key_ttl_days: Some(ttl),
            ..Settings::default()
        };
        let error = Policy::of(&days(30), &settings(30)).unwrap_err();
        assert!(error.to_string().contains("interval of 720 h"));
        assert!(Policy::of(&days(30), &settings(31)).is_ok());
        let policy = Policy::of(&days(30), &settings(40)).ok().unwrap();
        assert_eq!((policy.lifetime, policy.keep), (40 * DAY, 40 * DAY));
    }

    #[test]
    fn only_rates_have_an_interval() {
        assert_eq!(rate_seconds("rate(1 day)"), Some(DAY));
        assert_eq!(rate_seconds("cron(0 8 1 * ? *)"), None);
        assert_eq!(rate_seconds("rate(x days)"), None);
    }

    proptest! {
        #[test]
        fn every_request_stays_inside_the_bounds_of_appsync(
            interval in 1_i64..=356, ttl in prop::option::of(1_i64..2_000), now in 0_i64..4_000_000_000,
            skew in -2 * HOUR..=2 * HOUR,
        ) {
            let settings = Settings { key_ttl_days: ttl, ..Settings::default() };
            if let Ok(policy) = Policy::of(&days(interval), &settings) {
                let asked = [Some(policy.of_new_key(now)), policy.keep_alive(now, now)];
                for expires in asked.into_iter().flatten() {
                    let life = expires - (now + skew);
                    prop_assert!(life > DAY && life < 365 * DAY, "{life}");
                    prop_assert_eq!(expires % HOUR, 0);
                }
                let extended = policy.keep_alive(now, now).unwrap();
                prop_assert_eq!(policy.keep_alive(extended, now), None);
            }
        }
    }

    #[test]
    fn a_policy_is_told_in_hours() {
        let told = policy(&days(30)).ok().unwrap().to_string();
        assert_eq!(told, "rotates every 720 h, keys live 2352 h");
    }

    #[test]
    fn a_whole_hour_is_its_own_next() {
        for (time, next) in [(0, 0), (1, 1), (HOUR - 1, 1), (HOUR, 1), (HOUR + 1, 2)] {
            assert_eq!(next_hour(time), next * HOUR, "{time}");
        }
    }

    /// A key that is kept for two days only is renewed when a quarter of them is over.
    #[test]
    fn short_lives_are_renewed_after_a_quarter() {
        let settings = Settings {
            key_ttl_days: Some(2),
            ..Settings::default()
        };
        let hourly = Schedule {
            expression: Some("rate(4 hours)".to_owned()),
            ..Schedule::default()
        };
        let policy = Policy::of(&hourly, &settings).ok().unwrap();
        assert_eq!(policy.keep_alive(NOW + 36 * HOUR, NOW), None);
        assert!(policy.keep_alive(NOW + 36 * HOUR - 1, NOW).is_some());
    }
}
