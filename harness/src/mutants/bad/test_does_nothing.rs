//! testSecret that tests nothing.

use crate::mutants::Mutant;
use crate::mutants::flow::{Doing, Flow};
use crate::mutants::right::{Rotator, Run};
use crate::record::Objector;

pub(super) const MUTANT: Mutant = Mutant {
    subject: &Rotator {
        name: "test-does-nothing",
        flow: &TestDoesNothing,
    },
    bug: "testSecret does nothing",
    caught_by: Objector::Expectation,
    scenario: "availability/v5-visible-after-10m",
};

struct TestDoesNothing;

impl Flow for TestDoesNothing {
    fn test<'a>(&'a self, _run: &'a Run<'a>) -> Doing<'a> {
        Box::pin(async { Ok(()) })
    }
}
