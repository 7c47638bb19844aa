//! createSecret that never looks for a key that an earlier attempt has made.

use crate::mutants::Mutant;
use crate::mutants::flow::Flow;
use crate::mutants::marker::Marker;
use crate::mutants::right::Rotator;
use crate::record::Objector;
use crate::scenario::OracleId;

pub(super) const MUTANT: Mutant = Mutant {
    subject: &Rotator {
        name: "no-adoption",
        flow: &NoAdoption,
    },
    bug: "never looks for a key that an earlier attempt has made",
    caught_by: Objector::Oracle(OracleId::BoundedKeys),
    scenario: "crash/c1-create",
};

struct NoAdoption;

impl Flow for NoAdoption {
    fn is_adoptable(&self, _marker: &Marker, _own: &Marker) -> bool {
        false
    }
}
