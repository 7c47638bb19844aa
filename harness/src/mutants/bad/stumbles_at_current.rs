//! finishSecret that fails when the token is current already, as it is when its answer was lost.

use crate::mutants::Mutant;
use crate::mutants::flow::{Doing, Flow};
use crate::mutants::right::{Rotator, Run};
use crate::mutants::tools::refuse;
use crate::record::Objector;
use crate::scenario::OracleId;

pub(super) const MUTANT: Mutant = Mutant {
    subject: &Rotator {
        name: "stumbles-at-current",
        flow: &StumblesAtCurrent,
    },
    bug: "finishSecret fails when the token is current already",
    caught_by: Objector::Oracle(OracleId::Recovers),
    scenario: "crash/c2-move-then-killed",
};

struct StumblesAtCurrent;

impl Flow for StumblesAtCurrent {
    fn at_current<'a>(&'a self, _run: &'a Run<'a>) -> Doing<'a> {
        Box::pin(async { refuse("AlreadyCurrent", "the token is current already") })
    }
}
