//! createSecret that writes a value with nothing but its own field.

use crate::mutants::Mutant;
use crate::mutants::flow::Flow;
use crate::mutants::right::Rotator;
use crate::record::Objector;
use crate::scenario::OracleId;

pub(super) const MUTANT: Mutant = Mutant {
    subject: &Rotator {
        name: "rebuilds-value",
        flow: &RebuildsValue,
    },
    bug: "rebuilds the value with its own field only",
    caught_by: Objector::Oracle(OracleId::ValuePreserved),
    scenario: "happy/h10-json-to-the-letter",
};

struct RebuildsValue;

impl Flow for RebuildsValue {
    fn new_value(&self, _current: &str, key: &str) -> String {
        format!(r#"{{"APIKEY":"{key}"}}"#)
    }
}
