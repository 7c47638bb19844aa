//! createSecret that takes an answer without a key for success.

use crate::mutants::Mutant;
use crate::mutants::flow::Flow;
use crate::mutants::right::Rotator;
use crate::record::Objector;

pub(super) const MUTANT: Mutant = Mutant {
    subject: &Rotator {
        name: "accepts-no-id",
        flow: &AcceptsNoId,
    },
    bug: "stores whatever a 200 of CreateApiKey holds, also nothing",
    caught_by: Objector::Expectation,
    scenario: "lost/l4-create-empty",
};

struct AcceptsNoId;

impl Flow for AcceptsNoId {
    fn key_in_answer(&self, id: Option<String>) -> Option<String> {
        Some(id.unwrap_or_default())
    }
}
