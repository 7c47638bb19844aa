//! finishSecret that sends an empty version id when nothing is current.

use crate::mutants::Mutant;
use crate::mutants::flow::Flow;
use crate::mutants::right::Rotator;
use crate::record::Objector;
use crate::scenario::OracleId;

pub(super) const MUTANT: Mutant = Mutant {
    subject: &Rotator {
        name: "null-parameter",
        flow: &NullParameter,
    },
    bug: "names an empty version when AWSCURRENT is nowhere",
    caught_by: Objector::Oracle(OracleId::Recovers),
    scenario: "happy/h6-no-value",
};

struct NullParameter;

impl Flow for NullParameter {
    fn move_from<'a>(&self, current: Option<&'a str>) -> Option<&'a str> {
        current.or(Some(""))
    }
}
