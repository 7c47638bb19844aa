//! A rotator that answers success whatever happened.

use crate::mutants::Mutant;
use crate::mutants::flow::Flow;
use crate::mutants::right::Rotator;
use crate::mutants::tools::Answer;
use crate::record::Objector;

pub(super) const MUTANT: Mutant = Mutant {
    subject: &Rotator {
        name: "swallows-errors",
        flow: &SwallowsErrors,
    },
    bug: "answers success whatever happened",
    caught_by: Objector::Expectation,
    scenario: "admin/a1-deleted-before-set",
};

struct SwallowsErrors;

impl Flow for SwallowsErrors {
    fn outcome(&self, _result: Answer<()>) -> Answer<()> {
        Ok(())
    }
}
