//! The article's flow, variant S-A i: the key is stored under the token, which holds a password.

use crate::mutants::Mutant;
use crate::mutants::flow::Store;
use crate::mutants::right::Rotator;
use crate::mutants::seed::Seed;
use crate::record::Objector;
use crate::scenario::OracleId;

pub(super) const MUTANT: Mutant = Mutant {
    subject: &Rotator {
        name: "seed-a",
        flow: &SEED,
    },
    bug: "stores the key under a token that already holds a password: each attempt leaks a key",
    caught_by: Objector::Oracle(OracleId::BoundedKeys),
    scenario: "happy/h1-first-rotation",
};

const SEED: Seed = Seed {
    store: Store {
        with_token: true,
        label: Some("AWSPENDING"),
    },
    stores_whole_answer: false,
};
