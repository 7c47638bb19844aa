//! createSecret that stores the value without the rotation's token.

use crate::mutants::Mutant;
use crate::mutants::flow::{Flow, Store};
use crate::mutants::right::Rotator;
use crate::record::Objector;
use crate::scenario::OracleId;

pub(super) const MUTANT: Mutant = Mutant {
    subject: &Rotator {
        name: "put-without-token",
        flow: &PutWithoutToken,
    },
    bug: "stores the value without the token, as a version of its own",
    caught_by: Objector::Oracle(OracleId::RepeatHarmless),
    scenario: "double/d1-create-twice",
};

struct PutWithoutToken;

impl Flow for PutWithoutToken {
    fn store(&self) -> Store {
        Store {
            with_token: false,
            label: Some("AWSPENDING"),
        }
    }
}
