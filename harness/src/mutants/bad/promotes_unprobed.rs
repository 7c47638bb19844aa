//! finishSecret that does not try the key before it moves the label.

use crate::mutants::Mutant;
use crate::mutants::flow::{Doing, Flow};
use crate::mutants::right::{Rotator, Run};
use crate::record::Objector;
use crate::scenario::OracleId;

pub(super) const MUTANT: Mutant = Mutant {
    subject: &Rotator {
        name: "promotes-unprobed",
        flow: &PromotesUnprobed,
    },
    bug: "finishSecret does not try the key once more",
    caught_by: Objector::Oracle(OracleId::OneCurrent),
    scenario: "order/o2-finish-too-early",
};

struct PromotesUnprobed;

impl Flow for PromotesUnprobed {
    fn confirm<'a>(&'a self, _run: &'a Run<'a>, _key: &'a str) -> Doing<'a> {
        Box::pin(async { Ok(()) })
    }
}
