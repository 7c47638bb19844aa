//! finishSecret that moves AWSCURRENT from wherever it is, also when its token has lost AWSPENDING.

use crate::mutants::Mutant;
use crate::mutants::flow::Flow;
use crate::mutants::right::Rotator;
use crate::record::Objector;
use crate::scenario::OracleId;

pub(super) const MUTANT: Mutant = Mutant {
    subject: &Rotator {
        name: "moves-blindly",
        flow: &MovesBlindly,
    },
    bug: "retries the move without looking whether its token is still pending",
    caught_by: Objector::Oracle(OracleId::NoReturn),
    scenario: "concurrent/x2-frozen-finish",
};

struct MovesBlindly;

impl Flow for MovesBlindly {
    fn may_move(&self, _is_pending: bool) -> bool {
        true
    }
}
