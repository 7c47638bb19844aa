//! A rotator that does not look after the keys in use while its rotation fails.

use crate::mutants::Mutant;
use crate::mutants::flow::Flow;
use crate::mutants::right::Rotator;

pub(super) const MUTANT: Mutant = Mutant {
    subject: &Rotator {
        name: "no-keep-alive",
        flow: &NoKeepAlive,
    },
    bug: "lets the current key expire while its rotation fails",
    oracle: "lasts",
    scenario: "failed/f7-two-intervals",
};

struct NoKeepAlive;

impl Flow for NoKeepAlive {
    fn kept_alive_for(&self, _interval: i64) -> Option<i64> {
        None
    }
}
