//! createSecret that names the new key in its error when it cannot be stored.

use crate::mutants::Mutant;
use crate::mutants::flow::{Doing, Flow};
use crate::mutants::right::{Rotator, Run};
use crate::mutants::tools::{Refusal, refuse};
use crate::record::Objector;
use crate::scenario::OracleId;

pub(super) const MUTANT: Mutant = Mutant {
    subject: &Rotator {
        name: "names-the-key",
        flow: &NamesTheKey,
    },
    bug: "names the new key in its error when it cannot be stored",
    caught_by: Objector::Oracle(OracleId::NoSecretLeaked),
    scenario: "failed/f1-put-refused",
};

struct NamesTheKey;

impl Flow for NamesTheKey {
    fn not_stored<'a>(&'a self, _run: &'a Run<'a>, key: &'a str, _why: Refusal) -> Doing<'a> {
        Box::pin(async move { refuse("PutFailed", &format!("could not store {key}")) })
    }
}
