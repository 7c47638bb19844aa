//! createSecret that deletes its key whenever PutSecretValue fails, also if it has taken effect.

use crate::mutants::Mutant;
use crate::mutants::flow::{Doing, Flow};
use crate::mutants::right::{Rotator, Run};
use crate::mutants::tools::Refusal;
use crate::record::Objector;

pub(super) const MUTANT: Mutant = Mutant {
    subject: &Rotator {
        name: "deletes-unstored",
        flow: &DeletesUnstored,
    },
    bug: "deletes its new key when PutSecretValue fails for any reason",
    caught_by: Objector::Expectation,
    scenario: "lost/l6-put-every-time",
};

struct DeletesUnstored;

impl Flow for DeletesUnstored {
    fn not_stored<'a>(&'a self, run: &'a Run<'a>, key: &'a str, why: Refusal) -> Doing<'a> {
        Box::pin(async move {
            let api = run.api(&run.current().await?)?;
            run.tools.delete_key(&api, key).await?;
            Err(why)
        })
    }
}
