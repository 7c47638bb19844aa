//! Retirement that fails when the key is gone already.

use crate::mutants::Mutant;
use crate::mutants::flow::Flow;
use crate::mutants::right::Rotator;
use crate::mutants::tools::{Answer, Refusal};
use crate::record::Objector;

pub(super) const MUTANT: Mutant = Mutant {
    subject: &Rotator {
        name: "missing-is-fatal",
        flow: &MissingIsFatal,
    },
    bug: "fails when the key that it retires is gone already",
    caught_by: Objector::Expectation,
    scenario: "lost/l9-deleted-meanwhile",
};

struct MissingIsFatal;

impl Flow for MissingIsFatal {
    fn not_disposed(&self, why: Refusal) -> Answer<()> {
        if why.code == "NotFoundException" {
            return Err(why);
        }
        Ok(())
    }
}
