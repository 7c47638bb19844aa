//! finishSecret that does not look the key up before it moves the label.

use crate::mutants::Mutant;
use crate::mutants::flow::{Doing, Flow};
use crate::mutants::right::{Rotator, Run};
use crate::record::Objector;

pub(super) const MUTANT: Mutant = Mutant {
    subject: &Rotator {
        name: "promotes-unlisted",
        flow: &PromotesUnlisted,
    },
    bug: "finishSecret does not look whether the key is still there",
    caught_by: Objector::Expectation,
    scenario: "admin/a2-deleted-but-still-accepted",
};

struct PromotesUnlisted;

impl Flow for PromotesUnlisted {
    fn look_up<'a>(&'a self, _run: &'a Run<'a>, _key: &'a str) -> Doing<'a> {
        Box::pin(async { Ok(()) })
    }
}
