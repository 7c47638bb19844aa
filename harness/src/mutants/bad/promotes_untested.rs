//! Neither testSecret nor finishSecret tries the new key.

use crate::mutants::Mutant;
use crate::mutants::flow::{Doing, Flow};
use crate::mutants::right::{Rotator, Run};
use crate::record::Objector;
use crate::scenario::OracleId;

pub(super) const MUTANT: Mutant = Mutant {
    subject: &Rotator {
        name: "promotes-untested",
        flow: &PromotesUntested,
    },
    bug: "neither testSecret nor finishSecret tries the new key",
    caught_by: Objector::Oracle(OracleId::TestedFirst),
    scenario: "happy/h1-first-rotation",
};

struct PromotesUntested;

impl Flow for PromotesUntested {
    fn test<'a>(&'a self, _run: &'a Run<'a>) -> Doing<'a> {
        Box::pin(async { Ok(()) })
    }

    fn confirm<'a>(&'a self, _run: &'a Run<'a>, _key: &'a str) -> Doing<'a> {
        Box::pin(async { Ok(()) })
    }
}
