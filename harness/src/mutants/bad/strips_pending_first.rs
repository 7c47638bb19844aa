//! finishSecret that takes AWSPENDING off before it moves AWSCURRENT.

use crate::mutants::Mutant;
use crate::mutants::flow::{Doing, Flow};
use crate::mutants::right::{Rotator, Run};
use crate::record::Objector;
use crate::scenario::OracleId;

pub(super) const MUTANT: Mutant = Mutant {
    subject: &Rotator {
        name: "strips-pending-first",
        flow: &StripsPendingFirst,
    },
    bug: "takes AWSPENDING off before it moves AWSCURRENT",
    caught_by: Objector::Oracle(OracleId::OneCurrent),
    scenario: "happy/h1-first-rotation",
};

struct StripsPendingFirst;

impl Flow for StripsPendingFirst {
    fn before_move<'a>(&'a self, run: &'a Run<'a>) -> Doing<'a> {
        let from = Some(run.token());
        Box::pin(run.tools.move_label(run.event, "AWSPENDING", from, None))
    }
}
