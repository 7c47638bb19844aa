//! The article's flow, variant S-C i: the key takes AWSPENDING away to a version of its own.

use crate::mutants::Mutant;
use crate::mutants::flow::Store;
use crate::mutants::right::Rotator;
use crate::mutants::seed::Seed;
use crate::record::Objector;
use crate::scenario::OracleId;

pub(super) const MUTANT: Mutant = Mutant {
    subject: &Rotator {
        name: "seed-c",
        flow: &SEED,
    },
    bug: "takes AWSPENDING to a third version: AWSCURRENT names a deleted key",
    caught_by: Objector::Oracle(OracleId::OwnLabels),
    scenario: "happy/h1-first-rotation",
};

const SEED: Seed = Seed {
    store: Store {
        with_token: false,
        label: Some("AWSPENDING"),
    },
    stores_whole_answer: false,
};
