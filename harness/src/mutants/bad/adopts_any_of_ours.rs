//! createSecret that takes over any key of its secret, the current one too.

use crate::mutants::Mutant;
use crate::mutants::flow::Flow;
use crate::mutants::marker::Marker;
use crate::mutants::right::Rotator;
use crate::record::Objector;

pub(super) const MUTANT: Mutant = Mutant {
    subject: &Rotator {
        name: "adopts-any-of-ours",
        flow: &AdoptsAnyOfOurs,
    },
    bug: "takes over any key with its own prefix, the current one too",
    caught_by: Objector::Expectation,
    scenario: "happy/h3-second-rotation",
};

struct AdoptsAnyOfOurs;

impl Flow for AdoptsAnyOfOurs {
    fn is_adoptable(&self, marker: &Marker, own: &Marker) -> bool {
        marker.owner == own.owner
    }
}
