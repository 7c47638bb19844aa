//! testSecret that is content with one acceptance.

use crate::mutants::Mutant;
use crate::mutants::flow::Flow;
use crate::mutants::right::Rotator;

pub(super) const MUTANT: Mutant = Mutant {
    subject: &Rotator {
        name: "one-acceptance",
        flow: &OneAcceptance,
    },
    bug: "testSecret trusts a key that was accepted once",
    oracle: "expectation",
    scenario: "availability/v6-flapping",
};

struct OneAcceptance;

impl Flow for OneAcceptance {
    fn acceptances(&self) -> u32 {
        1
    }
}
