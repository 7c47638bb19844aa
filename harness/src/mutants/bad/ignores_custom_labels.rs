//! Retirement that does not protect keys under labels of people.

use crate::mutants::Mutant;
use crate::mutants::flow::Flow;
use crate::mutants::right::Rotator;
use crate::record::Objector;

pub(super) const MUTANT: Mutant = Mutant {
    subject: &Rotator {
        name: "ignores-custom-labels",
        flow: &IgnoresCustomLabels,
    },
    bug: "does not protect the key under a label of somebody's own",
    caught_by: Objector::Expectation,
    scenario: "admin/a16-label-of-their-own",
};

struct IgnoresCustomLabels;

impl Flow for IgnoresCustomLabels {
    fn is_protecting(&self, label: &str) -> bool {
        label.starts_with("AWS")
    }
}
