//! A rotator that does not look after the keys in use while its rotation fails.

use crate::mutants::Mutant;
use crate::mutants::flow::Flow;
use crate::mutants::right::Rotator;
use crate::record::Objector;
use crate::scenario::OracleId;

pub(super) const MUTANT: Mutant = Mutant {
    subject: &Rotator {
        name: "no-keep-alive",
        flow: &NoKeepAlive,
    },
    bug: "lets the current key expire while its rotation fails",
    caught_by: Objector::Oracle(OracleId::Lasts),
    scenario: "failed/f7-two-intervals",
};

struct NoKeepAlive;

impl Flow for NoKeepAlive {
    fn kept_alive_for(&self, _interval: i64) -> Option<i64> {
        None
    }
}
