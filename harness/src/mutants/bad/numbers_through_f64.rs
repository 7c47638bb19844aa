//! createSecret that reads the numbers of a value as floating point.

use serde_json::Value;

use crate::mutants::Mutant;
use crate::mutants::flow::Flow;
use crate::mutants::right::Rotator;
use crate::mutants::right::create::with_key;
use crate::record::Objector;
use crate::scenario::OracleId;

pub(super) const MUTANT: Mutant = Mutant {
    subject: &Rotator {
        name: "numbers-through-f64",
        flow: &NumbersThroughF64,
    },
    bug: "stores the numbers of the value through f64",
    caught_by: Objector::Oracle(OracleId::ValuePreserved),
    scenario: "malformed/m10-rare-json",
};

struct NumbersThroughF64;

impl Flow for NumbersThroughF64 {
    fn new_value(&self, current: &str, key: &str) -> String {
        let value = with_key(current, key);
        let parsed = serde_json::from_str(&value).map(rounded);
        parsed.map_or(value, |parsed| parsed.to_string())
    }
}

fn rounded(value: Value) -> Value {
    match value {
        Value::Number(number) => number.as_f64().into(),
        Value::Array(values) => values.into_iter().map(rounded).collect(),
        Value::Object(members) => {
            let members = members.into_iter();
            members
                .map(|(name, value)| (name, rounded(value)))
                .collect()
        }
        other => other,
    }
}
