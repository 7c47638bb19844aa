//! Retirement that takes a key for an orphan as soon as it is made.

use crate::mutants::Mutant;
use crate::mutants::flow::Flow;
use crate::mutants::right::Rotator;
use crate::record::Objector;

pub(super) const MUTANT: Mutant = Mutant {
    subject: &Rotator {
        name: "no-age-guard",
        flow: &NoAgeGuard,
    },
    bug: "retires keys that are on their way into a value",
    caught_by: Objector::Expectation,
    scenario: "concurrent/x3-finish-again",
};

struct NoAgeGuard;

impl Flow for NoAgeGuard {
    fn orphan_age(&self) -> i64 {
        0
    }
}
