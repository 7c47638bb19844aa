//! What one invocation did, counted for metrics.

use std::sync::atomic::{AtomicI64, Ordering};

/// A number worth an alarm or a graph. The names are those of the published metrics.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Metric {
    KeysCreated,
    KeysAdopted,
    KeysRetired,
    KeysDeleted,
    AmbiguousCreates,
    OrphansSeen,
    ProbeAttempts,
    KeepAliveExtensions,
    /// How many keys the API has: 50 is the limit.
    KeysTotal,
    /// Whole days the key named by AWSCURRENT still has.
    CurrentKeyDaysToExpiry,
    /// How long a version has been waiting to become current.
    PendingAgeHours,
}

const NAMES: [&str; 11] = [
    "KeysCreated",
    "KeysAdopted",
    "KeysRetired",
    "KeysDeleted",
    "AmbiguousCreates",
    "OrphansSeen",
    "ProbeAttempts",
    "KeepAliveExtensions",
    "KeysTotal",
    "CurrentKeyDaysToExpiry",
    "PendingAgeHours",
];
const NOT_SEEN: i64 = i64::MIN;

/// Counters and gauges of one invocation.
#[derive(Debug)]
pub struct Tally([AtomicI64; NAMES.len()]);

impl Default for Tally {
    fn default() -> Self {
        let tally = Self(Default::default());
        tally.set(Metric::KeysTotal, NOT_SEEN);
        tally.set(Metric::CurrentKeyDaysToExpiry, NOT_SEEN);
        tally.set(Metric::PendingAgeHours, NOT_SEEN);
        tally
    }
}

impl Tally {
    /// Names and values; a gauge that this invocation had no reason to look at is left out.
    pub fn entries(&self) -> Vec<(&'static str, i64)> {
        let values = self.0.iter().map(|value| value.load(Ordering::Relaxed));
        NAMES
            .into_iter()
            .zip(values)
            .filter(|(_, value)| *value != NOT_SEEN)
            .collect()
    }

    pub(crate) fn add(&self, metric: Metric, count: usize) {
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        self.0[metric as usize].fetch_add(count, Ordering::Relaxed);
    }

    pub(crate) fn get(&self, metric: Metric) -> i64 {
        self.0[metric as usize].load(Ordering::Relaxed)
    }

    pub(crate) fn set(&self, metric: Metric, value: i64) {
        self.0[metric as usize].store(value, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gauges_not_seen_are_left_out() {
        let tally = Tally::default();
        tally.add(Metric::KeysCreated, 2);
        tally.set(Metric::KeysTotal, 7);
        let entries = tally.entries();
        assert_eq!(entries.len(), NAMES.len() - 2);
        assert!(entries.contains(&("KeysCreated", 2)) && entries.contains(&("KeysTotal", 7)));
    }

    #[test]
    fn every_metric_has_its_own_name() {
        assert_eq!(NAMES[Metric::PendingAgeHours as usize], "PendingAgeHours");
        assert_eq!(
            format!("{:?}", Metric::KeysTotal),
            NAMES[Metric::KeysTotal as usize]
        );
    }
}
