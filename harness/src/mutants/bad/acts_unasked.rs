//! A rotator that acts for whatever token it is given.

use crate::mutants::Mutant;
use crate::mutants::flow::Flow;
use crate::mutants::right::Rotator;
use crate::record::Objector;

pub(super) const MUTANT: Mutant = Mutant {
    subject: &Rotator {
        name: "acts-unasked",
        flow: &ActsUnasked,
    },
    bug: "acts although its token is not pending",
    caught_by: Objector::Expectation,
    scenario: "stale/p10-custom-label",
};

struct ActsUnasked;

impl Flow for ActsUnasked {
    fn may_act(&self, _labels: &[String]) -> bool {
        true
    }
}
