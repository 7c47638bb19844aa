//! createSecret that stores the value as the current one.

use crate::mutants::Mutant;
use crate::mutants::flow::{Flow, Store};
use crate::mutants::right::Rotator;
use crate::record::Objector;
use crate::scenario::OracleId;

pub(super) const MUTANT: Mutant = Mutant {
    subject: &Rotator {
        name: "put-as-current",
        flow: &PutAsCurrent,
    },
    bug: "stores the new value as AWSCURRENT at once",
    caught_by: Objector::Oracle(OracleId::OneCurrent),
    scenario: "happy/h1-first-rotation",
};

struct PutAsCurrent;

impl Flow for PutAsCurrent {
    fn store(&self) -> Store {
        Store {
            with_token: true,
            label: Some("AWSCURRENT"),
        }
    }
}
