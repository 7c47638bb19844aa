//! Retirement that protects the key of AWSCURRENT and no other.

use crate::mutants::Mutant;
use crate::mutants::flow::Flow;
use crate::mutants::right::Rotator;
use crate::record::Objector;
use crate::scenario::OracleId;

pub(super) const MUTANT: Mutant = Mutant {
    subject: &Rotator {
        name: "protects-current-only",
        flow: &ProtectsCurrentOnly,
    },
    bug: "protects the key of AWSCURRENT only",
    caught_by: Objector::Oracle(OracleId::Lasts),
    scenario: "happy/h3-second-rotation",
};

struct ProtectsCurrentOnly;

impl Flow for ProtectsCurrentOnly {
    fn is_protecting(&self, label: &str) -> bool {
        label == "AWSCURRENT"
    }
}
