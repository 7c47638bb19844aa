//! A rotator that takes the first page of keys for the whole list.

use crate::mutants::Mutant;
use crate::mutants::flow::Flow;
use crate::mutants::right::Rotator;
use crate::record::Objector;

pub(super) const MUTANT: Mutant = Mutant {
    subject: &Rotator {
        name: "first-page-only",
        flow: &FirstPageOnly,
    },
    bug: "lists the first page of keys only",
    caught_by: Objector::Expectation,
    scenario: "scale/z2-key-on-the-last-page",
};

struct FirstPageOnly;

impl Flow for FirstPageOnly {
    fn next_page(&self, _token: Option<String>) -> Option<String> {
        None
    }
}
