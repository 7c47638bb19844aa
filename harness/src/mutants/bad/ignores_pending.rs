//! Retirement that does not protect the key of AWSPENDING.

use crate::mutants::Mutant;
use crate::mutants::flow::Flow;
use crate::mutants::right::Rotator;
use crate::record::Objector;
use crate::scenario::OracleId;

pub(super) const MUTANT: Mutant = Mutant {
    subject: &Rotator {
        name: "ignores-pending",
        flow: &IgnoresPending,
    },
    bug: "does not protect the key of AWSPENDING",
    caught_by: Objector::Oracle(OracleId::Lasts),
    scenario: "concurrent/x7-finish-again-during-rotation",
};

struct IgnoresPending;

impl Flow for IgnoresPending {
    fn is_protecting(&self, label: &str) -> bool {
        label != "AWSPENDING"
    }
}
