//! createSecret that does not look whether the token has a value already.

use crate::mutants::Mutant;
use crate::mutants::flow::{Doing, Flow};
use crate::mutants::right::{Rotator, Run};
use crate::record::Objector;

pub(super) const MUTANT: Mutant = Mutant {
    subject: &Rotator {
        name: "ignores-stored-value",
        flow: &IgnoresStoredValue,
    },
    bug: "makes a key without looking whether the token has a value",
    caught_by: Objector::Expectation,
    scenario: "stale/p11-older-deployment",
};

struct IgnoresStoredValue;

impl Flow for IgnoresStoredValue {
    fn stored<'a>(&'a self, _run: &'a Run<'a>) -> Doing<'a, Option<String>> {
        Box::pin(async { Ok(None) })
    }
}
