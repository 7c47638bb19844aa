//! testSecret that tries the key which is in use already.

use crate::mutants::Mutant;
use crate::mutants::flow::{Doing, Flow};
use crate::mutants::right::{Rotator, Run};
use crate::record::Objector;

pub(super) const MUTANT: Mutant = Mutant {
    subject: &Rotator {
        name: "tests-current",
        flow: &TestsCurrent,
    },
    bug: "testSecret tries the current key instead of the pending one",
    caught_by: Objector::Expectation,
    scenario: "availability/v5-visible-after-10m",
};

struct TestsCurrent;

impl Flow for TestsCurrent {
    fn tested<'a>(&'a self, run: &'a Run<'a>) -> Doing<'a, String> {
        Box::pin(run.current())
    }
}
