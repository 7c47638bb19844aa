//! A rotator that lets the secret's value aim it at another API than its environment pins.

use crate::mutants::Mutant;
use crate::mutants::flow::Flow;
use crate::mutants::right::Rotator;
use crate::record::Objector;

pub(super) const MUTANT: Mutant = Mutant {
    subject: &Rotator {
        name: "obeys-the-value",
        flow: &ObeysTheValue,
    },
    bug: "works on the API that the value names, whatever is pinned",
    caught_by: Objector::Expectation,
    scenario: "admin/a13-value-names-another-api",
};

struct ObeysTheValue;

impl Flow for ObeysTheValue {
    fn api<'a>(&self, pinned: Option<&'a str>, named: Option<&'a str>) -> Option<&'a str> {
        named.or(pinned)
    }
}
