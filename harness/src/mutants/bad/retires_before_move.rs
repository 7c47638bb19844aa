//! finishSecret that retires keys before it has moved the label.

use crate::mutants::Mutant;
use crate::mutants::flow::{Doing, Flow};
use crate::mutants::right::finish::promote;
use crate::mutants::right::retire::retire;
use crate::mutants::right::{Rotator, Run};
use crate::record::Objector;
use crate::scenario::OracleId;

pub(super) const MUTANT: Mutant = Mutant {
    subject: &Rotator {
        name: "retires-before-move",
        flow: &RetiresBeforeMove,
    },
    bug: "retires keys before AWSCURRENT has moved",
    caught_by: Objector::Oracle(OracleId::NoOrphan),
    scenario: "happy/h4-third-rotation",
};

struct RetiresBeforeMove;

impl Flow for RetiresBeforeMove {
    fn finish<'a>(&'a self, run: &'a Run<'a>) -> Doing<'a> {
        Box::pin(async move {
            retire(run).await?;
            promote(run).await
        })
    }
}
