//! A rotator that asks for the longest life there is, to the second.

use crate::mutants::Mutant;
use crate::mutants::flow::Flow;
use crate::mutants::right::Rotator;
use crate::mutants::tools::DAY;
use crate::record::Objector;
use crate::scenario::OracleId;

pub(super) const MUTANT: Mutant = Mutant {
    subject: &Rotator {
        name: "lives-365-days",
        flow: &Lives365Days,
    },
    bug: "asks for exactly 365 days, which rounding and skew push out of bounds",
    caught_by: Objector::Oracle(OracleId::Recovers),
    scenario: "clock/k1-ahead",
};

struct Lives365Days;

impl Flow for Lives365Days {
    fn life(&self, _interval: i64) -> Option<i64> {
        Some(365 * DAY)
    }
}
