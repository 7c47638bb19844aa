//! testSecret that is content with one acceptance.

use crate::mutants::Mutant;
use crate::mutants::flow::Flow;
use crate::mutants::right::Rotator;
use crate::record::Objector;

pub(super) const MUTANT: Mutant = Mutant {
    subject: &Rotator {
        name: "one-acceptance",
        flow: &OneAcceptance,
    },
    bug: "testSecret trusts a key that was accepted once",
    caught_by: Objector::Expectation,
    scenario: "availability/v6-flapping",
};

struct OneAcceptance;

impl Flow for OneAcceptance {
    fn acceptances(&self) -> u32 {
        1
    }
}
