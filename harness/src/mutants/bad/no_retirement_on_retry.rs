//! finishSecret that retires nothing when the label has been moved already.

use crate::mutants::Mutant;
use crate::mutants::flow::{Doing, Flow};
use crate::mutants::right::{Rotator, Run};
use crate::record::Objector;

pub(super) const MUTANT: Mutant = Mutant {
    subject: &Rotator {
        name: "no-retirement-on-retry",
        flow: &NoRetirementOnRetry,
    },
    bug: "retires nothing when finishSecret runs again after its move",
    caught_by: Objector::Expectation,
    scenario: "crash/c5-before-retirement",
};

struct NoRetirementOnRetry;

impl Flow for NoRetirementOnRetry {
    fn at_current<'a>(&'a self, _run: &'a Run<'a>) -> Doing<'a> {
        Box::pin(async { Ok(()) })
    }
}
