//! testSecret that fails when the pending value is a copy of the current one.

use crate::mutants::Mutant;
use crate::mutants::flow::{Doing, Flow};
use crate::mutants::right::test::test;
use crate::mutants::right::{Rotator, Run};
use crate::mutants::tools::refuse;
use crate::record::Objector;

pub(super) const MUTANT: Mutant = Mutant {
    subject: &Rotator {
        name: "test-wants-a-change",
        flow: &TestWantsAChange,
    },
    bug: "testSecret demands that pending and current differ",
    caught_by: Objector::Expectation,
    scenario: "happy/h7-test-only",
};

struct TestWantsAChange;

impl Flow for TestWantsAChange {
    fn test<'a>(&'a self, run: &'a Run<'a>) -> Doing<'a> {
        Box::pin(async move {
            if run.known_pending().await? == run.current().await? {
                return refuse("PendingEqualsCurrent", "nothing is rotated");
            }
            test(run).await
        })
    }
}
