//! createSecret that takes an error of the server for the promise that nothing was made.

use crate::mutants::Mutant;
use crate::mutants::flow::{Flow, Meaning};
use crate::mutants::right::Rotator;
use crate::mutants::tools::Refusal;
use crate::record::Objector;
use crate::scenario::OracleId;

pub(super) const MUTANT: Mutant = Mutant {
    subject: &Rotator {
        name: "trusts-500",
        flow: &Trusts500,
    },
    bug: "takes a 5xx of CreateApiKey to mean that no key was made",
    caught_by: Objector::Oracle(OracleId::BoundedKeys),
    scenario: "lost/l3-create-500",
};

struct Trusts500;

impl Flow for Trusts500 {
    fn meaning(&self, failure: &Refusal) -> Meaning {
        match failure.status {
            Some(429 | 500..) => Meaning::NotNow,
            Some(_) => Meaning::Refused,
            None => Meaning::Unknown,
        }
    }
}
