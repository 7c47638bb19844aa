//! testSecret that goes on asking when its time is over.

use std::time::Duration;

use crate::mutants::Mutant;
use crate::mutants::flow::Flow;
use crate::mutants::right::Rotator;
use crate::record::Objector;
use crate::scenario::OracleId;

pub(super) const MUTANT: Mutant = Mutant {
    subject: &Rotator {
        name: "ignores-deadline",
        flow: &IgnoresDeadline,
    },
    bug: "polls past its deadline",
    caught_by: Objector::Oracle(OracleId::InTime),
    scenario: "availability/v5-visible-after-10m",
};

struct IgnoresDeadline;

impl Flow for IgnoresDeadline {
    fn patience(&self, _left: Duration) -> Duration {
        Duration::from_secs(600)
    }
}
