//! A rotator whose keys live no longer than until the next rotation.

use crate::mutants::Mutant;
use crate::mutants::flow::Flow;
use crate::mutants::right::Rotator;

pub(super) const MUTANT: Mutant = Mutant {
    subject: &Rotator {
        name: "lives-one-interval",
        flow: &LivesOneInterval,
    },
    bug: "lets a key live for one interval only",
    oracle: "lasts",
    scenario: "happy/h1-first-rotation",
};

struct LivesOneInterval;

impl Flow for LivesOneInterval {
    fn life(&self, interval: i64) -> Option<i64> {
        Some(interval)
    }
}
