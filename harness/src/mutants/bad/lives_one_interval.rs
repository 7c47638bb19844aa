//! A rotator whose keys live no longer than until the next rotation.

use crate::mutants::Mutant;
use crate::mutants::flow::Flow;
use crate::mutants::right::Rotator;
use crate::record::Objector;
use crate::scenario::OracleId;

pub(super) const MUTANT: Mutant = Mutant {
    subject: &Rotator {
        name: "lives-one-interval",
        flow: &LivesOneInterval,
    },
    bug: "lets a key live for one interval only",
    caught_by: Objector::Oracle(OracleId::Lasts),
    scenario: "happy/h1-first-rotation",
};

struct LivesOneInterval;

impl Flow for LivesOneInterval {
    fn life(&self, interval: i64) -> Option<i64> {
        Some(interval)
    }
}
