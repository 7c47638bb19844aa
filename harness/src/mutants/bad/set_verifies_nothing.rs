//! setSecret that does not look at the pending key.

use crate::mutants::Mutant;
use crate::mutants::flow::{Doing, Flow};
use crate::mutants::right::{Rotator, Run};
use crate::record::Objector;

pub(super) const MUTANT: Mutant = Mutant {
    subject: &Rotator {
        name: "set-verifies-nothing",
        flow: &SetVerifiesNothing,
    },
    bug: "setSecret does not look whether the pending key is there",
    caught_by: Objector::Expectation,
    scenario: "admin/a1-deleted-before-set",
};

struct SetVerifiesNothing;

impl Flow for SetVerifiesNothing {
    fn set<'a>(&'a self, _run: &'a Run<'a>) -> Doing<'a> {
        Box::pin(async { Ok(()) })
    }
}
