//! The article's flow, variant S-B i: the key is stored without the token and is current at once.

use crate::mutants::Mutant;
use crate::mutants::flow::Store;
use crate::mutants::right::Rotator;
use crate::mutants::seed::Seed;
use crate::record::Objector;
use crate::scenario::OracleId;

pub(super) const MUTANT: Mutant = Mutant {
    subject: &Rotator {
        name: "seed-b",
        flow: &SEED,
    },
    bug: "writes the key as AWSCURRENT at once and deletes the old one",
    caught_by: Objector::Oracle(OracleId::Served),
    scenario: "happy/h1-first-rotation",
};

const SEED: Seed = Seed {
    store: Store {
        with_token: false,
        label: None,
    },
    stores_whole_answer: false,
};
