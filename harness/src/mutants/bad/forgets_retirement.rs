//! finishSecret that never retires a key.

use crate::mutants::Mutant;
use crate::mutants::flow::{Doing, Flow};
use crate::mutants::right::{Rotator, Run};
use crate::record::Objector;
use crate::scenario::OracleId;

pub(super) const MUTANT: Mutant = Mutant {
    subject: &Rotator {
        name: "forgets-retirement",
        flow: &ForgetsRetirement,
    },
    bug: "never retires a key",
    caught_by: Objector::Oracle(OracleId::NoOrphan),
    scenario: "happy/h4-third-rotation",
};

struct ForgetsRetirement;

impl Flow for ForgetsRetirement {
    fn retire<'a>(&'a self, _run: &'a Run<'a>) -> Doing<'a> {
        Box::pin(async { Ok(()) })
    }
}
